"""Reads and stores the file lists of entries: one request for everybody who waits, in this process and in others."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from weakref import WeakValueDictionary

from kotozoe.errors import StorageError
from kotozoe.lookup.ports import ListingStore
from kotozoe.lookup.reused_ids import looks_given_away
from kotozoe.model import Entry, Listing, Urgency
from kotozoe.printable import printable
from kotozoe.providers.ports import EntryService

log = logging.getLogger(__name__)


class Listings:
    """Reads and stores. What another process stored while the request was queued is just as new, and is returned."""

    def __init__(self, source: EntryService, kept: ListingStore) -> None:
        self._source = source
        self._kept = kept
        self._keeping: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._read: dict[int, Listing] = {}  # and not kept yet: who waits in the queue need not ask again

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:
        """Return what the entry holds now, after a look at the entry itself if its id may be another show's by now.

        Raises ProviderError and StorageError.
        """
        before = self._kept.listing_read_at(entry_id)

        def known() -> Listing | None:
            if entry_id in self._read:
                return self._read[entry_id]
            with suppress(StorageError):
                if self._kept.listing_read_at(entry_id) != before:
                    return self._kept.listing(entry_id)
            return None

        listing = await self._source.listing(entry_id, urgency, known)
        async with self._keeping.setdefault(entry_id, asyncio.Lock()):
            if self._kept.listing_read_at(entry_id) != listing.read_at:
                await self._keep(listing, urgency)
        return listing

    async def _keep(self, listing: Listing, urgency: Urgency) -> None:
        self._read[listing.entry_id] = listing
        try:
            await self._look_at_entry(listing, urgency)
            await asyncio.to_thread(self._kept.keep_listing, listing)
        finally:
            del self._read[listing.entry_id]

    async def _look_at_entry(self, listing: Listing, urgency: Urgency) -> None:
        entry = self._kept.entry(listing.entry_id)
        if entry is None or not await asyncio.to_thread(self._looks_given_away, listing, entry):
            return
        found = await self._source.entry(listing.entry_id, urgency)
        if found.media != entry.media:
            log.info("entry %d is %s now, no longer %s", found.entry_id, printable(found.name), printable(entry.name))
        if found != entry:
            await asyncio.to_thread(self._kept.upsert_entries, (found,))

    def _looks_given_away(self, listing: Listing, entry: Entry) -> bool:
        media = entry.media.anilist_id
        facts = self._kept.facts((media,)).get(media) if media is not None else None
        return looks_given_away(listing, self._kept.listing(listing.entry_id), entry, facts, self._kept.titles)
