"""What was measured of subtitles' timing, by video and subtitle: the same pair is never measured twice.

Measurements only; what follows from them is decided anew each time. May be deleted at any time.
"""

from __future__ import annotations

import json
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kotozoe.decide.timing.cues import Piece, Transform

log = logging.getLogger(__name__)

_VERSION = 1  # of the measuring: raised when it would say something else
_MOST_ROWS = 5000
_SCHEMA = """create table if not exists timings
  (video text, subtitle text, family text, version integer, status text, transform text, at real,
  primary key (video, subtitle))"""


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured; `transform` where another timing was verified."""

    status: str
    transform: Transform | None


class Timings:
    """May be called from any thread. Trouble with the disk is said once, and costs only that more is measured."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._complained = False

    def known(self, video: str, subtitle: str) -> Timing | None:
        rows = self._run(
            "select status, transform from timings where video = ? and subtitle = ? and version = ?",
            (video, subtitle, _VERSION),
        )
        return Timing(rows[0][0], _transform(rows[0][1])) if rows else None

    def keep(self, video: str, subtitle: str, family: str, timing: Timing) -> None:
        """Remember a measurement. `family` is what the episodes of one release and their subtitles share."""
        row = (video, subtitle, family, _VERSION, timing.status, _text(timing.transform), self._clock())
        self._run("insert or replace into timings values (?, ?, ?, ?, ?, ?, ?)", row)
        self._run(
            "delete from timings where rowid in (select rowid from timings order by at desc limit -1 offset ?)",
            (_MOST_ROWS,),
        )

    def shift_of(self, family: str) -> float | None:
        """Return the one shift that the two episodes of a family measured last agree upon."""
        rows = self._run(
            "select transform from timings where family = ? and version = ? order by at desc limit 2",
            (family, _VERSION),
        )
        shifts = [transform.shift for (text,) in rows if (transform := _transform(text)) is not None]
        if len(shifts) < 2 or None in shifts:
            return None
        first, second = (shift or 0.0 for shift in shifts)
        return first if abs(first - second) <= 0.15 else None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, statement: str, values: tuple[object, ...]) -> list[tuple[str, ...]]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(self._path or ":memory:", check_same_thread=False, timeout=2.0)
                    self._connection.execute(_SCHEMA)
                with self._connection:
                    return list(self._connection.execute(statement, values))
            except sqlite3.Error as trouble:
                self._forsake(trouble)
                return []

    def _forsake(self, trouble: sqlite3.Error) -> None:
        """Begin anew with a damaged file; any other trouble is said once."""
        if not self._complained:
            self._complained = True
            log.warning("what was measured of timings cannot be kept: %s", trouble)
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._path is not None and not isinstance(trouble, sqlite3.OperationalError):
            with suppress(OSError):
                self._path.unlink()


def _text(transform: Transform | None) -> str:
    if transform is None:
        return ""
    pieces = [[None if math.isinf(piece.begins) else piece.begins, piece.shift] for piece in transform.pieces]
    return json.dumps({"rate": transform.rate, "pieces": pieces})


def _transform(text: str) -> Transform | None:
    try:
        told = json.loads(text)
        pieces = tuple(Piece(-math.inf if at is None else float(at), float(shift)) for at, shift in told["pieces"])
        return Transform(float(told["rate"]), pieces) if pieces else None
    except (ValueError, KeyError, TypeError):
        return None
