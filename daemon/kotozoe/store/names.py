"""The title index of the catalogue: the names of its entries and those of the list of titles, read by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from operator import itemgetter
from typing import TypeAlias

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.identify.names.titles import KeyRow, names_rows
from kotozoe.model import Entry

_Row: TypeAlias = tuple[str, int | None, int | None, int, str, str, str, bool, str]  # of the table of titles


def names_of(entry: Entry) -> tuple[object, ...]:
    """Return everything that an entry's rows depend on."""
    return tuple(_names(entry)), entry.media, entry.anime


def index_entries(db: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add the rows of entries that have none."""
    named = [(name, entry) for entry in entries for name in _names(entry)]
    rows: list[_Row] = []
    for (name, entry), keys in zip(named, names_rows([name for name, _ in named]), strict=True):
        rows += _rows(name, keys, "catalogue", str(entry.media), entry.anime, _owner(entry.entry_id))
    _write(db, rows)


def forget_names(db: sqlite3.Connection, entry_ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_owner(entry_id),) for entry_id in entry_ids))


def _names(entry: Entry) -> dict[str, None]:
    return dict.fromkeys(entry.names)


def _owner(entry_id: int) -> str:
    return f"entry:{entry_id}"


def index_listed(db: sqlite3.Connection, media: Iterable[ListedMedia]) -> None:
    """Index what the list of titles says, by the keys of whole names alone: their parts would only make namesakes."""
    named = [(name, one.anilist_id) for one in media for name in one.names]
    rows: list[_Row] = []
    for (name, anilist_id), keys in zip(named, names_rows([name for name, _ in named], parts=False), strict=True):
        rows += _rows(name, keys, "list", f"anilist:{anilist_id}", True, _list_owner(anilist_id))
    _write(db, rows)


def forget_listed(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_list_owner(anilist_id),) for anilist_id in ids))


def _list_owner(anilist_id: int) -> str:
    return f"list:{anilist_id}"


def _rows(name: str, keys: Iterable[KeyRow], source: str, media: str, anime: bool, owner: str) -> list[_Row]:
    return [(*key, media, name, source, anime, owner) for key in keys]


def _write(db: sqlite3.Connection, rows: list[_Row]) -> None:
    """Write rows in the order of their keys, in which an index grows for the least work."""
    rows.sort(key=itemgetter(0))
    db.executemany("INSERT INTO titles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
