"""Properties of deciding: it ends, wants nothing twice, depends on no order, and numbers lead there and back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kotozoe.identify.counting.numbering import Rules, parse_rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.identify import identify
from kotozoe.identify.names.titles import name_rows
from kotozoe.identify.verdict.knowledge import (
    Knowledge,
    NearRow,
    TitleRow,
    Want,
    WantEntry,
    WantFacts,
    WantListing,
    WantNear,
    WantPrefix,
    WantSearch,
    WantSeasons,
    WantStated,
    WantTitles,
)
from kotozoe.identify.verdict.resolve import resolve
from kotozoe.model import Entry, Facts, MediaKey, Relation, Verdict, VideoFile

_MAX_ROUNDS = 30


@pytest.mark.parametrize(
    "path",
    [
        "/a/" + "x" * 100_000 + " - 03.mkv",
        "/" + "/".join(["Season 1"] * 1000) + "/03.mkv",
        "/a/" + "[" * 5000 + ".mkv",
        "/a/" + "[x] " * 5000 + ".mkv",
        "/a/" + "1" * 5000 + ".mkv",
        "/a/" + "1 " * 5000 + ".mkv",
        "/a/" + "S01E01 " * 2000 + ".mkv",
        "/a/" + "(" * 2000 + ")" * 2000 + ".mkv",
        "/a/" + " - 1" * 5000 + ".mkv",
        "/a/" + "★" * 5000 + "新番★.mkv",
        "https://" + "%5B" * 20_000,
    ],
)
def test_hostile_paths_are_answered_soon(path: str) -> None:
    began = time.process_time()
    resolve(identify(VideoFile(path)), Knowledge())
    assert time.process_time() - began < 5


# -- a small world that answers every want, each once

_TITLES = ("Kaze", "Kaze no Uta", "Kaze no Uta 2nd Season", "Umi", "Umi: Ame", "Umi Movie 2", "風の歌", "Hoshi 100")
_media = st.builds(
    lambda names, form, count, year, relations: (names, form, count, year, relations),
    st.lists(st.sampled_from(_TITLES), min_size=1, max_size=3, unique=True),
    st.sampled_from(["TV", "MOVIE", "OVA", "SPECIAL", "ONA", None]),
    st.sampled_from([1, 12, 24, None]),
    st.sampled_from([2010, 2016, None]),
    st.lists(st.tuples(st.sampled_from(["SEQUEL", "PREQUEL", "SIDE_STORY"]), st.integers(1, 5)), max_size=3),
)
_seasons = st.lists(
    st.builds(
        SeasonRow,
        st.integers(1, 5),
        st.just(7),
        st.integers(0, 3),
        st.sampled_from([1, 13]),
        st.sampled_from([None, 12, 24]),
    ),
    max_size=6,
)
_names = st.sampled_from(
    [
        "[Group] Kaze no Uta - 05 [1080p].mkv",
        "[Group] Kaze no Uta - 14.mkv",
        "Kaze.no.Uta.S02E13.1080p.mkv",
        "/tv/Kaze no Uta (2016) {tvdb-9}/Season 02/Kaze no Uta - S02E13 - 025.mkv",
        "/tv/X [anilist-2]/S01E30.mkv",
        "/tv/X {tmdb-9}/X.mkv",
        "Umi Movie 2.mkv",
        "Umi - OVA 2.mkv",
        "Umi S00E01.mkv",
        "[Group] Umi 2 - 05.5 (2016).mkv",
        "[Group] Umi Final Season Part 2 - 03.mkv",
        "Kaze no Ut - 03.mkv",
        "Hoshi 100 - 30.mkv",
        "風の歌 第3話.mkv",
        "Kaze (Live Action) - 03.mkv",
        "[Group] Kaze no Uta - NCOP.mkv",
        "[Group] Kaze no Uta II - 29 (04).mkv",
    ]
)


class World:
    """Answers wants from a few media; the order of its rows is given by `shuffled`."""

    def __init__(self, media: list[tuple], seasons: list[SeasonRow], order: int = 1) -> None:  # type: ignore[type-arg]
        self.facts = {
            i: Facts(i, tuple(names), (), form, "FINISHED", count, year, relations=tuple(Relation(*r) for r in edges))
            for i, (names, form, count, year, edges) in enumerate(media, 1)
        }
        self.order, self.seasons = order, seasons
        self.entries = {i: Entry(100 + i, f.titles[0], anilist_id=i) for i, f in self.facts.items() if i % 2}
        self.live = Entry(90, "Kaze", tmdb_id="tv:5", anime=False)

    def rows(self) -> list[TitleRow]:
        named = [(MediaKey("anilist", str(i)), t, True) for i, f in self.facts.items() for t in f.titles]
        named.append((self.live.media, self.live.name, False))
        rows = [TitleRow(m, key, t, "catalogue", a) for m, t, a in named for key in name_rows(t)]
        return sorted(rows, key=lambda r: (r.key.quality, str(r.media), r.text))[:: self.order]

    def answer(self, want: Want) -> object:
        match want:
            case WantTitles(key):
                return tuple(r for r in self.rows() if r.key.key == key)
            case WantNear(key):
                return tuple(NearRow(r, 90.0) for r in self.rows() if r.quality == 0 and r.key.key.startswith(key[:-1]))
            case WantPrefix(key):
                return tuple(r for r in self.rows() if r.key.key.startswith(key) and r.key.key != key)
            case WantSeasons(anilist_id):
                return tuple(self.seasons) if any(r.anilist_id == anilist_id for r in self.seasons) else ()
            case WantSearch(title):
                return tuple(f for f in self.facts.values() if title[:3].casefold() in f.titles[0].casefold())
            case WantEntry(media):
                return self.live if media == self.live.media else self.entries.get(media.anilist_id or 0)
            case WantFacts(anilist_id):
                return self.facts.get(anilist_id)
            case WantStated(_, value):
                return (1, 2) if value == "9" else ()
            case WantListing():
                return tuple(f"Name - {n:02d}.srt" for n in range(1, 13))


RULES = parse_rules("- ?|?|1:13-24 -> ?|?|2:1-12!\n- ?|?|3:25-? -> ?|?|~:1-?\n")


def decided(name: str, world: World, rules: Rules = RULES, refuse: bool = False) -> tuple[Verdict, int]:
    """Let the world answer until nothing is wanted; no want may come twice. Return how many rounds it took, too."""
    identified, answers = identify(VideoFile(name)), dict[Want, object]()
    unanswered: dict[Want, str] = {}
    for rounds in range(_MAX_ROUNDS):
        state: Mapping[Want, object] = MappingProxyType(dict(answers))
        resolution = resolve(identified, Knowledge(rules, state, unanswered))
        if not resolution.wants:
            return resolution.verdict, rounds
        assert not {*resolution.wants} & {*answers, *unanswered}
        for want in resolution.wants:
            if refuse and isinstance(want, WantFacts | WantSearch | WantListing):
                unanswered[want] = "no connection"
            else:
                answers[want] = world.answer(want)
    raise AssertionError("it did not come to an end")


@settings(max_examples=250, deadline=None)
@given(_names, st.lists(_media, min_size=2, max_size=5), _seasons, st.booleans())
def test_no_want_comes_twice_and_the_end_is_reached(
    name: str,
    media: list[tuple],  # type: ignore[type-arg]
    seasons: list[SeasonRow],
    refuse: bool,
) -> None:
    verdict, _ = decided(name, World(media, seasons), refuse=refuse)
    assert verdict.why
    if verdict.status == "resolved":
        assert verdict.ref is not None
        assert verdict.confidence >= 0.8


@settings(max_examples=120, deadline=None)
@example(
    "Kaze.no.Uta.S02E13.1080p.mkv",
    [(["Kaze no Uta"], "TV", 1, 2010, []), (["Kaze"], "TV", 1, 2010, [])],
    [SeasonRow(1, 7, 1, 13, None), SeasonRow(1, 7, 2, 1, None), SeasonRow(2, 7, 1, 1, None)],
)
@given(_names, st.lists(_media, min_size=2, max_size=5), _seasons)
def test_the_order_of_what_is_known_changes_nothing(
    name: str,
    media: list[tuple],  # type: ignore[type-arg]
    seasons: list[SeasonRow],
) -> None:
    one, _ = decided(name, World(media, seasons))
    other, _ = decided(name, World(media, seasons[::-1], order=-1))
    assert (one.status, one.ref, one.confidence) == (other.status, other.ref, other.confidence)


_rule_lines = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(0, 60), st.integers(0, 30), st.integers(1, 6), st.integers(0, 30), st.booleans()
    ),
    max_size=12,
)


@given(_rule_lines)
def test_over_all_rules_a_number_leads_there_and_back(told: list[tuple[int, int, int, int, int, bool]]) -> None:
    lines = (f"- ?|?|{a}:{f}-{f + n} -> ?|?|{b}:{c}-{c + n}{'!' if both else ''}" for a, f, n, b, c, both in told)
    rules = parse_rules("\n".join(lines))
    for media, its in rules.by_media.items():
        for rule in its:
            for number in (rule.first, rule.last):
                place = rules.find(media, number)
                if place is not None:
                    assert number in rules.numbers(media, *place)
