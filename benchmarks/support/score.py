"""Judging answers by the known ones, and plain readers of names to compare with."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from anitomy_ng import parse
from guessit import guessit

from benchmarks.support.world import Data, Row, Sources
from kotozoe.identify.counting.numbering import Rules
from kotozoe.model import Verdict

Judgement = tuple[str, str]  # category, what it is
Reader = Callable[[str], tuple[str, int | None, float | None]]


def _whole(number: float | None) -> float | None:
    return None if number is None else float(number)


def accepted(row: Row) -> set[tuple[int | None, float | None]]:
    return {(row["anilist_id"], _whole(row["episode"]))} | {(i, _whole(e)) for i, e in row.get("accept", [])}


def judged(row: Row, anilist_id: int | None, episode: float | None) -> str:
    pairs = accepted(row)
    ids = {i for i, _ in pairs}
    if anilist_id is None:
        return "right" if None in ids else "declined"
    if (anilist_id, _whole(episode)) in pairs or (
        row["kind"] == "movie" and anilist_id in ids and episode in (None, 1)
    ):
        return "right"
    return "wrong-episode" if anilist_id in ids else "wrong"


def answer(verdict: Verdict) -> tuple[int | None, float | None]:
    if verdict.status != "resolved" or verdict.ref is None:
        return None, None
    return verdict.ref.media.anilist_id, verdict.ref.episode


def shares(whats: Iterable[str]) -> tuple[float, float, float]:
    """Return how much is right, wrong, and not answered."""
    sums = collections.Counter(whats)
    n = max(1, sums.total())
    return sums["right"] / n, (sums["wrong"] + sums["wrong-episode"]) / n, (sums["declined"] + sums["none"]) / n


def table(judgements: Iterable[Judgement]) -> None:
    by: dict[str, list[str]] = collections.defaultdict(list)
    for why, what in judgements:
        by[why].append(what)
    if len(by) > 1:
        by["ALL"] = [what for whats in by.values() for what in whats]
    for why, whats in sorted(by.items(), key=lambda kv: (kv[0] == "ALL", kv[0])):
        right, wrong, declined = shares(whats)
        print(f"{why:28s} n={len(whats):4d} right {right:6.1%} wrong {wrong:6.2%} declined {declined:6.1%}")


def _by_guessit(name: str) -> tuple[str, int | None, float | None]:
    found = guessit(name, {"type": "episode"})
    title, season, episode = found.get("title"), found.get("season"), found.get("episode")
    return str(title or ""), season if isinstance(season, int) else None, episode if isinstance(episode, int) else None


def _by_anitomy(name: str) -> tuple[str, int | None, float | None]:
    found = {e.kind.name: e.value for e in parse(name)}
    season, episode = found.get("SEASON", ""), found.get("EPISODE", "")
    return (
        found.get("TITLE", ""),
        int(season) if season.isdecimal() else None,
        float(episode) if episode.isdecimal() else None,
    )


READERS: Mapping[str, Reader] = {"guessit": _by_guessit, "anitomy-ng": _by_anitomy}


def by_reader(read: Reader, rows: Sequence[Row], sources: Sources, rules: Rules) -> list[str]:
    """Judge a plain reader of base names: nearest title, season words added, relation rules applied."""
    found = []
    for row in rows:
        title, season, episode = read(row["path"].rsplit("/", 1)[-1])
        media = sources.nearest(f"{title} Season {season}" if season and season > 1 else title) if title else None
        place = rules.find(media, episode) if media is not None and episode is not None else None
        found.append(judged(row, *(place or (media, episode))))
    return found


def classes(verdicts: list[Verdict], judgements: list[Judgement]) -> None:
    by: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for verdict, (_, what) in zip(verdicts, judgements, strict=True):
        if verdict.status == "resolved":
            by[verdict.why.rsplit(": ", 1)[-1]][what] += 1
    for why, c in sorted(by.items(), key=lambda kv: -kv[1].total()):
        print(f"   {c['right']:4d}/{c.total():4d} {why}")
    sure = sum(v.confidence >= 0.9 for v in verdicts)
    print(f"confidence of 0.9 or more: {sure / len(verdicts):.1%} of the names")


def stems(data: Data) -> Iterator[Row]:
    """Yield the subtitle names of series that the names do not cover; any episode of the series counts as right."""
    seen = {row["anilist_id"] for row in data.names}
    for listing in data.listings:
        if listing["anilist_id"] in seen:
            continue
        names = listing["files"]
        for name in names[:: max(1, len(names) // 4)][:5]:
            stem = name.rsplit(".", 1)[0]
            for ending in (".ja", ".jp", ".jpn", ".ja[cc]", ".Japanese"):
                stem = stem.removesuffix(ending)
            told = {"path": f"{stem}.mkv", "anilist_id": listing["anilist_id"], "episode": None}
            yield told | {"kind": "movie", "why": "stem"}


def same_series(row: Row, verdict: Verdict, what: str, series: Mapping[int, int]) -> str:
    """Judge by series alone: a listing may hold the files of other seasons."""
    found = answer(verdict)[0]
    if what == "declined" or found is None:
        return what
    told = row["anilist_id"]
    return "right" if found == told or (told in series and series.get(found) == series[told]) else "wrong"
