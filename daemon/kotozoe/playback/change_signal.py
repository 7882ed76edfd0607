"""Wakes whoever waits for a change that may bring a better answer: new settings, a key, new files in an entry."""

from __future__ import annotations

import asyncio
import contextlib


class ChangeSignal:
    """One for all playbacks. It keeps no state: only those who wait at that moment are woken."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Wake everybody who waits."""
        woken, self._event = self._event, asyncio.Event()
        woken.set()

    async def wait(self, seconds: float) -> None:
        """Wait for the next change, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
