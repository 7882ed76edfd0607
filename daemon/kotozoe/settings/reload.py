"""New settings while running: the config file and the key file are looked at, and taken up when they change.

Two `stat` calls every 0.7 s wake the machine less often than watchfiles would to be as quick (it polls, too, in a
thread of its own), and see what it does not: a symlink's target, a folder that is removed and made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kotozoe.errors import UserError
from kotozoe.settings.load import load
from kotozoe.settings.schema import Settings

_LOOK_SECONDS = 0.7
_SETTLE_SECONDS = 0.05
_MOST_LOOKS = 5

Looks = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The settings to go by from now on. `problems` are those of the file as it is: then the last good ones stay.

    A change of the key file has the same settings as before: the key is to be read again at every change.
    """

    settings: Settings
    problems: tuple[str, ...] = ()


class Reload:
    """Yields a `Change` within a second of each; `now` asks for one at once."""

    def __init__(self, config: Path, settings: Settings, look_seconds: float = _LOOK_SECONDS) -> None:
        self._config = config
        self._settings = settings
        self._look_seconds = look_seconds
        self._asked = asyncio.Event()
        self._seen = self._look()

    def now(self) -> None:
        """Read everything again although nothing seems changed (SIGHUP). Call it in the event loop's thread."""
        self._asked.set()

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._asked.wait()
            if self._asked.is_set() or self._look() != self._seen:
                self._asked.clear()
                yield await self._change()

    async def _change(self) -> Change:
        await self._settled()
        try:
            self._settings = load(self._config)
        except UserError as error:
            return Change(self._settings, (error.text, *error.problems))
        finally:
            # the key file may be another one now; what changed while we read is seen at the next look
            self._seen = self._seen[:2] + self._look()[2:]
        return Change(self._settings)

    async def _settled(self) -> None:
        """Wait out an editor in the middle of writing: a half file is often a valid one."""
        for _ in range(_MOST_LOOKS):
            self._seen = self._look()
            await asyncio.sleep(_SETTLE_SECONDS)
            if self._look() == self._seen:
                return

    def _look(self) -> Looks:
        key_file = self._settings.jimaku.api_key_file
        return (*_mark(self._config), *(_mark(Path(key_file)) if key_file else (None, None)))


def _mark(file: Path) -> tuple[object, object]:
    """Return what differs when the file was written, replaced, removed or made readable."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return None, None
    return (found.st_ino, found.st_mtime_ns), (found.st_size, found.st_mode)
