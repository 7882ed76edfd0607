"""Memory is given back after work, once for all of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kotozoe.service import memory

if TYPE_CHECKING:
    import pytest


async def test_it_is_given_back_once_after_all_that_ended_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    given: asyncio.Queue[None] = asyncio.Queue()
    shrunk: list[None] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.put_nowait(None))
    memory_return = memory.MemoryReturn(lambda: shrunk.append(None), seconds=0.0)
    for _ in range(3):
        memory_return.after_work()
    await given.get()
    assert given.empty()
    memory_return.after_work()  # what ends later counts anew
    await given.get()
    assert len(shrunk) == 2
