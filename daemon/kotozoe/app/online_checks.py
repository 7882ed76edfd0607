"""What `login` and `doctor` check online."""

from __future__ import annotations

import asyncio
import math
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

from kotozoe.app.services import Services, command_services
from kotozoe.desktop.doctor import Network
from kotozoe.errors import ProviderError
from kotozoe.model import Secret, Urgency
from kotozoe.requests.http import Answer, Request, host_of

# A person waits.
_PATIENCE = 10.0


def verify_key(config: Path, key: Secret) -> None:
    """Ask Jimaku for what changed just now, with `key`: one request. Raises ProviderError."""
    asyncio.run(_reach(config, key))


def network(config: Path) -> Network:
    """Try the key that is set up, and compare clocks: two requests."""
    return asyncio.run(_look(config))


async def _look(config: Path) -> Network:
    try:
        return Network(skew=await _reach(config, None, clock=True))
    except ProviderError as trouble:
        return Network(trouble)


async def _reach(config: Path, key: Secret | None, *, clock: bool = False) -> float | None:
    async with command_services(config, _PATIENCE, key=key) as services:
        await services.jimaku.catalogue(True, math.floor(time.time()), Urgency.TERMINAL)
        return await _skew(services, services.settings.jimaku.url) if clock else None


async def _skew(services: Services, url: str) -> float | None:
    """Return how many seconds this clock is ahead of the server's, None if it does not say."""

    def date(answer: Answer) -> str:
        return answer.headers.get("date", "")

    request = Request("GET", f"{url}/robots.txt", date, "GET /robots.txt", seconds=_PATIENCE)
    answer = await services.http.send(host_of(url), request)
    try:
        return time.time() - parsedate_to_datetime(date(answer)).timestamp()
    except (TypeError, ValueError):
        return None
