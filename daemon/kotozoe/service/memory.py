"""What the process keeps of memory that it no longer needs."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import Callable
from contextlib import suppress


def give_back() -> None:
    """Return freed memory to the system: glibc keeps what lies between blocks in use, at times some megabytes."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


class MemoryReturn:
    """Gives memory back some time after work has ended, once for all that ends meanwhile: what many loads leave lies
    scattered over the heap, and grows with them though nothing of it is in use. `shrink` drops what others keep.
    """

    def __init__(self, shrink: Callable[[], object] = lambda: None, seconds: float = 20.0) -> None:
        self._shrink = shrink
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def after_work(self, _: object = None) -> None:
        """Note that some work has ended. On the event loop; a task's done-callback."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._give_back)

    def _give_back(self) -> None:
        self._timer = None
        self._shrink()
        give_back()
