"""How often the right media and episode are found, beside guessit, anitomy-ng and jimaku-dl.

    ./dev bench accuracy [DATA] [--only names|order|classes|stems|stated|negatives|speed|library]
                                [--without anilist|seasons|rules|titles] [--part all|tuned|held] [--names FILE …]
                                [--show N]

Without options: the table. --only tells one thing closely, --show what went wrong. `order`: whether answers depend on
what else was asked. `classes` is what the confidences are taken from: how often each class of evidence was right on
names that it was not made with (those of --names, of other series' subtitles, and what follows from the season map).
DATA is a folder of names with known answers; without it they are invented. One series in five of DATA was set aside
while the rules were made: `held`.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import gc
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from guessit import guessit

from benchmarks.support.derived_names import derived_rows
from benchmarks.support.not_anime import not_anime
from benchmarks.support.part import Bench, Part, Table, alone, bench, scored
from benchmarks.support.peer import Peer, Wish
from benchmarks.support.score import (
    READERS,
    Judgement,
    accepted,
    answer,
    by_reader,
    classes,
    judged,
    same_series,
    shares,
    stems,
    table,
)
from benchmarks.support.stated_ids import stated_rows
from benchmarks.support.world import Data, Row, fill, lines
from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, Verdict, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.fakes import serve

_HELD_OUT = 5  # one series in so many is set aside
_WITHOUT = ("anilist", "seasons", "rules", "titles")
_HEAD = ("", "right", "wrong", "no answer")
_NOTE = (
    "Right: the AniList entry and the episode within it. guessit and anitomy-ng tell a title and a number: the nearest "
    "known title is taken, and relation rules are applied for them. jimaku-dl has menus: nobody there picks the first "
    "line, somebody who knows picks the right one wherever it is offered."
)


def held_out(row: Row) -> bool:
    told = str(row["anilist_id"] or row.get("path") or row.get("entry_name"))
    return int(hashlib.sha256(told.encode()).hexdigest(), 16) % _HELD_OUT == 0


class Stage:
    """A catalogue, a finder and the sources that it asks, begun anew for every measurement."""

    def __init__(self, data: Data, without: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.catalogue = Catalogue(Path(self._folder.name) / "catalogue.sqlite")
        self.sources = fill(self.catalogue, data, without)
        self.finder = Finder(self.catalogue, None if without == "anilist" else self.sources, self.sources)

    async def verdicts(self, rows: Sequence[Row]) -> list[Verdict]:
        return await self.finder.find_all([VideoFile(r["path"]) for r in rows], Urgency.BACKFILL)

    def asked(self) -> dict[str, int]:
        """Return what was asked since the last time."""
        told = dict(self.sources.requests)
        self.sources.requests.clear()
        return told

    def close(self) -> None:
        self.catalogue.close()
        self._folder.cleanup()


def judgements(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Judgement]:
    return [(r["why"], judged(r, *answer(v))) for r, v in zip(rows, verdicts, strict=True)]


# -- the part of the whole


def identified(run: Bench) -> Iterator[Table]:
    for data in run.datas:
        found = [("kotozoe", asyncio.run(_ours(data)))]
        if run.peer:
            found += _by_peer(run.peer, run.folder / data.told, data)
        stage = Stage(data)
        for label, read in READERS.items():
            found.append((label, shares(by_reader(read, data.names, stage.sources, stage.catalogue.rules()))))
        stage.close()
        title = f"Which episode is it? {len(data.names)} {data.told}"
        note = _NOTE if data is run.datas[-1] else ""
        yield Table(title, _HEAD, tuple(scored(*row) for row in found), note, tuple(found))


async def _ours(data: Data) -> tuple[float, float, float]:
    stage = Stage(data)
    verdicts = await stage.verdicts(data.names)
    stage.close()
    return shares(what for _, what in judgements(data.names, verdicts))


def _by_peer(peer: Peer, folder: Path, data: Data) -> list[tuple[str, tuple[float, float, float]]]:
    """Judge jimaku-dl twice: its menus' first lines, and somebody who knows the answer at its menus."""
    first, known = [], []
    with serve(data.world, limits=False) as servers:
        wishes = [Wish(row["path"].rsplit("/", 1)[-1]) for row in data.names]
        for row, told in zip(data.names, peer.ask(servers, folder, wishes, fetch=False), strict=True):
            first.append(judged(row, told.media[0] if told.media else None, told.episode))
            wanted = next((i for i in told.media if (i, told.episode) in accepted(row)), None)
            wanted = wanted or next((i for i in told.media if i in {i for i, _ in accepted(row)}), None)
            known.append(judged(row, wanted or next(iter(told.media), None), told.episode))
    return [("jimaku-dl, nobody there", shares(first)), ("jimaku-dl, somebody who knows", shares(known))]


