"""One daemon for each user: an flock that dies with its process, and the pid of who holds it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from kotozoe.errors import StorageError
from kotozoe.printable import printable

_TRIES = 5
_PAUSE_SECONDS = 0.02


class AlreadyRunning(Exception):
    """Another daemon holds the lock; `pid` is None where it could not be read."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(pid)
        self.pid = pid


class Lock:
    """Held from `take` to `release`, or to the end of the process, however that comes."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, file: Path) -> Lock:
        """Raises AlreadyRunning or StorageError."""
        descriptor = _open(file, os.O_RDWR | os.O_CREAT)
        for attempt in range(_TRIES):
            if _try_lock(descriptor, fcntl.LOCK_EX):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
                return cls(descriptor)
            # it may be a command checking for a daemon, which takes no time
            if attempt < _TRIES - 1:
                time.sleep(_PAUSE_SECONDS)
        pid = _pid(descriptor)
        os.close(descriptor)
        raise AlreadyRunning(pid)

    def release(self) -> None:
        """Release it; the file stays, as removing it would let two daemons hold a lock each."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def is_held(file: Path) -> bool:
    """Tell whether a daemon is running."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _open(file: Path, flags: int) -> int:
    try:
        return os.open(file, flags, 0o600)
    except OSError as error:
        raise StorageError(
            f"The lock {printable(str(file))} cannot be opened ({error.strerror}): check its permissions"
        ) from None


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
