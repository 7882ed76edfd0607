"""A library of names, found twice in a process of its own: how long it takes, what it costs in memory.

    python -m benchmarks._library SHOWS COUNT [PAUSE]    of an invented world; memory is looked at after PAUSE seconds

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
from dataclasses import dataclass
from pathlib import Path

from benchmarks._made import made
from benchmarks._score import answer, judged, shares
from benchmarks._world import fill
from kotozoe.find import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.atlas import Atlas


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


async def _costs(shows: int, count: int, pause: float) -> Costs:
    data = made(shows, count, with_files=1)
    with tempfile.TemporaryDirectory() as folder:
        atlas = Atlas(Path(folder) / "atlas.sqlite")
        sources = fill(atlas, data)
        videos = [VideoFile(r["path"]) for r in data.names]
        finder = Finder(atlas, sources, sources)
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
        atlas.close()
    return Costs(len(data.world.entries), count, right, times[0], times[1], peak[0] - before, after)


def main() -> None:
    shows, count, *rest = sys.argv[1:]
    found = asyncio.run(_costs(int(shows), int(count), float(rest[0]) if rest else 0.0))
    print(json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}))


if __name__ == "__main__":
    main()
