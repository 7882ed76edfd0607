"""Lines on the OSD: one after the other, and the user's own requests first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from kotozoe.errors import CommandRefused
from kotozoe.player import osd
from kotozoe.player.osd import OsdLines


class Screen:
    def __init__(self) -> None:
        self.shown: list[str] = []
        self.more = asyncio.Event()
        self.hangs = False

    async def show(self, line: str, seconds: float) -> None:
        assert seconds > 0
        self.shown.append(line)
        self.more.set()
        if self.hangs:
            raise CommandRefused("no answer")

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not enough():
                self.more.clear()
                await self.more.wait()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr(osd, "_SHORTEST", 0.05)
    return Screen()


async def test_a_line_waits_for_the_time_of_the_one_before(screen: Screen) -> None:
    lines = OsdLines(screen.show)
    for line in ("one", "two", "one", "two", "three"):
        await lines.say(line)
    assert screen.shown == ["one"]
    await screen.until(lambda: len(screen.shown) == 3)
    assert screen.shown == ["one", "two", "three"]


async def test_what_the_user_asks_for_comes_at_once_and_nothing_after_it(screen: Screen) -> None:
    lines = OsdLines(screen.show)
    await lines.say("one")
    await lines.say("two")
    lines.make_way()
    await lines.say("answer")
    assert screen.shown == ["one", "answer"]
    await lines.say("three")
    await screen.until(lambda: len(screen.shown) == 3)
    assert screen.shown == ["one", "answer", "three"]


async def test_a_player_that_hangs_costs_a_line_and_nothing_else(screen: Screen) -> None:
    lines = OsdLines(screen.show)
    await lines.say("one")
    screen.hangs = True
    await lines.say("two")
    await screen.until(lambda: len(screen.shown) == 2)
    screen.hangs = False
    await lines.say("three")
    await screen.until(lambda: len(screen.shown) == 3)
