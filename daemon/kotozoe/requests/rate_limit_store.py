"""The rate-limit state of all hosts on disk, one row each, shared by every process of the user.

A slot is taken when the request is sent, never booked ahead. Trouble with the disk never stops a request.
"""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

from kotozoe.model import Urgency
from kotozoe.requests.rate_limit import Quota, RateLimitHeaders, RateLimitState, RequestSlot, learn, plan
from kotozoe.store.sqlite import Database

_VERSION = 1  # of the tables
_BUSY = 1.0  # seconds to wait for another process; its transaction takes microseconds
_SCHEMA = """create table rate_limits (host text primary key,
  tat real, blocked_until real, since real, late real, remaining integer, most integer, others integer)"""
_SELECT = "select tat, blocked_until, since, late, remaining, most, others from rate_limits where host = ?"
_INSERT = "insert or replace into rate_limits values (?, ?, ?, ?, ?, ?, ?, ?)"


class RateLimitStore:
    """May be called from any thread. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._file = Database(path, _SCHEMA, _VERSION, wait=_BUSY)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, RateLimitState] = {}
        self._unsaved: set[str] = set()

    def claim(self, host: str, quota: Quota, urgency: Urgency, round_trip: float = 0.0) -> RequestSlot:
        """Take a slot if there is one; the request must then be sent at once. It takes `round_trip` seconds or more."""
        found: list[RequestSlot] = []

        def take(state: RateLimitState) -> RateLimitState | None:
            found[:] = [plan(state, quota, self._clock(), urgency, round_trip)]
            return found[0].state if found[0].wait <= 0 else None

        self._change(host, take)
        return found[0]

    def learn(
        self, host: str, quota: Quota, heard: RateLimitHeaders, sent: float = math.inf, in_flight: int = 0
    ) -> None:
        """Remember what the answer said to a request that went out at `sent`, while `in_flight` others had none."""
        if heard != RateLimitHeaders():
            self._change(host, lambda state: learn(state, quota, self._clock(), heard, sent, in_flight))

    def peek(self, host: str, quota: Quota, urgency: Urgency) -> RequestSlot:
        """Return what `claim` would, from what this process knows; touches neither the disk nor the slot."""
        return plan(self._known.get(host, RateLimitState()), quota, self._clock(), urgency)

    def close(self) -> None:
        self._file.close()

    def _change(self, host: str, step: Callable[[RateLimitState], RateLimitState | None]) -> None:
        """Let `step` decide on the host's state in one transaction; None leaves it as it is."""

        def act(db: sqlite3.Connection) -> RateLimitState:
            state = self._read(db, host)
            fresh = step(state)
            if fresh is not None:
                db.execute(_INSERT, (host, *astuple(fresh)))
            return fresh or state

        with self._lock:
            self._known[host] = self._file.write(act)
            (self._unsaved.discard if self._file.saved else self._unsaved.add)(host)

    def _read(self, db: sqlite3.Connection, host: str) -> RateLimitState:
        row = db.execute(_SELECT, (host,)).fetchone()
        known = self._known.get(host, RateLimitState())
        try:
            tat, hold, since, late, *counts = row
            state = RateLimitState(float(tat), float(hold), float(since), float(late), *map(int, counts))
        except (TypeError, ValueError, OverflowError):  # no row, or a damaged one: the file was started anew
            return known
        if host in self._unsaved:
            state = replace(state, tat=max(state.tat, known.tat), hold=max(state.hold, known.hold))
        return state
