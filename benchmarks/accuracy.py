"""How often the right media and episode are found, beside guessit, anitomy-ng and jimaku-dl.

    ./dev bench accuracy [DATA] [--only names|stems|stated|speed|library] [--without anilist|seasons|rules|titles]
                                [--part all|tuned|held] [--show N]

Without options: the table. --only tells one thing closely, --show what went wrong. DATA is a folder of names with known
answers; without it they are invented. One series in five of DATA was set aside while the rules were made: `held`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from guessit import guessit

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
from benchmarks.support.world import Data, Row, fill
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


_CLOSE = {"names": names, "stems": subtitle_names, "stated": stated, "speed": speed, "library": library}


def main() -> None:
    if not any(word.startswith("--") for word in sys.argv[1:]):
        return alone(PART, __doc__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--only", choices=_CLOSE, default="names")
    parser.add_argument("--part", choices=["all", "tuned", "held"], default="all")
    parser.add_argument("--without", choices=["", *_WITHOUT], default="")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    with bench(args.data) as run:
        return asyncio.run(_CLOSE[args.only](run.datas[-1], args))


if __name__ == "__main__":
    main()
