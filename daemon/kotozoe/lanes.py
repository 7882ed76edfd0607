"""Threads for what strangers wrote: one piece of work at a time in each, so that memory is bounded by their number.

What has begun is not broken off: its lane stays taken until it is done, also where nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


class Lane:
    """One thread, which is started when first needed."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, f"kotozoe-{name}")

    async def run(self, work: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        """Return what comes of the work, after all that was asked for before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


ANSWERS = Lane("answers")
"""Large answers of servers, which become rows."""

FILES = Lane("files")
"""Archives and subtitles, which somebody waits for."""

TIMING = Lane("timing")
"""Subtitles beside the indexes of videos."""
