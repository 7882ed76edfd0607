"""A whole library, told with small whole doubles."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from kotozoe.app.library_fetch import FEW, LibraryFetch, Progress, Result
from kotozoe.errors import StorageError
from kotozoe.model import EpisodeRef, MediaKey, NotObtained, Readable, Urgency, Verdict, VideoFile

NOT_THERE = NotObtained("no file for it yet", retry=True)
TROUBLE = NotObtained("jimaku.cc: no connection", retry=True, trouble=True)
REFUSED = NotObtained("jimaku.cc: the key was not accepted", trouble=True)
FULL = NotObtained("the cache is full (512 MB)", retry=True, trouble=True)


def resolved(entry_id: int | None) -> Verdict:
    return Verdict("resolved", "by title", EpisodeRef(MediaKey("anilist", "1"), 1.0), entry_id)


@dataclass
class Stage:
    """Videos are named `ENTRY-N`; `answers` are given for a video in turn, a readable file where none is left."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    answers: dict[str, list[NotObtained]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    read_only: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    urgencies: set[Urgency] = field(default_factory=set)
    read_at_once: list[int] = field(default_factory=list)
    found_at_once: list[int] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    shown: list[Progress] = field(default_factory=list)

    async def ready(self, urgency: Urgency) -> None:
        await asyncio.sleep(0)

    async def read(self, videos: Sequence[VideoFile]) -> None:
        self.read_at_once.append(len(videos))

    async def find_all(self, videos: Sequence[VideoFile], urgency: Urgency) -> list[Verdict]:
        self.urgencies.add(urgency)
        self.found_at_once.append(len(videos))
        return [self.verdicts.get(v.path) or resolved(int(v.path.split("-")[0])) for v in videos]

    async def obtain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> Readable | NotObtained:
        self.urgencies.add(urgency)
        self.asked.append(video.path)
        await asyncio.sleep(0)
        waiting = self.answers.get(video.path)
        return waiting.pop(0) if waiting else Readable(f"/cache/{video.path}.srt", f"{video.path}.srt", 7)

    def must_list(self, entry_id: int) -> bool:
        """Odd ones are not listed yet; 9 can never be."""
        return entry_id == 9 or (entry_id % 2 == 1 and not any(path.startswith(f"{entry_id}-") for path in self.asked))

    def present(self, video: str) -> str | None:
        return self.beside.get(video)

    def put(self, video: str, subtitle: str) -> str:
        if video in self.read_only:
            raise StorageError("the subtitle cannot be put beside the video: Read-only file system")
        self.beside[video] = subtitle
        return f"beside {video}"

    async def run(self, *paths: str, sidecar: bool = False, plan_only: bool = False) -> Counter[str]:
        def heard(result: Result) -> None:
            assert result.path not in self.results, "each video is told of once"
            self.results[result.path] = result

        beside = self if sidecar else None
        story = LibraryFetch(self, self, self.ready, beside, heard, self.shown.append, plan_only=plan_only)
        await story.run(paths)
        assert set(self.results) == set(paths)
        return Counter(result.outcome for result in self.results.values())


async def test_all_is_fetched_and_named_together() -> None:
    stage = Stage()
    paths = [f"{entry}-{n}" for entry in range(40) for n in range(3)]
    assert await stage.run(*paths) == {"fetched": 120}
    assert stage.found_at_once == [120]
    assert sum(stage.read_at_once) == 120
    assert stage.urgencies == {Urgency.BACKFILL}
    assert stage.results["3-1"].file == "/cache/3-1.srt"


async def test_for_a_few_a_person_waits() -> None:
    stage = Stage()
    await stage.run(*(f"1-{n}" for n in range(FEW)))
    assert stage.urgencies == {Urgency.TERMINAL}


async def test_what_is_still_to_be_asked_for_is_shown() -> None:
    stage = Stage()
    await stage.run("1-1", "1-2", "2-1", "3-1")
    fetching = [p for p in stage.shown if p.stage == "fetching"]
    assert (fetching[0].to_list, fetching[0].to_fetch) == (2, 4)
    assert (fetching[-1].to_list, fetching[-1].to_fetch, fetching[-1].done) == (0, 0, 4)


async def test_what_cannot_be_fetched_is_left_out_with_its_reason() -> None:
    stage = Stage(
        {"x": Verdict("unknown", "no such title"), "y": resolved(None)}, {"1-1": [NOT_THERE], "1-2": [REFUSED]}
    )
    assert await stage.run("x", "y", "1-1", "1-2", "1-3") == {"left out": 4, "fetched": 1}
    assert {path: result.why for path, result in stage.results.items() if result.outcome == "left out"} == {
        "x": "unknown: no such title",
        "y": "Jimaku has no entry for it",
        "1-1": NOT_THERE.reason,
        "1-2": REFUSED.reason,
    }
    assert stage.asked.count("1-1") == stage.asked.count("1-2") == 1


async def test_an_entry_that_is_gone_is_asked_for_once() -> None:
    gone = NotObtained("jimaku.cc: there is no such entry")
    stage = Stage(answers={"9-1": [gone], "9-2": [gone], "9-3": [gone]})
    assert await stage.run("9-1", "9-2", "9-3", "1-1") == {"left out": 3, "fetched": 1}
    assert sorted(stage.asked) == ["1-1", "9-1"]


async def test_a_plan_asks_for_nothing() -> None:
    stage = Stage()
    assert await stage.run("1-1", "2-1", plan_only=True) == {"planned": 2}
    assert stage.asked == []
    assert (stage.shown[-1].to_list, stage.shown[-1].to_fetch) == (1, 2)


async def test_what_lies_beside_its_video_is_not_even_named() -> None:
    stage = Stage(beside={"1-1": "theirs"}, read_only={"1-2"})
    assert await stage.run("1-1", "1-2", "1-3", sidecar=True) == {"present": 1, "left out": 1, "fetched": 1}
    assert stage.found_at_once == [2]
    assert stage.results["1-3"].file == "beside 1-3"
    assert stage.beside["1-1"] == "theirs"


async def test_trouble_is_tried_once_more_in_the_end() -> None:
    stage = Stage(answers={"1-1": [TROUBLE], "2-1": [TROUBLE, TROUBLE]})
    assert await stage.run("1-1", "1-2", "2-1", "2-2") == {"fetched": 3, "left out": 1}
    assert stage.results["2-1"].why == TROUBLE.reason


@pytest.mark.parametrize("answer", [TROUBLE, REFUSED, FULL])
async def test_trouble_that_stays_ends_the_asking(answer: NotObtained) -> None:
    paths = [f"{entry}-1" for entry in range(100)]
    stage = Stage(answers={path: [answer, answer] for path in paths})
    assert await stage.run(*paths) == {"left out": 100}
    assert len(stage.asked) < 20
