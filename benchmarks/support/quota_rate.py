"""The rate: how much of what is permitted is used, and how often a server says that it was too much."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.support.invented_library import library, other_title, titles, video_name, world
from benchmarks.support.quota_backfill import USER_AGENT, client
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import HttpClient, host_of
from kotozoe.requests.rate_limit_store import RateLimitStore
from tests.fakes import Servers, serve
from tests.fakes.amvstrm import Generation
from tests.fakes.server import Server
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

PLAY_EVERY = 40.0  # seconds between two plays
_JITTER = 0.05  # seconds by which a process may be late


@dataclass(frozen=True)
class Service:
    """A server that limits: seconds between two requests as permitted, and how many the first burst may have."""

    name: str
    interval: float
    burst: int
    generation: Generation = "master"

    def server(self, servers: Servers) -> Server:
        return {"Jimaku": servers.jimaku, "AniList": servers.anilist}.get(self.name, servers.amvstrm)


JIMAKU, ANILIST = Service("Jimaku", 2.4, 25), Service("AniList", 2.0, 3)
AMVSTRM = (Service("amvstrm", 2.0, 3), Service("amvstrm", 2.0, 3, "express"))  # as AniList behind it permits
SERVICES = (JIMAKU, ANILIST, *AMVSTRM)


@dataclass
class Row:
    """What a server saw of us: its times of arrival, its refusals; and how long the screen waited, in seconds."""

    name: str
    service: Service
    least: float  # percent of what is permitted
    most_refused: float = 0.0  # per 100 requests
    times: list[float] = field(default_factory=list)
    refused: int = 0
    screen: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def share(self) -> float:
        steady = sorted(self.times)[self.service.burst :]
        return (len(steady) - 1) * self.service.interval / (steady[-1] - steady[0]) * 100

    def missed(self) -> bool:
        """Tell whether a target is missed: the screen waits for one interval at most."""
        late = max(self.screen, default=0.0) > self.service.interval * 1.0025 + _JITTER
        return late or self.share < self.least or self.refused > self.most_refused * len(self.times) / 100

    def told(self) -> str:
        steady = sorted(self.times)[self.service.burst :]
        screen = (
            f"the screen waits {max(self.screen):.2f} s at most ({len(self.screen)} requests)" if self.screen else ""
        )
        return (
            f"{self.name:42} {len(steady):5} in {steady[-1] - steady[0]:7.1f} s  {self.share:6.2f} %  "
            f"429: {self.refused:2}  {screen}{self.note}{'  MISSED' if self.missed() else ''}"
        )


def rate(count: int) -> int:
    """Measure in real time, everything at once; return 1 if a target is missed."""
    with tempfile.TemporaryDirectory(prefix="kotozoe-quota-") as folder, ThreadPoolExecutor(8) as pool:
        root = Path(folder)
        video = make_video(root / "video.mkv", seconds=90)
        played = [pool.submit(_played, root / f"played-{n}", one, count, video) for n, one in enumerate(SERVICES)]
        strange = [pool.submit(asyncio.run, _stranger(root / f"{n}.sqlite", s, count)) for n, s in enumerate(SERVICES)]
        return _tell(job.result() for job in (*played, *strange))


def _tell(rows: Iterable[Row]) -> int:
    missed = False
    for row in rows:
        print(row.told(), flush=True)
        missed |= row.missed()
    return int(missed)


def _title(service: Service) -> str:
    return f"{service.name}, {service.generation}" if service.name == "amvstrm" else service.name


def _played(root: Path, service: Service, count: int, video: Path) -> Row:
    """Run a backfill while the daemon serves a player: two processes with one budget.

    For Jimaku it is `kotozoe fetch`. For the others shows are played whose names Jimaku does not know; amvstrm is asked
    about them because AniList is switched off.
    """
    row = Row(f"{_title(service)}: backfill, daemon, mpv", service, 95.0)
    shows = titles(count + 100)
    with serve(world(len(shows), 2, listed=1), generation=service.generation) as servers:
        home = Home(root, servers)
        if service.name == "amvstrm":
            home.configure(servers, f'[amvstrm]\nurl = "{servers.amvstrm.url}"\n')
            servers.anilist.mood = "outage"
        server = service.server(servers)
        with home.daemon(debug=True):
            home.wait(lambda _: "catalogue (other)" in home.log())
            command, playable = _work(home, service, server, shows, count)
            backfill = subprocess.Popen([sys.executable, "-m", *command], env=home.environ, stdout=subprocess.DEVNULL)
            # quiet: nobody reads what it prints, and a full pipe would stop it
            with Mpv(home.runtime, [f"--input-ipc-server={root / 'a.sock'}", "--keep-open=yes", "--really-quiet"]):
                player = Ipc(root / "a.sock", patience=60.0)
                plays = _play_meanwhile(player, backfill, video, root / "Played", playable)
                player.close()
        paced = (asked.at for asked in server.requests if service is not JIMAKU or asked.path.startswith("/api/"))
        row.times, row.refused = list(paced), server.statuses.count(429)
        waited = re.findall(rf"{re.escape(host_of(server.url))}: .*; on_screen waited ([\d.]+) s", home.log())
        row.screen = [float(seconds) for seconds in waited]
        row.note = f"; a play takes {max(plays, default=0.0):.2f} s at most ({len(plays)})"
    return row


def _work(home: Home, service: Service, server: Server, shows: list[str], count: int) -> tuple[list[str], list[str]]:
    """Return the backfill's module and arguments, and names of shows to play that ask the service something."""
    if service is JIMAKU:
        return ["kotozoe", "fetch", str(library(home.root / "Anime", shows[: count + 40], 1))], shows[count + 40 :]
    pace = home.root / "state" / "kotozoe" / "rate-limits.sqlite"
    arguments = [service.name, server.url, str(pace), str(count + service.burst + 1)]
    return ["benchmarks.support.quota_backfill", *arguments], [other_title(title) for title in shows]


