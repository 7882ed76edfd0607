"""Finds every mpv: those that announce themselves, and those behind the sockets that the config names."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from kotozoe.errors import CommandRefused, PlayerGone, Unanswered, UserError
from kotozoe.player import announcement
from kotozoe.player.announcement import Announcement
from kotozoe.player.messages import track_id
from kotozoe.player.player import Displaced, Player
from kotozoe.player.probe import ask
from kotozoe.printable import printable
from kotozoe.service.directory_watcher import DirectoryWatcher

log = logging.getLogger(__name__)

_POLL_SECONDS = 2.0
_LISTEN_SECONDS = 0.005
_MAX_DELAY = 15.0
_STEADY_SECONDS = 5.0  # after which the delays of a player begin anew


class PlayerDiscovery:
    """Follows players for as long as it runs; each is handed over once it is connected.

    `folder` is None where there is no runtime folder. `sandboxes` are the folders in which sandboxed players announce
    themselves; they make them.
    """

    def __init__(
        self,
        folder: Path | None,
        directory_watcher: DirectoryWatcher,
        sockets: Sequence[Path] = (),
        clock: Callable[[], float] = time.time,
        sandboxes: Sequence[Path] = (),
    ) -> None:
        self._folder = folder
        self._sandboxes = sandboxes
        self._directory_watcher = directory_watcher
        self._sockets = [path.expanduser() for path in sockets]
        self._clock = clock
        self._followed: set[tuple[Path, int]] = set()
        self._tasks: dict[Path, tuple[Announcement, asyncio.Task[None]]] = {}

    async def run(self, arrived: Callable[[Player], None]) -> None:
        """Call `arrived` with every player, until cancelled; then let go of them all.

        A player whose announcement is taken back is let go of as well. A folder that is not safe, or cannot be made, is
        logged once and looked at again.
        """
        async with asyncio.TaskGroup() as group:
            if self._folder:
                group.create_task(self._watch_folder(self._folder, group, arrived, make=True))
            for folder in self._sandboxes:
                group.create_task(self._watch_folder(folder, group, arrived, make=False))
            for path in self._sockets:
                group.create_task(self._poll(path, group, arrived))

    async def _watch_folder(
        self, folder: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None], *, make: bool
    ) -> None:
        news = self._directory_watcher.over([folder])
        usable, said = False, ""
        while True:
            try:
                announcement.prepare(folder, make=make)  # somebody may have removed it, or opened it to others
            except UserError as unsafe:
                if said != str(unsafe):
                    log.warning("%s Waiting until it can be used.", unsafe)
                usable, said = False, str(unsafe)
            else:
                self._scan(folder, group, arrived)
                if not usable:
                    group.create_task(self._sweep(folder))
                usable, said = True, ""
            await news.wait()
            news.clear()

    async def _sweep(self, folder: Path) -> None:
        with suppress(OSError):  # what is left over costs nothing but its name
            await announcement.sweep(folder, self._clock)

    def _scan(self, folder: Path, group: asyncio.TaskGroup, arrived: Callable[[Player], None]) -> None:
        announced = announcement.read_all(folder)
        for file, (known, task) in list(self._tasks.items()):
            if file.parent == folder and announced.get(file) != known:
                task.cancel()
                del self._tasks[file]
        for file, found in announced.items():
            if file not in self._tasks:
                self._tasks[file] = (found, group.create_task(self._follow(found, arrived)))

    async def _follow(self, found: Announcement, arrived: Callable[[Player], None]) -> None:
        """Stay with one announced player until it is no more; whatever goes wrong with it ends here."""
        now = asyncio.get_running_loop().time
        delays, said = _delays(), ""
        while True:
            began = now()
            try:
                trouble = await self._serve(found, arrived)
            except Exception as error:
                log.debug("mpv-%d", found.pid, exc_info=error)
                trouble = f"cannot be followed ({type(error).__name__}: {printable(str(error))})"
            if trouble is None:
                return
            if now() - began > _STEADY_SECONDS:
                delays = _delays()
            if trouble and trouble != said:
                log.warning("mpv-%d: %s", found.pid, trouble)
                said = trouble
            await asyncio.sleep(next(delays))

    async def _serve(self, found: Announcement, arrived: Callable[[Player], None]) -> str | None:
        """Follow an announced player while it is connected.

        Return the trouble with it, to be tried again; None if there is nothing more to try.
        """
        try:
            player = await self._connect_announced(found)
            if player:
                await self._hand_over(player, arrived)
        except Displaced as displaced:
            if not announcement.alive(found.pid):
                announcement.withdraw(found)
                return None
            return f"is out of reach, its socket was taken by another mpv ({displaced.pid})"
        except PlayerGone:
            if not await announcement.listens(found.socket):
                announcement.withdraw(found)
                return None
            return "closed the connection"
        except Unanswered:
            return "does not answer"
        except CommandRefused as refused:
            return str(refused)
        except UserError as unsafe:
            log.warning("mpv-%d: %s", found.pid, unsafe)
            return None
        return ""  # it has left; or it is followed already, as the config names its socket

    async def _connect_announced(self, found: Announcement) -> Player | None:
        """Connect; wait for a new player, whose socket has a name a moment before it listens there."""
        while True:
            try:
                return await self._connect(found.socket, found.pid)
            except Displaced:
                raise
            except PlayerGone:
                if not announcement.is_new(found, self._clock()) or await announcement.listens(found.socket):
                    raise
            await asyncio.sleep(_LISTEN_SECONDS)

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
        except Exception as error:
            log.debug("%s", printable(str(path)), exc_info=error)
            return False
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
