"""From a verdict to a readable subtitle file on the shelf: list, rank, fetch, open, decode, verify; else the next.

No subtitle is better than a wrong one, and a service in trouble is never told as "there is none".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from kotozoe.attempt import Attempt, Enough
from kotozoe.decide.counting.numbering import Rules
from kotozoe.decide.counting.seasons import SeasonRow
from kotozoe.decide.freshness import FIRST_LOOK, listing_holds
from kotozoe.decide.listing.choose import Background, background_of, wanted_of
from kotozoe.decide.listing.families import Wanted
from kotozoe.decide.listing.names import ARCHIVE_FORMATS, judged_as, offered, split_extension
from kotozoe.decide.listing.rank import Choice, Preferences, choose
from kotozoe.decide.printable import printable
from kotozoe.errors import Malformed, Missing, ProviderError, Refused, StorageError
from kotozoe.model import (
    Entry,
    EpisodeRef,
    Facts,
    Listing,
    NotObtained,
    Ranked,
    Readable,
    SubtitleFile,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.store.shelf import Shelf
from kotozoe.subtitle.archive import Archive, Member, kind_of, open_archive, read_member
from kotozoe.subtitle.opened import opened
from kotozoe.subtitle.unreadable import Unreadable

_log = logging.getLogger(__name__)

MOST_DOWNLOADS = 3  # in one playback
_PATIENCE = 4.0  # seconds for which the screen waits for a listing while an old one is there
_DEEPEST = 1  # archives inside archives that are opened


class ListingSource(Protocol):
    """Who knows which files an entry has, and keeps that. Raises ProviderError and StorageError."""

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing: ...


class FileSource(Protocol):
    """Who has the files. Raises ProviderError; Missing if the file is gone."""

    async def download(self, entry_id: int, file: SubtitleFile, urgency: Urgency) -> bytes: ...


class Atlas(Protocol):
    """What is known locally."""

    def entry(self, entry_id: int) -> Entry | None: ...
    def listing(self, entry_id: int) -> Listing | None: ...
    def facts(self, ids: Sequence[int]) -> dict[int, Facts]: ...
    def rules(self) -> Rules: ...
    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]: ...


class WantedStore(Protocol):
    """Who remembers what is not there yet, and when to look again."""

    def look_again(self, ref: EpisodeRef, listing: Listing) -> bool: ...
    def lacks(self, ref: EpisodeRef, listing: Listing) -> None: ...
    def holds(self, ref: EpisodeRef, listing: Listing) -> None: ...


class Obtainer:
    """`preferences` is asked once an obtaining; `in_use` names the files that players show, which stay on the shelf;
    `in_time`, of an entry's files, those known to need no retiming for a video's path."""

    def __init__(
        self,
        listings: ListingSource,
        files: FileSource,
        atlas: Atlas,
        shelf: Shelf,
        *,
        preferences: Callable[[], Preferences] = Preferences,
        in_use: Callable[[], Collection[str]] = frozenset,
        awaited: WantedStore | None = None,
        lacking: Callable[[], str] = str,
        in_time: Callable[[str, int, Sequence[str]], Collection[str]] = lambda *_: (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._listings = listings
        self._files = files
        self._atlas = atlas
        self._shelf = shelf
        self._preferences = preferences
        self._in_use = in_use
        self._awaited = awaited
        self._lacking = lacking
        self._in_time = in_time
        self._clock = clock
        self._fetching: dict[Path, asyncio.Task[bytes]] = {}

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Collection[str] = (),
    ) -> Readable | NotObtained:
        """Return the best readable file for a resolved verdict; a service's or the disk's trouble is a reason, too.

        `only`: the one file of the listing that is wanted; `rejected`: names that are not.
        """
        try:
            return await self._obtain(verdict, video, urgency, only, rejected)
        except (ProviderError, StorageError) as trouble:
            gone = isinstance(trouble, Missing) and verdict.entry_id is not None and self.must_list(verdict.entry_id)
            return NotObtained(str(trouble), retry=not gone and not isinstance(trouble, Refused), trouble=not gone)

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        """Return the files that may serve, best first; none where nothing is known of them. Raises ProviderError."""
        if verdict.entry_id is None or verdict.ref is None:
            return ()
        listing = await self._listing(verdict.entry_id, urgency)
        return self._choose(listing, self._wanted(verdict, video), self._preferences(), video).ranked

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        """Tell what would be chosen and why, one step a line; nothing is fetched but the listing."""
        if verdict.entry_id is None or verdict.ref is None:
            return (self._no_entry(verdict),)
        try:
            listing = await self._listing(verdict.entry_id, urgency)
        except ProviderError as trouble:
            return (f"the files are not known: {trouble}",)
        choice = self._choose(listing, self._wanted(verdict, video), self._preferences(), video)
        lines = [f"{len(listing.files)} files in entry {listing.entry_id}: {choice.why}"]
        lines += [f"  {printable(r.file.name, 120)} ({', '.join(r.matches)})" for r in choice.ranked[:8]]
        return tuple(lines)

    def _no_entry(self, verdict: Verdict) -> str:
        """Say why no entry is known: trouble with the catalogue is never told as "there is none"."""
        return self._lacking() or f"Jimaku has no entry for {printable(verdict.title, 80) or 'this media'} yet"

    def must_list(self, entry_id: int) -> bool:
        """Tell whether obtaining a file of this entry begins with a request for its listing."""
        kept = self._atlas.listing(entry_id)
        return kept is None or not listing_holds(kept, self._atlas.entry(entry_id), self._clock())

    async def close(self) -> None:
        """Stop what is still being fetched."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _obtain(
        self, verdict: Verdict, video: VideoFile, urgency: Urgency, only: str, rejected: Collection[str]
    ) -> Readable | NotObtained:
        if verdict.entry_id is None or verdict.ref is None:
            return NotObtained(self._no_entry(verdict), retry=True)
        wanted = self._wanted(verdict, video)
        attempt = Attempt(verdict.entry_id, wanted, self._preferences(), urgency, only, rejected)
        listing = await self._listing(verdict.entry_id, urgency)
        choice = self._choose(listing, attempt.wanted, attempt.preferences, video)
        if choice.file is None and self._wants_again(verdict.ref, listing):
            listing = await self._read_again(listing, urgency)
            choice = self._choose(listing, attempt.wanted, attempt.preferences, video)
        yet = choice.yet or not listing.files
        self._note(verdict.ref, listing, urgency, yet=yet)
        if choice.file is None:
            return NotObtained(choice.why, retry=yet)
        try:
            return await self._first_readable(attempt, listing, choice)
        except Missing:
            listing = await self._read_again(listing, urgency)
            choice = self._choose(listing, attempt.wanted, attempt.preferences, video)
            return await self._first_readable(attempt, listing, choice)

    def _wants_again(self, ref: EpisodeRef, listing: Listing) -> bool:
        if self._awaited is not None:
            return self._awaited.look_again(ref, listing)
        return self._clock() - listing.read_at > FIRST_LOOK

    def _note(self, ref: EpisodeRef, listing: Listing, urgency: Urgency, *, yet: bool) -> None:
        """Remember what somebody waits for before the screen; a library's gaps are not awaited."""
        if self._awaited is None:
            return
        if not yet:
            self._awaited.holds(ref, listing)
        elif urgency is Urgency.ON_SCREEN:
            self._awaited.lacks(ref, listing)

    def _wanted(self, verdict: Verdict, video: VideoFile) -> Wanted:
        """Gather what is known of the media; all of it local."""
        assert verdict.ref is not None  # noqa: S101 - callers have looked
        entry = self._atlas.entry(verdict.entry_id) if verdict.entry_id is not None else None
        names = tuple(n for n in (entry.name, entry.english_name, entry.japanese_name) if n) if entry else ()
        known = Background()
        anilist_id = verdict.ref.media.anilist_id
        if anilist_id is not None:
            facts = self._atlas.facts((anilist_id,))
            related = tuple(r.anilist_id for f in facts.values() for r in f.relations)
            known = background_of(
                anilist_id,
                {**self._atlas.facts(related), **facts},
                self._atlas.rules(),
                self._atlas.series_rows(anilist_id),
            )
        if verdict.kind == "movie":
            known = replace(known, format=known.format or "MOVIE")
        path = video.path if not video.network else (video.media_title or video.path)
        return wanted_of(path, verdict.ref.episode, verdict.ref.episode_end, names, known)

    def _choose(self, listing: Listing, wanted: Wanted, preferences: Preferences, video: VideoFile) -> Choice:
        in_time = self._in_time(video.path, listing.entry_id, [file.name for file in listing.files])
        return choose(offered(listing.files), wanted, preferences, in_time)

    async def _listing(self, entry_id: int, urgency: Urgency) -> Listing:
        """Return the kept listing while nothing says that it is old; an old one, too, if a new one cannot be had."""
        kept = self._atlas.listing(entry_id)
        if kept is not None and listing_holds(kept, self._atlas.entry(entry_id), self._clock()):
            return kept
        patience = _PATIENCE if kept is not None and urgency <= Urgency.NEXT else None
        try:
            async with asyncio.timeout(patience):
                return await self._listings.listing(entry_id, urgency)
        except TimeoutError:
            assert kept is not None  # noqa: S101 - else there is no timeout
            _log.info("the kept listing of entry %d serves: nothing else in time", entry_id)
            return kept
        except Missing:
            raise
        except ProviderError as trouble:
            if kept is None:
                raise
            _log.info("the kept listing of entry %d serves: %s", entry_id, trouble)
            return kept

    async def _read_again(self, judged: Listing, urgency: Urgency) -> Listing:
        """Return another listing than the one that did not serve: somebody may have read it meanwhile."""
        kept = self._atlas.listing(judged.entry_id)
        if kept is not None and kept.read_at != judged.read_at:
            return kept
        return await self._listings.listing(judged.entry_id, urgency)

    async def _first_readable(self, attempt: Attempt, listing: Listing, choice: Choice) -> Readable | NotObtained:
        try:
            for ranked in choice.ranked:
                if (attempt.only and ranked.file.name != attempt.only) or attempt.refuses(ranked.file.name):
                    continue
                readable = await self._try(attempt, listing, ranked)
                if readable is not None:
                    return readable
        except Enough:
            pass
        told = "; ".join(attempt.reasons) or choice.why
        return NotObtained(f"no file of {len(choice.ranked)} could be used: {told}")

    async def _try(self, attempt: Attempt, listing: Listing, ranked: Ranked) -> Readable | None:
        """Make one candidate readable; None, with the reason noted, if it is not fit."""
        file = ranked.file
        _, extension = split_extension(file.name)
        try:
            done = self._shelf.find(attempt.entry_id, file, extension) if extension not in ARCHIVE_FORMATS else None
            if done is not None:
                return Readable(str(done), file.name, attempt.entry_id, ranked.matches, file.name)
            raw = await self._fetch(attempt, file)
            if kind_of(raw):
                return await self._from_archive(attempt, file, raw, ranked.matches)
            contents = await asyncio.to_thread(opened, raw, extension, attempt.preferences.languages)
            if extension == "idx":
                await self._keep_sibling(attempt, listing, file)
            return self._shelved(attempt, file, extension, contents, ranked.matches)
        except (Unreadable, Malformed) as reason:
            attempt.turn_down(file.name, str(reason))
            return None

    def _shelved(
        self,
        attempt: Attempt,
        file: SubtitleFile,
        extension: str,
        contents: bytes,
        matches: tuple[str, ...],
        member: str = "",
    ) -> Readable:
        path = self._shelf.place(attempt.entry_id, file, extension, member)
        self._shelf.keep(path, contents, self._in_use())
        return Readable(str(path), member or file.name, attempt.entry_id, matches, file.name)

    async def _keep_sibling(self, attempt: Attempt, listing: Listing, index: SubtitleFile) -> None:
        """Put the pictures of a VobSub index beside it, where mpv looks for them."""
        stem, _ = split_extension(index.name)
        sibling = next((f for f in listing.files if split_extension(f.name) == (stem, "sub")), None)
        if sibling is None:
            raise Unreadable("its .sub file is not there")
        raw = await self._fetch(attempt, sibling)
        place = self._shelf.place(attempt.entry_id, index, "idx")
        self._shelf.keep(place.with_suffix(".sub"), raw, {str(place), *self._in_use()})

    async def _from_archive(
        self,
        attempt: Attempt,
        file: SubtitleFile,
        raw: bytes,
        matches: tuple[str, ...],
        depth: int = 0,
        inside: str = "",
    ) -> Readable | None:
        archive = await asyncio.to_thread(open_archive, raw)
        for refused in archive.refused:
            _log.info("left alone in %s: %s", printable(file.name, 80), printable(refused, 120))
        by_name = {judged_as(m.name): m for m in archive.members}
        choice = choose(
            offered(SubtitleFile(n, m.size) for n, m in by_name.items()), attempt.wanted, attempt.preferences
        )
        if choice.file is None:
            raise Unreadable(choice.why.replace("the entry", "the archive"))
        for ranked in choice.ranked:
            member = by_name[ranked.file.name]
            readable = await self._try_member(attempt, file, archive, member, (*matches, "archive"), depth, inside)
            if readable is not None:
                return readable
        return None

    async def _try_member(
        self,
        attempt: Attempt,
        file: SubtitleFile,
        archive: Archive,
        member: Member,
        matches: tuple[str, ...],
        depth: int,
        inside: str,
    ) -> Readable | None:
        _, extension = split_extension(member.name)
        name = f"{inside}{member.name}"
        if attempt.refuses(name):
            return None
        try:
            done = (
                self._shelf.find(attempt.entry_id, file, extension, name) if extension not in ARCHIVE_FORMATS else None
            )
            if done is not None:
                return Readable(str(done), name, attempt.entry_id, matches, file.name)
            raw = await asyncio.to_thread(read_member, archive, member)
            if kind_of(raw) and depth < _DEEPEST:
                return await self._from_archive(attempt, file, raw, matches, depth + 1, f"{name}/")
            contents = await asyncio.to_thread(opened, raw, extension, attempt.preferences.languages)
            if extension == "idx":
                await self._keep_member_sibling(attempt, file, archive, member, name)
            return self._shelved(attempt, file, extension, contents, matches, name)
        except Unreadable as reason:
            attempt.turn_down(member.name, str(reason))
            return None

    async def _keep_member_sibling(
        self, attempt: Attempt, file: SubtitleFile, archive: Archive, index: Member, name: str
    ) -> None:
        stem, _ = split_extension(index.name)
        sibling = next((m for m in archive.members if split_extension(m.name) == (stem, "sub")), None)
        if sibling is None:
            raise Unreadable("its .sub file is not there")
        raw = await asyncio.to_thread(read_member, archive, sibling)
        place = self._shelf.place(attempt.entry_id, file, "idx", name)
        self._shelf.keep(place.with_suffix(".sub"), raw, {str(place), *self._in_use()})

    async def _fetch(self, attempt: Attempt, file: SubtitleFile) -> bytes:
        """Return the bytes of a file; of an archive, from the shelf if it lies there. One request for all who ask."""
        _, extension = split_extension(file.name)
        place = self._shelf.place(attempt.entry_id, file, extension or "bin")
        if extension in ARCHIVE_FORMATS and self._shelf.find(attempt.entry_id, file, extension):
            return self._shelf.read(place)
        if attempt.downloads >= MOST_DOWNLOADS:
            raise Enough
        attempt.downloads += 1
        task = self._fetching.get(place)
        if task is None:
            task = asyncio.create_task(self._files.download(attempt.entry_id, file, attempt.urgency))
            self._fetching[place] = task
            task.add_done_callback(lambda done: self._fetched(place, done))
        raw = await asyncio.shield(task)
        if extension in ARCHIVE_FORMATS and kind_of(raw):
            self._shelf.keep(place, raw, self._in_use())
        return raw

    def _fetched(self, place: Path, task: asyncio.Task[bytes]) -> None:
        self._fetching.pop(place, None)
        if not task.cancelled():
            task.exception()  # looked at here, as whoever asked may be gone
