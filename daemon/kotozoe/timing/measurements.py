"""What was measured of subtitles' timing, by video and subtitle: the same pair is never measured twice.

Measurements only; what follows from them is decided anew each time. May be deleted at any time.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kotozoe.model import Source
from kotozoe.store.sqlite import Database
from kotozoe.timing.fitting.cues import Piece, Transform

_VERSION = 3  # of the measuring: raised when it would say something else
_MAX_ROWS = 5000
_SAME = 0.15  # seconds by which equal shifts may differ
_EPISODES_OWN = re.compile(r"\[[0-9A-Fa-f]{8}\]|\d+")  # parts of a name: its checksum, and all numbers
_TABLES = 1  # version of the tables
_BUSY = 2.0  # seconds to wait for another process
_SCHEMA = """create table timings
  (video text, subtitle text, family text, version integer, status text, transform text, at real,
  primary key (video, subtitle))"""


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured; `transform` where another timing was verified."""

    status: str
    transform: Transform | None


class Timings:
    """May be called from any thread; trouble with the disk stops nobody."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._file = Database(path, _SCHEMA, _TABLES, wait=_BUSY)
        self._clock = clock

    def known(self, video: str, subtitle: str) -> Timing | None:
        rows = self._file.rows(
            "select status, transform from timings where video = ? and subtitle = ? and version = ?",
            (video, subtitle, _VERSION),
        )
        return Timing(rows[0][0], _transform(rows[0][1])) if rows else None

    def keep(self, video: str, subtitle: str, family: str, timing: Timing) -> None:
        """Remember a measurement. `family` is what the episodes of one release and their subtitles share."""
        row = (video, subtitle, family, _VERSION, timing.status, _text(timing.transform), self._clock())
        self._file.put("insert or replace into timings values (?, ?, ?, ?, ?, ?, ?)", [row])
        self._file.put(
            "delete from timings where rowid in (select rowid from timings order by at desc limit -1 offset ?)",
            [(_MAX_ROWS,)],
        )

    def in_time(self, video_path: str, entry_id: int, names: Sequence[str]) -> frozenset[str]:
        """Return those of an entry's files that need no retiming for a video, or did not in two episodes before."""
        families = {name: family_of(video_path, entry_id, name) for name in names}
        good = {family for family in set(families.values()) if self._is_in_time(video_path, family)}
        return frozenset(name for name, family in families.items() if family in good)

    def _is_in_time(self, video_path: str, family: str) -> bool:
        rows = self._file.rows(
            "select video, transform from timings where family = ? and version = ? order by at desc limit 1",
            (family, _VERSION),
        )
        if not rows:
            return False
        latest = _transform(rows[0][1])
        if latest is None or latest.shift is None or abs(latest.shift) > _SAME:
            return False
        return rows[0][0] == video_of(video_path) or self.shift_of(family) is not None

    def shift_of(self, family: str) -> float | None:
        """Return the one shift that the two episodes of a family measured last agree upon."""
        rows = self._file.rows(
            "select transform from timings where family = ? and version = ? order by at desc limit 2",
            (family, _VERSION),
        )
        shifts = [transform.shift for (text,) in rows if (transform := _transform(text)) is not None]
        if len(shifts) < 2 or None in shifts:
            return None
        first, second = (shift or 0.0 for shift in shifts)
        return first if abs(first - second) <= _SAME else None

    def close(self) -> None:
        self._file.close()


def video_of(path: str) -> str:
    """Return what tells a video from all others."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path of any bytes
        return digest(f"{path}\0{found.st_size}\0{found.st_mtime_ns}")
    except (OSError, ValueError):
        return digest(path)


def family_of(video_path: str, entry_id: int, name: str, source: Source = "jimaku") -> str:
    """Return what the episodes of one release, with subtitles of one source, have in common."""
    names = (os.path.basename(video_path), name)  # noqa: PTH119 - likewise
    return digest("\0".join((f"{source} {entry_id}", *(_EPISODES_OWN.sub("#", name) for name in names))))


def digest(text: str) -> str:
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


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
