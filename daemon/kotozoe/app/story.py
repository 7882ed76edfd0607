"""One loaded file's story, as the daemon tells it and hears about it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kotozoe.errors import CommandRefused
from kotozoe.playback.corrections import Corrections
from kotozoe.playback.playback import Loaded, Playback
from kotozoe.playback.prefetch import Prefetch

if TYPE_CHECKING:
    from kotozoe.timing.retime import Retiming

_LONG = 3.0  # seconds of waiting after which a person wonders
_LOOK = 2.0  # seconds between two looks at what is waited for
_LOOKS = 30


@dataclass(frozen=True, slots=True)
class Story:
    """`opening` comes before everything else; `ended` is called once the file is over, or the story is told anew.

    `retiming` is made when it is needed; `shows` hears which file in the cache is shown, `sooner` that the user has no
    more patience with what is not there yet; `waits` tells what all hosts wait for, in words.
    """

    loaded: Loaded
    playback: Playback
    corrections: Corrections
    prefetch: Prefetch
    retiming: Callable[[], Retiming]
    private: bool
    opening: Callable[[], Awaitable[None]]
    ended: Callable[[], None]
    shows: Callable[[str], None]
    sooner: Callable[[], None]
    waits: Callable[[], str]

    async def tell(self) -> bool:
        """Return whether nothing more can come of it."""
        if self.private:
            self.playback.told("skipped", "[watch] private names its folder")
            return True
        await self.opening()
        wondering = asyncio.create_task(self._tell_what_keeps_it())
        try:
            done = await self.playback.play(self.loaded)
        finally:
            wondering.cancel()
        self._show()
        preparing = asyncio.create_task(self.prefetch.after(self.loaded.video))
        try:
            await self._tend()
            await preparing
        finally:
            preparing.cancel()
        return done

    async def hear(self, name: str, words: tuple[str, ...]) -> bool:
        """Return whether the story is to be told anew."""
        if self.private:
            return False
        if name == "retry":
            self.sooner()
        if name == "undo-retiming":
            await self.retiming().undo()
        elif name == "speak-now":
            await self.retiming().speak_now()
        before = self.playback.readable
        anew = await self.corrections.hear(name, words)
        self._show()
        if self.playback.readable is not before and not anew:
            await self._tend()
        return anew

    async def _tend(self) -> None:
        """See that what is loaded is in time."""
        try:
            await self.retiming().tend()
        except CommandRefused as refusal:
            self.playback.told("advice", f"mpv would not take another timing: {refusal}")
        self._show()

    def _show(self) -> None:
        if self.playback.readable is not None:
            self.shows(self.playback.readable.path)

    async def _tell_what_keeps_it(self) -> None:
        """Say once what is waited for if it takes long, and for how long."""
        await asyncio.sleep(_LONG)
        for _ in range(_LOOKS):
            if why := self.waits():
                self.playback.told("waiting", why)
                if self.playback.wishes.osd:
                    await self.playback.player.say(f"kotozoe waits: {why}")
                return
            await asyncio.sleep(_LOOK)
