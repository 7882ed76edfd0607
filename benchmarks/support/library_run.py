"""A library of names, found twice in a process of its own: how long it takes, what it costs in memory.

    python -m benchmarks.support.library_run WORLD COUNT [PAUSE]    memory is looked at after PAUSE seconds

WORLD is a number of shows to invent, or a folder of data, for whose media names are composed.

Prints one JSON object: entries, names, right (share), first and second (processor seconds of ours for a name), peak and
after (MB above what the world itself takes).
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.support.composed_names import composed
from benchmarks.support.invented_world import made
from benchmarks.support.score import answer, judged, shares
from benchmarks.support.world import Data, facts_of, fill, read
from kotozoe.identify.counting.numbering import parse_rules
from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue


@dataclass(frozen=True)
class Costs:
    """See above."""

    entries: int
    names: int
    right: float
    first: float
    second: float
    peak: float
    after: float


def resident() -> float:
    """Return this process's memory in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def _watched(peak: list[float]) -> Iterator[None]:
    """Keep the highest memory of what runs within in `peak`."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _data(world: str, count: int) -> Data:
    if world.isdecimal():
        return made(int(world), count, with_files=1)
    data = read(Path(world))
    facts = {i: facts_of(row) for i, row in data.world.media.items()}
    rules = parse_rules(data.world.rules.decode())
    return replace(data, names=composed(facts, data.listed, rules, data.season_map.rows, count))


async def _costs(data: Data, pause: float) -> Costs:
    count = len(data.names)
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder) / "catalogue.sqlite")
        sources = fill(catalogue, data)
        videos = [VideoFile(r["path"]) for r in data.names]
        finder = Finder(catalogue, sources, sources)
        # what every process pays once is not the library's
        await finder.find_all([VideoFile("[Group] Some Title - 03 [1080p].mkv")], Urgency.BACKFILL)
        gc.collect()
        before = resident()
        peak, times = [before], []
        with _watched(peak):
            for _ in range(2):
                began, others = time.process_time(), sources.spent
                verdicts = await finder.find_all(videos, Urgency.BACKFILL)
                times.append((time.process_time() - began - (sources.spent - others)) / count)
        right, _, _ = shares(judged(r, *answer(v)) for r, v in zip(data.names, verdicts, strict=True))
        del verdicts
        gc.collect()
        await asyncio.sleep(pause)
        after = resident() - before
        catalogue.close()
    return Costs(len(data.world.entries), count, right, times[0], times[1], peak[0] - before, after)


def main() -> None:
    world, count, *rest = sys.argv[1:]
    found = asyncio.run(_costs(_data(world, int(count)), float(rest[0]) if rest else 0.0))
    print(json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}))


if __name__ == "__main__":
    main()