PART = Part("identify", identified)

# -- one thing closely


async def names(data: Data, args: argparse.Namespace) -> None:
    """Score the names with known answers; then what lacks."""
    stage = Stage(data, args.without)
    verdicts = await stage.verdicts(data.names)
    asked = stage.asked()
    told = zip(data.names, verdicts, strict=True)
    chosen = [(r, v) for r, v in told if args.part == "all" or held_out(r) == (args.part == "held")]
    some, found = [r for r, _ in chosen], [v for _, v in chosen]
    table(judgements(some, found))
    classes(found, judgements(some, found))
    tell(some, found, args.show)
    held = [(r, v) for r, v in zip(data.names, verdicts, strict=True) if held_out(r)]
    table(("set aside", what) for _, what in judgements([r for r, _ in held], [v for _, v in held]))
    print(f"asked, first run: {asked}")
    await stage.verdicts(data.names)
    print(f"asked, second run: {stage.asked()}")
    stage.close()
    for without in () if args.without else _WITHOUT:
        other = Stage(data, without)
        found = await other.verdicts(data.names)
        table((f"without {without}", what) for _, what in judgements(data.names, found))
        other.close()


def tell(rows: Sequence[Row], verdicts: Sequence[Verdict], most: int) -> None:
    """Show names that were not found right, and how their verdict came about."""
    judged_ones = judgements(rows, verdicts)
    wrong = [(r, v, w) for r, v, (_, w) in zip(rows, verdicts, judged_ones, strict=True) if w != "right"]
    for row, verdict, what in wrong[:most]:
        print(f"{what}: {row['path']} | is {row['anilist_id']} {row['episode']} | {answer(verdict)}: {verdict.why}")
        print(*(f"      {step}" for step in verdict.trace), sep="\n")


async def order(data: Data, args: argparse.Namespace) -> None:
    """Ask for all names together, once more, backwards one by one, and mixed: all answers must be the same."""
    rows = [*data.names, *_more(args)]
    first = Stage(data, args.without)
    expected = {r["path"]: v for r, v in zip(rows, await first.verdicts(rows), strict=True)}
    await _compare("a second time", first, [rows], expected)
    first.close()
    mixed = random.Random(1).sample(rows, len(rows))
    for label, parts in (
        ("backwards, one by one", [[row] for row in rows[::-1]]),
        ("mixed, by 40", [mixed[at : at + 40] for at in range(0, len(rows), 40)]),
    ):
        stage = Stage(data, args.without)
        await _compare(label, stage, parts, expected)
        stage.close()


async def _compare(label: str, stage: Stage, parts: Sequence[Sequence[Row]], expected: dict[str, Verdict]) -> None:
    others = [
        r["path"]
        for rows in parts
        for r, v in zip(rows, await stage.verdicts(rows), strict=True)
        if v != expected[r["path"]]
    ]
    print(f"{label:24s} {len(others)} of {len(expected)} answers differ", *others[:10], sep="\n    ")


def _more(args: argparse.Namespace) -> list[Row]:
    return [row for path in args.names for row in lines(path)]


async def evidence(data: Data, args: argparse.Namespace) -> None:
    """Count how often each class of evidence was right; beside it, (right + 1) / (all + 2)."""
    stage = Stage(data)
    series = {r.anilist_id: r.tvdb_id for r in data.season_map.rows}
    derived = derived_rows(stage.sources.media, data.season_map, data.listed)
    titles, ways = Shares(), Shares()
    for rows, by_series in (([*_more(args), *derived], False), (list(stems(data)), True)):
        for row, verdict in zip(rows, await stage.verdicts(rows), strict=True):
            if verdict.status != "resolved" or ", and " not in verdict.why:
                continue
            what = judged(row, *answer(verdict))
            what = same_series(row, verdict, what, series) if by_series else what
            title, way = verdict.why.rsplit(": ", 1)[-1].rstrip(".").split(", and ")
            titles.add(title, what == "right")
            if not by_series:
                ways.add(way, what == "right")
            if what != "right" and args.show:
                print(f"{row['path']} | is {row['anilist_id']} {row['episode']} | {answer(verdict)}: {verdict.why}")
    titles.tell("The title")
    ways.tell("The number")
    stage.close()


