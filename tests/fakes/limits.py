"""The rate limiters of the real servers. `scale` shortens every interval for tests that must wait in real time."""

from __future__ import annotations

import math
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]


def single(value: float) -> float:
    """Round to a 32-bit float, as the server prints its headers."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def shortest_single(value: float) -> str:
    """Print a 32-bit float with the fewest digits that read back as the same, without an exponent."""
    target = single(value)
    text = next(text for digits in range(1, 10) if single(float(text := f"{target:.{digits}g}")) == target)
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


@dataclass
class Gcra:
    """25 per 60 s and address: tolerance 57.6 s at 2.4 s a request, with the headers' quirks."""

    clock: Clock
    limit: int = 25
    window: float = 60.0
    arrivals: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, key: str) -> tuple[bool, dict[str, str]]:
        """Return whether the request is let in, and the headers of its answer."""
        with self._lock:
            now, interval = self.clock(), self.window / self.limit
            known = self.arrivals.get(key, now)
            allowed = now >= known - (self.window - interval)
            arrival = max(known, now) + interval
            if allowed:
                self.arrivals[key] = arrival
        left = self.window - (arrival - now)
        remaining = max(0, math.floor(left / interval + 0.5))
        headers = {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": str(remaining if allowed else 0)}
        wait = max(0.0, arrival - now - (self.window - interval))
        headers["x-ratelimit-reset"] = shortest_single(now + wait)
        if not allowed or remaining == 0:
            headers["x-ratelimit-reset-after"] = shortest_single(wait)
        return allowed, headers


@dataclass
class Window:
    """So many requests in a fixed window that starts with its first one, or, with `beats`, by the clock."""

    clock: Clock
    limit: int
    window: float = 60.0
    beats: bool = False
    starts: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, key: str) -> tuple[bool, int, float]:
        """Return whether the request is let in, how many are left, and the seconds to the window's end."""
        with self._lock:
            now = self.clock()
            start = self.starts.get(key, -math.inf)
            if now >= start + self.window:
                start = now - now % self.window if self.beats else now
                self.starts[key], self.counts[key] = start, 0
            self.counts[key] += 1
            count = self.counts[key]
        return count <= self.limit, max(0, self.limit - count), start + self.window - now

    def refund(self, key: str) -> None:
        with self._lock:
            self.counts[key] -= 1


@dataclass
class Rush:
    """AniList's unpublished guard against bursts: more than `limit` within one second."""

    clock: Clock
    limit: int = 5
    window: float = 1.0
    times: deque[float] = field(default_factory=deque)

    def admit(self) -> bool:
        now = self.clock()
        while self.times and self.times[0] <= now - self.window:
            self.times.popleft()
        self.times.append(now)
        return len(self.times) <= self.limit
