"""Publishes what happens to a playback: in the log, on the status board, to the service manager."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

from kotozoe.model import VideoFile
from kotozoe.player import Loaded, Player
from kotozoe.printable import printable
from kotozoe.service.notify import Notify
from kotozoe.service.status import StatusBoard

log = logging.getLogger(__name__)


class Introduction:
    """Happens once ever: `file` remembers it, across restarts."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def due(self) -> bool:
        try:
            self._file.touch(mode=0o600, exist_ok=False)
        except OSError:  # it has happened; or nobody could ever tell that it has
            return False
        return True


@dataclass(frozen=True, slots=True)
class PlaybackReporter:
    """Reports on one playback; the same sentence of a step is not repeated."""

    board: StatusBoard
    notify: Notify
    introduction: Introduction
    key_state: Callable[[], str]
    player: Player
    loaded: Loaded
    name: str
    _last: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        self.board.playback(self.loaded.playback_id, self.player.pid, self.name)
        log.info("%s: %s", "already playing" if self.loaded.attached else "loaded", self.name)

    def key_trouble(self) -> str:
        return self.key_state()

    def introduces(self) -> bool:
        return self.introduction.due()

    def report(self, step: str, sentence: str) -> None:
        if self._last.get(step) == sentence:
            return
        self._last[step] = sentence
        log.info("%s: %s", step, sentence)
        self.board.step(self.loaded.playback_id, step, sentence)
        self.notify.status(f"{self.name}: {step}")

    def shows(self, path: str) -> None:
        self.board.shows(self.loaded.playback_id, path)

    def ended(self) -> None:
        self.board.ended(self.loaded.playback_id)


def shown_name(video: VideoFile) -> str:
    """Return what to call a video: the base name of its path, or the title that a stream has of its own.

    Never its folders, nor the query of an address.
    """
    try:
        plain = unquote(urlsplit(video.path).path) if "://" in video.path else video.path
    except ValueError:
        plain = ""
    name, title = PurePath(plain).name, video.media_title.strip()
    is_stream = video.network or "://" in video.path or video.path == "-"
    own = title if is_stream and "?" not in title and "://" not in title else ""
    return printable(own or name or "a stream", 120)
