"""Which file is chosen from a listing: right, best, wrong, none, beside jimaku-dl and two simple ways; what it costs.

    ./dev bench choose [DATA] [--show N]     --show: by category, and what is not right

The simple ways: the first file that Jimaku's own `?episode=` filter keeps (anitomy-ng stands in for the server's parser
of the same family), and one guessit call a file, taking the first with the episode's number.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from anitomy_ng import parse
from guessit import guessit

from benchmarks.support.part import Bench, Part, Table, alone, bench
from benchmarks.support.peer import Peer, Told, Wish
from benchmarks.support.world import Data, Row
from kotozoe.identify.counting.numbering import Rules, parse_rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, choose_json, ranking_target, starts_of
from kotozoe.subtitles.ranking.rank import Preferences, choose
from tests.fakes import World, WorldEntry, WorldFile, serve

Chooser: TypeAlias = Callable[[Row], str | None]
_WORDS = ("right", "best", "wrong", "none")
_NOTE = (
    "Given is the AniList entry. Best: right, and made for that release where there is such a file. jimaku-dl counts "
    "as above."
)
_OWN_IDS = 5_000_000  # each listing is an entry of its own for jimaku-dl


class Known:
    """What is known beside the listing; nothing without data."""

    def __init__(self, data: Data | None) -> None:
        self.rules = parse_rules(data.world.rules.decode()) if data else Rules()
        self.seasons: dict[int, list[SeasonRow]] = collections.defaultdict(list)
        for row in data.season_map.rows if data else ():
            self.seasons[row.anilist_id].append(row)
        self.media = data.world.media if data else {}

    def background(self, media_id: int) -> Background:
        media = self.media.get(media_id, {})
        titles = tuple(title for title in (media.get("title") or {}).values() if title)
        starts = starts_of(media_id, self.rules, self.seasons.get(media_id, ()))
        return Background(titles, (), media.get("episodes"), media.get("format"), starts)


def ours(known: Known) -> Chooser:
    return lambda row: choose_json(row, known.background(row["anilist_id"]))["choice"]


def filtered_by_server(rules: Rules) -> Chooser:
    """Return the first file that `?episode=` keeps: its own number, or what a rule makes of it, fits."""

    def kept(row: Row, name: str) -> bool:
        numbers = [float(e.value) for e in parse(name) if e.kind.value == "episode" and e.value.isdecimal()]
        if not numbers:
            return False
        first, last = numbers[0], numbers[1] if len(numbers) > 1 else numbers[0]
        if first <= row["episode"] <= last:
            return True
        moved = [rules.find(row["anilist_id"], n) for n in (first, last)]
        return all(moved) and moved[0][1] <= row["episode"] <= moved[1][1]  # type: ignore[index]

    return lambda row: next((name for name in row["files"] if row["episode"] is not None and kept(row, name)), None)


def guessed() -> Chooser:
    memory: dict[str, Any] = {}

    def number(name: str) -> Any:
        if name not in memory:
            memory[name] = guessit(name, {"type": "episode"}).get("episode")
        return memory[name]

    return lambda row: next((name for name in row["files"] if number(name) == row["episode"]), None)


def judged(row: Row, choice: str | None) -> str:
    """Return one of right, wrong, none; and best, which is right, too."""
    right = choice in row["accept"] if choice else not row["accept"]
    if not right:
        return "wrong" if choice else "none"
    return "best" if not choice or choice in (row.get("prefer") or row["accept"]) else "right"


def counted(whats: Sequence[str]) -> tuple[str, ...]:
    sums = collections.Counter(whats)
    sums["right"] += sums["best"]
    return tuple(f"{sums[word] / len(whats):.1%}" for word in _WORDS)


def chosen(run: Bench) -> Iterator[Table]:
    for data in run.datas:
        choosers = {
            "kotozoe": ours(Known(data)),
            "kotozoe, the listing alone": ours(Known(None)),
            "the first of `?episode=`": filtered_by_server(Known(data).rules),
            "one guessit call a file": guessed(),
        }
        found = {label: [judged(row, chooser(row)) for row in data.picks] for label, chooser in choosers.items()}
        if run.peer:
            found |= _by_peer(run.peer, run.folder / f"{data.told}, files", data)
        rows = tuple((label, *counted(whats)) for label, whats in found.items())
        note = _NOTE if data is run.datas[-1] else ""
        yield Table(f"Which file of a listing? {len(data.picks)} for {data.told}", ("", *_WORDS), rows, note)


def _by_peer(peer: Peer, folder: Path, data: Data) -> dict[str, list[str]]:
    """Give jimaku-dl the listing's id, as its `--anilist-id` does."""
    world = World()
    for at, row in enumerate(data.picks):
        number = _OWN_IDS + at
        told = next(iter(data.world.entries.values())).row | {"id": number, "anilist_id": number, "name": "x"}
        world.entries[number] = WorldEntry(told, [WorldFile(name) for name in row["files"]])
    first, known = [], []
    with serve(world, limits=False) as servers:
        wishes = [Wish(row["video"].rsplit("/", 1)[-1], _OWN_IDS + at) for at, row in enumerate(data.picks)]
        for row, got in zip(data.picks, peer.ask(servers, folder, wishes, fetch=True), strict=True):
            first.append(judged(row, got.saved or None))
            known.append(judged(row, _best_offered(row, got)))
    return {"jimaku-dl, nobody there": first, "jimaku-dl, somebody who knows": known}


def _best_offered(row: Row, got: Told) -> str | None:
    """Pick as somebody who knows what is right, and that nothing is."""
    if not row["accept"]:
        return None
    wanted = [*(row.get("prefer") or ()), *row["accept"]]
    return min((name for name in got.files if name in wanted), key=wanted.index, default=got.saved or None)


PART = Part("choose", chosen)


def closely(data: Data, show: int) -> None:
    """Print the categories, what is not right, and what a large folder costs."""
    choices = [(row, choice, judged(row, choice)) for row in data.picks for choice in [ours(Known(data))(row)]]
    by: dict[str, list[str]] = collections.defaultdict(list)
    for row, choice, what in choices:
        by[row["why"]].append(what)
        if what in ("wrong", "none") and show > 0:
            show -= 1
            print(f"  {what}: {row['video']} episode {row['episode']} -> {choice}")
    for why, whats in sorted(by.items()):
        told = ", ".join(f"{word} {share}" for word, share in zip(_WORDS, counted(whats), strict=True))
        print(f"{why:36} n={len(whats):4} {told}")
    timed()


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
        wanted = ranking_target(
            "[Group1] Kaze no Renshuu - 37 (1080p).mkv", 37, None, ("Kaze no Renshuu",), Background()
        )
        choose(files, wanted, Preferences())
        best = min(best, time.perf_counter() - begin)
    guessit(names[0])
    begin = time.perf_counter()
    for name in names[::11]:
        guessit(name, {"type": "episode"})
    spent = (time.perf_counter() - begin) * 11
    print(f"{len(files)} names ranked in {best * 1000:.1f} ms; guessit (every 11th, times 11) {spent * 1000:.0f} ms;")
    print(f"ratio 1:{spent / best:.0f}")


def main() -> None:
    if not any(word.startswith("--") for word in sys.argv[1:]):
        return alone(PART, __doc__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--show", type=int, default=0)
    asked = parser.parse_args()
    with bench(asked.data) as run:
        return closely(run.datas[-1], asked.show)


if __name__ == "__main__":
    main()
