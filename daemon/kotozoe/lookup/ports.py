"""What other rooms need of this one, for them to be tested without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.model import Entry, Facts, Listing, Urgency, Verdict, VideoFile


class EpisodeFinder(Protocol):
    """From names to verdicts; `lookup.finder.Finder`."""

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        """Return the verdict for one video."""
        ...

    async def confirm(self, video: VideoFile, urgency: Urgency) -> Verdict:
        """Return the final verdict where `find` gave a provisional one."""
        ...

    async def find_all(self, videos: Sequence[VideoFile], urgency: Urgency) -> list[Verdict]:
        """Return the verdicts for many videos, in order."""
        ...

    async def read(self, videos: Sequence[VideoFile]) -> None:
        """Read many names beforehand, which is what takes longest of finding."""
        ...


class CatalogueState(Protocol):
    """Whether what finding relies on is known yet; `lookup.catalogue_refresh.Refresh`."""

    @property
    def lacking(self) -> str:
        """Return why the catalogue is not known at all; empty once it was read."""
        ...

    @property
    def knows_titles(self) -> bool:
        """Return whether the list of titles is there, as far as it will be."""
        ...

    async def ready(self, urgency: Urgency, *, titles: bool = True) -> None:
        """Read what was never read; with `titles` false all but the list of titles."""
        ...

    async def renew(self, urgency: Urgency) -> None:
        """Read what is missing or outdated."""
        ...


class ListingStore(Protocol):
    """Where entries and listings are stored; `store.catalogue.Catalogue`. Raises StorageError."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def titles(self, keys: Sequence[str]) -> Mapping[str, tuple[TitleRow, ...]]: ...
    def facts(self, ids: Sequence[int]) -> Mapping[int, Facts]: ...
    def upsert_entries(self, entries: Iterable[Entry]) -> None: ...
    def listing(self, entry_id: int) -> Listing | None: ...
    def listing_read_at(self, entry_id: int) -> float | None: ...
    def keep_listing(self, listing: Listing) -> None: ...
