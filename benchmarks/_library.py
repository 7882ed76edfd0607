"""A library of composed names, found twice in a process of its own: how many are right, how long it takes, what it
costs in memory while it runs and a minute after.

    python -m benchmarks._library DATA [COUNT [SECONDS]]
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._composed import composed
from benchmarks._score import answer, judged, table
from benchmarks._world import fill, lines, season_map
from kotozoe.find import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.atlas import Atlas


def resident() -> float:
    """Return this process's memory in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def watched(peak: list[float]) -> Iterator[None]:
    """Keep the highest memory of what runs within in `peak`."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


async def run(data: Path, count: int, pause: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        atlas = Atlas(Path(folder) / "atlas.sqlite")
        world = fill(atlas, data, "")
        listed = {r["anilist_id"] for r in lines(data / "world/entries.jsonl")}
        rows = composed(world.media, listed, atlas.rules(), season_map(data).rows, count)
        videos = [VideoFile(r["path"]) for r in rows]
        finder = Finder(atlas, world, world)
        gc.collect()
        before = resident()
        peak, times = [before], []
        with watched(peak):
            for _ in range(2):
                began = time.monotonic()
                verdicts = await finder.find_all(videos, Urgency.BACKFILL)
                times.append(time.monotonic() - began)
        table((r["why"], judged(r, *answer(v))) for r, v in zip(rows, verdicts, strict=True))
        del verdicts
        gc.collect()
        await asyncio.sleep(pause)
        print(f"library of {count} names: first time {times[0]:.0f} s, second {times[1]:.0f} s")
        print(
            f"memory: {peak[0] - before:.0f} MB more while matching, {resident() - before:.0f} MB {pause:.0f} s after"
        )


def main() -> None:
    data, *rest = sys.argv[1:]
    count, pause = int(rest[0]) if rest else 10_000, float(rest[1]) if len(rest) > 1 else 60.0
    asyncio.run(run(Path(data), count, pause))


if __name__ == "__main__":
    main()
