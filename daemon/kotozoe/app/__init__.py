"""COMPOSITION ROOT: builds everything from the settings, for the daemon and for the commands."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from kotozoe.app.commands import Explanation, choose_lines, explain, identify_chunks
from kotozoe.app.daemon import Daemon
from kotozoe.app.fetch import clean, fetch
from kotozoe.service.lock import AlreadyRunning, Lock
from kotozoe.service.log import Masks
from kotozoe.settings import places as where
from kotozoe.settings.load import load

__all__ = ["Explanation", "choose_lines", "clean", "explain", "fetch", "identify_chunks", "run"]

log = logging.getLogger(__name__)


def run(config: Path, masks: Masks) -> int:
    """Be the daemon until told to stop; return 0 also where another one runs already. Raises KotozoeError."""
    settings = load(config)
    at = where.places(config)
    where.prepare(at)
    try:
        lock = Lock.take(at.lock)
    except AlreadyRunning as other:
        log.info("kotozoe runs already%s: this one has nothing to do", f" (pid {other.pid})" if other.pid else "")
        return 0
    try:
        asyncio.run(Daemon(settings, at, masks).run())
    finally:
        lock.release()
    return 0
