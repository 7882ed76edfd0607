"""The events of one mpv that wait to be read, in its order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from kotozoe.errors import CommandRefused, Unanswered
from kotozoe.player import messages
from kotozoe.player.connection import ANSWER_SECONDS, Connection
from kotozoe.player.inbox import MAX_WAITING

log = logging.getLogger(__name__)

Raw = tuple[str, dict[str, object]]

_FENCE = "kotozoe-fence"  # a message to ourselves
_MAX_MESSAGES = 64  # from the script, of at most 64 kB each


class Backlog:
    """`turns` counts the starts and ends of files that have come, read or not. Nothing here waits but `fence`."""

    def __init__(self) -> None:
        self.turns = 0
        self._events: asyncio.Queue[Raw | None] = asyncio.Queue()
        self._fenced = asyncio.Event()

    def put(self, name: str, event: dict[str, object]) -> bool:
        """Take an event; return False if more wait than anybody goes through."""
        if name == "client-message":
            if event.get("args") == [_FENCE]:
                self._fenced.set()
                return True
            if len(self) >= _MAX_MESSAGES:
                return True
        self.turns += name in messages.BOUNDARIES
        if len(self) >= MAX_WAITING:
            return False
        self._events.put_nowait((name, event))
        return True

    def end(self) -> None:
        """Say that nothing comes after this."""
        self._events.put_nowait(None)

    def __len__(self) -> int:
        return self._events.qsize()

    async def __aiter__(self) -> AsyncIterator[Raw]:
        while event := await self._events.get():
            yield event

    async def fence(self, connection: Connection) -> None:
        """Wait for all events that mpv had by now: it answers a command first and writes its events after that.

        Raises Unanswered, PlayerGone.
        """
        try:
            client = await connection.client_name()
            if isinstance(client, str):
                await connection.command("script-message-to", client, _FENCE)
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._fenced.wait()
        except Unanswered:
            raise
        except (CommandRefused, TimeoutError):
            log.info("mpv does not answer to the name that it gave us; its events may come late")

    def drop_before_load(self) -> bool:
        """Drop what led to the file that is loaded; return False if it is over by what came after it."""
        came = [self._events.get_nowait() for _ in range(len(self))]
        loads = [place for place, event in enumerate(came, 1) if event is not None and event[0] == "file-loaded"]
        later = came[loads[-1] if loads else 0 :]
        for event in later:
            self._events.put_nowait(event)
        return not any(event and event[0] in messages.BOUNDARIES for event in later)
