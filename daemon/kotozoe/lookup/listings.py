"""Listings, read anew and kept: one reading serves everybody who waits for it, in this process and in others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from kotozoe.errors import StorageError
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.lookup.reused_ids import looks_given_away
from kotozoe.model import Entry, Listing, Urgency
from kotozoe.printable import printable

log = logging.getLogger(__name__)


class Source(Protocol):
    """Who is asked; not where `known` tells the answer just before the request would be sent. Raises ProviderError."""

    async def listing(self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None]) -> Listing: ...
    async def entry(self, entry_id: int, urgency: Urgency) -> Entry: ...


class Kept(Protocol):
    """Where entries and listings are kept. Raises StorageError."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def titles(self, keys: Sequence[str]) -> Mapping[str, tuple[TitleRow, ...]]: ...
    def upsert_entries(self, entries: Iterable[Entry]) -> None: ...
    def listing(self, entry_id: int) -> Listing | None: ...
    def keep_listing(self, listing: Listing) -> None: ...


class Listings:
    """Reads and keeps. What somebody else kept while the request waited for its turn is as new, and serves."""

    def __init__(self, source: Source, kept: Kept) -> None:
        self._source = source
        self._kept = kept

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:
        """Return what the entry holds now, after a look at the entry itself if its id may be another show's by now.

        Raises ProviderError and StorageError.
        """
        before = self._kept.listing(entry_id)

        def known() -> Listing | None:
            with suppress(StorageError):
                kept = self._kept.listing(entry_id)
                return kept if _read_at(kept) != _read_at(before) else None
            return None

        listing = await self._source.listing(entry_id, urgency, known)
        if _read_at(self._kept.listing(entry_id)) != listing.read_at:
            await self._look_at_entry(listing, before, urgency)
            self._kept.keep_listing(listing)
        return listing

    async def _look_at_entry(self, listing: Listing, before: Listing | None, urgency: Urgency) -> None:
        entry = self._kept.entry(listing.entry_id)
        if entry is None or not looks_given_away(listing, before, entry, self._kept.titles):
            return
        found = await self._source.entry(listing.entry_id, urgency)
        if found.media != entry.media:
            log.info("entry %d is %s now, no longer %s", found.entry_id, printable(found.name), printable(entry.name))
        if found != entry:
            await asyncio.to_thread(self._kept.upsert_entries, (found,))


def _read_at(listing: Listing | None) -> float | None:
    return listing.read_at if listing is not None else None
