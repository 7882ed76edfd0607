"""Listings, read anew and kept: one reading serves everybody who waits for it, in this process and in others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from kotozoe.errors import StorageError
from kotozoe.model import Listing, Urgency


class Source(Protocol):
    """Who is asked; not where `known` tells the answer just before the request would be sent. Raises ProviderError."""

    async def listing(self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None]) -> Listing: ...


class Kept(Protocol):
    """Where listings are kept. Raises StorageError."""

    def listing(self, entry_id: int) -> Listing | None: ...
    def keep_listing(self, listing: Listing) -> None: ...


class Listings:
    """Reads and keeps. What somebody else kept while the request waited for its turn is as new, and serves."""

    def __init__(self, source: Source, kept: Kept) -> None:
        self._source = source
        self._kept = kept

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:
        """Return what the entry holds now. Raises ProviderError and StorageError."""
        before = self._kept.listing(entry_id)

        def known() -> Listing | None:
            with suppress(StorageError):
                kept = self._kept.listing(entry_id)
                return kept if _read_at(kept) != _read_at(before) else None
            return None

        listing = await self._source.listing(entry_id, urgency, known)
        if _read_at(self._kept.listing(entry_id)) != listing.read_at:
            self._kept.keep_listing(listing)
        return listing


def _read_at(listing: Listing | None) -> float | None:
    return listing.read_at if listing is not None else None
