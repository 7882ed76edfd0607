"""Real clients against the stand-in servers, on a clock that jumps over every wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest

from kotozoe.model import Secret
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.reference_lists import ReferenceLists
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import HttpClient
from kotozoe.requests.rate_limit_store import RateLimitStore
from tests.fakes import Servers, World, serve

REFERER = "https://example.org/kotozoe"
PATIENCE = 100_000.0  # seconds on the jumping clock: an end for what would never end


@dataclass
class JumpingClock:
    """Sleeping moves it; `slept` tells for how long."""

    now: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def servers(clock: JumpingClock) -> Iterator[Servers]:
    with serve(World.small(), clock=clock) as running:
        yield running


@pytest.fixture
async def deps(clock: JumpingClock) -> AsyncIterator[HostDeps]:
    wire = HttpClient("kotozoe/0.0 (+https://example.org/kotozoe)")
    slots = RateLimitStore(None, clock)
    yield HostDeps(wire, slots, clock=clock, steady=clock, sleep=clock.sleep, draw=lambda: 1.0)
    await wire.close()


@dataclass
class Keyring:
    """The key as the settings would hand it out; None is none."""

    key: Secret | None

    def __call__(self) -> Secret | None:
        return self.key


@pytest.fixture
def keyring(servers: Servers) -> Keyring:
    return Keyring(Secret(servers.jimaku_key))


@pytest.fixture
async def jimaku(deps: HostDeps, servers: Servers, keyring: Keyring) -> AsyncIterator[Jimaku]:
    client = Jimaku(deps, servers.jimaku.url, keyring, patience=PATIENCE)
    yield client
    await client.close()


@pytest.fixture
async def anilist(deps: HostDeps, servers: Servers) -> AsyncIterator[AniList]:
    client = AniList(deps, servers.anilist.url, REFERER, patience=PATIENCE)
    yield client
    await client.close()


@pytest.fixture
async def amvstrm(deps: HostDeps, servers: Servers) -> AsyncIterator[Amvstrm]:
    client = Amvstrm(deps, servers.amvstrm.url, patience=PATIENCE)
    yield client
    await client.close()


@pytest.fixture
async def references(deps: HostDeps) -> AsyncIterator[ReferenceLists]:
    client = ReferenceLists(deps, patience=PATIENCE)
    yield client
    await client.close()
