"""Words that the user typed -> entries of the catalogue to pick from. Local: nothing is asked of anyone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from kotozoe.identify.names.titles import key_of, sides, tidy, title_keys
from kotozoe.model import Entry, MediaKey
from kotozoe.store.catalogue import Catalogue

_MAX_TEXT = 200
_MAX_SHOWN = 30
_MAX_WORDS = 8


class TitleSearch:
    """Searches by all names of an entry: exactly, by first words, by any words, then by nearly the same spelling."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def search(self, text: str) -> tuple[Entry, ...]:
        """Return the entries that the words may mean, likeliest first."""
        return await asyncio.to_thread(self._search, text[:_MAX_TEXT])

    def _search(self, text: str) -> tuple[Entry, ...]:
        found: dict[int, Entry] = {}
        for media in dict.fromkeys(self._media(text)):
            entry = self._catalogue.entry_of(media)
            if entry is not None:
                found.setdefault(entry.entry_id, entry)
            if len(found) >= _MAX_SHOWN:
                break
        return tuple(found.values())

    def _media(self, text: str) -> Iterator[MediaKey]:
        keys = [key.key for key in title_keys(text)]
        keys += [key for side in sides(text) if (key := key_of(tidy(side)))]
        if not keys:
            return
        exact = self._catalogue.titles(keys)
        yield from (row.media for key in keys for row in exact.get(key, ()))
        for key in dict.fromkeys(keys):
            yield from (row.media for row in self._catalogue.prefixed(key))
        words = [key for word in tidy(text).split()[:_MAX_WORDS] if (key := key_of(word))]
        if words:
            yield from (row.media for row in self._catalogue.holding(words))
        yield from (near.row.media for key in keys[:1] for near in self._catalogue.near([key]).get(key, ()))
