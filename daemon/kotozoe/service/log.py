"""The log: on standard error, each line with the id of its playback, and never a secret."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TextIO

from kotozoe.model import Secret
from kotozoe.printable import KEY, MASK, printable

# The playback that a task works for; tasks that it starts inherit it.
PLAYBACK: ContextVar[str] = ContextVar("playback", default="")

_MIN_SECRET = 6
_MAX_LINE = 2000
_TALKATIVE = ("httpx", "httpcore", "watchfiles", "asyncio", "rebulk")
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


class Masks:
    """The secrets that no line may hold: any Jimaku key by its form, and those that were added."""

    def __init__(self) -> None:
        self._known: set[Secret] = set()

    def know(self, secret: Secret | None) -> None:
        """Mask this one, too, unless it is so short that it would only garble the log."""
        if secret and len(secret.reveal()) >= _MIN_SECRET:
            self._known.add(secret)

    def masked(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret.reveal(), MASK)
        return KEY.sub(MASK, text)


class _Lines(logging.Formatter):
    """Each line of a record by itself, printable; for the journal with its priority and without the time."""

    def __init__(self, masks: Masks, *, journal: bool) -> None:
        super().__init__("%(message)s")
        self._masks = masks
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        message = self._masks.masked(super().format(record))
        playback = PLAYBACK.get()
        label = f"[{playback}] " if playback else ""
        # a name's own line ends were masked where it was shown; what is left are tracebacks
        return "\n".join(
            self._begin(record) + label + printable(line, _MAX_LINE) for line in message.split("\n") if line
        )

    def _begin(self, record: logging.LogRecord) -> str:
        if self._journal:
            return f"<{next((number for level, number in _PRIORITIES if record.levelno >= level), 7)}>"
        return f"{self.formatTime(record, '%H:%M:%S')} {record.levelname.lower():7} "


def begin(level: int, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> Masks:
    """Send the whole program's log to `stream` (standard error); return the masks, for the key to be added."""
    masks = Masks()
    out = logging.StreamHandler(stream)
    out.setFormatter(_Lines(masks, journal=_is_journal(out.stream, environ)))
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)
    return masks


def _is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether `stream` is the socket that systemd named; a child process may have inherited only the name."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"
