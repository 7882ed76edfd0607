"""The user's own folders, asked before Jimaku: the same choosing over another listing.

A folder has no entry id of its own: wherever the source is a folder, the entry id is the AniList id of its media, or
made of what else names it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kotozoe.errors import Missing
from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.identify import identify, own_name
from kotozoe.identify.names.titles import key_of, tidy
from kotozoe.identify.verdict.anchor import primary
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.identify.verdict.pins import Pins
from kotozoe.model import (
    Entry,
    EpisodeRef,
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

_NO_ANILIST = 1 << 39  # AniList's ids are far below: from here on the ids are made for what has none


class FolderIds:
    """The entry ids of folders: the media's AniList id, or a number that is made of what else names it."""

    def __init__(self) -> None:
        self._media: dict[int, MediaKey] = {}

    def of(self, media: MediaKey) -> int:
        import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

        if media.anilist_id is not None:
            return media.anilist_id
        digest = hashlib.sha256(str(media).encode("utf-8", "surrogatepass")).digest()
        made = _NO_ANILIST + int.from_bytes(digest[:8], "big") % _NO_ANILIST
        self._media[made] = media
        return made

    def media(self, entry_id: int) -> MediaKey:
        return self._media.get(entry_id) or MediaKey("anilist", str(entry_id))


class FolderListings:
    """Folders as a source of listings and files. Raises Missing for a media that has none."""

    def __init__(
        self, folders: Folders, catalogue: Catalogue, ids: FolderIds, clock: Callable[[], float] = time.time
    ) -> None:
        self._folders = folders
        self._catalogue = catalogue
        self._ids = ids
        self._clock = clock

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:  # noqa: ARG002 - as any source
        media = self._ids.media(entry_id)
        entry, anilist_id = self._catalogue.entry_of(media), media.anilist_id
        facts = self._catalogue.facts((anilist_id,)).get(anilist_id) if anilist_id is not None else None
        names = entry.names if entry else ()
        own = (media.value,) if media.scheme == "folder" else ()
        known = filter(None, (*names, *own, *(facts.titles if facts else ())))
        found = await self._folders.listing(anilist_id, tuple(known), self._clock(), entry_id)
        if found is None:
            raise Missing(HOST, "no folder is named so")
        return found

    async def download(self, entry_id: int, file: SubtitleFile, *_: object) -> bytes:
        return await self._folders.download(entry_id, file)


class FolderCatalogue:
    """What is known of a folder's media; listings are not kept: looking costs nothing, and nobody tells of changes."""

    def __init__(self, catalogue: Catalogue, ids: FolderIds) -> None:
        self._catalogue = catalogue
        self._ids = ids

    def entry(self, entry_id: int) -> Entry | None:
        return self._catalogue.entry_of(self._ids.media(entry_id))

    def listing_read_at(self, entry_id: int) -> float | None:  # noqa: ARG002 - none is kept
        return None

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

    def __init__(
        self,
        folders: SubtitleFetcher,
        jimaku: SubtitleFetcher,
        ids: FolderIds,
        names: Folders,
        pins: Callable[[], Pins] = Pins,
    ) -> None:
        self._folders = folders
        self._ids = ids
        self._names = names
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
        opened: bool = False,
    ) -> Readable | NotObtained:
        local = None if self._is_picked_at_jimaku(verdict, video) else self._local(verdict)
        if local is not None:
            found = await self._folders.obtain(local, video, urgency, only=only, rejected=rejected, opened=opened)
            if isinstance(found, Readable):
                return found
        return await self._jimaku.obtain(verdict, video, urgency, only=only, rejected=rejected, opened=opened)

    async def by_name(
        self, verdict: Verdict, video: VideoFile, urgency: Urgency, rejected: Mapping[str, str]
    ) -> tuple[Verdict, Readable] | None:
        """Return the episode and its file from a folder that is named as the video where nothing better is known."""
        named = await asyncio.to_thread(self._named, verdict, video)
        local = self._local(named) if named is not None else None
        if named is None or local is None:
            return None
        found = await self._folders.obtain(local, video, urgency, rejected=rejected)
        return (named, found) if isinstance(found, Readable) else None

    def _named(self, verdict: Verdict, video: VideoFile) -> Verdict | None:
        identified = identify(video)
        reading = primary(identified)
        if reading is None or reading.parsed.special or reading.parsed.season not in (None, 1):
            return None
        key = key_of(tidy(reading.title_text))
        row = self._names.titles((key,)).get(key)
        media = _media_of(row, verdict) if row is not None else None
        if row is None or media is None:
            return None
        ref = EpisodeRef(media, reading.parsed.episode, reading.parsed.episode_end)
        why = "A folder of yours is named so, and has this episode."
        return Verdict("resolved", why, ref, None, row.text, "tv", _BY_NAME, identified.release)

    def _is_picked_at_jimaku(self, verdict: Verdict, video: VideoFile) -> bool:
        return verdict.entry_id is not None and bool(self._pins().picked(own_name(video), verdict.entry_id))

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        own: tuple[Ranked, ...] = ()
        if local := self._local(verdict):
            try:
                own = await self._folders.candidates(local, video, urgency)
            except Missing:
                own = ()
        return (*own, *await self._jimaku.candidates(verdict, video, urgency))

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        local = self._local(verdict)
        own = await self._folders.explain(local, video, urgency) if local else ()
        return (*own, *await self._jimaku.explain(verdict, video, urgency))

    def must_list(self, entry_id: int) -> bool:
        return self._jimaku.must_list(entry_id)

    def holds(self, verdict: Verdict, video: VideoFile) -> bool:
        return self._jimaku.holds(verdict, video)

    def _local(self, verdict: Verdict) -> Verdict | None:
        """Return the verdict as the folders' fetcher takes it; None where no media was found."""
        return replace(verdict, entry_id=self._ids.of(verdict.ref.media)) if verdict.ref else None


_BY_NAME = 0.9  # confidence in a folder's name and a file's number


def _media_of(row: TitleRow, verdict: Verdict) -> MediaKey | None:
    """Return the media of a folder: as it states, else the one that the title may be; None where that is not clear."""
    possible = {candidate.ref.media for candidate in verdict.candidates}
    if row.media.scheme == "anilist" or not possible:
        return row.media
    return possible.pop() if len(possible) == 1 else None
