"""What a playback needs of the player and of whoever publishes its progress, for it to be tested without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from kotozoe.model import Track, VideoFile


class VideoPlayer(Protocol):
    """One mpv; `player.player.Player`.

    All raise PlayerGone once it has quit, CommandRefused and its subclass Unanswered; whatever takes a `playback_id`
    raises MovedOn once another file is played.
    """

    async def current(self) -> tuple[tuple[Track, ...], int | None]:
        """Return the tracks, and the id of the selected subtitle track."""
        ...

    async def read(self, name: str) -> object:
        """Return a property of mpv, None if it has no value now."""
        ...

    async def upcoming(self) -> VideoFile | None:
        """Return the next file of the playlist. Raises UserError, too."""
        ...

    def user_changed_track(self, playback_id: str) -> bool: ...
    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None: ...
    async def show_track(self, track_id: int | None, playback_id: str) -> None: ...
    async def show_second(self, track_id: int, playback_id: str) -> bool: ...
    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None: ...
    async def set_delay(self, seconds: float, playback_id: str) -> None: ...

    async def send_to_script(self, name: str, content: Mapping[str, object]) -> None:
        """Send a message to the script."""
        ...

    async def say(self, line: str) -> None:
        """Show a line on the OSD, once the time of the line before it is over."""
        ...

    def make_way(self) -> None:
        """Let the next line on the OSD appear at once, instead of all that waits."""
        ...


class Reporter(Protocol):
    """Publishes how one playback goes: in the log, in the status file, to the service manager."""

    def key_trouble(self) -> str:
        """Return what is wrong with the API key, in words that can follow "kotozoe: "; empty for nothing."""
        ...

    def introduces(self) -> bool:
        """Tell, once ever, that the user has not been told yet where the menu is."""
        ...

    def report(self, step: str, sentence: str) -> None:
        """Publish a step, in words for a person."""
        ...

    def shows(self, path: str) -> None:
        """Publish which subtitle file is loaded."""
        ...

    def ended(self) -> None:
        """Called once the file is over, or the playback begins anew."""
        ...
