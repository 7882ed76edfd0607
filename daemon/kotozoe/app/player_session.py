"""One player and the one story that is told for it at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import PurePath
from typing import Protocol
from urllib.parse import unquote, urlsplit

from kotozoe.errors import KotozoeError, MovedOn, PlayerGone
from kotozoe.player import Loaded, Player, ScriptMessage, Unloaded
from kotozoe.printable import printable
from kotozoe.service.log import PLAYBACK

log = logging.getLogger(__name__)


class Story(Protocol):
    """What is told of one loaded file, and what is heard about it; see `app.story`."""

    async def tell(self) -> bool: ...
    async def hear(self, name: str, words: tuple[str, ...]) -> bool: ...
    @property
    def ended(self) -> Callable[[], None]:
        """Return what is to be called once the story is over."""
        ...


class Opened(Protocol):
    """Opens the story of a loaded file. `chosen`: the user asked for it; `hush` ends what is being told."""

    def __call__(
        self, player: Player, loaded: Loaded, *, chosen: bool, hush: Callable[[], Awaitable[None]]
    ) -> Story: ...


def shown_name(path: str) -> str:
    """Return the base name of a path or URL, fit to be shown; never its folders or its query."""
    try:
        plain = unquote(urlsplit(path).path) if "://" in path else path
    except ValueError:
        plain = ""
    return printable(PurePath(plain).name or "a stream", 120)


class PlayerSession:
    """Follows one player: a new file ends the story of the one before, and the user speaks to the present one."""

    def __init__(self, player: Player, opened: Opened) -> None:
        self.player = player
        self.since = time.time()
        self._opened = opened
        self._loaded: Loaded | None = None
        self._story: Story | None = None
        self._telling: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._done = False
        self._hushed = False

    async def follow(self) -> None:
        """Listen until the player is gone."""
        try:
            async for event in self.player.events():
                if isinstance(event, Loaded):
                    await self._begin(event)
                elif isinstance(event, Unloaded):
                    await self._end()
                else:
                    self._heard(event)
        finally:
            await self._end()

    async def again(self, *, anew: bool = False) -> None:
        """Tell the story anew if it has not come to its end: something changed that may help.

        `anew`: even if it has, as another subtitle may be wanted now; but not where the user has decided.
        """
        if self._loaded is not None and (not self._done or (anew and not self._hushed)):
            await self._begin(self._loaded)

    async def _begin(self, loaded: Loaded, *, chosen: bool = False) -> None:
        await self._end()
        self._loaded, self._done, self._hushed = loaded, False, chosen
        self._story = story = self._opened(self.player, loaded, chosen=chosen, hush=self._hush)
        self._telling = asyncio.create_task(self._tell(loaded, story), name=loaded.playback_id)

    async def _end(self) -> None:
        story, self._story, self._loaded = self._story, None, None
        hearing, self._hearing = self._hearing, None
        await _over(self._telling)
        if hearing is not asyncio.current_task():  # which tells the story anew, as it was asked to
            await _over(hearing)
        if story is not None:
            story.ended()

    async def _hush(self) -> None:
        """End what is being told: from here on the user decides."""
        self._done = self._hushed = True
        await _over(self._telling)

    def _heard(self, message: ScriptMessage) -> None:
        """Begin to do what the user says; what was said before it and is not done yet is overtaken."""
        if self._loaded is None or self._story is None or message.args[:1] != (self._loaded.playback_id,):
            return
        if self._hearing is not None:
            self._hearing.cancel()
        self._hearing = asyncio.create_task(self._hear(self._loaded, self._story, message), name="hearing")

    async def _hear(self, loaded: Loaded, story: Story, message: ScriptMessage) -> None:
        async with _spoken(loaded):
            if await story.hear(message.name, message.args[1:]):
                await self._begin(loaded, chosen=True)

    async def _tell(self, loaded: Loaded, story: Story) -> None:
        async with _spoken(loaded):
            await self.player.tell_script("playback", {"playback": loaded.playback_id})
            self._done = await story.tell()


async def _over(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def _spoken(loaded: Loaded) -> AsyncIterator[None]:
    """Name the playback in the log, and put whatever goes wrong there."""
    PLAYBACK.set(loaded.playback_id)
    try:
        yield
    except (PlayerGone, MovedOn) as gone:
        log.info("over: %s", gone)
    except KotozoeError as trouble:
        log.warning("%s", trouble)
    except Exception:
        log.exception("a fault in kotozoe ended this playback's story")
