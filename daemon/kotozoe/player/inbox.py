"""From the thread that reads a player's socket to the event loop, in bounded memory.

A peer may send faster than the event loop works, and lines that never end. So at most one callback of the event loop
is under way for each player; of a property only the latest value waits; and whole lines only are handed on.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from kotozoe.player import messages

MAX_WAITING = 1000
"""Events and properties that may wait for the event loop; a peer that sends more is hung up on."""

MAX_TEXT = 1 << 20
"""Characters of messages that may wait for the event loop."""

MAX_LINE = 1 << 18
"""Bytes of one line: mpv's longest answers, the lists of its tracks and commands, are some 60 kB."""

_CHUNK = 1 << 16

OnEvent = Callable[[str, dict[str, object]], None]


class Inbox:
    """`put` and `end` are for the reading thread; `on_event` and `on_gone` are called in the event loop.

    Events keep their order. Between two starts or ends of files, only the latest value of each property is kept, at
    the place of the first.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_event: OnEvent, on_gone: Callable[[], None]) -> None:
        self._loop = loop
        self._on_event = on_event
        self._on_gone = on_gone
        self._lock = threading.Lock()
        self._waiting: dict[object, tuple[str, dict[str, object]]] = {}
        self._events = self._text = 0
        self._files = 0
        self._scheduled = False

    def put(self, name: object, event: object) -> None:
        """Take an event; what is not for us is passed over, and too many waiting events end the connection."""
        content = messages.trimmed(name, event)
        if content is None or not isinstance(name, str):
            return
        with self._lock:
            change = name == "property-change"
            place = (self._files, content["name"]) if change else object()
            if place not in self._waiting and not self._takes(content):
                self._call(self._on_gone)
                return
            self._files += name in messages.BOUNDARIES
            self._waiting[place] = (name, content)
            if self._scheduled:
                return
            self._scheduled = True
        self._call(self._deliver)

    def _takes(self, content: dict[str, object]) -> bool:
        args = content.get("args")
        self._events += 1
        self._text += sum(map(len, args)) if isinstance(args, list) else 0
        return self._events <= MAX_WAITING and self._text <= MAX_TEXT

    def end(self) -> None:
        """Say that the connection has ended, after all that came before."""
        self._call(self._on_gone)

    def _deliver(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            self._events, self._text, self._scheduled = 0, 0, False
        for name, content in waiting.values():
            self._on_event(name, content)

    def _call(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody is left to hear of it
            self._loop.call_soon_threadsafe(call)


class LineSocket:
    """A connected socket whose `recv` returns whole lines only, and the end of the stream for a line over MAX_LINE.

    The library gathers what it reads until a piece happens to end with a line, without any bound.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._rest = bytearray()

    def recv(self, _: int) -> bytes:
        """Return one or more whole lines; empty at the end. Raises OSError."""
        while True:
            chunk = self._socket.recv(_CHUNK)
            end = chunk.rfind(b"\n") + 1
            if end:
                lines = bytes(self._rest) + chunk[:end]
                self._rest[:] = chunk[end:]
                return lines
            self._rest += chunk
            if not chunk or len(self._rest) > MAX_LINE:
                self._rest.clear()
                return b""

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def shutdown(self, how: int) -> None:
        self._socket.shutdown(how)

    def close(self) -> None:
        self._socket.close()
