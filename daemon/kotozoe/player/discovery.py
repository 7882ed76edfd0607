"""Finds every mpv: those that announce themselves, and those behind the sockets that the config names."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kotozoe.errors import CommandRefused, PlayerGone, UserError
from kotozoe.player import announcement
from kotozoe.player.announcement import Announcement
from kotozoe.player.messages import track_id
from kotozoe.player.player import Displaced, Player
from kotozoe.player.probe import ask
from kotozoe.service.directory_watcher import DirectoryWatcher

log = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
_MAX_DELAY = 15.0


class PlayerDiscovery:
    """Follows players for as long as it runs; each is handed over once it is connected.

    `folder` is None where there is no runtime folder.
    """

    def __init__(
        self,
        folder: Path | None,
        directory_watcher: DirectoryWatcher,
        sockets: Sequence[Path] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._directory_watcher = directory_watcher
        self._sockets = [path.expanduser() for path in sockets]
        self._clock = clock
        self._followed: set[tuple[Path, int]] = set()
        self._tasks: dict[Path, tuple[Announcement, asyncio.Task[None]]] = {}

    async def run(self, arrived: Callable[[Player], None]) -> None:
        """Call `arrived` with every player, until cancelled; then let go of them all.

        A player whose announcement is taken back is let go of as well. Raises UserError if the folder is not safe.
        """
        if self._folder:
            announcement.prepare(self._folder)
            await announcement.sweep(self._folder, self._clock)
        async with asyncio.TaskGroup() as group:
            if self._folder:
                group.create_task(self._watch_folder(self._folder, group, arrived))
            for path in self._sockets:
                group.create_task(self._poll(path, group, arrived))

    async def _watch_folder(self, folder: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None]) -> None:
        news = self._directory_watcher.over([folder])
        while True:
            announcement.prepare(folder)  # somebody may have removed it
            self._scan(folder, group, arrived)
            await news.wait()
            news.clear()

    def _scan(self, folder: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None]) -> None:
        announced = announcement.read_all(folder)
        for file, (known, task) in list(self._tasks.items()):
            if announced.get(file) != known:
                task.cancel()
                del self._tasks[file]
        for file, found in announced.items():
            if file not in self._tasks:
                self._tasks[file] = (found, group.create_task(self._follow(found, arrived)))

    async def _follow(self, found: Announcement, arrived: Callable[[Player], None]) -> None:
        """Stay with one announced player until it is no more."""
        delays, said = _delays(), ""
        while True:
            try:
                player = await self._connect(found.socket, found.pid)
                if player:
                    delays = _delays()
                    await self._hand_over(player, arrived)
                    continue
                trouble = ""  # followed already, as the config names its socket
            except Displaced as displaced:
                if not announcement.alive(found.pid):
                    announcement.withdraw(found)
                    return
                trouble = f"is out of reach, its socket was taken by another mpv ({displaced.pid})"
            except PlayerGone:
                if not await announcement.listens(found.socket):
                    announcement.withdraw(found)
                    return
                trouble = "closed the connection"
            except CommandRefused:
                trouble = "does not answer"
            except UserError as unsafe:
                log.warning("mpv-%d: %s", found.pid, unsafe)
                return
            if trouble and trouble != said:
                log.warning("mpv-%d: %s", found.pid, trouble)
                said = trouble
            await asyncio.sleep(next(delays))

    async def _poll(self, path: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None]) -> None:
        """Look at a socket from the config time and again: its folder may be as busy as /tmp, too busy for a watch."""
        settled: tuple[int, int] | None = None
        while True:
            mark = _mark(path)
            if mark and mark != settled and await self._try(path, group, arrived):
                settled = mark
            await asyncio.sleep(_POLL_SECONDS)

    async def _try(self, path: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None]) -> bool:
        """Connect to whoever is there; False: try again, though the socket be the same."""
        try:
            pid = track_id((await ask(path, ("pid",)))["pid"])
            player = await self._connect(path, pid) if pid is not None else None
        except (CommandRefused, PlayerGone):
            return False
        except UserError as unsafe:
            log.warning("%s", unsafe)
            return True
        if player:
            group.create_task(self._hand_over(player, arrived))
        return True

    async def _connect(self, path: Path, pid: int) -> Player | None:
        """Connect to a player, unless it is followed already: it may be both announced and named in the config."""
        if (path, pid) in self._followed:
            return None
        self._followed.add((path, pid))
        try:
            return await Player.connect(path, pid, self._clock)
        except BaseException:
            self._followed.discard((path, pid))
            raise

    async def _hand_over(self, player: Player, arrived: Callable[[Player], None]) -> None:
        try:
            arrived(player)
            await player.gone.wait()
        finally:
            player.close()
            self._followed.discard((player.socket, player.pid))


def _delays() -> Iterator[float]:
    delay = 0.5
    while True:
        yield delay
        delay = min(2 * delay, _MAX_DELAY)


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
