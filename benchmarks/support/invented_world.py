"""An invented world with what makes names hard: sequels counted on, split cours, arcs, films, several ways to list."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from benchmarks.support.composed_names import composed
from benchmarks.support.invented_library import other_title, titles
from benchmarks.support.world import Data, Row, facts_of
from kotozoe.identify.counting.numbering import parse_rules
from kotozoe.identify.counting.seasons import parse_seasons
from tests.fakes import World, WorldEntry, WorldFile

_KANA = {
    consonant + vowel: kana
    for consonant, row in zip("ksthnmyr", ("かけきこく", "させしそす", "たてちとつ", "はへひほふ", "なねにのぬ",
                                           "まめみもむ", "やえいよゆ", "られりろる"), strict=True)
    for vowel, kana in zip("aeiou", row, strict=True)
}  # fmt: skip
_LATER = ("{title} 2nd Season", "{title} Season 2", "{title}: {word}-hen", "{title} Part 2")
_THIRD = ("{title} 3rd Season", "{title} Season 3", "{title}: {word}-hen", "{title} Part 3")
_GROUPS = ("Hane", "Mori", "Sora")
_EXTRAS = ("[Hane] {title} - NCOP1 (1080p).mkv", "[Hane] {title} - PV2 [720p].mkv", "{title} Menu 01.mkv")


@dataclass
class _Show:
    """A title, and its media in their order: (id, title, episodes, films have one)."""

    title: str
    media: list[Row] = field(default_factory=list)
    films: list[Row] = field(default_factory=list)
    split: bool = False  # later media are cours of one season
    ruled: bool = False
    mapped: bool = False


def _native(title: str) -> str:
    folded = title.lower().replace(" ", "")
    return "".join(_KANA[folded[at : at + 2]] for at in range(0, len(folded), 2))


def _media(number: int, pattern: str, title: str, episodes: int, year: int, kind: str = "TV") -> Row:
    names = {"romaji": pattern.format(title=title), "english": pattern.format(title=other_title(title))}
    return {"id": number, "title": names, "format": kind, "status": "FINISHED", "episodes": episodes,
            "seasonYear": year, "startDate": {"year": year, "month": 4, "day": 1},
            "relations": []}  # fmt: skip


def _show(title: str, number: int, dice: random.Random) -> _Show:
    style, word, year = dice.randrange(4), title.split()[1][::-1].capitalize(), dice.randint(2005, 2020)
    made = _Show(title, split=style == 3, ruled=dice.random() < 0.5, mapped=dice.random() < 0.7)
    patterns = ("{title}", _LATER[style], _THIRD[style])[: dice.choice((1, 1, 1, 2, 2, 3))]
    for at, pattern in enumerate(patterns):
        worded = pattern.replace("{word}", word if at == 1 else f"{word}{word.lower()}")
        made.media.append(_media(number + at, worded, title, dice.choice((10, 11, 12, 12, 13, 24)), year + at))
    for before, after in zip(made.media, made.media[1:], strict=False):
        before["relations"].append({"relationType": "SEQUEL", "id": after["id"]})
        after["relations"].append({"relationType": "PREQUEL", "id": before["id"]})
    made.media[0]["title"]["native"] = _native(title)
    if dice.random() < 0.12:
        film = _media(number + 9, f"{{title}} the Movie: {word} no Uta", title, 1, year + 1, "MOVIE")
        made.media[0]["relations"].append({"relationType": "SIDE_STORY", "id": film["id"]})
        made.films.append(film)
    return made


def _rules(shows: list[_Show]) -> str:
    lines = ["::rules"]
    for show in shows:
        counted = show.media[0]["episodes"]
        for media in show.media[1:] if show.ruled else ():
            last, head = counted + media["episodes"], show.media[0]["id"]
            # "!": also under the later title: plain only where its own numbers end before those
            also = "!" if media["episodes"] <= counted else ""
            lines.append(f"- ?|?|{head}:{counted + 1}-{last} -> ?|?|{media['id']}:1-{media['episodes']}{also}")
            counted = last
    return "\n".join(lines) + "\n"


def _seasons(shows: list[_Show]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, show in enumerate(shows):
        counted = 0
        for season, media in enumerate(show.media if show.mapped else (), 1):
            last = counted + media["episodes"]
            told = {"s1": f"e{counted + 1}-e{last}"} if show.split else {f"s{season}": ""}
            found[str(media["id"])] = {"tvdb_id": 700_000 + at, "tvdb_mappings": told}
            counted = last
    return found


def _named(show: _Show, at: int, style: int, episode: int) -> str:
    """Name the file of an episode of the show's media `at`, in one of five ways."""
    media, before = show.media[at], sum(m["episodes"] for m in show.media[:at])
    season, number = (1, before + episode) if show.split else (at + 1, episode)
    dotted = show.title.replace(" ", ".")
    return (
        f"[Hane] {media['title']['romaji']} - {episode:02} (1080p).ja.ass",
        f"[Mori] {media['title']['romaji']} - {episode:02} [720p].ja.srt",
        f"{dotted}.S{season:02}E{number:02}.WEBRip.Netflix.ja[cc].srt",
        f"[Sora] {show.title} - {before + episode:02}.ja.ass",
        f"{_native(show.title)} 第{before + episode}話.ja.srt",
    )[style]


