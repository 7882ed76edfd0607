"""One watch over all folders whose changes matter to the daemon.

On Linux, inotify reports each change at once, and nothing wakes up meanwhile. watchfiles works in steps, each of them a
wake-up: it waits until an editor has finished saving, and it serves where inotify cannot, on other platforms and, by
polling, where the system has no inotify watch left. Neither hears of changes that another machine makes on a network
file system: every view is also set twice a minute. Whoever is notified checks what has changed.
"""

from __future__ import annotations

import asyncio
import ctypes.util
import errno
import itertools
import logging
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from weakref import WeakKeyDictionary

if sys.platform == "linux":
    # asyncinotify would run ldconfig, or a compiler, to find the C library, which Python has loaded already: 0.1 s
    _find, ctypes.util.find_library = ctypes.util.find_library, lambda name: None  # noqa: ARG005
    try:
        from asyncinotify import Inotify, Mask
    finally:
        ctypes.util.find_library = _find

    _CHANGES = (
        Mask.CREATE | Mask.DELETE | Mask.MOVED_FROM | Mask.MOVED_TO | Mask.CLOSE_WRITE | Mask.ATTRIB
        | Mask.DELETE_SELF | Mask.MOVE_SELF
    )  # fmt: skip
    _FOLDER_LOST = Mask.DELETE_SELF | Mask.MOVE_SELF | Mask.IGNORED | Mask.UNMOUNT

# watchfiles' way of restarting programs, for which it imports multiprocessing: 0.5 MB that is never used
_unused = ModuleType("watchfiles.run")
vars(_unused).update(run_process=None, arun_process=None)
sys.modules.setdefault(_unused.__name__, _unused)

_log = logging.getLogger(__name__)

_STEP_MS = 500  # of watchfiles: a change is seen after one to two steps
_LOOK_AGAIN_SECONDS = 30.0
_QUIET_MS = 50
_DEBOUNCE_STEPS = 4  # that one batch of changes may last
_MAX_BATCHES = 10
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.ENOSYS})


