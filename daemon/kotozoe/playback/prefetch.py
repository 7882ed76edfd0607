"""The story of what comes next: while one episode plays, the next is made ready, down to the readable file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from kotozoe.errors import CommandRefused, UserError
from kotozoe.model import NotObtained, Readable, Urgency, Verdict, VideoFile
from kotozoe.playback.upcoming import next_in_folder
from kotozoe.printable import printable


class Player(Protocol):
    """One mpv."""

    async def upcoming(self) -> VideoFile | None: ...


class Finder(Protocol):
    """A name to a verdict."""

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict: ...


class SubtitleFetcher(Protocol):
    """A verdict to a readable file in the cache."""

    async def obtain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> Readable | NotObtained: ...


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Tells the story once for each playback; cancel it when the player goes on, nothing that was fetched is lost.

    `names_beside` lists the folder of a file; `left_alone` knows what is not to be looked at; `told` hears each step.
    """

    player: Player
    finder: Finder
    fetcher: SubtitleFetcher
    names_beside: Callable[[str], Iterable[str]]
    left_alone: Callable[[VideoFile], bool]
    told: Callable[[str, str], None]

    async def after(self, video: VideoFile) -> None:
        """Make ready what comes after `video`: next in the playlist, or where that ends, next in the folder."""
        upcoming = await self._in_playlist() or await asyncio.to_thread(self._in_folder, video)
        if upcoming is None or self.left_alone(upcoming):
            return
        verdict = await self.finder.find(upcoming, Urgency.NEXT)
        if verdict.status != "resolved":
            return
        obtained = await self.fetcher.obtain(verdict, upcoming, Urgency.NEXT)
        if isinstance(obtained, Readable):
            self.told("next is ready", printable(obtained.name))
        else:
            self.told("next is not", obtained.reason)

    async def _in_playlist(self) -> VideoFile | None:
        try:
            return await self.player.upcoming()
        except (CommandRefused, UserError):
            return None

    def _in_folder(self, video: VideoFile) -> VideoFile | None:
        if video.network or "://" in video.path:
            return None
        folder, name = os.path.split(video.path)
        following = next_in_folder(self.names_beside(video.path), name)
        return VideoFile(f"{folder.rstrip('/')}/{following}") if following else None
