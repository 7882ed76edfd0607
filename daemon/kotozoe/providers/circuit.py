"""When a host that fails may be tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kotozoe.decide.pace import delays
from kotozoe.errors import Unavailable

FIRST_DELAY = 1.0  # seconds; the back-off doubles from here
LONGEST_DELAY = 300.0
LONGEST_OUTAGE = 7200.0
EAGER = 5.0  # what is on screen may probe a silent host again after so many seconds


class Circuit:
    """Open after a failure until a moment; then one probe, and either all is well or it opens for longer."""

    def __init__(self, steady: Callable[[], float], draw: Callable[[], float]) -> None:
        self._steady, self._draw = steady, draw
        self.error: Unavailable | None = None
        self._until = self._soonest = 0.0
        self._first = FIRST_DELAY
        self._delays: Iterator[float] = iter(())

    def open(self, error: Unavailable) -> None:
        """Stop sending; an outage that names its length stops it for at least so long."""
        first = max(FIRST_DELAY, error.wait)
        if self.error is None or first > self._first:
            longest = LONGEST_OUTAGE if error.wait else LONGEST_DELAY
            self._first, self._delays = first, delays(first, longest, self._draw)
        now = self._steady()
        self.error = error
        self._until = now + max(next(self._delays), error.wait)
        self._soonest = self._until if error.wait else now + EAGER

    def close(self) -> None:
        self.error = None
        self._first = FIRST_DELAY

    def hurry(self) -> None:
        """Let the next probe go sooner: somebody has just begun to wait before the screen."""
        self._until = min(self._until, self._soonest)

    def probe_in(self) -> float:
        """Return the seconds until a probe may go; 0 if all is well."""
        return max(0.0, self._until - self._steady()) if self.error is not None else 0.0
