"""What other rooms ask of the providers, whichever they are; all of it raises ProviderError."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kotozoe.model import Entry, Facts, Listing, SubtitleFile, Urgency
from kotozoe.providers.reference_lists import ReferenceList


class FactsSource(Protocol):
    """Where media are known: AniList or a mirror of it."""

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        """Return the facts of up to 50 media; ids left out of the answer do not exist."""
        ...

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        """Return the media found for each of up to 30 titles, best first."""
        ...


class ListingSource(Protocol):
    """Where the current files of an entry are known; may raise StorageError, too."""

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing: ...


class EntrySource(Protocol):
    """Where all entries are listed; Jimaku."""

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]:
        """Return the entries of one half, or those modified since `after` (unix seconds)."""
        ...

    async def whole_catalogue(self, anime: bool, urgency: Urgency) -> bytes:
        """Return the list of all entries of one half, as it came."""
        ...


class EntryService(Protocol):
    """Who is asked about one entry; Jimaku."""

    async def listing(self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None]) -> Listing:
        """Return its files; nothing is sent if `known` has the answer just before the request would go out."""
        ...

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry: ...


class FileSource(Protocol):
    """Who has the files of a listing."""

    async def download(
        self, entry_id: int, file: SubtitleFile, urgency: Urgency, known: Callable[[], bytes | None] = lambda: None
    ) -> bytes:
        """Return the contents, or what `known` tells of them when the turn has come.

        Raises Missing if the file is gone.
        """
        ...


class ReferenceSource(Protocol):
    """Who fetches the reference lists."""

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> ReferenceList | None:
        """Return the list, or None if it is still the one with `etag`."""
        ...
