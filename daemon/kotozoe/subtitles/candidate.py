"""One obtaining, candidate by candidate: fetch, open, decode, verify; else the next."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TypeVar, TypeVarTuple

from kotozoe import lanes
from kotozoe.errors import Malformed, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Listing, NotObtained, Ranked, Readable, Source, SubtitleFile, Urgency
from kotozoe.printable import printable
from kotozoe.providers.ports import FileSource
from kotozoe.subtitles.archive import Archive, Member, kind_of, open_archive, read_member
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.labels import LABELS_VERSION, without_labels
from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.ranking.file_names import (
    ARCHIVE_FORMATS,
    TEXT_FORMATS,
    judged_as,
    read_name,
    split_extension,
)
from kotozoe.subtitles.ranking.rank import Choice, Preferences, choose_readable
from kotozoe.subtitles.ranking.subtitle_content import wrong_length
from kotozoe.subtitles.ranking.target import RankingTarget
from kotozoe.subtitles.unreadable import Unreadable

_log = logging.getLogger(__name__)

MAX_DOWNLOADS = 3  # in one playback
MAX_HELD = 2  # large bodies in memory until they are read, of all playbacks; others wait on disk
LARGE = 1 << 20  # bytes
_DEEPEST = 1  # archives inside archives that are opened
# Of one obtaining, over all its candidates. Where a member is not fit the next is read, and of a solid archive each
# costs as much as all before it.
MAX_MEMBERS_OPENED = 12
MAX_UNPACKED = 64 * 1024 * 1024  # bytes
MAX_SECONDS = 10.0  # of CPU, for opening, decoding and verifying; what has begun is not broken off

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


@dataclass(slots=True)
class Attempt:
    """One obtaining: what is left of its downloads, and why candidates were turned down."""

    entry_id: int
    wanted: RankingTarget
    preferences: Preferences
    urgency: Urgency
    only: str = ""
    rejected: Mapping[str, str] = field(default_factory=dict)
    duration: float | None = None  # of the video, in seconds
    source: Source = "jimaku"
    downloads: int = 0
    opened_members: int = 0
    unpacked: int = 0  # bytes of members
    seconds: float = 0.0  # of CPU, spent on what was fetched
    held: int = 0  # large bodies that were fetched and are not read yet
    fetched: tuple[Path, ...] = ()  # what was fetched for the candidate that is tried, by its place in the cache
    reasons: tuple[str, ...] = ()

    def refuses(self, name: str) -> bool:
        """Say, with the reason noted, whether a file of this name is not wanted."""
        if self.only or name not in self.rejected:
            return False
        self.turn_down(name, self.rejected[name])
        return True

    def check_length(self, name: str, extension: str, contents: bytes) -> None:
        """Raise Unreadable where a text ends long before or after the video does. What the user picks is not judged."""
        if self.only or not self.duration or extension not in TEXT_FORMATS or name == self.preferences.picked:
            return
        episodes = read_name(name.rpartition("/")[2]).slots
        several = any(s.last > s.first for s in episodes)
        if reason := wrong_length(contents.decode("utf-8", "replace"), self.duration, several=several):
            raise Unreadable(reason)

    def choose(self, archive: Archive) -> tuple[Mapping[str, Member], Choice]:
        """Return the members by the names that they are judged by, and which of them are wanted. Where all are named as
        Chinese, their texts decide: these are here already, and are verified where Japanese alone is wanted.
        """
        by_name = {judged_as(m.name): m for m in archive.members}
        files = tuple(SubtitleFile(n, m.size) for n, m in by_name.items())
        choice = choose_readable(files, self.wanted, self.preferences)
        if choice.by_hand and choice.file is None and self.preferences.languages == ("ja",):
            choice = replace(choice, file=choice.by_hand[0].file, ranked=choice.by_hand)
        return by_name, choice

    async def in_thread(self, work: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        """Do a part of the work on what was fetched. Raises Enough where the time for all of it is spent."""
        if self.seconds >= MAX_SECONDS:
            raise Enough(f"stopped: reading what was fetched took {self.seconds:.0f} s")

        def timed() -> _Result:
            begun = time.thread_time()  # a busy machine takes nothing away from what a file may cost
            try:
                return work(*arguments)
            finally:
                self.seconds += time.thread_time() - begun

        return await lanes.FILES.run(timed)

    async def read_member(self, archive: Archive, member: Member) -> bytes:
        """Return the bytes of a member. Raises Unreadable, and TooMuch where no more may be unpacked."""
        if self.opened_members >= MAX_MEMBERS_OPENED:
            raise TooMuch(f"none of the first {MAX_MEMBERS_OPENED} files in archives could be used")
        if self.unpacked + member.size > MAX_UNPACKED:
            raise TooMuch(f"more than {MAX_UNPACKED // 2**20} MB would have to be unpacked")
        self.opened_members += 1
        self.unpacked += member.size  # what is damaged within costs as much
        return await self.in_thread(read_member, archive, member)

    def turn_down(self, name: str, reason: str) -> None:
        self.reasons = (*self.reasons, f"{printable(name, 80)}: {reason}")
        _log.info("turned down %s: %s", printable(name, 80), reason)


class Enough(Exception):
    """No more downloads, or no more time, for this playback; the message says which, "" for the downloads."""


class TooMuch(Exception):
    """No more of an archive is unpacked in this obtaining; a file that is none may still do."""


class CandidateLoader:
    """Makes candidates readable: fetches, opens, decodes and verifies them, and puts what is fit in the cache."""

    def __init__(self, files: FileSource, subtitle_cache: SubtitleCache, in_use: Callable[[], Collection[str]]) -> None:
        self._files = files
        self._subtitle_cache = subtitle_cache
        self._in_use = in_use
        self._held = 0
        self._read = asyncio.Event()
        self._fetched: dict[Path, bytes] = {}  # and not kept yet: who asks meanwhile need not fetch it again

    def has(self, entry_id: int, file: SubtitleFile, source: Source) -> bool:
        """Tell whether a file of a listing lies in the cache; of an archive, the archive."""
        _, extension = split_extension(file.name)
        return self._subtitle_cache.place(entry_id, file, extension, source=source).exists()

    async def first(self, attempt: Attempt, listing: Listing, choice: Choice) -> Readable | NotObtained:
        """Return the best candidate that is fit, or why none is. Raises ProviderError and StorageError."""
        try:
            for ranked in choice.ranked:
                if (attempt.only and ranked.file.name != attempt.only) or attempt.refuses(ranked.file.name):
                    continue
                try:
                    readable = await self._try(attempt, listing, ranked)
                except (Refused, Throttled, Unavailable) as trouble:
                    return await self._from_cache(attempt, listing, choice, trouble)
                if readable is not None:
                    return await self._without_labels(attempt, readable)
        except Enough as enough:
            attempt.reasons = (*attempt.reasons, *filter(None, [str(enough)]))
        reasons = "; ".join(attempt.reasons) or choice.why
        return NotObtained(f"no file of {len(choice.ranked)} could be used: {reasons}")

    async def _from_cache(self, attempt: Attempt, listing: Listing, choice: Choice, trouble: ProviderError) -> Readable:
        """Return the best candidate that needs no request, to stand in for a better one. Raises `trouble` for none."""
        for ranked in choice.ranked:
            file = ranked.file
            if attempt.only or file.name in attempt.rejected or not self.has(attempt.entry_id, file, attempt.source):
                continue
            if (readable := await self._try(attempt, listing, ranked)) is not None:
                return replace(await self._without_labels(attempt, readable), interim=str(trouble))
        raise trouble

    async def _without_labels(self, attempt: Attempt, readable: Readable) -> Readable:
        """Return the file without the labels that are not wanted: a copy of it in the cache. Raises StorageError."""
        origin, kinds = Path(readable.path), attempt.preferences.strip
        if not kinds or origin.suffix[1:] not in TEXT_FORMATS:
            return readable
        copy = origin.with_name(f"{origin.stem}.{LABELS_VERSION}-{'-'.join(sorted(kinds))}{origin.suffix}")
        if not copy.exists():
            text = (await attempt.in_thread(self._subtitle_cache.read, origin)).decode("utf-8", "replace")
            left = await attempt.in_thread(without_labels, text, kinds)
            if left == text:
                return readable
            self._subtitle_cache.keep(copy, left.encode("utf-8"), {readable.path, *self._in_use()})
        matches = (*readable.matches, *(f"without {kind} labels" for kind in sorted(kinds)))
        return replace(readable, path=str(copy), matches=matches)

    async def _try(self, attempt: Attempt, listing: Listing, ranked: Ranked) -> Readable | None:
        """Make one candidate readable; None, with the reason noted, if it is not fit."""
        file = ranked.file
        _, extension = split_extension(file.name)
        try:
            if (done := await self._cached(attempt, file, extension)) is not None:
                return _cached(done, file.name, attempt, ranked.matches, file)
            raw = await self._fetch(attempt, file)
            if kind_of(raw):
                return await self._from_archive(attempt, file, raw, ranked.matches)
            contents = await attempt.in_thread(opened, raw, extension, attempt.preferences.languages)
            if extension == "idx":
                await self._keep_sibling(attempt, listing, file)
            return await self._shelved(attempt, file, extension, contents, ranked.matches)
        except (Unreadable, Malformed, TooMuch) as reason:
            attempt.turn_down(file.name, str(reason))
            return None
        finally:
            self._let_go(attempt)

    async def _room(self, attempt: Attempt) -> None:
        """Wait until fewer large bodies are held; who holds one already, as of an index, goes on."""
        while self._held >= MAX_HELD and not attempt.held:
            self._read.clear()
            await self._read.wait()
        attempt.held += 1
        self._held += 1

    def _let_go(self, attempt: Attempt) -> None:
        self._held -= attempt.held
        attempt.held = 0
        for place in attempt.fetched:
            self._fetched.pop(place, None)
        attempt.fetched = ()
        self._read.set()

    async def _cached(self, attempt: Attempt, file: SubtitleFile, extension: str, member: str = "") -> Path | None:
        """Return where a file lies in the cache, None if it does not. Raises Unreadable if its length is wrong."""
        if extension in ARCHIVE_FORMATS:
            return None
        path = self._subtitle_cache.find(attempt.entry_id, file, extension, member, attempt.source)
        if path is not None and attempt.duration:
            contents = await attempt.in_thread(self._subtitle_cache.read, path)
            await attempt.in_thread(attempt.check_length, member or file.name, extension, contents)
        return path

    async def _shelved(
        self,
        attempt: Attempt,
        file: SubtitleFile,
        extension: str,
        contents: bytes,
        matches: tuple[str, ...],
        member: str = "",
    ) -> Readable:
        path = self._subtitle_cache.place(attempt.entry_id, file, extension, member, attempt.source)
        await self._keep(path, contents)  # first: another video's length may be right
        await attempt.in_thread(attempt.check_length, member or file.name, extension, contents)
        return Readable(str(path), member or file.name, attempt.entry_id, matches, file.name, attempt.source)

    async def _keep_sibling(self, attempt: Attempt, listing: Listing, index: SubtitleFile) -> None:
        """Put the pictures of a VobSub index beside it, where mpv looks for them."""
        stem, _ = split_extension(index.name)
        sibling = await asyncio.to_thread(_named, stem, listing.files)
        if sibling is None:
            raise Unreadable("its .sub file is not there")
        raw = await self._fetch(attempt, sibling)
        place = self._subtitle_cache.place(attempt.entry_id, index, "idx", source=attempt.source)
        await self._keep(place.with_suffix(".sub"), raw, place)

    async def _from_archive(
        self,
        attempt: Attempt,
        file: SubtitleFile,
        raw: bytes,
        matches: tuple[str, ...],
        depth: int = 0,
        inside: str = "",
    ) -> Readable | None:
        archive = await attempt.in_thread(open_archive, raw)
        for refused in archive.refused:
            _log.info("left alone in %s: %s", printable(file.name, 80), printable(refused, 120))
        by_name, choice = await attempt.in_thread(attempt.choose, archive)
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
            if (done := await self._cached(attempt, file, extension, name)) is not None:
                return _cached(done, name, attempt, matches, file)
            raw = await attempt.read_member(archive, member)
            if kind_of(raw) and depth < _DEEPEST:
                return await self._from_archive(attempt, file, raw, matches, depth + 1, f"{name}/")
            contents = await attempt.in_thread(opened, raw, extension, attempt.preferences.languages)
            if extension == "idx":
                await self._keep_member_sibling(attempt, file, archive, member, name)
            return await self._shelved(attempt, file, extension, contents, matches, name)
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
        raw = await attempt.read_member(archive, sibling)
        place = self._subtitle_cache.place(attempt.entry_id, file, "idx", name, attempt.source)
        await self._keep(place.with_suffix(".sub"), raw, place)

    async def _keep(self, path: Path, contents: bytes, *needed: Path) -> None:
        in_use = {*map(str, needed), *self._in_use()}
        await lanes.FILES.run(self._subtitle_cache.keep, path, contents, in_use)

    async def _fetch(self, attempt: Attempt, file: SubtitleFile) -> bytes:
        """Return the bytes of a file; of an archive, from the cache if it lies there. One request for all who ask."""
        _, extension = split_extension(file.name)
        place = self._subtitle_cache.place(attempt.entry_id, file, extension or "bin", source=attempt.source)
        if extension in ARCHIVE_FORMATS and self._subtitle_cache.find(
            attempt.entry_id, file, extension, source=attempt.source
        ):
            await self._room(attempt)
            return await attempt.in_thread(self._subtitle_cache.read, place)
        if place in self._fetched:
            return self._fetched[place]
        if attempt.downloads >= MAX_DOWNLOADS:
            raise Enough
        attempt.downloads += 1
        # another's answer may have come, and be on its way to where it is looked for, as this was asked
        raw = await self._files.download(attempt.entry_id, file, attempt.urgency, lambda: self._fetched.get(place))
        if len(raw) >= LARGE:
            with await asyncio.to_thread(self._subtitle_cache.put_aside, raw) as aside:
                del raw
                await self._room(attempt)
                raw = await asyncio.to_thread(_whole, aside)
        self._fetched[place] = raw
        attempt.fetched = (*attempt.fetched, place)
        if extension in ARCHIVE_FORMATS and kind_of(raw):
            await self._keep(place, raw)
        return raw


def _whole(aside: IO[bytes]) -> bytes:
    aside.seek(0)
    return aside.read()


def _named(stem: str, files: Sequence[SubtitleFile]) -> SubtitleFile | None:
    """Return the file with the pictures of the index of this name."""
    return next((f for f in files if split_extension(f.name) == (stem, "sub")), None)


def _cached(place: Path, name: str, attempt: Attempt, matches: tuple[str, ...], file: SubtitleFile) -> Readable:
    return Readable(str(place), name, attempt.entry_id, matches, file.name, attempt.source, cached=True)