def _play_meanwhile(
    player: Ipc, backfill: subprocess.Popen[bytes], video: Path, folder: Path, shows: list[str]
) -> list[float]:
    """Play the first episode of another show now and then; return what each took from file-loaded to the subtitle."""
    folder.mkdir()
    waits: list[float] = []
    for title in shows:
        with suppress(subprocess.TimeoutExpired):
            backfill.wait(PLAY_EVERY)
            return waits
        path = folder / video_name(title, 1)
        path.hardlink_to(video)
        player.events.clear()
        player.command("loadfile", str(path))
        player.wait_event("file-loaded")
        loaded = time.monotonic()
        player.wait_selected("(Jimaku)")
        waits.append(time.monotonic() - loaded)
    backfill.wait()
    return waits


async def _stranger(pace: Path, service: Service, count: int) -> Row:
    """Ask while somebody else behind the same address spends half of what is permitted."""
    row = Row(f"{_title(service)}: a stranger spends half", service, 0.0, 1.0)
    with serve(world(count, 1), generation=service.generation) as servers:
        server = service.server(servers)
        wire, slots = HttpClient(USER_AGENT), RateLimitStore(pace)
        ask, close = client(service.name, HostDeps(wire, slots), server.url, servers.jimaku_key)
        strange: list[int] = []
        beside = asyncio.create_task(_spend(service, servers, strange))
        until = time.monotonic() + count * service.interval
        for number in range(count):
            await ask(number)
            if time.monotonic() > until:
                break
        beside.cancel()
        await close()
        await wire.close()
        slots.close()
        row.times = [asked.at for asked in server.requests if asked.headers.get("user-agent") == USER_AGENT]
        row.refused = server.statuses.count(429) - strange.count(429)
        row.note = f"{2 * row.share:.1f} % of our half; the stranger: {len(strange)}, {strange.count(429)} of them 429"
    return row


async def _spend(service: Service, servers: Servers, statuses: list[int]) -> None:
    url = service.server(servers).url
    async with httpx.AsyncClient() as stranger:
        while True:
            if service is ANILIST:
                found = await stranger.post(url, json={"query": "{ Page { pageInfo { total } } }"})
            elif service is JIMAKU:
                found = await stranger.get(f"{url}/api/entries/9", headers={"authorization": servers.jimaku_key})
            else:
                found = await stranger.get(f"{url}/api/v2/info/{len(statuses)}")
            statuses.append(found.status_code)
            await asyncio.sleep(2 * service.interval)


class Jumping:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def virtual(count: int) -> int:
    """Measure on a clock that jumps over every wait; answers take no time. Return 1 if a target is missed."""
    return _tell(asyncio.run(on_virtual_clock(service, count)) for service in SERVICES)


async def on_virtual_clock(service: Service, count: int) -> Row:
    clock = Jumping()
    row = Row(f"{_title(service)}, virtual", service, 99.5)
    with serve(world(count + 30, 1), clock=clock, generation=service.generation) as servers:
        wire, server = HttpClient(USER_AGENT), service.server(servers)
        deps = HostDeps(wire, RateLimitStore(None, clock), clock=clock, steady=clock, sleep=clock.sleep)
        ask, close = client(service.name, deps, server.url, servers.jimaku_key)
        for number in range(count + service.burst + 1):
            await ask(number)
        await close()
        await wire.close()
        row.times, row.refused = [asked.at for asked in server.requests], server.statuses.count(429)
    return row
