"""What `login` and `doctor` ask of the network: one request each."""

from __future__ import annotations

import asyncio
import math
import time
from pathlib import Path

from kotozoe.app.services import open_services
from kotozoe.model import Secret, Urgency
from kotozoe.settings import places as where
from kotozoe.settings.key import find_key
from kotozoe.settings.load import load
from kotozoe.settings.schema import Settings
from kotozoe.store.atlas import Atlas
from kotozoe.store.pace import PaceStore

# A person waits.
_PATIENCE = 10.0


def verify_key(config: Path, key: Secret | None = None) -> None:
    """Ask Jimaku for what changed just now, with `key` or the one that is set up. Raises ProviderError."""
    asyncio.run(_verify(load(config), where.places(config), key))


async def _verify(settings: Settings, at: where.Places, key: Secret | None) -> None:
    where.prepare(at)
    key = key or (await find_key(settings.jimaku)).secret
    atlas, pace = Atlas(at.atlas), PaceStore(at.pace)
    services = open_services(settings, at, atlas, pace, lambda: key, patience=_PATIENCE)
    try:
        await services.sources.jimaku.catalogue(True, math.floor(time.time()), Urgency.TERMINAL)
    finally:
        await services.close()
        pace.close()
        atlas.close()
