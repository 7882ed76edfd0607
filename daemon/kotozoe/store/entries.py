"""Jimaku's entries as rows. Only what changed is written: a player never waits for a whole catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from kotozoe.model import Entry
from kotozoe.store import codec
from kotozoe.store.names import forget_names, index_entry, names_of

Rows = Mapping[int, tuple[Entry, str]]


def rows_of(entries: Iterable[Entry]) -> Rows:
    """Return by id each entry and the text that is kept of it: most of the work, done before anything is locked."""
    return {entry.entry_id: (entry, codec.dump(entry)) for entry in entries}


def replace_half(db: sqlite3.Connection, rows: Rows, anime: bool) -> None:
    """Make `rows` all that there is of one half of the catalogue."""
    kept = dict(db.execute("SELECT entry_id, value FROM entries WHERE anime=?", (anime,)))
    for entry_id in kept.keys() - rows.keys():
        db.execute("DELETE FROM near")
        db.execute("DELETE FROM entries WHERE entry_id=?", (entry_id,))
        forget_names(db, entry_id)
    write_entries(db, {i: row for i, row in rows.items() if kept.get(i) != row[1]})


def write_entries(db: sqlite3.Connection, rows: Rows) -> None:
    """Add or overwrite entries; their names only where those are others."""
    for entry_id, (entry, text) in rows.items():
        kept = db.execute("SELECT value FROM entries WHERE entry_id=?", (entry_id,)).fetchone()
        values = (entry_id, entry.anime, str(entry.media), text, entry.last_modified)
        db.execute("REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", values)
        if kept is None or names_of(codec.load_entry(kept[0])) != names_of(entry):
            db.execute("DELETE FROM near")
            forget_names(db, entry_id)
            index_entry(db, entry)
