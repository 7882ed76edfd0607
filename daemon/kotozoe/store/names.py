"""The title index of the catalogue: the names of its entries and those of the list of titles, read by key."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TypeAlias

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.identify.names.titles import Quality, TitleKey, digits, key_of, name_rows, tidy, title_keys
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.model import Entry
from kotozoe.store import codec

NEAR_RATIO = 82.0  # below it, names match that merely look alike
_MAX_NEAR = 8
_Row: TypeAlias = tuple[str, int | None, int | None, int, str, str, str, bool, str]  # of the table of titles
COLUMNS = "key, season, part, quality, media, text, source, anime"


def stable(row: TitleRow) -> tuple[object, ...]:
    return (row.key.quality, str(row.media), row.text, row.source)


def title_row(row: tuple) -> TitleRow:  # type: ignore[type-arg]
    key, season, part, quality, media, text, source, anime = row
    return TitleRow(codec.load_media(media), TitleKey(key, season, part, Quality(quality)), text, source, bool(anime))


def begins(text: str, key: str) -> bool:
    """Say whether the first words of `text` make `key`."""
    words = tidy(text).replace(":", " ").split()
    return any(key_of(" ".join(words[:count])) == key for count in range(1, len(words)))


def near_lengths(keys: Sequence[str]) -> tuple[int, int]:
    """Return between which lengths, in letters, all keys lie that can be near to one of `keys`."""
    spread = (200 - NEAR_RATIO) / NEAR_RATIO  # the ratio is that of the common letters to the mean length
    return math.floor(min(map(len, keys)) / spread), math.ceil(max(map(len, keys)) * spread)


def nearest(key: str, known: Sequence[str]) -> list[tuple[str, float]]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 4 MB that a daemon goes without until a name is misspelt

    numbers = digits(key)
    found = process.extract(key, known, scorer=fuzz.ratio, score_cutoff=NEAR_RATIO, limit=4 * _MAX_NEAR)
    near = [(other, ratio) for other, ratio, _ in found if digits(other) == numbers]
    return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:_MAX_NEAR]


def names_of(entry: Entry) -> tuple[object, ...]:
    """Return everything that an entry's rows depend on."""
    return tuple(_names(entry)), entry.media, entry.anime


def index_entries(db: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add the rows of entries that have none."""
    rows: list[_Row] = []
    for entry in entries:
        whose = str(entry.media), entry.anime, _owner(entry.entry_id)
        for name in _names(entry):
            rows += _rows(name, name_rows(name), "catalogue", *whose)
    _write(db, rows)


def forget_names(db: sqlite3.Connection, entry_ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_owner(entry_id),) for entry_id in entry_ids))


def _names(entry: Entry) -> dict[str, None]:
    return dict.fromkeys(entry.names)


def _owner(entry_id: int) -> str:
    return f"entry:{entry_id}"


def index_listed(db: sqlite3.Connection, media: Iterable[ListedMedia]) -> None:
    """Index what the list of titles says, by the keys of whole names alone: their parts would only make namesakes."""
    rows: list[_Row] = []
    for one in media:
        whose = f"anilist:{one.anilist_id}", True, _list_owner(one.anilist_id)
        for name in one.names:
            keys = [key for key in title_keys(name) if key.quality <= Quality.STRIPPED]
            rows += _rows(name, keys, "list", *whose)
    _write(db, rows)


def forget_listed(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    db.executemany("DELETE FROM titles WHERE owner=?", ((_list_owner(anilist_id),) for anilist_id in ids))


def _list_owner(anilist_id: int) -> str:
    return f"list:{anilist_id}"


def _rows(name: str, keys: Iterable[TitleKey], source: str, media: str, anime: bool, owner: str) -> list[_Row]:
    return [(key.key, key.season, key.part, int(key.quality), media, name, source, anime, owner) for key in keys]


def _write(db: sqlite3.Connection, rows: list[_Row]) -> None:
    """Write rows in the order of their keys, in which an index grows for the least work."""
    rows.sort(key=itemgetter(0))
    db.executemany("INSERT INTO titles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