class Shares:
    """How often each of several classes was right."""

    def __init__(self) -> None:
        self._right: collections.Counter[str] = collections.Counter()
        self._all: collections.Counter[str] = collections.Counter()

    def add(self, name: str, right: bool) -> None:
        self._all[name] += 1
        self._right[name] += right

    def tell(self, head: str) -> None:
        print(f"{head}:")
        for name, count in self._all.most_common():
            right = self._right[name]
            print(f"   {right:4d}/{count:4d} {(right + 1) / (count + 2):.3f} {name}")


async def negatives(data: Data, _: argparse.Namespace) -> None:
    """Ask for names that are none of anime: nothing may be resolved, and nothing sent."""
    stage = Stage(data)
    rows = [{"path": path, "anilist_id": None, "episode": None, "kind": "tv", "why": why} for why, path in not_anime()]
    verdicts = await stage.verdicts(rows)
    table(judgements(rows, verdicts))
    tell(rows, verdicts, len(rows))
    print(f"asked: {stage.asked()}")
    stage.close()


async def subtitle_names(data: Data, args: argparse.Namespace) -> None:
    """Find the stems of subtitle names of series that the names do not cover."""
    stage = Stage(data, args.without)
    series = {r.anilist_id: r.tvdb_id for r in data.season_map.rows}
    rows = list(stems(data))
    verdicts = await stage.verdicts(rows)
    told = zip(rows, verdicts, judgements(rows, verdicts), strict=True)
    table(("stems of other series", same_series(r, v, what, series)) for r, v, (_, what) in told)
    stage.close()


async def stated(data: Data, args: argparse.Namespace) -> None:
    """Find paths of libraries whose folders state an id."""
    stage = Stage(data)
    rows = stated_rows(stage.sources.media, data.season_map, data.listed)
    verdicts = await stage.verdicts(rows)
    table(judgements(rows, verdicts))
    tell(rows, verdicts, args.show)
    print(f"asked: {stage.asked()}")
    stage.close()


async def speed(data: Data, _: argparse.Namespace) -> None:
    """Compare a new and a known name with one guessit call, turn by turn: the machine's moods meet all alike."""
    stage = Stage(data)
    paths = [r["path"] for r in data.names][::2]
    await stage.finder.find(VideoFile("[Group] Some Title - 03 [1080p].mkv"), Urgency.ON_SCREEN)
    guessed = new = known = 0.0
    gc.collect()
    gc.freeze()  # the world's media are not the program's: its heap is small
    for start in range(0, len(paths), 25):
        some = paths[start : start + 25]
        began = time.process_time()
        for path in some:
            guessit(path.rsplit("/", 1)[-1])
        guessed += time.process_time() - began
        new += await _time(stage, some)
        known += await _time(stage, some)
    parts = (("guessit", guessed), ("new", new), ("known", known))
    told = (f"{what} {1000 * took / len(paths):.2f} ms" for what, took in parts)
    print(f"a name, processor time: {', '.join(told)}: ratios {new / guessed:.2f} and {known / guessed:.3f}")
    stage.close()


async def _time(stage: Stage, paths: Sequence[str]) -> float:
    began, others = time.process_time(), stage.sources.spent
    for path in paths:
        await stage.finder.find(VideoFile(path), Urgency.ON_SCREEN)
    return time.process_time() - began - (stage.sources.spent - others)


async def library(_: Data, args: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "benchmarks.support.library_run", str(args.data or 3700), "10000"]
    await asyncio.to_thread(subprocess.run, command, check=True)


_CLOSE = {
    "names": names,
    "order": order,
    "classes": evidence,
    "negatives": negatives,
    "stems": subtitle_names,
    "stated": stated,
    "speed": speed,
    "library": library,
}


def main() -> None:
    if not any(word.startswith("--") for word in sys.argv[1:]):
        return alone(PART, __doc__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--only", choices=_CLOSE, default="names")
    parser.add_argument("--part", choices=["all", "tuned", "held"], default="all")
    parser.add_argument("--without", choices=["", *_WITHOUT], default="")
    parser.add_argument("--names", type=Path, nargs="+", default=[], help="more names with known answers")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    with bench(args.data) as run:
        return asyncio.run(_CLOSE[args.only](run.datas[-1], args))


if __name__ == "__main__":
    main()
