"""Which file is chosen from a listing: right, best, wrong, by category, beside two simple ways; and what it costs.

    python -m benchmarks.choose ROWS.jsonl [--world WORLD] [--show N]

ROWS.jsonl: one object a line: anilist_id, entry_name, files, video, episode, accept (right files; none: nothing is
right), prefer (the best of them), why (category). WORLD adds what an atlas would know: rules, season map, facts.

The simple ways: the first file that Jimaku's own `?episode=` filter keeps (anitomy-ng stands in for the server's parser
of the same family), and one guessit call a file, taking the first with the episode's number.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from kotozoe.decide.counting.numbering import Rules, parse_rules
from kotozoe.decide.counting.seasons import SeasonRow, parse_seasons
from kotozoe.decide.listing.choose import Background, choose_json, starts_of, wanted_of
from kotozoe.decide.listing.rank import Preferences, choose
from kotozoe.model import SubtitleFile

Row: TypeAlias = dict[str, Any]
Chooser: TypeAlias = Callable[[Row], str | None]


class World:
    """What is known beside the listing; empty without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self.rules = parse_rules((folder / "anime-relations.txt").read_text("utf-8")) if folder else Rules()
        seasons = parse_seasons((folder / "seasons.json").read_text("utf-8")).rows if folder else ()
        self.seasons: dict[int, list[SeasonRow]] = collections.defaultdict(list)
        for row in seasons:
            self.seasons[row.anilist_id].append(row)
        lines = (folder / "media.jsonl").read_text("utf-8").splitlines() if folder else []
        self.media = {media["id"]: media for media in map(json.loads, lines)}

    def background(self, media_id: int) -> Background:
        media = self.media.get(media_id, {})
        titles = tuple(title for title in (media.get("title") or {}).values() if title)
        starts = starts_of(media_id, self.rules, self.seasons.get(media_id, ()))
        return Background(titles, (), media.get("episodes"), media.get("format"), starts)


def ours(world: World) -> Chooser:
    return lambda row: choose_json(row, world.background(row["anilist_id"]))["choice"]


def filtered_by_server(world: World) -> Chooser:
    """Return the first file that `?episode=` keeps: its own number, or what a rule makes of it, fits."""
    from anitomy_ng import parse  # noqa: PLC0415 - only for the comparison

    def kept(row: Row, name: str) -> bool:
        numbers = [float(e.value) for e in parse(name) if e.kind.value == "episode" and e.value.isdecimal()]
        if not numbers:
            return False
        first, last = numbers[0], numbers[1] if len(numbers) > 1 else numbers[0]
        if first <= row["episode"] <= last:
            return True
        moved = [world.rules.find(row["anilist_id"], n) for n in (first, last)]
        return all(moved) and moved[0][1] <= row["episode"] <= moved[1][1]  # type: ignore[index]

    return lambda row: next((name for name in row["files"] if row["episode"] is not None and kept(row, name)), None)


def guessed(world: World) -> Chooser:  # noqa: ARG001 - it knows nothing
    from guessit import guessit  # noqa: PLC0415 - only for the comparison

    memory: dict[str, Any] = {}

    def number(name: str) -> Any:
        if name not in memory:
            memory[name] = guessit(name, {"type": "episode"}).get("episode")
        return memory[name]

    return lambda row: next((name for name in row["files"] if number(name) == row["episode"]), None)


def scored(rows: list[Row], chooser: Chooser, show: int) -> dict[str, collections.Counter[str]]:
    by: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in rows:
        choice = chooser(row)
        right = choice in row["accept"] if choice else not row["accept"]
        word = "accepted" if right else ("wrong" if choice else "none")
        best = right and (not choice or choice in (row.get("prefer") or row["accept"]))
        for category in (row["why"], "ALL"):
            by[category].update([word, *(["preferred"] if best else []), "n"])
        if not right and show > 0:
            show -= 1
            print(f"  {word}: {row['video']} episode {row['episode']} -> {choice}", file=sys.stderr)
    return by


def table(name: str, by: dict[str, collections.Counter[str]], *, whole: bool) -> None:
    for category, sums in sorted(by.items(), key=lambda pair: (pair[0] == "ALL", pair[0])):
        if whole or category == "ALL":
            shares = " ".join(
                f"{word} {sums[word] / sums['n']:6.1%}" for word in ("accepted", "preferred", "wrong", "none")
            )
            print(f"{name if category == 'ALL' else category:36} n={sums['n']:4} {shares}")


def timed() -> None:
    """Print what a folder of 1,100 names costs, and the ratio to as many guessit calls in the same run."""
    names = [
        f"[Group{i % 5}] Kaze no Renshuu - {i % 220 + 1:02d} (1080p) [{i:08X}].ja.{'ass' if i % 2 else 'srt'}"
        for i in range(550)
    ]
    names += [f"風の練習.S0{i // 110 + 1}E{i % 110 + 1:02d}.第{i + 1}話.WEBRip.Netflix.ja[cc].srt" for i in range(550)]
    files = tuple(SubtitleFile(n) for n in names)
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        wanted = wanted_of("[Group1] Kaze no Renshuu - 37 (1080p).mkv", 37, None, ("Kaze no Renshuu",), Background())
        choose(files, wanted, Preferences())
        best = min(best, time.perf_counter() - begin)
    from guessit import guessit  # noqa: PLC0415 - only for the comparison

    guessit(names[0])
    begin = time.perf_counter()
    for name in names[::11]:
        guessit(name, {"type": "episode"})
    spent = (time.perf_counter() - begin) * 11
    print(f"{len(files)} names ranked in {best * 1000:.1f} ms; guessit (every 11th, times 11) {spent * 1000:.0f} ms;")
    print(f"ratio 1:{spent / best:.0f}")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--world", type=Path)
    parser.add_argument("--show", type=int, default=0)
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.rows.read_text("utf-8").splitlines()]
    bare = World(None)
    table("kotozoe, the listing alone", scored(rows, ours(bare), asked.show), whole=True)
    if asked.world:
        table("kotozoe, with rules, map and facts", scored(rows, ours(World(asked.world)), asked.show), whole=False)
    table("first file of ?episode=", scored(rows, filtered_by_server(World(asked.world)), 0), whole=False)
    table("one guessit call a file", scored(rows, guessed(bare), 0), whole=False)
    timed()


if __name__ == "__main__":
    main()
