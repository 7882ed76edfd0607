"""Time that runs faster: back-offs of minutes are over in seconds.

Imported before the rest of the program, so that its clocks are these. The files' times and threads keep real time.
"""

from __future__ import annotations

import selectors
import sqlite3
import time
from collections.abc import Callable
from typing import Any

_real_time, _real_monotonic = time.time, time.monotonic
_select = selectors.DefaultSelector.select
_connect = sqlite3.connect

origin = _real_time()
factor = 1.0


def clock(since: float, times: float) -> Callable[[], float]:
    """Return a wall clock that runs so many times as fast since that moment (unix seconds)."""
    return lambda: since + (_real_time() - since) * times


def begin(since: float, times: float) -> None:
    """Run so many times as fast from here on; `since` is when this time was the real one."""
    global origin, factor
    origin, factor = since, times


def install() -> None:
    """Put these clocks in the place of the real ones, for the whole process and for good."""

    def select(self: Any, timeout: float | None = None) -> Any:
        return _select(self, timeout / factor if timeout is not None and timeout > 0 else timeout)

    def connect(*args: Any, **named: Any) -> Any:
        return _connect(*args, **{**named, "timeout": named.get("timeout", 5.0) / factor})

    time.time = lambda: origin + (_real_time() - origin) * factor
    time.monotonic = lambda: _real_monotonic() * factor
    selectors.DefaultSelector.select = select  # type: ignore[method-assign]
    sqlite3.connect = connect
