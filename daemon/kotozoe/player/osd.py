"""Lines on the OSD, one after the other: mpv itself lets each line replace the one before."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from kotozoe.errors import PlayerError

_MAX_WAITING = 4
_SHORTEST, _LONGEST = 3.0, 8.0  # seconds
_CHARACTERS_A_SECOND = 15  # that somebody reads who watches something else


class OsdLines:
    """`show` puts a line on the screen for so many seconds."""

    def __init__(self, show: Callable[[str, float], Awaitable[None]]) -> None:
        self._show = show
        self._waiting: deque[str] = deque(maxlen=_MAX_WAITING)
        self._shown = ""
        self._free_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def say(self, line: str) -> None:
        """Show a line, or have it wait until the time of the one before is over. Raises what `show` raises."""
        if asyncio.get_running_loop().time() >= self._free_at and not self._waiting:
            await self._show_now(line)
        elif line != self._shown and line not in self._waiting:
            self._waiting.append(line)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._show_waiting(), name="osd")

    def make_way(self) -> None:
        """Drop what waits, and let the next line appear at once: another file, or the user asked for something."""
        self._waiting.clear()
        self._shown, self._free_at = "", 0.0
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _show_waiting(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._free_at - asyncio.get_running_loop().time())
            with suppress(PlayerError):  # a line on the OSD is worth no more than one try
                await self._show_now(self._waiting.popleft())

    async def _show_now(self, line: str) -> None:
        seconds = min(_LONGEST, max(_SHORTEST, len(line) / _CHARACTERS_A_SECOND))
        self._shown, self._free_at = line, asyncio.get_running_loop().time() + seconds
        await self._show(line, seconds)
