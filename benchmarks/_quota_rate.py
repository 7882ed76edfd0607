"""The rate: how much of what is permitted is used, and how often a server says that it was too much."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks._invented import library, titles, video_name, world
from kotozoe.model import Secret, Urgency
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.host import Means
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.wire import Wire
from kotozoe.store.pace import PaceStore
from tests.fakes import Servers, serve
from tests.fakes.server import Server
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

USER_AGENT = "kotozoe-benchmark/1 (+https://github.com/kotozoe/kotozoe)"
REFERER = "https://github.com/kotozoe/kotozoe"
SCREEN_EVERY = 40.0  # seconds between two requests for the screen, or two plays

Ask = Callable[[int, Urgency], Awaitable[object]]


@dataclass
class Row:
    """What a server saw of us: its times of arrival, its refusals; and how long the screen waited, in seconds."""

    name: str
    permitted: float  # seconds between two requests
    skipped: int  # requests of the first burst
    times: list[float] = field(default_factory=list)
    refused: int = 0
    strange: int = 0
    screen: list[float] = field(default_factory=list)
    note: str = ""

    def take(self, server: Server, ours: Callable[[str], bool] = lambda _: True) -> None:
        self.times = sorted(asked.at for asked in server.requests if ours(asked.path))
        self.refused = server.statuses.count(429)

    def told(self) -> str:
        steady = self.times[self.skipped :]
        took = steady[-1] - steady[0] if len(steady) > 1 else 0.0
        share = (len(steady) - 1) * self.permitted / took * 100 if took else 0.0
        screen = f"{max(self.screen):.2f} s" if self.screen else "-"
        return (
            f"{self.name:34} {len(steady):5} in {took:7.1f} s  {share:6.2f} %  429: {self.refused:2}"
            f"  screen waits at most {screen} ({len(self.screen)} times) {self.note}"
        )


def rate(count: int) -> int:
    """Measure in real time, everything at once."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="kotozoe-quota-") as folder:
        root = Path(folder)
        jobs = [
            threading.Thread(target=lambda: rows.append(_library(root / "library", count))),
            *(
                threading.Thread(target=lambda run=run: rows.append(asyncio.run(run)))
                for run in (
                    _anilist(root, count),
                    _amvstrm(root, count, "master"),
                    _amvstrm(root, count, "express"),
                    _stranger(root, count),
                )
            ),
        ]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
    for row in sorted(rows, key=lambda row: row.name):
        print(row.told())
    return 0


def _library(root: Path, count: int) -> Row:
    """Run `kotozoe fetch` over a library while the daemon serves a player, as processes with one budget."""
    shows = titles(count + 100)
    row = Row("Jimaku: fetch, daemon, mpv", 2.4, 25)
    with serve(world(len(shows), 2, listed=1)) as servers:
        home = Home(root, servers)
        videos = library(root / "Anime", shows[: count + 40], 1)
        video = make_video(root / "video.mkv", seconds=90)
        with home.daemon(), (root / "fetch.log").open("wb") as log:
            command = [sys.executable, "-m", "kotozoe", "fetch", str(videos)]
            fetch = subprocess.Popen(command, env=home.environ, stdout=log, stderr=log)
            socket = root / "bench.sock"
            # quiet: nobody reads what it prints, and a full pipe would stop it
            with Mpv(home.runtime, [f"--input-ipc-server={socket}", "--keep-open=yes", "--really-quiet"]):
                player = Ipc(socket, patience=60.0)
                row.screen = _play_meanwhile(player, fetch, video, root / "Played", shows[count + 40 :])
                player.close()
        row.take(servers.jimaku, lambda path: path.startswith("/api/"))
        row.note = (root / "fetch.log").read_text("utf-8", "replace").strip().splitlines()[-1]
    return row


def _play_meanwhile(
    player: Ipc, fetch: subprocess.Popen[bytes], video: Path, folder: Path, shows: list[str]
) -> list[float]:
    """Play the first episode of another show now and then; return what each took from file-loaded to the subtitle."""
    folder.mkdir()
    waits: list[float] = []
    for title in shows:
        with suppress(subprocess.TimeoutExpired):
            fetch.wait(SCREEN_EVERY)
            return waits
        path = folder / video_name(title, 1)
        path.hardlink_to(video)
        player.events.clear()
        player.command("loadfile", str(path))
        player.wait_event("file-loaded")
        loaded = time.monotonic()
        player.wait_selected("(Jimaku)")
        waits.append(time.monotonic() - loaded)
    fetch.wait()
    return waits


