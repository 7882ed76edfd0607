"""Judging answers by the known ones, and plain readers of names to compare with."""

from __future__ import annotations

import collections
import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks._world import Row, World, lines
from kotozoe.decide.counting.numbering import Rules
from kotozoe.model import Verdict

Judgement = tuple[str, str]  # category, what it is


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
    if len(by) == 2:
        del by["ALL"]
    for why, c in sorted(by.items(), key=lambda kv: (kv[0] == "ALL", kv[0])):
        n = c.total()
        wrong = c["wrong"] + c["wrong-episode"]
        print(
            f"{why:28s} n={n:4d} right {c['right'] / n:6.1%} wrong {wrong / n:6.2%} declined {c['declined'] / n:6.1%}"
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
    readers = {"guessit": by_guessit}
    if importlib.util.find_spec("anitomy_ng"):
        readers["anitomy-ng"] = by_anitomy
    else:
        print("anitomy-ng is not installed: not compared")
    for label, read in readers.items():
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
