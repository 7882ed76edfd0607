from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from kotozoe.errors import Incomplete
from kotozoe.requests.body import MIN_BYTES_PER_SECOND, Room, read_body


class Drops(httpx.AsyncByteStream):
    """A body in pieces, a second apart on a clock of its own."""

    def __init__(self, size: int, pieces: int) -> None:
        self.size, self.pieces, self.now = size, pieces, 0.0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pieces):
            self.now += 1.0
            yield b"x" * self.size

    async def read(self) -> bytes:
        return await read_body("jimaku.cc", httpx.Response(200, stream=self), 1 << 20, Room(), lambda: self.now)


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


async def test_what_all_bodies_take_together_is_bounded_and_given_back() -> None:
    room = Room(3000)
    first, second = (httpx.Response(200, stream=Drops(size=2000, pieces=1)) for _ in range(2))
    room.left -= 1500  # of another body that comes meanwhile
    with pytest.raises(Incomplete, match="at the same time"):
        await read_body("jimaku.cc", first, 1 << 20, room)
    room.left += 1500
    assert room.left == 3000
    assert len(await read_body("jimaku.cc", second, 1 << 20, room)) == 2000
    assert room.left == 3000
