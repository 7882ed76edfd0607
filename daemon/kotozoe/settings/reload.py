"""Reloading while the daemon runs: changes of the config file and of the key file take effect by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from kotozoe.errors import UserError
from kotozoe.service.directory_watcher import DirectoryWatcher, quiet
from kotozoe.settings.load import load
from kotozoe.settings.places import SEALED_FILE
from kotozoe.settings.schema import Settings

_MAX_LINKS = 40  # as many as the system follows

Looks = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The settings from now on. With `problems` in the file, these are the last good ones.

    After a change of the key file the settings are the same: the key is to be read again at every change.
    """

    settings: Settings
    problems: tuple[str, ...] = ()


class Reload:
    """Yields a `Change` within a second of each edit; `now` asks for one at once."""

    def __init__(self, config: Path, settings: Settings, directory_watcher: DirectoryWatcher) -> None:
        self._config = config
        self._settings = settings
        self._directory_watcher = directory_watcher
        self._asked = False
        self._news = self._attend()
        self._seen = self._look()

    def now(self) -> None:
        """Reload even if nothing seems to have changed (SIGHUP). To be called in the thread of the event loop."""
        self._asked = True
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            if self._asked or self._look() != self._seen:
                self._asked = False
                yield await self._change()
            else:
                await self._news.wait()
                self._news.clear()

    async def _change(self) -> Change:
        await quiet(self._folders())  # half a file is often a valid one
        self._seen = self._look()
        try:
            self._settings = load(self._config)
        except UserError as error:
            return Change(self._settings, (error.text, *error.problems))
        finally:
            self._news = self._attend()
            # the config may name a different key file now; changes during the reading are seen at the next look
            self._seen = self._seen[:2] + self._look()[2:]
        return Change(self._settings)

    def _attend(self) -> asyncio.Event:
        return self._directory_watcher.over(self._folders())

    def _folders(self) -> set[Path]:
        return {folder for file in self._files() for folder in folders_of(file)}

    def _files(self) -> list[Path]:
        key_file = self._settings.jimaku.api_key_file
        return [self._config, Path(key_file), Path(key_file).with_name(SEALED_FILE)] if key_file else [self._config]

    def _look(self) -> Looks:
        looks = [look for file in self._files() for look in _mark(file)]
        return (*looks, *[None] * 4)[:6]


def folders_of(file: Path) -> set[Path]:
    """Return the folders in which a change can affect `file`: its own, and those of the symlinks on its path."""
    found: set[Path] = set()
    at, ahead = Path("/"), list(reversed(file.absolute().parts[1:]))
    links = 0
    while ahead:
        name = ahead.pop()
        if name == "..":
            at = at.parent
        elif (at / name).is_symlink() and links < _MAX_LINKS:
            links += 1
            found.add(at)
            target = (at / name).readlink()
            at = Path("/") if target.is_absolute() else at
            ahead += reversed(target.parts[target.is_absolute() :])
        else:
            at /= name
    return found | {at.parent}


def _mark(file: Path) -> tuple[object, object]:
    """Return what differs after the file was written, replaced, removed or made readable."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return None, None
    return (found.st_ino, found.st_mtime_ns), (found.st_size, found.st_mode)
