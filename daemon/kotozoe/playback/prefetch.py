"""While one episode plays, the next one is prepared, down to the readable file."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from kotozoe.errors import CommandRefused, UserError
from kotozoe.lookup.ports import EpisodeFinder
from kotozoe.model import Readable, Urgency, VideoFile
from kotozoe.playback.session import PlaybackSession
from kotozoe.playback.tracks import under, unwatched
from kotozoe.playback.upcoming import next_in_folder
from kotozoe.printable import printable
from kotozoe.subtitles.ports import SubtitleSource

log = logging.getLogger(__name__)

_MAX_NAMES = 20_000  # of one folder that are searched for the next file


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Runs once for each session; cancel it when the player goes on, nothing that was fetched is lost."""

    session: PlaybackSession
    finder: EpisodeFinder
    subtitles: SubtitleSource

    async def run(self) -> None:
        """Prepare what comes after this video: next in the playlist, or where that ends, next in the folder."""
        upcoming = await self._in_playlist() or await asyncio.to_thread(self._in_folder)
        if upcoming is None or self._is_unwatched(upcoming):
            return
        verdict = await self.finder.find(upcoming, Urgency.NEXT)
        if verdict.status != "resolved":
            return
        obtained = await self.subtitles.obtain(verdict, upcoming, Urgency.NEXT)
        if isinstance(obtained, Readable):
            log.info("next is ready: %s", printable(obtained.name))
        else:
            log.info("next is not ready: %s", obtained.reason)

    def _is_unwatched(self, video: VideoFile) -> bool:
        settings = self.session.settings
        return under(video.path, settings.private) or bool(unwatched(video, settings.include, settings.exclude))

    async def _in_playlist(self) -> VideoFile | None:
        try:
            return await self.session.player.upcoming()
        except (CommandRefused, UserError):
            return None

    def _in_folder(self) -> VideoFile | None:
        video = self.session.video
        if video.network or "://" in video.path:
            return None
        folder, name = os.path.split(video.path)
        following = next_in_folder(names_beside(video.path), name)
        return VideoFile(f"{folder.rstrip('/')}/{following}") if following else None


def names_beside(path: str) -> Iterable[str]:
    """Return the names in the folder of a file; none if it cannot be read."""
    names: list[str] = []
    with suppress(OSError), os.scandir(os.path.dirname(path)) as found:  # noqa: PTH120 - bytes survive
        for item in found:
            names.append(item.name)
            if len(names) >= _MAX_NAMES:
                break
    return names
