"""Background tasks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def running(work: Coroutine[None, None, None], name: str) -> AsyncIterator[None]:
    """Run `work` in the background of the block; an error in it is logged, and ends only itself."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(log_error)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def log_error(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("internal error: %s stopped", task.get_name(), exc_info=error)