class DirectoryWatcher:
    """Notifies, while `run` runs, that something may have changed in a folder; sometimes without a reason."""

    def __init__(self, step_ms: int = _STEP_MS) -> None:
        self._step_ms = step_ms
        self._views: WeakKeyDictionary[asyncio.Event, frozenset[Path]] = WeakKeyDictionary()
        self._watched: dict[Path, int] = {}
        self._restart = asyncio.Event()
        self._said = ""

    def over(self, folders: Iterable[Path]) -> asyncio.Event:
        """Return an event that is set at each change in one of these folders, for as long as somebody keeps it.

        A folder may be missing, be created later, or be removed and created again.
        """
        view = asyncio.Event()
        self._views[view] = frozenset(folders)
        self._compare()
        return view

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._restart.clear()
            self._watched = self._existing()
            try:
                await self._watch()
            except (OSError, RuntimeError) as error:  # a folder removed this moment; no thread available
                self._warn(f"cannot watch folders ({error}): polling them instead")
                self._notify()
                await asyncio.sleep(2 * self._step_ms / 1000)

    async def _watch(self) -> None:
        """Return when the watch must be set up again, as other folders exist now."""
        if sys.platform != "linux":
            await self._watch_in_steps(polling=False)
            return
        try:
            inotify = self._inotify()
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            self._warn(f"cannot watch folders, no inotify watch is left ({error.strerror}): polling them instead")
            await self._watch_in_steps(polling=True)
        else:
            with inotify:
                await self._watch_events(inotify)

    def _warn(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            _log.warning("%s", sentence)

    # -- inotify

    if sys.platform == "linux":

        def _inotify(self) -> Inotify:
            inotify = Inotify()
            try:
                for path in self._watched:
                    # one that may not be read is checked twice a minute; one that has just gone, at the next comparison
                    with suppress(PermissionError, FileNotFoundError):
                        inotify.add_watch(path, _CHANGES)
            except BaseException:
                inotify.close()
                raise
            return inotify

        async def _watch_events(self, inotify: Inotify) -> None:
            reading = asyncio.create_task(self._read(inotify))
            reading.add_done_callback(lambda _: self._restart.set())
            try:
                self._compare()  # catch up on what happened before the watch began
                self._notify()
                while not await self._must_restart():
                    self._notify()
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

        async def _read(self, inotify: Inotify) -> None:
            async for event in inotify:
                self._notify()
                if event.mask & _FOLDER_LOST:  # one that is created again may have the inode number of the previous one
                    self._restart.set()
                self._compare()

        async def _must_restart(self) -> bool:
            """Return true when the watch must be set up again, false after half a minute."""
            try:
                async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                    return await self._restart.wait()
            except TimeoutError:
                return False

    # -- watchfiles

    async def _watch_in_steps(self, *, polling: bool) -> None:
        stop, timeout_ms = threading.Event(), int(_LOOK_AGAIN_SECONDS * 1000)
        batches = _changes(self._watched or [Path("/")], self._step_ms, timeout_ms, stop=stop, polling=polling)
        # on a busy machine a watch is late to begin, and nobody says when it has
        later = asyncio.get_running_loop().call_later
        looks = [later(steps * self._step_ms / 1000, self._notify) for steps in (1, 8, 40)]
        restart = asyncio.create_task(self._restart.wait())
        restart.add_done_callback(lambda _: stop.set())
        try:
            while (paths := await asyncio.to_thread(next, batches, None)) is not None:
                self._notify()
                self._compare()
                if self._restart.is_set() or (polling and not paths):  # perhaps inotify is available by now
                    return
                if paths & self._watched.keys():  # one that was created again may have the inode number of the previous
                    return
        finally:
            for look in looks:
                look.cancel()
            restart.cancel()
            stop.set()  # ends the thread within a step

    # -- both

    def _notify(self) -> None:
        for view in list(self._views):
            view.set()

    def _compare(self) -> None:
        if self._existing() != self._watched:
            self._restart.set()

    def _existing(self) -> dict[Path, int]:
        """Return the folders to watch and their inode: for a missing one, the nearest existing ancestor."""
        return dict(_nearest(folder) for folders in list(self._views.values()) for folder in folders)


async def quiet(folders: Iterable[Path]) -> None:
    """Return once nothing has changed in these folders for 50 ms, or after two seconds of changes."""
    await asyncio.to_thread(_wait_until_quiet, tuple(folders))


def _wait_until_quiet(folders: Sequence[Path]) -> None:
    with suppress(OSError, RuntimeError):  # they cannot be watched; a later change is a change of its own
        there = [folder for folder in folders if folder.is_dir()]
        batches = _changes(there, _QUIET_MS, _QUIET_MS, stop=threading.Event(), polling=False) if there else ()
        for paths in itertools.islice(batches, _MAX_BATCHES):
            if not paths:
                return


def _changes(
    folders: Iterable[Path], step_ms: int, timeout_ms: int, *, stop: threading.Event, polling: bool
) -> Iterator[set[Path]]:
    """Yield the paths that changed, an empty set at each timeout, until `stop` is set."""
    # 2.4 MB that a waiting daemon does without; not awatch, for which anyio would bring another 2
    from watchfiles import watch  # noqa: PLC0415

    for changes in watch(
        *folders,
        watch_filter=None,
        recursive=False,
        step=step_ms,
        debounce=_DEBOUNCE_STEPS * step_ms,
        stop_event=stop,
        rust_timeout=timeout_ms,
        yield_on_timeout=True,
        raise_interrupt=False,
        force_polling=polling,
        poll_delay_ms=step_ms,
        ignore_permission_denied=True,
    ):
        yield {Path(path) for _, path in changes}


def _nearest(folder: Path) -> tuple[Path, int]:
    for path in (folder, *folder.parents):
        try:
            found = path.stat()
        except OSError:
            continue
        return path, found.st_ino
    return Path("/"), 0
