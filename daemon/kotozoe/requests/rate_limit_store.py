"""The buckets of all hosts on disk, one row each, shared by every process of the user.

A slot is taken when the request is sent, never booked ahead. Trouble with the disk never stops a request: the last
known state is then kept in memory, which is said once.
"""

from __future__ import annotations

import contextlib
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from pathlib import Path

from kotozoe.model import Urgency
from kotozoe.requests.rate_limit import Quota, RateLimitHeaders, RateLimitState, RequestSlot, learn, plan

log = logging.getLogger(__name__)

_BUSY = 1.0  # seconds to wait for another process; its transaction takes microseconds
_SCHEMA = """create table if not exists pace (host text primary key,
  tat real, hold real, since real, late real, remaining integer, most integer, others integer)"""
_OLDER = "drop table if exists bucket"  # of another layout; what it knew is out of date after a minute
_SELECT = "select tat, hold, since, late, remaining, most, others from pace where host = ?"
_INSERT = "insert or replace into pace values (?, ?, ?, ?, ?, ?, ?, ?)"


class RateLimitStore:
    """May be called from any thread. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._known: dict[str, RateLimitState] = {}
        self._unsaved: set[str] = set()
        self._complained = False

    def claim(self, host: str, quota: Quota, urgency: Urgency) -> RequestSlot:
        """Take a slot if there is one; the request must then be sent at once."""
        found: list[RequestSlot] = []

        def take(state: RateLimitState) -> RateLimitState | None:
            found[:] = [plan(state, quota, self._clock(), urgency)]
            return found[0].state if found[0].wait <= 0 else None

        self._change(host, take)
        return found[0]

    def learn(self, host: str, quota: Quota, heard: RateLimitHeaders, sent: float = math.inf) -> None:
        """Remember what the answer said to a request that went out at `sent`."""
        if heard != RateLimitHeaders():
            self._change(host, lambda state: learn(state, quota, self._clock(), heard, sent))

    def peek(self, host: str, quota: Quota, urgency: Urgency) -> RequestSlot:
        """Return what `claim` would, from what this process knows; touches neither the disk nor the slot."""
        return plan(self._known.get(host, RateLimitState()), quota, self._clock(), urgency)

    def close(self) -> None:
        with self._lock:
            self._drop_connection()

    def _change(self, host: str, step: Callable[[RateLimitState], RateLimitState | None]) -> None:
        """Let `step` decide on the host's state in one transaction; None leaves it as it is."""
        with self._lock:
            if self._path is not None:
                try:
                    self._change_on_disk(host, step)
                except (sqlite3.Error, OSError) as error:
                    self._complain(error)
                else:
                    return
            self._known[host] = step(self._known.get(host, RateLimitState())) or self._known.get(host, RateLimitState())
            self._unsaved.add(host)

    def _change_on_disk(self, host: str, step: Callable[[RateLimitState], RateLimitState | None]) -> None:
        try:
            with self._transaction() as connection:
                state = self._read(connection, host)
                fresh = step(state)
                if fresh is not None:
                    connection.execute(_INSERT, (host, *astuple(fresh)))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._start_anew()
            raise
        self._known[host] = fresh or state
        if fresh is not None:
            self._unsaved.discard(host)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection or self._open()
        connection.execute("begin immediate")
        try:
            yield connection
            connection.execute("commit")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("rollback")
            raise

    def _read(self, connection: sqlite3.Connection, host: str) -> RateLimitState:
        row = connection.execute(_SELECT, (host,)).fetchone()
        try:
            tat, hold, since, late, *counts = row
            state = RateLimitState(float(tat), float(hold), float(since), float(late), *map(int, counts))
        except (TypeError, ValueError, OverflowError):  # no row, or a damaged one
            state = RateLimitState()
        if host in self._unsaved:
            kept = self._known[host]
            state = replace(kept, tat=max(state.tat, kept.tat), hold=max(state.hold, kept.hold))
        return state

    def _open(self) -> sqlite3.Connection:
        assert self._path is not None  # noqa: S101 - the only caller has looked
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute(_OLDER)
            connection.execute(_SCHEMA)
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError:
            connection.close()
            self._start_anew()
            raise
        self._connection = connection
        return connection

    def _start_anew(self) -> None:
        """Put the damaged file away; the next change makes a new one."""
        assert self._path is not None  # noqa: S101 - the only callers have looked
        log.warning("the request pace on disk was damaged; starting anew")
        self._drop_connection()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning("cannot keep the request pace on disk (%s); keeping it in memory", error)
