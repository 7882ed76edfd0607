"""Work that runs beside other work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def running(work: Coroutine[None, None, None], name: str) -> AsyncIterator[None]:
    """Run `work` beside the block; a fault in it is logged, and ends only itself."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(log_fault)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def log_fault(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s stopped by a fault in kotozoe", task.get_name(), exc_info=error)
