"""The title index of the catalogue: the names of its entries and those of the list of titles, read by key."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.identify.names.titles import Quality, TitleKey, digits, key_of, name_rows, tidy
from kotozoe.identify.verdict.knowledge import Source, TitleRow
from kotozoe.model import Entry, MediaKey
from kotozoe.store import codec

NEAR_RATIO = 82.0  # below it, names match that merely look alike
_MAX_NEAR = 8
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


def index_entry(db: sqlite3.Connection, entry: Entry) -> None:
    _index(db, _names(entry), entry.media, "catalogue", entry.anime, _owner(entry.entry_id))


def forget_names(db: sqlite3.Connection, entry_id: int) -> None:
    db.execute("DELETE FROM titles WHERE owner=?", (_owner(entry_id),))


def _names(entry: Entry) -> dict[str, None]:
    return dict.fromkeys(n for n in (entry.name, entry.english_name, entry.japanese_name) if n)


def _owner(entry_id: int) -> str:
    return f"entry:{entry_id}"


def index_listed(db: sqlite3.Connection, listed: ListedMedia) -> None:
    """Index what the list of titles says, by the keys of whole names alone: their parts would only make namesakes."""
    media = MediaKey("anilist", str(listed.anilist_id))
    _index(db, listed.names, media, "list", True, _list_owner(listed.anilist_id), Quality.STRIPPED)


def forget_listed(db: sqlite3.Connection, anilist_id: int) -> None:
    db.execute("DELETE FROM titles WHERE owner=?", (_list_owner(anilist_id),))


def _list_owner(anilist_id: int) -> str:
    return f"list:{anilist_id}"


def _index(
    db: sqlite3.Connection,
    names: Iterable[str],
    media: MediaKey,
    source: Source,
    anime: bool,
    owner: str,
    weakest: Quality = Quality.SIDE,
) -> None:
    db.executemany(
        "INSERT INTO titles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (row.key, row.season, row.part, row.quality, str(media), name, source, anime, owner)
            for name in names
            for row in name_rows(name)
            if row.quality <= weakest
        ),
    )
