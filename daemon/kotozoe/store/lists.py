"""Whole lists in the catalogue database: all of the store that the process that reads them needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

from kotozoe.identify.counting.seasons import SeasonMap
from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.model import Entry
from kotozoe.store.entries import replace_half, rows_of, write_entries
from kotozoe.store.maps import write_seasons
from kotozoe.store.schema import SCHEMA_VERSION, TABLES, prepare
from kotozoe.store.sqlite import Database
from kotozoe.store.title_list import forget, listed_ids, write_listed

_MEDIA = 200  # of the list of titles, in one transaction


class ListStore:
    """The lists of entries, seasons and titles, and small named values.

    Every method takes its own short transaction. Damage and a disk that refuses are handled by `store.sqlite`.
    """

    def __init__(self, path: Path | str) -> None:
        on_disk = None if str(path) == ":memory:" else Path(path)
        self._file = Database(on_disk, TABLES, SCHEMA_VERSION, prepare=prepare)
        self._file.read(lambda _: None)  # a first look costs up to a second: better now than for a player

    def close(self) -> None:
        self._file.close()

    def shrink(self) -> None:
        """Give back memory that only makes the next look faster."""
        self._file.shrink()

    @property
    def saved(self) -> bool:
        """Whether what is written reaches the disk."""
        return self._file.saved

    def replace_entries(self, entries: Iterable[Entry], anime: bool, now: float) -> None:
        """Make `entries` the whole catalogue of its half (anime or live action)."""
        rows, half = rows_of(entries), "anime" if anime else "other"

        def act(db: sqlite3.Connection) -> None:
            replace_half(db, rows, anime)
            db.execute("REPLACE INTO named VALUES (?, ?)", (f"catalogue-{half}", repr(now)))

        self._file.write(act)

    def upsert_entries(self, entries: Iterable[Entry]) -> None:
        """Add or overwrite the given entries and leave the others."""
        rows = rows_of(entries)
        self._file.write(lambda db: write_entries(db, rows))

    def keep_seasons(self, seasons: SeasonMap, etag: str | None = None) -> None:
        """Make `seasons` the whole season map."""
        self._file.write(lambda db: write_seasons(db, seasons, etag or ""))

    def keep_titles(self, listed: Iterable[ListedMedia], etag: str | None = None) -> None:
        """Make `listed` the whole list of titles, in short transactions: a player waits for none of it."""
        seen: set[int] = set()
        media = iter(listed)
        while part := tuple(islice(media, _MEDIA)):
            seen.update(one.anilist_id for one in part)
            self._file.write(partial(write_listed, media=part))
        self._file.write(lambda db: forget(db, listed_ids(db) - seen))
        self.keep_value("titles-etag", etag or "")

    def value(self, name: str) -> str | None:
        found = self._file.rows("SELECT value FROM named WHERE name=?", (name,))
        return found[0][0] if found else None

    def keep_value(self, name: str, text: str) -> None:
        self._file.put("REPLACE INTO named VALUES (?, ?)", [(name, text)])
