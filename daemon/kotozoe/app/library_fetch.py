"""Fetches a whole library: identify all of it together, list each entry once, fetch what is missing.

Everything learnt or fetched is on disk at once, so that a second run resumes where the first ended.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from kotozoe.app.video_library import SidecarWriter
from kotozoe.errors import StorageError
from kotozoe.lookup.ports import CatalogueState, EpisodeFinder
from kotozoe.model import NotObtained, Readable, Urgency, Verdict, VideoFile
from kotozoe.subtitles.ports import SubtitleSource

Outcome = Literal["fetched", "present", "planned", "left out"]
Stage = Literal["reading names", "finding episodes", "fetching"]

FEW = 30  # videos: up to so many are fetched with the urgency of a person at the terminal
LACK = "Jimaku's list of entries is not known: {}."
_AT_ONCE = 8  # entries: while some download, others are listed
_A_READING = 50  # names between two signs of life
_ENOUGH_TROUBLE = 5  # files in a row that trouble of a service, or of the disk, left out


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: files and folders; whether beside the videos; and whether only to say what would be done."""

    paths: Sequence[str]
    sidecar: bool = False
    plan_only: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one video: where its subtitle lies (`file`), or why it has none, in a sentence.

    `present`: it was fetched before, or somebody's subtitle lies beside the video; `planned`: not asked for.
    """

    path: str
    outcome: Outcome
    file: str = ""
    why: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `to_list` entries and `to_fetch` files are still to be asked for, at most."""

    stage: Stage
    done: int = 0
    total: int = 0
    to_list: int = 0
    to_fetch: int = 0


class LibraryReport(Protocol):
    """Hears of every video as it is done, and of every step in between."""

    def result(self, result: Result) -> None: ...
    def progress(self, progress: Progress) -> None: ...


_Found = tuple[VideoFile, Verdict]


@dataclass(slots=True)
class _State:
    """One run: what there still is to do, and what stands in the way of all of it."""

    progress: Progress
    unlisted: set[int] = field(default_factory=set)
    trouble: int = 0
    stop: str = ""
    retries: list[_Found] = field(default_factory=list)
    last: bool = False


