"""Jimaku's lists of entries, as they came: for the process that stores a catalogue, too, which asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kotozoe.errors import Malformed
from kotozoe.identify.json_stream import values
from kotozoe.model import Entry
from kotozoe.printable import printable
from kotozoe.providers.fields import flag, inner, moment, text, whole

MAX_ROWS = 100_000  # of one list: the catalogue has under 7,000 entries, the largest entry 3,000 files


def read_entries(content: bytes) -> Iterator[Entry]:
    """Yield the entries of a list as it came, one at a time. Raises Malformed where it breaks off or is none."""
    return entries_in(objects(content, "Jimaku"))


def entries_in(rows: Iterable[dict[str, Any]]) -> Iterator[Entry]:
    return (entry for row in rows if (entry := entry_of(row)) is not None)


def objects(content: bytes, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, one at a time: as values they take many times its size."""
    count, others = 0, 0
    try:
        for count, row in enumerate(values(content), 1):
            if count > MAX_ROWS:
                raise Malformed(name, f"answered with a list of more than {MAX_ROWS}")
            if isinstance(row, dict):
                yield row
            else:
                others += 1
    except ValueError:
        raise Malformed(name, "answered without a list", _beginning(content)) from None
    if count and count == others:
        raise Malformed(name, "answered with a list of something else", _beginning(content))


def _beginning(content: bytes) -> str:
    return printable(content[:800].decode("utf-8", "replace"))


def entry_of(row: dict[str, Any]) -> Entry | None:
    entry_id, name = whole(row, "id"), text(row, "name")
    if entry_id is None or not name:
        return None
    flags = inner(row, "flags")
    return Entry(
        entry_id=entry_id,
        name=name,
        english_name=text(row, "english_name"),
        japanese_name=text(row, "japanese_name"),
        anilist_id=whole(row, "anilist_id") or None,
        tmdb_id=text(row, "tmdb_id") or None,
        last_modified=moment(row, "last_modified"),
        anime=flags.get("anime") is not False,
        movie=flag(flags, "movie"),
    )
