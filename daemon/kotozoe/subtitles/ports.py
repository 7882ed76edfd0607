"""What is the same for Jimaku and for the user's own folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.model import Entry, Facts, Listing, NotObtained, Ranked, Readable, Urgency, Verdict, VideoFile


class SubtitleSource(Protocol):
    """From a verdict to a readable file in the cache; `SubtitleFetcher` and `LocalFirst`."""

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
        opened: bool = False,
    ) -> Readable | NotObtained:
        """Return the best readable file. `only`: the one file to take; `rejected`: names not to take, and why;
        `opened`: the video has just been opened, which is a reason to look again.
        """
        ...

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        """Return the files that may fit, best first. Raises ProviderError."""
        ...

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        """Explain what would be chosen and why, one step a line."""
        ...

    async def by_name(
        self, verdict: Verdict, video: VideoFile, urgency: Urgency, rejected: Mapping[str, str]
    ) -> tuple[Verdict, Readable] | None:
        """Return episode and file from an own folder that is named as the video, where `verdict` is not resolved."""
        ...

    def must_list(self, entry_id: int) -> bool:
        """Tell whether obtaining a file of this entry begins with a request for its listing."""
        ...

    def holds(self, verdict: Verdict, video: VideoFile) -> bool:
        """Tell whether obtaining the file of this video needs no request at all, as far as can be told beforehand."""
        ...


class KnownMedia(Protocol):
    """What is known locally of media. Raises StorageError."""

    def facts(self, ids: Sequence[int]) -> dict[int, Facts]: ...
    def rules(self) -> Rules: ...
    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]: ...
    def titles(self, keys: Sequence[str]) -> Mapping[str, tuple[TitleRow, ...]]: ...


class KnownEntries(KnownMedia, Protocol):
    """What is known of entries and their listings, too; `store.catalogue.Catalogue` and `FolderCatalogue`."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def listing_read_at(self, entry_id: int) -> float | None: ...

    def listing(self, entry_id: int) -> Listing | None: ...