@dataclass(frozen=True, slots=True)
class LibraryFetch:
    """One run. With `sidecars`, subtitles are also put beside their videos; `plan_only` fetches nothing."""

    finder: EpisodeFinder
    fetcher: SubtitleSource
    catalogue: CatalogueState
    sidecars: SidecarWriter | None
    report: LibraryReport
    plan_only: bool = False

    async def run(self, paths: Sequence[str]) -> None:
        """Do all of it. Raises nothing that only concerns one video."""
        urgency = Urgency.TERMINAL if len(paths) <= FEW else Urgency.BACKFILL
        videos = [VideoFile(path) for path in paths if not self._is_present(path)]
        await self.catalogue.renew(Urgency.TERMINAL)
        for at in range(0, len(videos), _A_READING):
            self.report.progress(Progress("reading names", at, len(videos)))
            await self.finder.read(videos[at : at + _A_READING])
        self.report.progress(Progress("finding episodes", 0, len(videos)))
        verdicts = await self.finder.find_all(videos, urgency)
        entries = self._by_entry(zip(videos, verdicts, strict=True))
        state = _State(Progress("fetching", 0, sum(map(len, entries.values()))), self._to_list(entries))
        self._report_progress(state, done=0)
        if self.plan_only:
            self._plan([each for found in entries.values() for each in found], state)
        else:
            await self._fetch_all(entries, urgency, state)

    def _plan(self, found: Sequence[_Found], state: _State) -> None:
        """Report what would be asked for, and what would not as it is here already."""
        for video, verdict in found:
            if self.sidecars is None and self.fetcher.holds(verdict, video):
                self._report_result(Result(video.path, "present", why=verdict.why, verdict=verdict), state)
            else:
                self.report.result(Result(video.path, "planned", why=verdict.why, verdict=verdict))

    def _is_present(self, path: str) -> bool:
        sidecar = self.sidecars.present(path) if self.sidecars else None
        if sidecar is not None:
            self.report.result(Result(path, "present", sidecar, "a subtitle lies beside it already"))
        return sidecar is not None

    def _by_entry(self, found: zip[_Found]) -> dict[int, list[_Found]]:
        """Group what can be fetched by entry; report the rest."""
        entries: dict[int, list[_Found]] = defaultdict(list)
        for video, verdict in found:
            if verdict.status == "resolved" and verdict.entry_id is not None:
                entries[verdict.entry_id].append((video, verdict))
                continue
            why = _why_left_out(verdict, self.catalogue.lacking)
            self.report.result(Result(video.path, "left out", why=why, verdict=verdict))
        return entries

    def _to_list(self, entries: dict[int, list[_Found]]) -> set[int]:
        return {entry_id for entry_id in entries if self.fetcher.must_list(entry_id)}

    async def _fetch_all(self, entries: dict[int, list[_Found]], urgency: Urgency, state: _State) -> None:
        """Go through the entries, several at a time so that neither of Jimaku's two queues ever runs dry.

        What trouble left out is tried once more in the end: it may be over by then.
        """
        waiting = iter(entries.items())

        async def work() -> None:
            for entry_id, found in waiting:
                await self._entry(entry_id, found, urgency, state)

        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(work())
        state.last = True
        for video, verdict in state.retries:
            result = await self._one(video, verdict, urgency, state)
            if result is not None:
                self._report_result(result, state)

    async def _entry(self, entry_id: int, found: list[_Found], urgency: Urgency, state: _State) -> None:
        """Fetch what one entry has; an entry that is gone is asked for once."""
        gone = ""
        for video, verdict in found:
            if gone:
                self._report_result(Result(video.path, "left out", why=gone, verdict=verdict), state)
                continue
            result = await self._one(video, verdict, urgency, state)
            state.unlisted.discard(entry_id)
            if result is None:
                state.retries.append((video, verdict))
                continue
            if result.outcome == "left out" and not state.stop and self.fetcher.must_list(entry_id):
                gone = result.why  # its listing was asked for, and is not to be had
            self._report_result(result, state)

    async def _one(self, video: VideoFile, verdict: Verdict, urgency: Urgency, state: _State) -> Result | None:
        """Return what became of one video; None if it is worth another try."""
        if state.stop:
            return Result(video.path, "left out", why=state.stop, verdict=verdict)
        obtained = await self.fetcher.obtain(verdict, video, urgency)
        if isinstance(obtained, Readable) and obtained.interim:
            obtained = NotObtained(obtained.interim, retry=True, trouble=True)
        if isinstance(obtained, Readable):
            state.trouble = 0
            return await self._put(video, verdict, obtained)
        state.trouble = state.trouble + 1 if obtained.trouble else 0
        if state.trouble >= _ENOUGH_TROUBLE:
            state.stop = obtained.reason
        if obtained.trouble and obtained.retry and not state.last and not state.stop:
            return None
        return Result(video.path, "left out", why=obtained.reason, verdict=verdict)

    async def _put(self, video: VideoFile, verdict: Verdict, readable: Readable) -> Result:
        """Put it where it is wanted. A folder that cannot be written to says nothing about the others."""
        place = readable.path
        outcome: Outcome = "present" if readable.cached else "fetched"
        if self.sidecars is not None:
            outcome = "fetched"
            try:
                place = await asyncio.to_thread(self.sidecars.put, video.path, readable.path)
            except StorageError as refused:
                return Result(video.path, "left out", why=str(refused), verdict=verdict)
        return Result(video.path, outcome, place, readable.name, verdict)

    def _report_result(self, result: Result, state: _State) -> None:
        self.report.result(result)
        self._report_progress(state, done=state.progress.done + 1)

    def _report_progress(self, state: _State, *, done: int) -> None:
        left = state.progress.total - done
        state.progress = replace(state.progress, done=done, to_list=len(state.unlisted), to_fetch=left)
        self.report.progress(state.progress)


def _why_left_out(verdict: Verdict, lacking: str) -> str:
    """Return why a video has no entry to fetch from. `lacking`: why Jimaku's entries are not known."""
    if verdict.status == "unknown" and lacking:
        return f"unknown: {LACK.format(lacking)}"
    if verdict.status != "resolved":
        return f"{verdict.status}: {verdict.why}"
    return lacking or "Jimaku has no entry for it"
