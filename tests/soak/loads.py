"""Ten thousand loads over fifty real players and one real daemon: nothing may grow, nor the last be slower.

The videos are a hundred short ones, so that after the first round nothing is fetched any more and what grows is ours.
Timing by sound is switched off: it would start ffprobe for each load.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes import serve
from tests.faults.world import EPISODES, PLAIN, SHOWS, Video, make_world
from tests.live.home import Home
from tests.live.mpv import make_video
from tests.soak.players import Late, Mpv

_AT_ONCE = 6  # loads under way
_MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """What the daemon holds after so many loads; sizes in bytes, `latency` the median of the loads since the last."""

    loads: int
    resident: int
    files: int
    threads: int
    tasks: int
    databases: int
    latency: float
    seconds: float


@dataclass
class Soak:
    loads: int
    every: int
    daemon: int
    home: Home
    begun: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def run(self, players: list[Mpv]) -> None:
        videos = [Video(show, n) for show in PLAIN for n in range(1, EPISODES + 1)]
        videos += [Video(SHOWS[1], n) for n in range(EPISODES + 1, 2 * EPISODES + 1)]
        dice = random.Random(1)
        print(
            f"{'loads':>6} {'RSS MiB':>8} {'files':>6} {'threads':>8} {'tasks':>6} {'SQLite kB':>10} {'ms':>6} {'s':>6}"
        )
        while len(self.latencies) + len(self.wrong) < self.loads:
            count = min(self.every, self.loads - len(self.latencies) - len(self.wrong))
            await self._round(players, [dice.choice(videos) for _ in range(count)])
            await self._sample()

    async def _round(self, players: list[Mpv], videos: list[Video]) -> None:
        idle: asyncio.Queue[Mpv] = asyncio.Queue()
        for player in players:
            idle.put_nowait(player)
        few = asyncio.Semaphore(_AT_ONCE)

        async def one(video: Video) -> None:
            async with few:
                player = await idle.get()
                try:
                    self.latencies.append(await player.load(self.home.root / "Anime" / video.name, _right(video)))
                except Late as late:
                    self.wrong.append(str(late))
                    print(late, flush=True)
                idle.put_nowait(player)

        await asyncio.gather(*(one(video) for video in videos))

    async def _sample(self) -> None:
        await asyncio.sleep(1.0)  # what ended lets go
        proc = Path(f"/proc/{self.daemon}")
        told = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        bases = [path for name in ("cache", "state") for path in (self.home.root / name / "kotozoe").glob("*.sqlite*")]
        sample = Sample(
            len(self.latencies) + len(self.wrong),
            int(told["VmRSS"].split()[0]) * 1024,
            len(list((proc / "fd").iterdir())),
            int(told["Threads"]),
            await self._tasks(),
            sum(path.stat().st_size for path in bases),
            statistics.median(self.latencies[-self.every :]),
            time.monotonic() - self.begun,
        )
        self.samples.append(sample)
        print(
            f"{sample.loads:6} {sample.resident / _MIB:8.1f} {sample.files:6} {sample.threads:8} {sample.tasks:6} "
            f"{sample.databases / 1000:10.0f} {sample.latency * 1000:6.0f} {sample.seconds:6.0f}",
            flush=True,
        )

    async def _tasks(self) -> int:
        place = self.home.root / "tasks"
        place.unlink(missing_ok=True)
        os.kill(self.daemon, signal.SIGUSR1)
        async with asyncio.timeout(10):
            while not place.exists():  # noqa: ASYNC110 - another process tells by a file
                await asyncio.sleep(0.01)
        return int(place.read_text())

    def grown(self) -> list[str]:
        """Return what is more, in the last quarter of the samples, than it was in the second one."""
        quarter = len(self.samples) // 4
        if not quarter:
            return []
        before, after = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        told = []
        for name, share, room in (
            ("resident", 0.05, 2 * _MIB),
            ("files", 0.0, 3),
            ("threads", 0.0, 3),
            ("tasks", 0.0, 3),
            ("databases", 0.1, 100_000),
        ):
            was, now = (statistics.median(getattr(s, name) for s in part) for part in (before, after))
            if now > was * (1 + share) + room:
                told.append(f"{name} grew from {was:.0f} to {now:.0f}")
        return told

    def slowed(self) -> float:
        """Return how many times as long the last loads took as the first, by their medians."""
        some = min(1000, max(1, len(self.latencies) // 2))
        return statistics.median(self.latencies[-some:]) / statistics.median(self.latencies[:some])


def _right(video: Video) -> Callable[[str], bool]:
    def right(path: str) -> bool:
        return Path(path).read_bytes() in video.right()

    return right


def _unit_environment() -> dict[str, str]:
    """Return what the service unit sets, which tells the allocator how to keep memory."""
    unit = Path(__file__).parents[2] / "systemd" / "kotozoe.service"
    said = (
        line.removeprefix("Environment=") for line in unit.read_text().splitlines() if line.startswith("Environment=")
    )
    return dict(variable.split("=", 1) for variable in said)


def soak(loads: int, players: int) -> int:
    """Print the table; return 1 if something grew, slowed down, or was wrong."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder, serve(make_world(), limits=False) as servers:
        home = Home(Path(folder) / "h", servers)
        home.configure(servers, '[timing]\nsound = "off"\n')
        _make_videos(home)
        environ = {**home.environ, **_unit_environment(), "KOTOZOE_SOAK_TASKS": str(home.root / "tasks")}
        daemon = subprocess.Popen([sys.executable, "-m", "tests.soak.watched"], env=environ)
        try:
            home.wait(lambda told: told.get("pid") == daemon.pid)
            done = asyncio.run(_run(Soak(loads, max(1, min(500, loads // 8)), daemon.pid, home), players))
        finally:
            daemon.terminate()
            daemon.wait(60)
        return _told(done)


def _make_videos(home: Home) -> None:
    (home.root / "Anime").mkdir()
    made = make_video(home.root / "made.mkv", seconds=30)
    for show in PLAIN:
        for episode in range(1, EPISODES * (2 if show is SHOWS[1] else 1) + 1):
            (home.root / "Anime" / Video(show, episode).name).hardlink_to(made)


async def _run(soak: Soak, count: int) -> Soak:
    players = [Mpv(soak.home.root / f"p{n}", soak.home.environ) for n in range(count)]
    try:
        for player in players:
            await player.connect()
        await soak.run(players)
    finally:
        for player in players:
            player.close()
    return soak


def _told(done: Soak) -> int:
    grown, ratio = done.grown(), done.slowed()
    some = min(1000, len(done.latencies) // 2)
    print(f"\nlast {some} loads beside the first {some}: {ratio:.2f} times as long; {len(done.wrong)} wrong or late")
    for sentence in grown:
        print(sentence)
    return 1 if grown or done.wrong or ratio > 1.5 else 0
