"""The values of the catalogue as JSON text and back. What cannot be read raises ValueError, KeyError or TypeError."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, MediaKey, Relation, SubtitleFile

if TYPE_CHECKING:  # the process that stores lists reads no names
    from kotozoe.identify.names.identify import Identified

Value: TypeAlias = "Entry | Facts | Listing | Identified | ListedMedia"


def dump(value: Value) -> str:
    """Write a value as its fields in order: the classes are versioned with the tables."""
    return _ENCODER.encode(_fields(value))


def _fields(value: Any) -> list[object]:
    return [getattr(value, name) for name in value.__slots__]


_ENCODER = json.JSONEncoder(default=_fields, separators=(",", ":"))


def load_entry(text: str) -> Entry:
    return Entry(*json.loads(text))


def load_listing(text: str) -> Listing:
    entry_id, files, *moments = json.loads(text)
    return Listing(entry_id, tuple(SubtitleFile(*f) for f in files), *moments)


def load_facts(text: str) -> Facts:
    anilist_id, titles, synonyms, kind, status, episodes, year, start, next_episode, relations, minutes = json.loads(
        text
    )
    edges = tuple(Relation(*r) for r in relations)
    names, others, begin = tuple(titles), tuple(synonyms), FuzzyDate(*start)
    return Facts(anilist_id, names, others, kind, status, episodes, year, begin, next_episode, edges, minutes)


def load_listed(text: str) -> ListedMedia:
    anilist_id, names, kind, begin, ids = json.loads(text)
    return ListedMedia(anilist_id, tuple(names), kind, begin, tuple((scheme, value) for scheme, value in ids))


def load_media(text: str) -> MediaKey:
    """Read `scheme:value` back; the value may hold colons."""
    scheme, value = text.split(":", 1)
    if scheme == "anilist":
        return MediaKey("anilist", value)
    return MediaKey("tmdb" if scheme == "tmdb" else "jimaku", value)
