"""The user's own folders, asked before Jimaku: the same choosing over another listing.

A folder has no entry id of its own: wherever the source is a folder, the entry id is the AniList id of its media.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kotozoe.errors import Missing
from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.identify import own_name
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.identify.verdict.pins import Pins
from kotozoe.model import (
    Entry,
    Facts,
    Listing,
    MediaKey,
    NotObtained,
    Ranked,
    Readable,
    SubtitleFile,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.providers.folder import HOST, Folders
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.fetcher import SubtitleFetcher


class FolderListings:
    """Folders as a source of listings and files. Raises Missing for a media that has none."""

    def __init__(self, folders: Folders, catalogue: Catalogue, clock: Callable[[], float] = time.time) -> None:
        self._folders = folders
        self._catalogue = catalogue
        self._clock = clock

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:  # noqa: ARG002 - as any source
        entry = self._catalogue.entry_of(_media(entry_id))
        facts = self._catalogue.facts((entry_id,)).get(entry_id)
        names = (entry.name, entry.english_name, entry.japanese_name) if entry else ()
        known = filter(None, (*names, *(facts.titles if facts else ())))
        found = await self._folders.listing(entry_id, tuple(known), self._clock())
        if found is None:
            raise Missing(HOST, "no folder is named so")
        return found

    async def download(self, entry_id: int, file: SubtitleFile, urgency: Urgency) -> bytes:
        return await self._folders.download(entry_id, file, urgency)


class FolderCatalogue:
    """What is known of a folder's media; listings are not kept: looking costs nothing, and nobody tells of changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def entry(self, entry_id: int) -> Entry | None:
        return self._catalogue.entry_of(_media(entry_id))

    def listing(self, entry_id: int) -> Listing | None:  # noqa: ARG002 - as any catalogue
        return None

    def facts(self, ids: Sequence[int]) -> dict[int, Facts]:
        return self._catalogue.facts(ids)

    def rules(self) -> Rules:
        return self._catalogue.rules()

    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        return self._catalogue.series_rows(anilist_id)

    def titles(self, keys: Sequence[str]) -> dict[str, tuple[TitleRow, ...]]:
        return self._catalogue.titles(keys)


class LocalFirst:
    """A fetcher that looks into the folders, and asks Jimaku for what they do not have, or the user picked there."""

    def __init__(self, folders: SubtitleFetcher, jimaku: SubtitleFetcher, pins: Callable[[], Pins] = Pins) -> None:
        self._folders = folders
        self._jimaku = jimaku
        self._pins = pins

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
    ) -> Readable | NotObtained:
        local = None if self._is_picked_at_jimaku(verdict, video) else _local(verdict)
        if local is not None:
            found = await self._folders.obtain(local, video, urgency, only=only, rejected=rejected)
            if isinstance(found, Readable):
                return found
        return await self._jimaku.obtain(verdict, video, urgency, only=only, rejected=rejected)

    def _is_picked_at_jimaku(self, verdict: Verdict, video: VideoFile) -> bool:
        return verdict.entry_id is not None and bool(self._pins().picked(own_name(video), verdict.entry_id))

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        own: tuple[Ranked, ...] = ()
        if local := _local(verdict):
            try:
                own = await self._folders.candidates(local, video, urgency)
            except Missing:
                own = ()
        return (*own, *await self._jimaku.candidates(verdict, video, urgency))

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        local = _local(verdict)
        own = await self._folders.explain(local, video, urgency) if local else ()
        return (*own, *await self._jimaku.explain(verdict, video, urgency))

    def must_list(self, entry_id: int) -> bool:
        return self._jimaku.must_list(entry_id)

    def holds(self, verdict: Verdict, video: VideoFile) -> bool:
        return self._jimaku.holds(verdict, video)


def _media(anilist_id: int) -> MediaKey:
    return MediaKey("anilist", str(anilist_id))


def _local(verdict: Verdict) -> Verdict | None:
    """Return the verdict as the folders' fetcher takes it; None for media without an AniList id."""
    anilist_id = verdict.ref.media.anilist_id if verdict.ref else None
    return replace(verdict, entry_id=anilist_id) if anilist_id is not None else None