async def _two_clients(row: Row, backfill: Ask, screen: Ask, count: int) -> None:
    """Let one client backfill while another, of the same budget, asks for the screen now and then."""

    async def now_and_then() -> None:
        for number in itertools.count(1_000_000):
            await asyncio.sleep(SCREEN_EVERY / 2)
            began = time.monotonic()
            await screen(number, Urgency.ON_SCREEN)
            row.screen.append(time.monotonic() - began)

    beside = asyncio.create_task(now_and_then())
    for number in range(count + row.skipped + 1):
        await backfill(number, Urgency.BACKFILL)
    beside.cancel()


async def _anilist(root: Path, count: int) -> Row:
    row = Row("AniList: two clients", 2.0, 3)
    with serve(world(1, 1)) as servers:
        one, other = (AniList(_means(root / "anilist.sqlite"), servers.anilist.url, REFERER) for _ in range(2))
        await _two_clients(row, lambda n, u: one.search([f"{n}"], u), lambda n, u: other.search([f"{n}"], u), count)
        await one.close()
        await other.close()
        row.take(servers.anilist)
    return row


async def _amvstrm(root: Path, count: int, generation: str) -> Row:
    row = Row(f"amvstrm, {generation}: two clients", 1.0, 3)
    with serve(world(1, 1), generation="master" if generation == "master" else "express") as servers:
        one, other = (Amvstrm(_means(root / f"{generation}.sqlite"), servers.amvstrm.url) for _ in range(2))
        await _two_clients(row, lambda n, u: one.search([f"{n}"], u), lambda n, u: other.search([f"{n}"], u), count)
        await one.close()
        await other.close()
        row.take(servers.amvstrm)
    return row


async def _stranger(root: Path, count: int) -> Row:
    """List entries while somebody else behind the same address spends half of what is permitted."""
    row = Row("Jimaku: a stranger spends half", 4.8, 25)
    with serve(world(count, 1)) as servers:
        ours = Jimaku(_means(root / "stranger.sqlite"), servers.jimaku.url, lambda: Secret(servers.jimaku_key))
        strange: list[int] = []
        beside = asyncio.create_task(_spend(servers, strange))
        until = time.monotonic() + count * 2.4
        for number in range(count):
            await ours.listing(10_000 + number, Urgency.BACKFILL)
            if time.monotonic() > until:
                break
        beside.cancel()
        await ours.close()
        row.take(servers.jimaku, lambda path: path.startswith("/api/entries/1"))
        row.refused -= strange.count(429)
        row.note = f"(of half; the stranger: {len(strange)} requests, {strange.count(429)} refused)"
    return row


async def _spend(servers: Servers, statuses: list[int]) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            found = await client.get(
                servers.jimaku.url + "/api/entries/9", headers={"authorization": servers.jimaku_key}
            )
            statuses.append(found.status_code)
            await asyncio.sleep(4.8)


def _means(path: Path) -> Means:
    return Means(Wire(USER_AGENT), PaceStore(path))


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
    """Measure on a clock that jumps over every wait; answers take no time."""
    for row in asyncio.run(_virtual(count)):
        print(row.told())
    return 0


async def _virtual(count: int) -> list[Row]:
    rows = []
    for name, permitted, skipped in (("Jimaku", 2.4, 25), ("AniList", 2.0, 3), ("amvstrm", 1.0, 3)):
        clock = Jumping()
        row = Row(f"{name}, virtual", permitted, skipped)
        with serve(world(count + 30, 1), clock=clock) as servers:
            wire = Wire(USER_AGENT)
            means = Means(wire, PaceStore(None, clock), clock=clock, steady=clock, sleep=clock.sleep)
            ask, server, close = _client(name, means, servers)
            for number in range(count + skipped + 1):
                await ask(number, Urgency.BACKFILL)
            await close()
            await wire.close()
            row.take(server)
        rows.append(row)
    return rows


def _client(name: str, means: Means, servers: Servers) -> tuple[Ask, Server, Callable[[], Awaitable[None]]]:
    if name == "Jimaku":
        jimaku = Jimaku(means, servers.jimaku.url, lambda: Secret(servers.jimaku_key))
        return (lambda n, u: jimaku.listing(10_000 + n, u)), servers.jimaku, jimaku.close
    if name == "AniList":
        anilist = AniList(means, servers.anilist.url, REFERER)
        return (lambda n, u: anilist.search([f"{n}"], u)), servers.anilist, anilist.close
    amvstrm = Amvstrm(means, servers.amvstrm.url)
    return (lambda n, u: amvstrm.search([f"{n}"], u)), servers.amvstrm, amvstrm.close
