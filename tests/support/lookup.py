"""Stand-ins for the rooms that find an episode and obtain its subtitle; they answer from tables and keep a record."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kotozoe.model import NotObtained, Ranked, Readable, Urgency, Verdict, VideoFile


@dataclass
class FakeFinder:
    """Answers with `by_path`, else with `verdicts` in turn, of which the last one repeats."""

    verdicts: list[Verdict] = field(default_factory=list)
    by_path: dict[str, Verdict] = field(default_factory=dict)
    asked: list[VideoFile] = field(default_factory=list)
    urgencies: list[Urgency] = field(default_factory=list)
    confirmed: list[VideoFile] = field(default_factory=list)
    confirmations: dict[str, Verdict] = field(default_factory=dict)
    read_at_once: list[int] = field(default_factory=list)
    found_at_once: list[int] = field(default_factory=list)

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        self.asked.append(video)
        self.urgencies.append(urgency)
        if video.path in self.by_path:
            return self.by_path[video.path]
        return self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]

    async def confirm(self, video: VideoFile, urgency: Urgency) -> Verdict:
        self.confirmed.append(video)
        return self.confirmations.get(video.path) or await self.find(video, urgency)

    async def find_all(self, videos: Sequence[VideoFile], urgency: Urgency) -> list[Verdict]:
        self.found_at_once.append(len(videos))
        return [await self.find(video, urgency) for video in videos]

    async def read(self, videos: Sequence[VideoFile]) -> None:
        self.read_at_once.append(len(videos))


@dataclass
class FakeCatalogueState:
    """`reasons` are given in turn for why the catalogue is not known; empty: it is known."""

    reasons: list[str] = field(default_factory=list)
    renewals: int = 0

    @property
    def lacking(self) -> str:
        return self.reasons.pop(0) if self.reasons else ""

    @property
    def knows_titles(self) -> bool:
        return True

    async def ready(self, urgency: Urgency, *, titles: bool = True) -> None:
        await asyncio.sleep(0)

    async def renew(self, urgency: Urgency) -> None:
        self.renewals += 1
        await asyncio.sleep(0)


@dataclass
class FakeSubtitles:
    """Answers with `answers` in turn; `error` is raised where candidates are asked for."""

    answers: list[Readable | NotObtained] = field(default_factory=list)
    ranked: tuple[Ranked, ...] = ()
    error: Exception | None = None
    asked: list[VideoFile] = field(default_factory=list)
    urgencies: list[Urgency] = field(default_factory=list)
    rejected: Mapping[str, str] | None = None
    only: str = ""
    held: Collection[str] = ()
    opened: list[bool] = field(default_factory=list)
    named: tuple[Verdict, Readable] | None = None

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
        self.asked.append(video)
        self.urgencies.append(urgency)
        self.only, self.rejected = only, rejected
        self.opened.append(opened)
        return self.answers.pop(0)

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        if self.error is not None:
            raise self.error
        return self.ranked

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        return ()

    async def by_name(self, *_: object) -> tuple[Verdict, Readable] | None:
        return self.named

    def must_list(self, entry_id: int) -> bool:
        return False

    def holds(self, verdict: Verdict, video: VideoFile) -> bool:
        return video.path in self.held

    async def close(self) -> None:
        pass
