"""One player and the one story that is told for it at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from kotozoe.decide.printable import printable
from kotozoe.errors import KotozoeError, MovedOn, PlayerGone
from kotozoe.player import Loaded, Player, Unloaded
from kotozoe.service.log import PLAYBACK

log = logging.getLogger(__name__)

# Tells the story of one loaded file; true once nothing more can come of it.
Story = Callable[[Player, Loaded], Awaitable[bool]]


def shown_name(path: str) -> str:
    """Return the base name of a path or URL, fit to be shown; never its folders or its query."""
    plain = unquote(urlsplit(path).path) if "://" in path else path
    return printable(PurePath(plain).name or "a stream", 120)


class Seat:
    """Follows one player; a new file ends the story of the one before."""

    def __init__(self, player: Player, story: Story) -> None:
        self.player = player
        self.since = time.time()
        self._story = story
        self._loaded: Loaded | None = None
        self._telling: asyncio.Task[None] | None = None
        self._done = False

    async def follow(self) -> None:
        """Listen until the player is gone."""
        try:
            async for event in self.player.events():
                if isinstance(event, Loaded):
                    await self._begin(event)
                elif isinstance(event, Unloaded):
                    await self._end()
        finally:
            await self._end()

    async def again(self) -> None:
        """Tell the story anew if it has not come to its end: something changed that may help."""
        if self._loaded is not None and not self._done:
            await self._begin(self._loaded)

    async def _begin(self, loaded: Loaded) -> None:
        await self._end()
        self._loaded, self._done = loaded, False
        self._telling = asyncio.create_task(self._tell(loaded), name=loaded.playback_id)

    async def _end(self) -> None:
        telling, self._telling, self._loaded = self._telling, None, None
        if telling is not None:
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling

    async def _tell(self, loaded: Loaded) -> None:
        PLAYBACK.set(loaded.playback_id)
        try:
            self._done = await self._story(self.player, loaded)
        except (PlayerGone, MovedOn) as gone:
            log.info("over: %s", gone)
        except KotozoeError as trouble:
            log.warning("%s", trouble)
        except Exception:
            log.exception("a fault in kotozoe ended this playback's story")
