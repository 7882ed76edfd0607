from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from kotozoe.errors import Incomplete
from kotozoe.requests.body import MIN_BYTES_PER_SECOND, read_body


class Drops(httpx.AsyncByteStream):
    """A body in pieces, a second apart on a clock of its own."""

    def __init__(self, size: int, pieces: int) -> None:
        self.size, self.pieces, self.now = size, pieces, 0.0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pieces):
            self.now += 1.0
            yield b"x" * self.size

    async def read(self) -> bytes:
        return await read_body("jimaku.cc", httpx.Response(200, stream=self), 1 << 20, lambda: self.now)


async def test_a_trickle_is_not_waited_for() -> None:
    drops = Drops(size=1, pieces=1000)
    with pytest.raises(Incomplete, match="too slowly"):
        await drops.read()
    assert drops.now <= 10.0


async def test_a_trickle_after_a_quick_start_is_not_waited_for_either() -> None:
    drops = Drops(size=MIN_BYTES_PER_SECOND - 1, pieces=1000)
    drops.now = -1.0
    with pytest.raises(Incomplete):
        await drops.read()


async def test_a_slow_line_is() -> None:
    assert len(await Drops(size=MIN_BYTES_PER_SECOND, pieces=60).read()) == 60 * MIN_BYTES_PER_SECOND
