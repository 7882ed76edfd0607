"""One watch over all folders whose changes matter to the daemon.

watchfiles polls the system's queue once a step, in a thread of its own, so that each watch costs wake-ups all day.
Hence one for players and settings together; whoever is notified checks what has changed.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from weakref import WeakKeyDictionary

# its way of restarting programs, for which it imports multiprocessing: 0.5 MB for nothing
_unused = ModuleType("watchfiles.run")
vars(_unused).update(run_process=None, arun_process=None)
sys.modules.setdefault(_unused.__name__, _unused)

from watchfiles import Change, watch  # noqa: E402 - see above

_log = logging.getLogger(__name__)

# A change is reported after one to two steps: 30-485 ms, median 260. Each step is a wake-up of the watch's own thread:
# 4.2 a second, 0.5 ms of CPU. A longer step would make a new player wait more than half a second at worst.
_STEP_MS = 240
_FIRST_LOOKS = (1, 8, 40)  # steps; on a busy machine a watch is late to begin, and nobody says when it has
_LOOK_AGAIN_MS = 30_000  # in case the system lost an event; looking costs four wake-ups


class DirectoryWatcher:
    """Notifies, while `run` runs, that something may have changed in a folder; sometimes without a reason."""

    def __init__(self, step_ms: int = _STEP_MS) -> None:
        self._step_ms = step_ms
        self._views: WeakKeyDictionary[asyncio.Event, frozenset[Path]] = WeakKeyDictionary()
        self._watched: dict[Path, int] = {}
        self._restart = threading.Event()

    def over(self, folders: Iterable[Path]) -> asyncio.Event:
        """Return what is set at each change in one of these folders, for as long as somebody keeps it.

        A folder may be missing, be created later, or be removed and created again.
        """
        view = asyncio.Event()
        self._views[view] = frozenset(folders)
        if self._existing() != self._watched:
            self._restart.set()
        return view

    async def run(self) -> None:
        """Watch until cancelled."""
        said = ""
        while True:
            self._restart = threading.Event()
            self._watched = self._existing()
            try:
                await self._watch()
            except (OSError, RuntimeError) as error:  # out of inotify watches; a folder removed this moment
                if said != str(error):
                    said = str(error)
                    _log.warning("cannot watch folders (%s): polling them instead", error)
                self._notify()
                await asyncio.sleep(2 * self._step_ms / 1000)

    async def _watch(self) -> None:
        """Return when the watch must be set up again, as other folders exist now."""
        # not awatch, for which anyio would bring 2 MB
        batches = watch(
            *(self._watched or [Path("/")]),
            watch_filter=None,
            recursive=False,
            step=self._step_ms,
            debounce=self._step_ms,
            stop_event=self._restart,
            rust_timeout=_LOOK_AGAIN_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        # by then the watch has begun: catch up on what happened in between
        later = asyncio.get_running_loop().call_later
        looks = [later(steps * self._step_ms / 1000, self._notify) for steps in _FIRST_LOOKS]
        try:
            while (changes := await asyncio.to_thread(next, batches, None)) is not None:
                self._notify()
                # one that was created again may have the inode number of the previous one
                gone = {Path(path) for kind, path in changes if kind is Change.deleted}
                if gone & self._watched.keys() or self._existing() != self._watched:
                    return
        finally:
            for look in looks:
                look.cancel()
            self._restart.set()  # ends the thread within a step

    def _notify(self) -> None:
        for view in list(self._views):
            view.set()

    def _existing(self) -> dict[Path, int]:
        """Return the folders to watch and which they are: for a missing one, the nearest above that is there."""
        return dict(_nearest(folder) for folders in list(self._views.values()) for folder in folders)


def _nearest(folder: Path) -> tuple[Path, int]:
    for path in (folder, *folder.parents):
        try:
            found = path.stat()
        except OSError:
            continue
        return path, found.st_ino
    return Path("/"), 0
