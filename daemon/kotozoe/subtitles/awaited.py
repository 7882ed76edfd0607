"""The episodes that were looked for and are not there yet, on disk: a restart forgets none and asks for none sooner."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kotozoe.model import EpisodeRef, Listing
from kotozoe.store.freshness import Awaited, ask_again_at, given_up, look_again
from kotozoe.store.sqlite import Database

_VERSION = 1  # of the tables
_BUSY = 2.0  # seconds to wait for another process
_SCHEMA = """create table awaited
  (entry_id integer, episode text, since real, asked real, times integer, primary key (entry_id, episode))"""


class AwaitedEpisodes:
    """May be called from any thread; trouble with the disk stops nobody.

    `path` None keeps everything in memory. `on_change` is called when something is to be looked for sooner than before.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Callable[[], float] = time.time,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._file = Database(path, _SCHEMA, _VERSION, wait=_BUSY)
        self._clock = clock
        self._on_change = on_change

    def look_again(self, ref: EpisodeRef, listing: Listing, *, opened: bool = False) -> bool:
        """Tell whether to read this listing, which lacks the episode, again now that it is wanted, or just `opened`."""
        known = (row for row in self._all() if (row.entry_id, row.episode) == (listing.entry_id, _named(ref)))
        return look_again(next(known, None), listing, self._clock(), opened=opened)

    def lacks(self, ref: EpisodeRef, listing: Listing) -> None:
        """Note that the listing, as it was read, does not hold the episode yet."""
        self._run(
            "insert into awaited values (?, ?, ?, ?, 1) on conflict do update"
            " set asked = excluded.asked, times = times + 1 where excluded.asked > asked",
            (listing.entry_id, _named(ref), self._clock(), listing.read_at),
        )
        self._on_change()

    def holds(self, ref: EpisodeRef, listing: Listing) -> None:
        """Note that it is there."""
        self._run("delete from awaited where entry_id = ? and episode = ?", (listing.entry_id, _named(ref)))

    def due(self) -> tuple[int, ...]:
        """Return the entries that are to be asked now; what was looked for long enough is forgotten."""
        now = self._clock()
        rows = self._all()
        for row in rows:
            if given_up(row, now):
                self._run("delete from awaited where entry_id = ? and episode = ?", (row.entry_id, row.episode))
        return tuple(sorted({row.entry_id for row in rows if not row.asked <= now < ask_again_at(row)}))

    def next_at(self) -> float | None:
        """Return when the next entry is due (unix seconds), None if nothing is awaited."""
        return min((ask_again_at(row) for row in self._all()), default=None)

    def asked(self, entry_id: int, at: float) -> None:
        """Note that an entry was asked: its episodes wait for longer now, whatever it answered."""
        self._run(
            "update awaited set asked = ?, times = times + 1 where entry_id = ? and asked < ?", (at, entry_id, at)
        )

    def hurry(self) -> None:
        """Make everything due now: somebody asked for it."""
        self._run("update awaited set asked = 0", ())
        self._on_change()

    def close(self) -> None:
        self._file.close()

    def _all(self) -> list[Awaited]:
        def act(db: sqlite3.Connection) -> list[Awaited]:
            return [_read(row) for row in db.execute("select * from awaited")]

        return self._file.read(act)

    def _run(self, sql: str, values: Sequence[object]) -> None:
        self._file.put(sql, [tuple(values)])


def _named(ref: EpisodeRef) -> str:
    return str(ref.media) + ("" if ref.episode is None else f" {ref.episode:g}")


def _read(row: Sequence[object]) -> Awaited:
    entry_id, episode, since, asked, times = row
    return Awaited(int(str(entry_id)), str(episode), float(str(since)), float(str(asked)), int(str(times)))
