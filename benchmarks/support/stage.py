"""A home, its daemon and its players, watched from outside: how long a subtitle takes, and what is asked for it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.idle import as_the_unit
from tests.fakes import Asked, Servers
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv

_BARE = """
import asyncio
async def main():
    print("here", flush=True)
    await asyncio.sleep(3600)
asyncio.run(main())
"""
_SUBTITLE = "1\n00:00:01,000 --> 00:00:02,000\nはい\n"
_OF_THE_CONNECTION = {"host", "content-length", "connection", "accept-encoding"}
Request = tuple[str, Asked]  # the URL of the server, and what it was asked


@contextmanager
def bare_process() -> Iterator[int]:
    """Run what others are told beside: an asyncio process that does nothing, once it has begun to."""
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


@contextmanager
def as_service() -> Iterator[None]:
    """Run daemons in the environment that the service gives them."""
    before = dict(os.environ)
    as_the_unit()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True, slots=True)
class Played:
    """Seconds from file-loaded to the selected track, and what was asked until then."""

    seconds: float
    asked: tuple[Request, ...]


def asked_while(servers: Servers, act: Callable[[], object]) -> tuple[Request, ...]:
    """Do it and return what the servers were asked meanwhile."""
    before = {server.name: len(server.requests) for server in servers.all}
    act()
    return tuple((s.url, asked) for s in servers.all for asked in s.requests[before[s.name] :])


class Stage:
    """One home, one daemon at a time, players that play one file after the other."""

    def __init__(self, root: Path, servers: Servers, video: Path) -> None:
        self.home = Home(root, servers)
        self.servers = servers
        self._video = video

    def file(self, name: str) -> Path:
        path = self.home.root / "Anime" / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.hardlink_to(self._video)
        return path

    @contextmanager
    def mpv(self, number: int = 0) -> Iterator[Ipc]:
        """Run a player; nobody reads what it prints."""
        socket = self.home.root / f"bench-{number}.sock"
        with Mpv(self.home.runtime, [f"--input-ipc-server={socket}", "--keep-open=yes", "--really-quiet"]):
            player = Ipc(socket, patience=120.0)
            yield player
            player.close()
        socket.unlink(missing_ok=True)

    def play(self, player: Ipc, name: str) -> Played:
        took = 0.0

        def act() -> None:
            nonlocal took
            took = _from_loaded_to_selected(player, self.file(name))

        asked = asked_while(self.servers, act)
        return Played(took, asked)

    def wait_until_the_next_is_ready(self, name: str) -> None:
        self.home.wait(lambda _: "next is ready" in self.home.log().rpartition(name)[2])

    def floor(self, player: Ipc, asked: Sequence[Request]) -> float:
        """Return the seconds that the same requests take, bare and one after the other, and one bare `sub-add`.

        The median of three.
        """
        subtitle = self.home.root / "floor.srt"
        subtitle.write_text(_SUBTITLE, "utf-8")
        with httpx.Client() as client:
            for url in {url for url, _ in asked}:
                client.get(f"{url}/none")  # connections are open, as the daemon's are
            return statistics.median(_bare(client, asked, player, subtitle) for _ in range(3))


def _bare(client: httpx.Client, asked: Sequence[Request], player: Ipc, subtitle: Path) -> float:
    began = time.monotonic()
    _replay(client, asked)
    player.command("sub-add", str(subtitle), "select")
    return time.monotonic() - began


def _replay(client: httpx.Client, asked: Iterable[Request]) -> None:
    for url, one in asked:
        headers = {name: value for name, value in one.headers.items() if name not in _OF_THE_CONNECTION}
        query = f"?{one.query}" if one.query else ""
        client.request(one.method, url + one.path + query, headers=headers, content=one.body or None)


def _from_loaded_to_selected(player: Ipc, path: Path) -> float:
    player.events.clear()
    player.command("loadfile", str(path))
    player.wait_event("file-loaded")
    loaded = time.monotonic()
    player.wait_selected("(Jimaku)")
    return time.monotonic() - loaded
