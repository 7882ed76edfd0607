"""What is known of a host's health: whether it answers, what is wrong, and when it may be tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import chain

from kotozoe.errors import ProviderError, Unavailable
from kotozoe.requests.rate_limit import delays

log = logging.getLogger(__name__)

FIRST_DELAY = 1.0  # seconds; the back-off doubles from here
LONGEST_DELAY = 300.0
LONGEST_OUTAGE = 7200.0
LONGEST_THROTTLE = 60.0
EAGER = 5.0  # what is on screen may try a silent host, or a path that failed, again after so many seconds


class Health:
    """`outage` keeps the circuit open until a moment; then one probe, and either all is well or it opens for longer.

    `trouble` is what went wrong last, for people; None after a good answer.
    """

    def __init__(self, name: str, steady: Callable[[], float], draw: Callable[[], float]) -> None:
        self._name, self._steady, self._draw = name, steady, draw
        self.outage: Unavailable | None = None
        self.trouble: ProviderError | None = None
        self._proven = False
        self._until = self._soonest = 0.0
        self._first = FIRST_DELAY
        self._delays: Iterator[float] = iter(())
        self._failing: set[object] = set()
        self._throttles = _throttles()

    @property
    def doubtful(self) -> bool:
        """Tell whether only one request at a time may go: there is an outage, or the key may be wrong."""
        return self.outage is not None or not self._proven

    def doubt(self) -> None:
        """Trust it again after the next good answer only."""
        self._proven = False

    def note(self, error: ProviderError) -> None:
        """Remember what is wrong; the log tells each kind once."""
        if self.trouble is None or type(self.trouble) is not type(error):
            log.info("%s", error)
        self.trouble = error

    def well(self) -> None:
        """Note a good answer."""
        if self.trouble is not None:
            log.info("%s answers again", self._name)
        self.trouble = None
        self._proven = True
        self._failing.clear()
        self._throttles = _throttles()
        self.close()

    def blames_host(self, key: object) -> bool:
        """Tell whether a server error is the host's, as another request met one, too, since the last good answer.

        One path may be broken for good at a host that is well: Jimaku answers 500 for an entry without its directory.
        """
        self._failing.add(key)
        return len(self._failing) > 1

    def retry_delay(self, failures: int) -> float:
        """Return the seconds that a request rests after so many failures of its own."""
        return min(FIRST_DELAY * 2.0 ** (failures - 1), LONGEST_DELAY) * (0.5 + 0.5 * self._draw())

    def throttled(self) -> float:
        """Return the seconds to keep away at least, whatever the server asks for: 0 the first time, then ever more.

        A server that says "slow down, for no time at all" to everything would be asked for ever.
        """
        return next(self._throttles)

    def open(self, error: Unavailable) -> None:
        """Stop sending; an outage that names its length stops it for at least so long."""
        first = max(FIRST_DELAY, error.wait)
        if self.outage is None or first > self._first:
            longest = LONGEST_OUTAGE if error.wait else LONGEST_DELAY
            self._first, self._delays = first, delays(first, longest, self._draw)
        now = self._steady()
        self.outage = error
        self._until = now + max(next(self._delays), error.wait)
        self._soonest = self._until if error.wait else now + EAGER

    def close(self) -> None:
        self.outage = None
        self._first = FIRST_DELAY

    def hurry(self) -> None:
        """Let the next probe go sooner: somebody has just begun to wait before the screen."""
        self._until = min(self._until, self._soonest)

    def probe_in(self) -> float:
        """Return the seconds until a probe may go; 0 if all is well."""
        return max(0.0, self._until - self._steady()) if self.outage is not None else 0.0


def _throttles() -> Iterator[float]:
    return chain((0.0,), delays(FIRST_DELAY, LONGEST_THROTTLE, lambda: 1.0))
