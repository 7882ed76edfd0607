"""Jimaku's entries as rows. Only changes are written, so that no player waits for a whole catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from kotozoe.model import Entry
from kotozoe.store import codec
from kotozoe.store.names import forget_names, index_entry, names_of

Rows = Mapping[int, tuple[Entry, str]]


def rows_of(entries: Iterable[Entry]) -> Rows:
    """Return each entry by its id, with its text: most of the work, done before anything is locked."""
    return {entry.entry_id: (entry, codec.dump(entry)) for entry in entries}


def replace_half(db: sqlite3.Connection, rows: Rows, anime: bool) -> None:
    """Replace one half of the catalogue by `rows`."""
    kept = dict(db.execute("SELECT entry_id, value FROM entries WHERE anime=?", (anime,)))
    for entry_id in kept.keys() - rows.keys():
        db.execute("DELETE FROM near")
        db.execute("DELETE FROM entries WHERE entry_id=?", (entry_id,))
        forget_names(db, entry_id)
    write_entries(db, {i: row for i, row in rows.items() if kept.get(i) != row[1]})


def write_entries(db: sqlite3.Connection, rows: Rows) -> None:
    """Add or overwrite entries, and their names where those changed."""
    for entry_id, (entry, text) in rows.items():
        kept = db.execute("SELECT value FROM entries WHERE entry_id=?", (entry_id,)).fetchone()
        values = (entry_id, entry.anime, str(entry.media), text, entry.last_modified)
        db.execute("REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", values)
        if kept is None or names_of(codec.load_entry(kept[0])) != names_of(entry):
            db.execute("DELETE FROM near")
            forget_names(db, entry_id)
            index_entry(db, entry)
