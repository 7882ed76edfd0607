"""The body of an answer, unpacked piece by piece, so that its limit holds in memory and not only in the end."""

from __future__ import annotations

import asyncio
import io
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kotozoe.errors import Incomplete, Malformed

if TYPE_CHECKING:
    import httpx

ENCODING = "gzip"  # the one that is asked for
MAX_BODIES = 72 << 20  # bytes of all answers that are on their way
_PIECE = 1 << 16  # bytes unpacked at a time
_GZIP = 16 + zlib.MAX_WBITS
WINDOW = 10.0  # seconds over which the speed is measured
MIN_BYTES_PER_SECOND = 1024


@dataclass(slots=True)
class Room:
    """Bytes that the bodies of all answers may still take while they come."""

    left: int = MAX_BODIES


async def read_body(
    host: str, said: httpx.Response, limit: int, room: Room, steady: Callable[[], float] = time.monotonic
) -> bytes:
    """Return the whole body. Raise Malformed if it is longer than `limit` bytes or packed in another way, Incomplete if
    it ends too early or trickles, or where there is no room for it beside others. A connection that breaks off raises
    what httpx raises for it.
    """
    encoding = said.headers.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in ("identity", ENCODING):
        raise Malformed(host, "the answer is compressed in a way that was not asked for")
    unpacker = _Unpacker(host) if encoding == ENCODING else None
    body, speed = io.BytesIO(), _Speed(host, steady)  # it gives its bytes away without a copy of them
    try:
        async for raw in said.aiter_raw():
            speed.heard(len(raw))
            for piece in unpacker.feed(raw) if unpacker is not None else (raw,):
                _take(host, piece, body, limit, room)
            await asyncio.sleep(0)  # what unpacks to a thousand times its size keeps nobody else waiting
        if unpacker is not None:
            unpacker.finish()
        return body.getvalue()
    finally:
        room.left += body.tell()


def _take(host: str, piece: bytes, body: io.BytesIO, limit: int, room: Room) -> None:
    body.write(piece)
    room.left -= len(piece)
    if body.tell() > limit:
        raise Malformed(host, f"the answer is longer than {limit >> 20 or 1} MiB")
    if room.left < 0:
        raise Incomplete(host, "too many large answers come at the same time")


class _Speed:
    """Who sends a byte now and then would hold one of the few places of its host for minutes."""

    def __init__(self, host: str, steady: Callable[[], float]) -> None:
        self._host, self._steady = host, steady
        self._since, self._bytes = steady(), 0

    def heard(self, size: int) -> None:
        self._bytes += size
        spent = self._steady() - self._since
        if spent < WINDOW:
            return
        if self._bytes < MIN_BYTES_PER_SECOND * spent:
            raise Incomplete(self._host, "the answer comes too slowly to wait for")
        self._since, self._bytes = self._steady(), 0


class _Unpacker:
    """One gzip stream. Its end must be seen: a server may count the bytes of half a stream and send just those."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        self._begun = True
        while True:
            try:
                piece = self._stream.decompress(raw, _PIECE)
            except zlib.error:
                raise self._broken() from None
            if self._stream.unused_data:
                raise self._broken()
            yield piece
            raw = self._stream.unconsumed_tail
            if not raw and len(piece) < _PIECE:
                return

    def finish(self) -> None:
        if self._begun and not self._stream.eof:
            raise Incomplete(self._host, "the answer ends in the middle")

    def _broken(self) -> Malformed:
        return Malformed(self._host, "the answer is not compressed as it says")
