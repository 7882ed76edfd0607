"""A backfill in a process of its own: `python -m benchmarks.support.quota_backfill SERVICE URL PACE COUNT`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from kotozoe.model import Secret, Urgency
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import HttpClient
from kotozoe.requests.rate_limit_store import RateLimitStore

USER_AGENT = "kotozoe-benchmark/1 (+https://github.com/kotozoe/kotozoe)"
REFERER = "https://github.com/kotozoe/kotozoe"

Ask = Callable[[int], Awaitable[object]]


def client(service: str, deps: HostDeps, url: str, key: str = "") -> tuple[Ask, Callable[[], Awaitable[None]]]:
    """Return what sends the backfill's request of a number, and what ends it."""
    if service == "Jimaku":
        jimaku = Jimaku(deps, url, lambda: Secret(key))
        return (lambda number: jimaku.listing(10_000 + number, Urgency.BACKFILL)), jimaku.close
    source = AniList(deps, url, REFERER) if service == "AniList" else Amvstrm(deps, url)
    return (lambda number: source.search([f"{number}"], Urgency.BACKFILL)), source.close


async def _backfill(service: str, url: str, pace: Path, count: int) -> None:
    wire, slots = HttpClient(USER_AGENT), RateLimitStore(pace)
    ask, close = client(service, HostDeps(wire, slots), url)
    for number in range(count):
        await ask(number)
    await close()
    await wire.close()
    slots.close()


if __name__ == "__main__":
    asyncio.run(_backfill(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
