"""The title index of the catalogue: the names of its entries and those of the list of titles, read by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TypeAlias

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.identify.names.titles import names_rows
from kotozoe.model import Entry

# Plain int in place of bool and enum: of all other numbers sqlite3 asks first whether they want to be something else.
_Whose: TypeAlias = tuple[str, str, int, str]
_Row: TypeAlias = tuple[str, int | None, int | None, int, str, str, str, int, str]
_COLUMNS = "key, season, part, quality, text, source, media, anime, owner"
_INDICES = "SELECT name, sql FROM sqlite_master WHERE type='index' AND tbl_name='titles'"


def names_of(entry: Entry) -> tuple[object, ...]:
    """Return everything that an entry's rows depend on."""
    return tuple(_names(entry)), entry.media, entry.anime


def index_entries(db: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add the rows of entries that have none."""
    named: list[tuple[str, _Whose]] = []
    for entry in entries:
        whose = "catalogue", str(entry.media), int(entry.anime), _owner(entry.entry_id)
        named += [(name, whose) for name in _names(entry)]
    _write(db, _rows(named, parts=True))


def forget_names(db: sqlite3.Connection, entry_ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_owner(entry_id),) for entry_id in entry_ids))


def _names(entry: Entry) -> dict[str, None]:
    return dict.fromkeys(entry.names)


def _owner(entry_id: int) -> str:
    return f"entry:{entry_id}"


def index_listed(db: sqlite3.Connection, media: Iterable[ListedMedia]) -> None:
    """Index what the list of titles says, by the keys of whole names alone: their parts would only make namesakes."""
    named: list[tuple[str, _Whose]] = []
    for one in media:
        whose = "list", f"anilist:{one.anilist_id}", 1, _list_owner(one.anilist_id)
        named += [(name, whose) for name in one.names]
    _write(db, _rows(named, parts=False))


def forget_listed(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_list_owner(anilist_id),) for anilist_id in ids))


def _list_owner(anilist_id: int) -> str:
    return f"list:{anilist_id}"


def _rows(named: Sequence[tuple[str, _Whose]], *, parts: bool) -> list[_Row]:
    """Return the rows of names, in the order of their keys, in which an index grows for the least work."""
    keys = names_rows([name for name, _ in named], parts=parts)
    rows: list[_Row] = [
        (key, season, part, int(quality), name, *whose)
        for (name, whose), its in zip(named, keys, strict=True)
        for key, season, part, quality in its
    ]
    rows.sort(key=itemgetter(0))
    return rows


def _write(db: sqlite3.Connection, rows: list[_Row]) -> None:
    """Write rows; into an empty table before its indices are made, which takes less than to let them grow."""
    indices = db.execute(_INDICES).fetchall() if db.execute("SELECT 1 FROM titles LIMIT 1").fetchone() is None else ()
    for name, _ in indices:
        db.execute(f'DROP INDEX "{name}"')
    db.executemany(f"INSERT INTO titles ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608 - a constant
    for _, statement in indices:
        db.execute(statement)
