"""One watch over all folders in which something may change that the daemon goes by.

watchfiles looks at the system's queue once a step, in a thread of its own: each watch costs its wake-ups all day long.
So there is one for players and settings together; who hears of a change looks for himself what it was.
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

# A change is told of after one to two steps: 30-485 ms, median 260. Each step is a wake-up of the watch's own thread:
# 4.2 a second, 0.5 ms of CPU. A longer step would make a new player wait more than half a second at worst.
_STEP_MS = 240
_FIRST_LOOKS = (1, 8, 40)  # steps; on a busy machine a watch is late to begin, and nobody says when it has
_LOOK_AGAIN_MS = 30_000  # in case the system lost an event; looking costs four wake-ups


class DirectoryWatcher:
    """Tells, while `run` runs, that something may have changed below; now and then for nothing."""

    def __init__(self, step_ms: int = _STEP_MS) -> None:
        self._step_ms = step_ms
        self._views: WeakKeyDictionary[asyncio.Event, frozenset[Path]] = WeakKeyDictionary()
        self._watched: dict[Path, int] = {}
        self._again = threading.Event()

    def over(self, folders: Iterable[Path]) -> asyncio.Event:
        """Return what is set at each change in one of these folders, for as long as somebody keeps it.

        A folder may be missing, come later, be removed and made anew.
        """
        view = asyncio.Event()
        self._views[view] = frozenset(folders)
        if self._standing() != self._watched:
            self._again.set()
        return view

    async def run(self) -> None:
        """Watch until cancelled."""
        said = ""
        while True:
            self._again = threading.Event()
            self._watched = self._standing()
            try:
                await self._watch()
            except (OSError, RuntimeError) as error:  # out of inotify watches; a folder removed this moment
                if said != str(error):
                    said = str(error)
                    _log.warning("folders cannot be watched (%s): they are looked at instead", error)
                self._tell()
                await asyncio.sleep(2 * self._step_ms / 1000)

    async def _watch(self) -> None:
        """Return when the watch must be set up anew, as other folders stand there now."""
        # not awatch, for which anyio would bring 2 MB
        batches = watch(
            *(self._watched or [Path("/")]),
            watch_filter=None,
            recursive=False,
            step=self._step_ms,
            debounce=self._step_ms,
            stop_event=self._again,
            rust_timeout=_LOOK_AGAIN_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        # by then the watch has begun: what fell in between is looked for
        later = asyncio.get_running_loop().call_later
        looks = [later(steps * self._step_ms / 1000, self._tell) for steps in _FIRST_LOOKS]
        try:
            while (changes := await asyncio.to_thread(next, batches, None)) is not None:
                self._tell()
                # one that was made anew may have the number of the one before
                gone = {Path(path) for kind, path in changes if kind is Change.deleted}
                if gone & self._watched.keys() or self._standing() != self._watched:
                    return
        finally:
            for look in looks:
                look.cancel()
            self._again.set()  # ends the thread within a step

    def _tell(self) -> None:
        for view in list(self._views):
            view.set()

    def _standing(self) -> dict[Path, int]:
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
