"""Whole small servers that stand in for Jimaku, AniList, amvstrm and the reference lists.

    with serve(World.small()) as servers:
        servers.jimaku.url, servers.jimaku.requests, servers.jimaku.fault = Fault("html", 502, times=2)

`limits=False` takes the rate limits away, `scale=0.01` makes their minutes 0.6 s long.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.fakes.amvstrm import AmvstrmServer, Generation
from tests.fakes.anilist import AniListServer
from tests.fakes.files import FileServer
from tests.fakes.jimaku import KEY, JimakuServer
from tests.fakes.server import Asked, Fault, Server
from tests.fakes.world import World, WorldEntry, WorldFile

__all__ = ["KEY", "Asked", "Fault", "Servers", "World", "WorldEntry", "WorldFile", "serve"]


@dataclass(frozen=True)
class Servers:
    """The running stand-ins; `jimaku_key` is a valid key."""

    world: World
    jimaku: JimakuServer
    anilist: AniListServer
    amvstrm: AmvstrmServer
    files: FileServer
    jimaku_key: str = KEY

    @property
    def all(self) -> tuple[Server, ...]:
        return (self.jimaku, self.anilist, self.amvstrm, self.files)

    def delay(self, seconds: float) -> None:
        """Let each answer take so long from now on."""
        for server in self.all:
            server.delay = seconds

    def urls(self) -> dict[str, str]:
        return {
            "jimaku": self.jimaku.url,
            "anilist": self.anilist.url,
            "amvstrm": self.amvstrm.url,
            "relations": self.files.relations_url,
            "seasons": self.files.seasons_url,
            "titles": self.files.titles_url,
            "jimaku_api_key": self.jimaku_key,
        }


@contextlib.contextmanager
def serve(
    world: World,
    *,
    limits: bool = True,
    scale: float = 1.0,
    generation: Generation = "master",
    clock: Callable[[], float] = time.time,
) -> Iterator[Servers]:
    """Run all of them on loopback ports until the block is left."""
    servers = Servers(
        world,
        JimakuServer(world, limits=limits, scale=scale, clock=clock),
        AniListServer(world, limits=limits, scale=scale, clock=clock),
        AmvstrmServer(world, generation=generation, limits=limits, scale=scale, clock=clock),
        FileServer(world, clock=clock),
    )
    for server in servers.all:
        server.start()
    try:
        yield servers
    finally:
        for server in servers.all:
            server.stop()
