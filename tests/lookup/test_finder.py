"""From a name to a verdict, over a small invented world: right where it is known, silent where it is not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.guessed import with_guessed
from kotozoe.identify.names.identify import Identified
from kotozoe.lookup.finder import Finder
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, Relation, SubtitleFile, Urgency, Verdict, VideoFile
from kotozoe.store.catalogue import Catalogue


def media(
    anilist_id: int,
    *titles: str,
    form: str | None = "TV",
    episodes: int | None = 12,
    year: int | None = 2016,
    synonyms: tuple[str, ...] = (),
    relations: tuple[tuple[str, int], ...] = (),
    next_episode: int | None = None,
    minutes: int | None = None,
) -> Facts:
    status = "FINISHED" if episodes else "RELEASING"
    edges = tuple(Relation(kind, to) for kind, to in relations)
    start = FuzzyDate(year, 4)
    return Facts(anilist_id, titles, synonyms, form, status, episodes, year, start, next_episode, edges, minutes)


WORLD = (
    media(
        100,
        "Kaze no Uta",
        "Song of the Wind",
        "風の歌",
        relations=(
            ("SEQUEL", 200),
            ("SIDE_STORY", 130),
        ),
    ),
    media(
        200,
        "Kaze no Uta 2nd Season",
        year=2017,
        relations=(
            ("PREQUEL", 100),
            ("SEQUEL", 300),
        ),
    ),
    media(300, "Kaze no Uta 2nd Season Part 2", year=2018, relations=(("PREQUEL", 200),)),
    media(130, "Kaze no Uta: Natsuyasumi", form="OVA", episodes=1, relations=(("PARENT", 100),)),
    media(400, "Umi no Ie", episodes=24),
    media(410, "Umi no Ie", "The House by the Sea (2019)", year=2019, episodes=12),
    media(500, "Gekijouban Hoshi no Fune", form="MOVIE", episodes=1, year=2011),
    media(600, "Kaze 100", episodes=12),
    media(700, "Nagai Hanashi", episodes=None, next_episode=1201),
    media(800, "Kagami'"),
    media(810, "Kagami"),
    media(900, "Yama no Kuni", episodes=10, relations=(("SEQUEL", 910),)),
    media(910, "Yama no Kuni: Fuyu", episodes=10, year=2018, relations=(("PREQUEL", 900),)),
    media(920, "Kairos: The Conqueror", episodes=13, year=2001),
    media(930, "Tsukinohikari", episodes=13, year=2005),
    media(940, "Asagao", form="MOVIE", episodes=1, year=2001),
    media(945, "The Asagao", form="OVA", episodes=1, year=None),
)
HIDDEN = (
    media(950, "Mori no Hito", "Forest People", synonyms=("Morihito",)),
)  # AniList knows it, the catalogue does not
RULES = "- ?|?|100:13-24 -> ?|?|200:1-12!\n"
SEASONS = """{
 "100": {"tvdb_id": 5, "tmdb_show_id": 6, "tvdb_mappings": {"s1": ""}},
 "200": {"tvdb_id": 5, "anidb_id": 21, "tmdb_show_id": 6, "tvdb_mappings": {"s2": "e1-e12"}},
 "300": {"tvdb_id": 5, "tvdb_mappings": {"s2": "e13-e24"}},
 "130": {"tvdb_id": 5, "tvdb_mappings": {"s0": "e1"}},
 "500": {"tmdb_movie_id": 77}
}"""
LIVE = Entry(90, "Machi no Hikari", tmdb_id="tv:55", anime=False)


class Services:
    """AniList and Jimaku in one, counting; every want may come once only for each question."""

    def __init__(self, down: bool = False) -> None:
        self.down = down
        self.asked: Counter[str] = Counter()

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        self.asked.update(f"facts {i}" for i in ids)
        self._check()
        return tuple(f for f in (*WORLD, *HIDDEN) if f.anilist_id in ids)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        self.asked.update(f"search {t}" for t in titles)
        self._check()
        return {
            t: tuple(
                f for f in (*WORLD, *HIDDEN) if any(t.casefold() in n.casefold() for n in (*f.titles, *f.synonyms))
            )
            for t in titles
        }

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:
        self.asked[f"listing {entry_id}"] += 1
        return Listing(entry_id, tuple(SubtitleFile(f"Name - {n:02d}.srt") for n in range(1, 13)), 0.0)

    def _check(self) -> None:
        if self.down:
            raise Unavailable("AniList", "no connection")


def entries(world: Sequence[Facts] = WORLD) -> tuple[Entry, ...]:
    made = []
    for number, facts in enumerate(world, 1):
        names = [*facts.titles, "", ""]
        made.append(Entry(number, names[0], names[1], names[2], facts.anilist_id, movie=facts.format == "MOVIE"))
    return tuple(made)


def make_atlas(path: Path, world: Sequence[Facts] = WORLD) -> Catalogue:
    catalogue = Catalogue(path)
    catalogue.replace_entries(entries(world), anime=True, now=0)
    catalogue.replace_entries((LIVE,), anime=False, now=0)
    catalogue.keep_rules(RULES)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return catalogue


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def finder(tmp_path: Path, services: Services) -> Finder:
    return Finder(make_atlas(tmp_path / "catalogue.sqlite"), services, services, lambda: 0.0)


def told(verdict: Verdict) -> tuple[str, float | None] | str:
    return (str(verdict.ref.media), verdict.ref.episode) if verdict.ref is not None else verdict.status


@pytest.mark.parametrize(
    ("path", "answer", "listings"),
    [
        ("[Group] Kaze no Uta - 14 [1080p].mkv", ("anilist:200", 2), 0),  # a rule
        ("[Group] Kaze no Uta 2nd Season - 05.mkv", ("anilist:200", 5), 0),  # the season map
        ("[Group] Yama no Kuni - 05.mkv", ("anilist:900", 5), 1),  # its files
    ],
)
async def test_what_all_lists_agree_on_waits_for_no_facts(
    path: str, answer: object, listings: int, finder: Finder, services: Services
) -> None:
    video = VideoFile(path)
    verdict = await finder.find(video, Urgency.ON_SCREEN)
    assert told(verdict) == answer
    assert verdict.provisional
    assert [asked.split()[0] for asked in services.asked] == ["listing"] * listings
    confirmed = await finder.confirm(video, Urgency.REFRESH)
    assert told(confirmed) == answer
    assert not confirmed.provisional
    assert any(asked.startswith("facts") for asked in services.asked)
    assert await finder.find(video, Urgency.ON_SCREEN) == confirmed


@pytest.mark.parametrize(
    "video",
    [
        VideoFile("[Group] Kaze no Uta - 05.5.mkv"),
        VideoFile("[Group] Kaze no Uta - OVA [BD].mkv"),
        VideoFile("[Group] Morihito - 03.mkv"),
        VideoFile("[Group] Umi no Ie - 20.mkv"),
        VideoFile("[Group] Yama no Kuni - 05.mkv", duration=180.0),
        VideoFile("[Group] Gekijouban Hoshi no Fune.mkv", duration=1500.0),
    ],
)
async def test_a_doubt_waits_for_facts(video: VideoFile, finder: Finder, services: Services) -> None:
    assert not (await finder.find(video, Urgency.ON_SCREEN)).provisional
    assert any(asked.split()[0] in ("facts", "search") for asked in services.asked)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Kaze no Uta - 05 [1080p].mkv", ("anilist:100", 5)),
        ("[Group] Kaze no Uta - 14 [1080p].mkv", ("anilist:200", 2)),  # a rule
        ("[Group] Kaze no Uta 2nd Season - 14 [1080p].mkv", ("anilist:200", 2)),  # "!": counted from the start
        ("[Group] Kaze no Uta S2 - 05.mkv", ("anilist:200", 5)),
        ("[Group] Kaze no Uta 2nd Season Part 2 - 03.mkv", ("anilist:300", 3)),
        ("Kaze.no.Uta.S02E15.1080p.WEB-DL.mkv", ("anilist:300", 3)),  # the season map
        ("/tv/Song of the Wind (2016)/Season 02/Song of the Wind (2016) - S02E15 - WEBDL.mkv", ("anilist:300", 3)),
        ("/tv/Anything {tvdb-5}/Season 02/Anything - S02E13.mkv", ("anilist:300", 1)),
        ("/anime/Anything [anilist-400]/20.mkv", ("anilist:400", 20)),
        ("/films/Anything {tmdb-77}/Anything.mkv", ("anilist:500", 1)),
        ("風の歌 第5話.mkv", ("anilist:100", 5)),
        ("/anime/Kaze no Uta/Season 2/05.mkv", ("anilist:200", 5)),
        ("[Group] Yama no Kuni - 14.mkv", ("anilist:910", 4)),  # the sequel chain
        ("Kaze no Uta S00E01.mkv", ("anilist:130", 1)),
        ("[Group] Kaze no Uta - OVA [BD].mkv", ("anilist:130", 1)),
        ("Hoshi.no.Fune.2011.1080p.BluRay.x264.mkv", ("anilist:500", 1)),
        ("[Group] Kaze 100 - 05.mkv", ("anilist:600", 5)),
        ("[Group] Nagai Hanashi - 1199.mkv", ("anilist:700", 1199)),
        ("/anime/Kagami'/05.mkv", ("anilist:800", 5)),
        ("/anime/Kagami/05.mkv", ("anilist:810", 5)),
        ("[Group] Umi no Ie (2019) - 03.mkv", ("anilist:410", 3)),
        ("[Group] Umi no Ie - 20.mkv", ("anilist:400", 20)),  # only one of the two has so many
        ("[Group] Umi no Ie - 03.mkv", "ambiguous"),
        ("[Group] Kaze no Uta - 05.5.mkv", ("anilist:100", 5.5)),
        ("[Group] Morihito - 03.mkv", ("anilist:950", 3)),  # by AniList's search
        ("[Group] Kaze no Uta - NCOP [1080p].mkv", "skipped"),
        ("Machi no Hikari ep02.mkv", ("tmdb:tv:55", 2)),
        ("Some.Other.Show.S01E02.720p.mkv", "unknown"),
        ("[Group] Kaze no Uta - 77.mkv", "unknown"),
    ],
)
async def test_finder_resolves_a_name_to_its_episode(
    finder: Finder, path: str, answer: tuple[str, float] | str
) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Kairos - 05 [1080p].mkv", ("anilist:920", 5)),
        ("Kairos.S01E05.720p.HDTV.mkv", "unknown"),  # one word of a longer name
        ("[Group] Tsukinohikarii - 05.mkv", ("anilist:930", 5)),  # misspelt
        ("Tsukinohikari X - 05.mkv", "unknown"),  # another title
        ("[Group] Tsukinohikari X - 05.mkv", "unknown"),
        ("Tsukinohikari.Live.Action.S01E05.mkv", "unknown"),
        ("Tsukinohikari (J-Drama) - 05.mkv", "unknown"),
        ("Machi no Hikari (Live Action) ep02.mkv", ("tmdb:tv:55", 2)),
        ("Tsukinohikari 2 2007.mkv", "unknown"),  # a second film of that name
        ("[Group] Tsukinohikari Movie 4 - 162.mkv", "unknown"),
        ("Asagao.2015.1080p.mkv", "unknown"),  # the known one is of another year: so may the other be
        ("Asagao.2001.1080p.mkv", ("anilist:940", 1)),
        ("[Group] Nagai Hanash - 12.mkv", ("anilist:700", 12)),
    ],
)
async def test_finder_does_not_accept_a_merely_similar_title(
    finder: Finder, path: str, answer: tuple[str, float] | str
) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


async def test_guessit_reads_only_what_was_not_answered(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    def spy(identified: Identified) -> Identified:
        asked.append(identified.name)
        return with_guessed(identified)

    asked: list[str] = []
    monkeypatch.setattr("kotozoe.lookup.finder.with_guessed", spy)
    names = ("[G] Kaze no Uta - 05 [1080p]", "[G] Kaze no Uta - Fuyu - 05 [1080p]", "Kaze no Fuyu")
    verdicts = await finder.find_all([VideoFile(f"/v/{name}.mkv") for name in names], Urgency.ON_SCREEN)
    assert [v.ref and (v.ref.media.anilist_id, v.ref.episode) for v in verdicts] == [(100, 5), None, None]
    assert asked == [names[1]]


async def test_finder_reports_the_end_of_a_double_episode(finder: Finder) -> None:
    verdict = await finder.find(VideoFile("Kaze no Uta S01E01-E02.mkv"), Urgency.ON_SCREEN)
    assert verdict.ref is not None
    assert (verdict.ref.episode, verdict.ref.episode_end) == (1, 2)


async def test_a_verdict_has_a_reason(finder: Finder) -> None:
    verdict = await finder.find(VideoFile("[Group] Kaze no Uta - 05.mkv"), Urgency.ON_SCREEN)
    assert (verdict.title, verdict.entry_id, verdict.kind) == ("Kaze no Uta", 1, "tv")
    assert verdict.why.endswith(".")
    assert verdict.confidence >= 0.9
    assert verdict.trace


@pytest.mark.parametrize(
    "path",
    [
        "Our wedding in Kyoto.mp4",
        "/home/emma/05.mkv",
        "holiday.mp4",
        "[Group] Kaze no Uta - NCED.mkv",
        "Machi no Hikari ep02.mkv",
    ],
)
async def test_finder_sends_nothing_for_private_files_and_non_episodes(
    finder: Finder, services: Services, path: str
) -> None:
    await finder.find(VideoFile(path), Urgency.ON_SCREEN)
    assert not services.asked


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/tv/Anything {tvdb-5}/Season 02/Anything - S02E13.mkv", ("anilist:300", 1)),
        ("/tv/X [tvdbid-5]/Season 01/X - S01E02.mkv", ("anilist:100", 2)),
        ("/tv/X [tvdbid-5]/Season 01/X - S02E02 - 014.mkv", ("anilist:200", 2)),
        ("/tv/X [tvdbid-5]/Specials/X - S00E01.mkv", ("anilist:130", 1)),
        ("/anime/X [anilist-200]/X - S01E03.mkv", ("anilist:200", 3)),  # its own first season, not the series'
        ("/anime/X [anidb-21]/X - 03.mkv", ("anilist:200", 3)),
        ("/anime/X [anilist-200]/X - S02E13.mkv", ("anilist:300", 1)),  # the series' second season
        ("/films/Anything {tmdb-77}/Anything.mkv", ("anilist:500", 1)),
        ("/films/Anything [tmdbid-77]/Anything (2011).mkv", ("anilist:500", 1)),
        ("/films/Anything [anilist-500]/Anything.mkv", ("anilist:500", 1)),
    ],
)
async def test_a_stated_id_needs_no_request(
    finder: Finder, services: Services, path: str, answer: tuple[str, float]
) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer
    assert not services.asked


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/anime/X [anilist-200]/X - S01E33.mkv", "unknown"),  # it has no such episode, nor has what follows
        ("/anime/X [anilist-100]/X - 14.mkv", ("anilist:200", 2)),  # counted on
        ("/anime/X [anilist-200]/X.mkv", "unknown"),
        ("/anime/X {tmdb-5}/X - S02E13.mkv", "unknown"),  # nobody knows this id
        ("/anime/X {tmdb-6}/X - S01E14.mkv", ("anilist:200", 2)),  # TMDB counts on in its season 1, a rule knows
        ("/anime/X {tmdbtv-6}/X - S02E14.mkv", ("anilist:300", 2)),
        ("/anime/X {imdb-tt05}/Kaze no Uta - 03.mkv", ("anilist:100", 3)),
    ],
)
async def test_a_stated_id_that_does_not_suffice_is_looked_up(
    finder: Finder, path: str, answer: tuple[str, float] | str
) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


async def test_the_files_beside_a_video_state_its_id(finder: Finder, services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "Anything" / "Season 02"
    folder.mkdir(parents=True)
    (folder.parent / "tvshow.nfo").write_text('<tvshow><uniqueid type="tvdb">5</uniqueid></tvshow>')
    (folder / "7.nfo").write_text("<episodedetails><season>2</season><episode>13</episode></episodedetails>")
    assert told(await finder.find(VideoFile(str(folder / "S02E14.mkv")), Urgency.ON_SCREEN)) == ("anilist:300", 2)
    assert told(await finder.find(VideoFile(str(folder / "7.mkv")), Urgency.ON_SCREEN)) == ("anilist:300", 1)
    assert not services.asked


async def test_finder_sends_no_question_twice(finder: Finder, services: Services) -> None:
    names = [
        "[Group] Kaze no Uta - 05.mkv",
        "[Group] Morihito - 03.mkv",
        "Some.Other.Show.S01E02.mkv",
        "[Group] Umi no Ie - 03.mkv",
    ]
    videos = [VideoFile(n) for n in names * 3]
    first = [told(v) for v in await finder.find_all(videos, Urgency.BACKFILL)]
    assert set(services.asked.values()) == {1}
    services.asked.clear()
    assert [told(v) for v in await finder.find_all(videos, Urgency.BACKFILL)] == first
    assert not {a for a in services.asked if not a.startswith("facts 700")}


async def test_finder_reports_a_failing_service_and_stores_nothing(tmp_path: Path) -> None:
    down, catalogue = Services(down=True), make_atlas(tmp_path / "catalogue.sqlite")
    verdict = await Finder(catalogue, down, down, lambda: 0.0).find(
        VideoFile("[Group] Morihito - 03.mkv"), Urgency.ON_SCREEN
    )
    assert verdict.status == "unknown"
    assert "AniList could not be asked" in verdict.why
    assert verdict.unanswered == ("AniList could not be asked: no connection",)
    again = await Finder(catalogue, Services(), None, lambda: 0.0).find(
        VideoFile("[Group] Morihito - 03.mkv"), Urgency.ON_SCREEN
    )
    assert again.status == "resolved"


async def test_a_disabled_service_is_no_reason_to_retry(tmp_path: Path) -> None:
    alone = Finder(make_atlas(tmp_path / "catalogue.sqlite"), None, None, lambda: 0.0)
    verdict = await alone.find(VideoFile("[Group] Morihito - 03.mkv"), Urgency.ON_SCREEN)
    assert verdict.status == "unknown"
    assert "AniList could not be asked: disabled in the config" in verdict.why
    assert verdict.unanswered == ()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Kaze no Uta - 14.mkv", ("anilist:200", 2)),  # a rule bounds it
        ("Kaze.no.Uta.S02E15.mkv", ("anilist:300", 3)),  # the season map does
        ("[Group] Kaze 100 - 05.mkv", ("anilist:600", 5)),  # the entry's files do
        ("[Group] Kaze 100 - 40.mkv", "ambiguous"),  # nothing does
    ],
)
async def test_without_anilist_only_what_is_bounded_is_answered(
    tmp_path: Path, path: str, answer: tuple[str, float] | str
) -> None:
    finder = Finder(make_atlas(tmp_path / "catalogue.sqlite"), None, Services(), lambda: 0.0)
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


async def test_the_order_of_the_catalogue_changes_nothing(tmp_path: Path) -> None:
    names = [
        "[Group] Kaze no Uta - 14.mkv",
        "[Group] Umi no Ie - 03.mkv",
        "/a/Kagami'/05.mkv",
        "[G] Kaze no Uta S2 - 03.mkv",
        "[G] Kaze - 1.mkv",
    ]
    answers = []
    for seed in range(4):
        world = list(WORLD)
        random.Random(seed).shuffle(world)
        finder = Finder(make_atlas(tmp_path / f"{seed}.sqlite", world), Services(), Services(), lambda: 0.0)
        answers.append([told(v) for v in await finder.find_all([VideoFile(n) for n in names], Urgency.BACKFILL)])
    assert all(a == answers[0] for a in answers)


@pytest.fixture
def beside_an_ova(tmp_path: Path, services: Services) -> Finder:
    show = media(1001, "Asa no Umi", relations=(("SIDE_STORY", 1000),))
    world = (media(1000, "Asa no Umi OVA", form="OVA", episodes=3), show)
    return Finder(make_atlas(tmp_path / "catalogue.sqlite", world), services, services, lambda: 0.0)


async def test_two_listings_are_read_before_facts_are_asked_for(beside_an_ova: Finder, services: Services) -> None:
    verdict = await beside_an_ova.find(VideoFile("[Group] Asa no Umi - 02.mkv"), Urgency.ON_SCREEN)
    assert verdict.provisional
    assert told(verdict) == ("anilist:1001", 2)
    assert [asked.split()[0] for asked in services.asked] == ["listing"] * 2


async def test_what_says_that_it_is_a_special_waits_for_facts(beside_an_ova: Finder, services: Services) -> None:
    verdict = await beside_an_ova.find(VideoFile("[Group] Asa no Umi OVA - 02.mkv"), Urgency.ON_SCREEN)
    assert not verdict.provisional
    assert any(asked.startswith("facts") for asked in services.asked)