def _entry(row: Row, number: int, files: list[str]) -> WorldEntry:
    movie = row["format"] == "MOVIE"
    flags = {"anime": True, "unverified": False, "external": False, "movie": movie, "adult": False}
    title = row["title"]
    told = {"id": number, "name": title["romaji"], "english_name": title["english"], "anilist_id": row["id"]}
    told |= {"last_modified": "2026-05-03T11:22:33Z", "flags": flags}
    if "native" in title:
        told["japanese_name"] = title["native"]
    return WorldEntry(told, [WorldFile(name) for name in files])


def _pick(show: _Show, at: int, styles: list[int], dice: random.Random) -> Row:
    """Ask for an episode whose files are known; the video is of a group that may have made one of them."""
    media, before = show.media[at], sum(m["episodes"] for m in show.media[:at])
    episode, group = dice.randint(1, media["episodes"]), dice.choice(_GROUPS)
    right = [_named(show, at, style, episode) for style in styles]
    return {
        "anilist_id": media["id"], "entry_name": media["title"]["romaji"], "episode": episode,
        "video": f"[{group}] {show.title} - {before + episode:02} (1080p) [ABCD1234].mkv",
        "files": [_named(show, at, style, n) for style in styles for n in range(1, media["episodes"] + 1)],
        "accept": right, "prefer": [name for name in right if f"[{group}]" in name] or right, "why": "composed",
    }  # fmt: skip


def _unmatchable(shows: list[_Show], count: int, dice: random.Random) -> Iterator[Row]:
    strangers = titles(count, seed=99)
    for at in range(count):
        path = dice.choice(_EXTRAS).format(title=dice.choice(shows).title)
        yield {"path": path, "anilist_id": None, "episode": None, "kind": "none", "why": "extra"}
        path = f"[Hane] {strangers[at]} - {at + 1:02} (1080p).mkv"
        yield {"path": path, "anilist_id": None, "episode": None, "kind": "none", "why": "known to nobody"}


def _counted_on(shows: list[_Show]) -> Iterator[Row]:
    """Count on from the first season under its name, where no rule says what that is."""
    for show in shows:
        if len(show.media) > 1 and not show.ruled:
            path = f"[Hane] {show.title} - {show.media[0]['episodes'] + 3} (1080p) [ABCD1234].mkv"
            yield {"path": path, "anilist_id": show.media[1]["id"], "episode": 3, "kind": "tv", "why": "counted on"}


@cache
def made(shows: int, names: int, *, with_files: int | None = None) -> Data:
    """Invent shows and compose names of them, the same every time; `with_files`: only so many shows have any."""
    dice = random.Random(20261122)
    all_shows = [_show(title, 1_000_000 + 10 * at, dice) for at, title in enumerate(titles(shows))]
    world = World(rules=_rules(all_shows).encode(), seasons=json.dumps(_seasons(all_shows)).encode())
    picks: list[Row] = []
    for number, show in enumerate(all_shows):
        listed = with_files is None or number < with_files
        for at, row in enumerate(show.media):
            styles = sorted(dice.sample(range(5), dice.randint(1, 3)))
            files = [_named(show, at, style, n) for style in styles for n in range(1, row["episodes"] + 1)]
            world.media[row["id"]] = row
            world.entries[row["id"]] = _entry(row, row["id"], files if listed else [])
            if listed and len(picks) < 200:
                picks.append(_pick(show, at, styles, dice))
        for row in show.films:
            world.media[row["id"]] = row
            world.entries[row["id"]] = _entry(row, row["id"], [f"{row['title']['romaji']}.ja.srt"])
    facts = {i: facts_of(row) for i, row in world.media.items()}
    extra = [*_unmatchable(all_shows, names // 40, dice), *list(_counted_on(all_shows))[: names // 10]]
    rules, rows = parse_rules(world.rules.decode()), parse_seasons(world.seasons).rows
    # the hard ones come once each: with three times as many made, most are plain
    told = composed(facts, set(facts), rules, rows, 3 * names)
    return Data("invented names", world, [*told[: names - len(extra)], *extra], picks)


def seasons(data: Data, episodes: int) -> list[str]:
    """Return the titles of first seasons that have files of so many episodes and more."""
    first = (e for e in data.world.entries.values() if e.row["id"] % 10 == 0)
    return [str(e.row["name"]) for e in first if data.world.media[e.row["id"]]["episodes"] >= episodes and e.files]


def video_of(title: str, episode: int) -> str:
    return f"[Hane] {title} - {episode:02} (1080p) [ABCD1234].mkv"
