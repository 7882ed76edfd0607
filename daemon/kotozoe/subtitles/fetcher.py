"""From a verdict to a readable subtitle file in the cache: list, rank, fetch, open, decode, verify; else the next.

No subtitle is better than a wrong one, and trouble with a service is never reported as "there is none".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from kotozoe.errors import Missing, ProviderError, Refused, StorageError
from kotozoe.identify.names.identify import own_name
from kotozoe.identify.verdict.pins import Pins
from kotozoe.lanes import FILES
from kotozoe.model import (
    EpisodeRef,
    Listing,
    NotObtained,
    Ranked,
    Readable,
    Source,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.printable import printable
from kotozoe.providers.ports import FileSource, ListingSource
from kotozoe.store.freshness import FIRST_LOOK, listing_holds
from kotozoe.subtitles import background
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.candidate import Attempt, CandidateLoader
from kotozoe.subtitles.ports import KnownEntries
from kotozoe.subtitles.ranking.choose import ranking_target
from kotozoe.subtitles.ranking.rank import Choice, Preferences, choose_readable
from kotozoe.subtitles.ranking.target import RankingTarget

_log = logging.getLogger(__name__)

_PATIENCE = 4.0  # seconds for which the screen waits for a listing while an old one is there


class SubtitleFetcher:
    """`preferences` is asked once an obtaining; `in_use` names the files that players show, which stay in the cache;
    `in_time`, of an entry's files, those known to need no retiming for a video's path; `pins`, what the user chose."""

    def __init__(
        self,
        listings: ListingSource,
        files: FileSource,
        catalogue: KnownEntries,
        subtitle_cache: SubtitleCache,
        *,
        preferences: Callable[[], Preferences] = Preferences,
        in_use: Callable[[], Collection[str]] = frozenset,
        awaited: AwaitedEpisodes | None = None,
        lacking: Callable[[], str] = str,
        in_time: Callable[[str, int, Sequence[str]], Collection[str]] = lambda *_: (),
        pins: Callable[[], Pins] = Pins,
        source: Source = "jimaku",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._listings = listings
        self._catalogue = catalogue
        self._preferences = preferences
        self._awaited = awaited
        self._lacking = lacking
        self._in_time = in_time
        self._pins = pins
        self._clock = clock
        self._loader = CandidateLoader(files, subtitle_cache, in_use)

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
        """Return the best readable file for a resolved verdict; a service's or the disk's trouble is a reason, too.

        `only`: the one file of the listing that is wanted; `rejected`: names that are not, and why; `opened`: the video
        has just been opened.
        """
        try:
            return await self._obtain(verdict, video, urgency, only, rejected or {}, opened=opened)
        except (ProviderError, StorageError) as trouble:
            gone = isinstance(trouble, Missing) and verdict.entry_id is not None and self.must_list(verdict.entry_id)
            return NotObtained(str(trouble), retry=not gone and not isinstance(trouble, Refused), trouble=not gone)

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        """Return the files that may serve, best first; none where nothing is known of them. Raises ProviderError."""
        if verdict.entry_id is None or verdict.ref is None:
            return ()
        listing = await self._listing(verdict.entry_id, verdict.ref, urgency)
        liked = self._liked(verdict.entry_id, video)
        choice = await self._choose(listing, self._wanted(verdict, video), liked, video)
        return (*choice.ranked, *choice.by_hand)

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        """Tell what would be chosen and why, one step a line; nothing is fetched but the listing."""
        if verdict.entry_id is None or verdict.ref is None:
            return (f"{self._no_entry(verdict)}.",)
        try:
            listing = await self._listing(verdict.entry_id, verdict.ref, urgency)
        except ProviderError as trouble:
            return (f"Its files are not known: {trouble}.",)
        choice = await self._choose(listing, self._wanted(verdict, video), self._liked(listing.entry_id, video), video)
        held = f"Entry {listing.entry_id} has {len(listing.files)} file{'' if len(listing.files) == 1 else 's'}"
        if choice.file is None:
            return (f"{held}, none of which serves: {choice.why}.",)
        lines = [f"{held}; {len(choice.ranked)} of them may serve, the first is taken:"]
        lines += [f"  {printable(r.file.name, 120)} (agrees by {', '.join(r.matches)})" for r in choice.ranked[:8]]
        return tuple(lines)

    async def by_name(self, *_: object) -> None:
        """Know no names: that is for the user's own folders."""

    def _no_entry(self, verdict: Verdict) -> str:
        """Say why no entry is known: trouble with the catalogue is never reported as "there is none"."""
        return self._lacking() or f"Jimaku has no entry for {printable(verdict.title, 80) or 'this media'} yet"

    def must_list(self, entry_id: int) -> bool:
        """Tell whether obtaining a file of this entry begins with a request for its listing."""
        kept = self._catalogue.listing(entry_id)
        return kept is None or not listing_holds(kept, self._catalogue.entry(entry_id), self._clock())

    def holds(self, verdict: Verdict, video: VideoFile) -> bool:
        """Tell whether the file that would be chosen lies in the cache."""
        listing = self._catalogue.listing(verdict.entry_id) if verdict.entry_id is not None else None
        if listing is None or verdict.ref is None or self.must_list(listing.entry_id):
            return False
        choice = self._ranked(listing, self._wanted(verdict, video), self._liked(listing.entry_id, video), video)
        return choice.file is not None and self._loader.has(listing.entry_id, choice.file, self._source)

    async def _obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        only: str,
        rejected: Mapping[str, str],
        *,
        opened: bool,
    ) -> Readable | NotObtained:
        if verdict.entry_id is None or verdict.ref is None:
            return NotObtained(self._no_entry(verdict), retry=True)
        wanted = self._wanted(verdict, video)
        preferences = self._liked(verdict.entry_id, video)
        preferences = replace(preferences, picked=only or preferences.picked)
        attempt = Attempt(verdict.entry_id, wanted, preferences, urgency, only, rejected, video.duration, self._source)
        listing = await self._listing(verdict.entry_id, verdict.ref, urgency)
        choice = await self._choose(listing, attempt.wanted, attempt.preferences, video)
        if choice.file is None and self._wants_again(verdict.ref, listing, opened=opened):
            listing = await self._read_again(listing, verdict.ref, urgency)
            choice = await self._choose(listing, attempt.wanted, attempt.preferences, video)
        yet = choice.yet or not listing.files
        self._note(verdict.ref, listing, urgency, yet=yet)
        if choice.file is None:
            return NotObtained(choice.why, retry=yet)
        try:
            return await self._loader.first(attempt, listing, choice)
        except Missing:
            listing = await self._read_again(listing, verdict.ref, urgency)
            choice = await self._choose(listing, attempt.wanted, attempt.preferences, video)
            return await self._loader.first(attempt, listing, choice)

    def _wants_again(self, ref: EpisodeRef, listing: Listing, *, opened: bool) -> bool:
        if self._awaited is not None:
            return self._awaited.look_again(ref, listing, opened=opened)
        return self._clock() - listing.read_at > FIRST_LOOK

    def _note(self, ref: EpisodeRef, listing: Listing, urgency: Urgency, *, yet: bool) -> None:
        """Remember what somebody waits for before the screen; a library's gaps are not awaited."""
        if self._awaited is None:
            return
        if not yet:
            self._awaited.holds(ref, listing)
        elif urgency is Urgency.ON_SCREEN:
            self._awaited.lacks(ref, listing)

    def _wanted(self, verdict: Verdict, video: VideoFile) -> RankingTarget:
        """Gather what is known of the media; all of it local."""
        assert verdict.ref is not None  # noqa: S101 - callers have looked
        entry = self._catalogue.entry(verdict.entry_id) if verdict.entry_id is not None else None
        names = entry.names if entry else ()
        known = background.background(self._catalogue, verdict.ref.media)
        if verdict.kind == "movie":
            known = replace(known, format=known.format or "MOVIE")
        wanted = ranking_target(own_name(video), verdict.ref.episode, verdict.ref.episode_end, names, known)
        return replace(wanted, episode_said=verdict.episode_said)

    def _liked(self, entry_id: int, video: VideoFile) -> Preferences:
        """Return what the user likes, with what was picked by hand for this video, or for another of its entry."""
        pins = self._pins()
        picked, like = pins.picked(own_name(video), entry_id, self._source), pins.liked(entry_id, self._source)
        return replace(self._preferences(), picked=picked, like=like)

    async def _choose(
        self, listing: Listing, wanted: RankingTarget, preferences: Preferences, video: VideoFile
    ) -> Choice:
        """Rank in a thread: a third of a second goes into three thousand names."""
        return await FILES.run(self._ranked, listing, wanted, preferences, video)

    def _ranked(self, listing: Listing, wanted: RankingTarget, preferences: Preferences, video: VideoFile) -> Choice:
        in_time = self._in_time(own_name(video), listing.entry_id, [file.name for file in listing.files])
        return choose_readable(listing.files, wanted, preferences, in_time)

    async def _listing(self, entry_id: int, ref: EpisodeRef, urgency: Urgency) -> Listing:
        """Return the listing of an entry that is still `ref`'s. Raises Missing if it is another media's by now."""
        listing = await self._known_or_read(entry_id, urgency)
        self._check_entry(entry_id, ref)
        return listing

    def _check_entry(self, entry_id: int, ref: EpisodeRef) -> None:
        entry = self._catalogue.entry(entry_id)
        if entry is not None and entry.media != ref.media:
            raise Missing("Jimaku", f"entry {entry_id} holds {printable(entry.name, 80)} now")

    async def _known_or_read(self, entry_id: int, urgency: Urgency) -> Listing:
        """Return the kept listing while nothing says that it is old; an old one, too, if a new one cannot be had."""
        kept = await asyncio.to_thread(self._catalogue.listing, entry_id)
        if kept is not None and listing_holds(kept, self._catalogue.entry(entry_id), self._clock()):
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

    async def _read_again(self, judged: Listing, ref: EpisodeRef, urgency: Urgency) -> Listing:
        """Return another listing than the one that did not serve: somebody may have read it meanwhile."""
        kept = None
        if self._catalogue.listing_read_at(judged.entry_id) not in (None, judged.read_at):
            kept = await asyncio.to_thread(self._catalogue.listing, judged.entry_id)
        if kept is None:
            kept = await self._listings.listing(judged.entry_id, urgency)
        self._check_entry(judged.entry_id, ref)
        return kept
