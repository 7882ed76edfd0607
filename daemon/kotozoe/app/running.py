"""From the command `run` to the daemon: settings, folders, the lock."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from kotozoe.app.daemon import Daemon
from kotozoe.service.lock import AlreadyRunning, Lock
from kotozoe.service.log import Masks
from kotozoe.settings import places as where
from kotozoe.settings.load import load

log = logging.getLogger(__name__)


def run(config: Path, masks: Masks) -> int:
    """Run the daemon until it is stopped; return 0 also where another one is running. Raises KotozoeError."""
    settings = load(config)
    at = where.places(config)
    where.prepare(at)
    try:
        lock = Lock.take(at.lock)
    except AlreadyRunning as other:
        log.info("kotozoe is already running%s", f" (pid {other.pid})" if other.pid else "")
        return 0
    try:
        asyncio.run(Daemon(settings, at, masks).run())
    finally:
        lock.release()
    return 0
