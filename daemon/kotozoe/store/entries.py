"""Jimaku's entries as rows. Only changes are written, so that no player waits for a whole catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from kotozoe.model import Entry
from kotozoe.store import codec
from kotozoe.store.names import forget_names, index_entries, names_of

Rows = Mapping[int, tuple[Entry, str]]


def rows_of(entries: Iterable[Entry]) -> Rows:
    """Return each entry by its id, with its text: most of the work, done before anything is locked."""
    return {entry.entry_id: (entry, codec.dump(entry)) for entry in entries}


def replace_half(db: sqlite3.Connection, rows: Rows, anime: bool) -> None:
    """Replace one half of the catalogue by `rows`."""
    kept = dict(db.execute("SELECT entry_id, value FROM entries WHERE anime=?", (anime,)))
    gone = kept.keys() - rows.keys()
    if gone:
        db.execute("DELETE FROM near")
        db.executemany("DELETE FROM entries WHERE entry_id=?", ((entry_id,) for entry_id in gone))
        forget_names(db, gone)
    write_entries(db, {i: row for i, row in rows.items() if kept.get(i) != row[1]})


def write_entries(db: sqlite3.Connection, rows: Rows) -> None:
    """Add or overwrite entries, and their names where those changed."""
    kept = _kept(db, rows)
    values = [(i, int(entry.anime), str(entry.media), text, entry.last_modified) for i, (entry, text) in rows.items()]
    db.executemany("REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", values)
    renamed = [entry for i, (entry, _) in rows.items() if i not in kept or names_of(kept[i]) != names_of(entry)]
    if renamed:
        db.execute("DELETE FROM near")
        forget_names(db, [entry.entry_id for entry in renamed if entry.entry_id in kept])
        index_entries(db, renamed)


def _kept(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """Return the entries of these ids; at the very first there is none to look for."""
    if db.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is None:
        return {}
    sql = "SELECT value FROM entries WHERE entry_id=?"
    return {i: codec.load_entry(text) for i in ids for text in db.execute(sql, (i,)).fetchone() or ()}
