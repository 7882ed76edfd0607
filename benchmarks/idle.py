"""What the daemon costs while nothing happens: memory, processor time and wake-ups of all its threads.

    python -m benchmarks.idle WORLD [--seconds N]

One paused mpv is there and the whole catalogue of WORLD is loaded; measured before and after a first match, beside a
bare asyncio process and one that only watches a folder, in the same run. Linux only (/proc).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

_TICK = os.sysconf("SC_CLK_TCK")
_BARE = "import asyncio; asyncio.run(asyncio.sleep(3600))"
_LEAN = """
import asyncio, platformdirs, tomllib
from watchfiles import awatch
async def main():
    async for _ in awatch(platformdirs.user_cache_path().parent, step=1000, debounce=1000, recursive=False): pass
asyncio.run(main())
"""
_UNIT = Path(__file__).parent.parent / "systemd" / "kotozoe.service"


@dataclass(frozen=True)
class Sample:
    """Sums over all threads of one process."""

    at: float
    rss_mb: float
    cpu_seconds: float
    wakes: int


def sample(pid: int) -> Sample:
    """Read /proc; every voluntary context switch is a thread that went to sleep, hence a wake-up before it."""
    process = Path("/proc", str(pid))
    status = (process / "status").read_text()
    rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    wakes = 0
    for thread in (process / "task").iterdir():
        told = (thread / "status").read_text()
        wakes += next(int(line.split()[1]) for line in told.splitlines() if line.startswith("voluntary"))
    return Sample(time.monotonic(), rss / 1024, (int(fields[11]) + int(fields[12])) / _TICK, wakes)


def report(name: str, pid: int, seconds: float) -> None:
    """Watch one process and print its row."""
    first = sample(pid)
    time.sleep(seconds)
    last = sample(pid)
    spent = last.at - first.at
    cpu = last.cpu_seconds - first.cpu_seconds
    print(
        f"{name:32} {last.rss_mb:7.1f} MB {cpu:7.2f} s CPU ({100 * cpu / spent:.2f} % of a core)"
        f" {(last.wakes - first.wakes) / spent:6.1f} wake-ups/s",
        flush=True,
    )


def as_the_unit() -> None:
    """Take up the environment that the service runs in."""
    for line in _UNIT.read_text().splitlines():
        if line.startswith("Environment="):
            name, _, value = line.removeprefix("Environment=").partition("=")
            os.environ[name] = value


@contextmanager
def process_of(code: str) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", code])
    time.sleep(1)
    yield process.pid
    process.kill()
    process.wait()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kotozoe-idle-") as folder, serve(World.load(asked.world)) as servers:
        home = Home(Path(folder) / "home", servers)
        name = "[SubsPlease] Dungeon Meshi - 05 (1080p) [00000000].mkv"
        video = make_video(home.root / name, seconds=60)
        # a bracket in the middle might be a group: one name in fifty; elsewhere, or it would be made ready beforehand
        (home.root / "more").mkdir()
        doubtful = make_video(home.root / "more" / "Dungeon Meshi - 06 (Some Fansubs) [1080p].mkv", seconds=60)
        socket = home.root / "bench.sock"
        for title, code in (("bare asyncio process", _BARE), ("lean one that watches a folder", _LEAN)):
            with process_of(code) as pid:
                report(title, pid, min(10.0, asked.seconds))
        as_the_unit()
        with home.daemon():
            home.wait(lambda told: "entries" in home.log() or bool(told.get("counts")), 60)
            time.sleep(5)
        with home.daemon() as daemon, Mpv(home.runtime, ["--pause", f"--input-ipc-server={socket}"]):
            home.wait(lambda told: bool(told.get("players")))
            report("daemon, one mpv, nothing played", daemon.pid, asked.seconds)
            player = Ipc(socket, patience=60.0)
            player.command("loadfile", str(video))
            player.wait_selected("(Jimaku)")
            time.sleep(5)
            report("after a first match, paused", daemon.pid, asked.seconds)
            player.command("loadfile", str(doubtful))
            player.wait_selected("(Jimaku)")
            time.sleep(5)
            report("and after a name for guessit", daemon.pid, min(10.0, asked.seconds))
            player.close()


if __name__ == "__main__":
    main()
