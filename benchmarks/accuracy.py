"""How often the right media and episode are found: a table by category, beside plain readers of names.

    python benchmarks/accuracy.py DATA [--part all|tuned|held] [--without anilist|seasons|rules] [--baselines]
                                       [--stems | --composed N] [--show N]

DATA holds `dev/video.jsonl` (names with known answers), `dev/listings.jsonl`, and `world/` (media, entries, rules,
season map).
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from composed import composed
from rapidfuzz import fuzz, process

from kotozoe.decide.numbering import Rules
from kotozoe.decide.seasons import parse_seasons
from kotozoe.decide.titles import key_of, tidy
from kotozoe.find import Finder
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, Relation, SubtitleFile, Urgency, Verdict, VideoFile
from kotozoe.store.atlas import Atlas

Row = dict[str, Any]
_HELD_OUT = 5  # one series in so many is set aside


def said(row: Row, got: tuple[int | None, float | None], verdict: Verdict) -> str:
    return f"{row['path']} | is {row['anilist_id']} {row['episode']} | {got} {verdict.status}: {verdict.why}"


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def held_out(row: Row) -> bool:
    told = str(row["anilist_id"] or row.get("path") or row.get("entry_name"))
    return int(hashlib.sha256(told.encode()).hexdigest(), 16) % _HELD_OUT == 0


def facts_of(media: Row) -> Facts:
    title, start = media["title"], media.get("startDate") or {}
    names = tuple(dict.fromkeys(n for n in (title.get("romaji"), title.get("english"), title.get("native")) if n))
    return Facts(
        media["id"],
        names,
        tuple(media.get("synonyms") or ()),
        media.get("format"),
        "FINISHED",
        media.get("episodes"),
        media.get("seasonYear"),
        FuzzyDate(start.get("year"), start.get("month"), start.get("day")),
        None,
        tuple(Relation(r["relationType"], r["id"]) for r in media.get("relations") or ()),
    )


def entry_of(row: Row) -> Entry:
    return Entry(
        row["id"],
        row["name"],
        row.get("english_name") or "",
        row.get("japanese_name") or "",
        row["anilist_id"],
        movie=row["flags"]["movie"],
        external=row["flags"]["external"],
    )


@dataclass
class World:
    """Stands in for AniList and Jimaku, and counts what it is asked."""

    media: Mapping[int, Facts]
    files: Mapping[int, tuple[str, ...]]
    requests: collections.Counter[str] = field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        self._names = [(key_of(tidy(n)), i) for i, f in self.media.items() for n in (*f.titles, *f.synonyms)]
        self._keys = [k for k, _ in self._names]

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:  # noqa: ARG002 - a Protocol
        assert len(ids) <= 50
        self.requests["facts"] += 1
        self.requests["media"] += len(ids)
        return tuple(self.media[i] for i in ids if i in self.media)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> dict[str, tuple[Facts, ...]]:  # noqa: ARG002 - a Protocol
        assert len(titles) <= 30
        self.requests["search"] += 1
        self.requests["titles"] += len(titles)
        return {t: self._found(t) for t in titles}

    def _found(self, title: str) -> tuple[Facts, ...]:
        hits = process.extract(key_of(tidy(title)), self._keys, scorer=fuzz.WRatio, score_cutoff=70, limit=24)
        ids = list(dict.fromkeys(self._names[at][1] for _, _, at in hits))[:8]
        return tuple(self.media[i] for i in ids)

    def nearest(self, title: str) -> int | None:
        """Return the media whose name is spelt most like `title`."""
        found = process.extractOne(key_of(tidy(title)), self._keys, scorer=fuzz.ratio, score_cutoff=85)
        return self._names[found[2]][1] if found else None

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:  # noqa: ARG002 - a Protocol
        self.requests["listing"] += 1
        return Listing(entry_id, tuple(SubtitleFile(n) for n in self.files.get(entry_id, ())), time.time())


def fill(atlas: Atlas, data: Path, without: str) -> World:
    rows = lines(data / "world/entries.jsonl")
    atlas.replace_entries((entry_of(r) for r in rows), True, time.time())
    if without != "rules":
        atlas.keep_rules((data / "world/anime-relations.txt").read_text(encoding="utf-8"))
    if without != "seasons":
        atlas.keep_seasons(parse_seasons((data / "world/seasons.json").read_text(encoding="utf-8")))
    media = {m["id"]: facts_of(m) for m in lines(data / "world/media.jsonl")}
    return World(media, {r["id"]: tuple(r["files"]) for r in rows})


def whole(number: float | None) -> float | None:
    return None if number is None else float(number)


def judged(row: Row, anilist_id: int | None, episode: float | None) -> str:
    accepted = {(row["anilist_id"], whole(row["episode"]))} | {(i, whole(e)) for i, e in row.get("accept", [])}
    ids = {i for i, _ in accepted}
    if anilist_id is None:
        return "right" if None in ids else "declined"
    if (anilist_id, whole(episode)) in accepted or (
        row["kind"] == "movie" and anilist_id in ids and episode in (None, 1)
    ):
        return "right"
    return "wrong-episode" if anilist_id in ids else "wrong"


def answer(verdict: Verdict) -> tuple[int | None, float | None]:
    if verdict.status != "resolved" or verdict.ref is None:
        return None, None
    return verdict.ref.media.anilist_id, verdict.ref.episode


def table(judgements: Iterable[tuple[str, str]]) -> None:
    by: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for why, what in judgements:
        by[why][what] += 1
        by["ALL"][what] += 1
    for why, c in sorted(by.items(), key=lambda kv: (kv[0] == "ALL", kv[0])):
        n = c.total()
        wrong = c["wrong"] + c["wrong-episode"]
        print(
            f"{why:28s} n={n:4d} right {c['right'] / n:6.1%} wrong {wrong / n:6.2%} declined {c['declined'] / n:6.1%}"
        )


def chosen(rows: list[Row], part: str) -> list[Row]:
    return [r for r in rows if part == "all" or held_out(r) == (part == "held")]


async def run(args: argparse.Namespace) -> None:
    data = args.data
    rows = chosen(lines(data / "dev/video.jsonl"), args.part)
    with tempfile.TemporaryDirectory() as folder:
        atlas = Atlas(Path(folder) / "atlas.sqlite")
        began = time.monotonic()
        world = fill(atlas, data, args.without)
        print(f"{atlas.entries_count()} entries indexed in {time.monotonic() - began:.1f} s")
        finder = Finder(atlas, None if args.without == "anilist" else world, world)
        if args.stems:
            series = {
                r.anilist_id: r.tvdb_id
                for r in parse_seasons((data / "world/seasons.json").read_text(encoding="utf-8")).rows
            }
            rows = stems(data, {r["anilist_id"] for r in lines(data / "dev/video.jsonl")})
        if args.composed:
            told = parse_seasons((data / "world/seasons.json").read_text(encoding="utf-8")).rows
            listed = {r["anilist_id"] for r in lines(data / "world/entries.jsonl")}
            rows = composed(world.media, listed, atlas.rules(), told, args.composed)
        began = time.monotonic()
        if args.one_by_one:
            verdicts = [await finder.find(VideoFile(r["path"]), Urgency.BACKFILL) for r in rows]
        else:
            verdicts = await finder.find_all([VideoFile(r["path"]) for r in rows], Urgency.BACKFILL)
        took = time.monotonic() - began
        judgements = [(r["why"], judged(r, *answer(v))) for r, v in zip(rows, verdicts, strict=True)]
        if args.stems:
            judgements = [
                (w, same_series(r, v, j, series)) for r, v, (w, j) in zip(rows, verdicts, judgements, strict=True)
            ]
        table(judgements)
        print(f"{took / len(rows) * 1000:.1f} ms a name; asked: {dict(world.requests)}")
        classes(verdicts, judgements)
        tell(rows, verdicts, judgements, args)
        if args.baselines:
            baselines(rows, world, atlas.rules())
        if not args.stems:
            world.requests.clear()
            began = time.monotonic()
            await finder.find_all([VideoFile(r["path"]) for r in rows], Urgency.BACKFILL)
            print(
                f"again: {(time.monotonic() - began) / len(rows) * 1000:.1f} ms a name; asked: {dict(world.requests)}"
            )


def by_guessit(name: str) -> tuple[str, int | None, float | None]:
    from guessit import guessit  # noqa: PLC0415 - only for the baseline

    found = guessit(name, {"type": "episode"})
    title, season, episode = found.get("title"), found.get("season"), found.get("episode")
    return str(title or ""), season if isinstance(season, int) else None, episode if isinstance(episode, int) else None


def by_anitomy(name: str) -> tuple[str, int | None, float | None]:
    import anitomy_ng  # noqa: PLC0415 - only for the baseline, and no dependency

    found = {e.kind.name if hasattr(e.kind, "name") else str(e.kind): e.value for e in anitomy_ng.parse(name)}
    season, episode = found.get("SEASON", ""), found.get("EPISODE", "")
    return (
        found.get("TITLE", ""),
        int(season) if season.isdecimal() else None,
        float(episode) if episode.isdecimal() else None,
    )


def baselines(rows: list[Row], world: World, rules: Rules) -> None:
    """Score plain readers of base names: nearest title, season words added, relation rules applied."""
    for label, read in (("guessit", by_guessit), ("anitomy-ng", by_anitomy)):
        judgements = []
        for row in rows:
            title, season, episode = read(row["path"].rsplit("/", 1)[-1])
            media = world.nearest(f"{title} Season {season}" if season and season > 1 else title) if title else None
            place = rules.find(media, episode) if media is not None and episode is not None else None
            judgements.append((label, judged(row, *(place or (media, episode)))))
        table(judgements)


def classes(verdicts: list[Verdict], judgements: list[tuple[str, str]]) -> None:
    by: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for verdict, (_, what) in zip(verdicts, judgements, strict=True):
        if verdict.status == "resolved":
            by[verdict.why.rsplit(": ", 1)[-1]][what] += 1
    for why, c in sorted(by.items(), key=lambda kv: -kv[1].total()):
        print(f"   {c['right']:4d}/{c.total():4d} {why}")
    sure = sum(v.confidence >= 0.9 for v in verdicts)
    print(f"confidence of 0.9 or more: {sure / len(verdicts):.1%} of the names")


def tell(rows: list[Row], verdicts: list[Verdict], judgements: list[tuple[str, str]], args: argparse.Namespace) -> None:
    for row, verdict, (_, what) in zip(rows, verdicts, judgements, strict=True):
        if what != "right" and args.show:
            args.show -= 1
            print(f"{what}: {said(row, answer(verdict), verdict)}", file=sys.stderr)
            if args.trace:
                print(*("      " + t for t in verdict.trace), sep="\n", file=sys.stderr)


def stems(data: Path, seen: set[int]) -> list[Row]:
    """Return the subtitle names of series that the names do not cover; any episode of the series counts as right."""
    rows: list[Row] = []
    for listing in lines(data / "dev/listings.jsonl"):
        if listing["anilist_id"] in seen:
            continue
        names = listing["files"]
        for name in names[:: max(1, len(names) // 4)][:5]:
            stem = name.rsplit(".", 1)[0]
            for ending in (".ja", ".jp", ".jpn", ".ja[cc]", ".Japanese"):
                stem = stem.removesuffix(ending)
            rows.append(
                {
                    "path": f"{stem}.mkv",
                    "anilist_id": listing["anilist_id"],
                    "episode": None,
                    "kind": "movie",
                    "why": "stem",
                }
            )
    return rows


def same_series(row: Row, verdict: Verdict, what: str, series: Mapping[int, int]) -> str:
    """Judge by series alone: a listing may hold the files of other seasons."""
    found = answer(verdict)[0]
    if what == "declined" or found is None:
        return what
    told = row["anilist_id"]
    return "right" if found == told or (told in series and series.get(found) == series[told]) else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=["all", "tuned", "held"], default="all")
    parser.add_argument("--without", choices=["", "anilist", "seasons", "rules"], default="")
    parser.add_argument("--stems", action="store_true")
    parser.add_argument("--baselines", action="store_true")
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--composed", type=int, default=0)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
