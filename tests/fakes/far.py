"""Servers that limit and are far away, on an event loop whose clock jumps over every wait."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

from kotozoe.model import Urgency
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import Answer, HttpClient, Request, refuse_bad
from kotozoe.requests.rate_limit import (
    AMVSTRM,
    ANILIST,
    JIMAKU,
    Headers,
    Quota,
    RateLimitHeaders,
    hear_amvstrm,
    hear_anilist,
    hear_jimaku,
)
from kotozoe.requests.rate_limit_store import RateLimitStore
from tests.fakes.limits import Clock, Gcra, Rush, Window

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Admit = Callable[[], tuple[bool, Mapping[str, str]]]
_TICK = 1e-5  # seconds: far more than unix time as a float leaves out


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its time is unix time that passes only while all tasks wait; what would run in a thread runs at once."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        super().__init__(_Jump(self))
        self._clock_resolution = _TICK

    def time(self) -> float:
        return self.now

    def run_in_executor(self, executor: object, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        del executor
        done: asyncio.Future[T] = self.create_future()
        done.set_result(func(*args))
        return done


class _Jump(selectors.SelectSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everything waits for something that cannot come"
        if timeout > 0:
            self._loop.now += max(timeout, _TICK)
        return super().select(0)


@dataclass(frozen=True)
class FarService:
    """`interval` seconds between two requests are permitted after the first `burst`."""

    name: str
    quota: Quota
    hear: Callable[[int, Headers, float], RateLimitHeaders]
    parallel: int
    interval: float
    burst: int
    limiter: Callable[[Clock], Admit]


@dataclass
class Journey(HttpClient):
    """In place of the network: each way takes `travel` seconds, give or take `jitter` of that."""

    admit: Admit
    clock: Clock
    travel: float
    jitter: float
    dice: random.Random
    arrived: list[float] = field(default_factory=list)
    refused: int = 0

    async def send(self, host: str, request: Request[Any]) -> Answer:
        await self._travel()
        self.arrived.append(self.clock())
        admitted, headers = self.admit()
        self.refused += not admitted
        await self._travel()
        return Answer(200 if admitted else 429, headers, b"", request.url)

    async def _travel(self) -> None:
        await asyncio.sleep(self.travel * (1.0 + self.jitter * self.dice.uniform(-1.0, 1.0)))


def jimaku(clock: Clock) -> Admit:
    bucket = Gcra(clock)
    return lambda: bucket.admit("household")


def anilist(clock: Clock) -> Admit:
    minute, rush, locked_until = Window(clock, 30), Rush(clock), 0.0

    def admit() -> tuple[bool, Mapping[str, str]]:
        nonlocal locked_until
        locked = clock() < locked_until
        admitted, remaining, _ = (False, 0, 0.0) if locked else minute.admit("household")
        if not locked and not (rush.admit() and admitted):
            locked, locked_until = True, clock() + 60.0
        if locked:
            return False, {"x-ratelimit-remaining": "0", "retry-after": str(round(locked_until - clock()))}
        return True, {"x-ratelimit-limit": "30", "x-ratelimit-remaining": str(remaining)}

    return admit


def amvstrm(clock: Clock, *, beats: bool = False) -> Admit:
    minute = Window(clock, 30, beats=beats)

    def admit() -> tuple[bool, Mapping[str, str]]:
        admitted, remaining, wait = minute.admit("household")
        return admitted, {"ratelimit-remaining": str(remaining), "ratelimit-reset": str(round(wait))}

    return admit


FAR = (
    FarService("Jimaku", JIMAKU, hear_jimaku, 4, 2.4, 25, jimaku),
    FarService("AniList", ANILIST, hear_anilist, 3, 2.0, 3, anilist),
    FarService("amvstrm", AMVSTRM, hear_amvstrm, 3, 2.0, 3, amvstrm),
    FarService("amvstrm by the clock", AMVSTRM, hear_amvstrm, 3, 2.0, 3, lambda clock: amvstrm(clock, beats=True)),
)


def fetch_far(
    service: FarService, count: int, travel: float, *, jitter: float = 0.0, urgency: Urgency = Urgency.BACKFILL
) -> tuple[float, int]:
    """Send `count` requests; return the share of what is permitted that arrived after the burst, and the refusals."""
    loop, dice = JumpingLoop(), random.Random(count)
    journey = Journey(service.limiter(loop.time), loop.time, travel, jitter, dice)
    deps = HostDeps(journey, RateLimitStore(None, loop.time), loop.time, loop.time, draw=dice.random)

    def read(answer: Answer) -> int:
        refuse_bad(service.name, answer)
        return answer.status

    async def fetch() -> None:
        host = Host(service.name, deps, service.quota, service.hear, parallel=service.parallel)
        urls = (f"http://far/{number}" for number in range(count))
        await asyncio.gather(*(host.ask(Request("GET", url, read, url), urgency) for url in urls))
        await host.close()

    try:
        loop.run_until_complete(fetch())
    finally:
        loop.close()
    steady = sorted(journey.arrived)[service.burst :]
    return (len(steady) - 1) * service.interval / (steady[-1] - steady[0]), journey.refused
