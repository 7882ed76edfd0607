"""Fetching the subtitles of a whole library, against stand-ins."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from kotozoe.app.library_fetch import FEW, LibraryFetch, Progress, Result
from kotozoe.app.video_library import SidecarWriter
from kotozoe.errors import StorageError
from kotozoe.model import EpisodeRef, MediaKey, NotObtained, Readable, Urgency, Verdict, VideoFile
from tests.support.lookup import FakeCatalogueState, FakeFinder, FakeSubtitles

NOT_THERE = NotObtained("no file for it yet", retry=True)
TROUBLE = NotObtained("jimaku.cc: no connection", retry=True, trouble=True)
REFUSED = NotObtained("jimaku.cc: the key was not accepted", trouble=True)
FULL = NotObtained("the cache is full (512 MB)", retry=True, trouble=True)


def resolved(entry_id: int | None) -> Verdict:
    return Verdict("resolved", "by title", EpisodeRef(MediaKey("anilist", "1"), 1.0), entry_id)


@dataclass
class LibraryFinder(FakeFinder):
    """Videos are named `ENTRY-N`."""

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        self.urgencies.append(urgency)
        return self.by_path.get(video.path) or resolved(int(video.path.split("-")[0]))


@dataclass
class LibrarySubtitles(FakeSubtitles):
    """`troubles` are given for a video in turn, a readable file where none is left."""

    troubles: dict[str, list[NotObtained]] = field(default_factory=dict)
    cached: bool = False

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
        await asyncio.sleep(0)
        troubles = self.troubles.get(video.path)
        return troubles.pop(0) if troubles else Readable(f"/cache/{video.path}.srt", "x.srt", 7, cached=self.cached)

    def must_list(self, entry_id: int) -> bool:
        """Odd ones are not listed yet; 9 can never be."""
        return entry_id == 9 or (entry_id % 2 == 1 and not any(v.path.startswith(f"{entry_id}-") for v in self.asked))


class FakeSidecars(SidecarWriter):
    def __init__(self, present: dict[str, str], read_only: set[str]) -> None:
        super().__init__("ja")
        self.files = present
        self.read_only = read_only

    def present(self, video: str) -> str | None:
        return self.files.get(video)

    def put(self, video: str, subtitle: str) -> str:
        if video in self.read_only:
            raise StorageError("the subtitle cannot be put beside the video: Read-only file system")
        self.files[video] = subtitle
        return f"beside {video}"


class LibraryHarness:
    """Everything around one run over a library."""

    def __init__(
        self,
        verdicts: dict[str, Verdict] | None = None,
        troubles: dict[str, list[NotObtained]] | None = None,
        present: dict[str, str] | None = None,
        read_only: Collection[str] = (),
    ) -> None:
        self.finder = LibraryFinder(by_path=verdicts or {})
        self.subtitles = LibrarySubtitles(troubles=troubles or {})
        self.sidecars = FakeSidecars(present or {}, set(read_only))
        self.catalogue = FakeCatalogueState()
        self.results: dict[str, Result] = {}
        self.shown: list[Progress] = []

    @property
    def asked(self) -> list[str]:
        return [video.path for video in self.subtitles.asked]

    def result(self, result: Result) -> None:
        assert result.path not in self.results, "each video is reported once"
        self.results[result.path] = result

    def progress(self, progress: Progress) -> None:
        self.shown.append(progress)

    async def run(self, *paths: str, sidecar: bool = False, plan_only: bool = False) -> Counter[str]:
        sidecars = self.sidecars if sidecar else None
        await LibraryFetch(self.finder, self.subtitles, self.catalogue, sidecars, self, plan_only).run(paths)
        assert set(self.results) == set(paths)
        assert self.catalogue.renewals == 1
        return Counter(result.outcome for result in self.results.values())


async def test_library_fetch_names_all_videos_together_and_fetches_them() -> None:
    library = LibraryHarness()
    paths = [f"{entry}-{n}" for entry in range(40) for n in range(3)]
    assert await library.run(*paths) == {"fetched": 120}
    assert library.finder.found_at_once == [120]
    assert sum(library.finder.read_at_once) == 120
    assert {*library.finder.urgencies, *library.subtitles.urgencies} == {Urgency.BACKFILL}
    assert library.results["3-1"].file == "/cache/3-1.srt"


async def test_library_fetch_of_a_few_videos_has_the_urgency_of_a_terminal() -> None:
    library = LibraryHarness()
    await library.run(*(f"1-{n}" for n in range(FEW)))
    assert {*library.finder.urgencies, *library.subtitles.urgencies} == {Urgency.TERMINAL}


async def test_library_fetch_progress_shows_remaining_requests() -> None:
    library = LibraryHarness()
    await library.run("1-1", "1-2", "2-1", "3-1")
    fetching = [p for p in library.shown if p.stage == "fetching"]
    assert (fetching[0].to_list, fetching[0].to_fetch) == (2, 4)
    assert (fetching[-1].to_list, fetching[-1].to_fetch, fetching[-1].done) == (0, 0, 4)


async def test_library_fetch_leaves_out_videos_with_a_reason() -> None:
    library = LibraryHarness(
        {"x": Verdict("unknown", "no such title"), "y": resolved(None)}, {"1-1": [NOT_THERE], "1-2": [REFUSED]}
    )
    assert await library.run("x", "y", "1-1", "1-2", "1-3") == {"left out": 4, "fetched": 1}
    assert {path: result.why for path, result in library.results.items() if result.outcome == "left out"} == {
        "x": "unknown: no such title",
        "y": "Jimaku has no entry for it",
        "1-1": NOT_THERE.reason,
        "1-2": REFUSED.reason,
    }
    assert library.asked.count("1-1") == library.asked.count("1-2") == 1


async def test_library_fetch_says_so_where_no_title_is_known() -> None:
    library = LibraryHarness({"x": Verdict("unknown", "no such title")})
    library.catalogue = FakeCatalogueState(["jimaku.cc: there is no API key"])
    assert await library.run("x") == {"left out": 1}
    assert library.results["x"].why == (
        "unknown: Jimaku's list of entries is not known: jimaku.cc: there is no API key."
    )


async def test_library_fetch_asks_for_a_missing_entry_once() -> None:
    gone = NotObtained("jimaku.cc: there is no such entry")
    library = LibraryHarness(troubles={"9-1": [gone], "9-2": [gone], "9-3": [gone]})
    assert await library.run("9-1", "9-2", "9-3", "1-1") == {"left out": 3, "fetched": 1}
    assert sorted(library.asked) == ["1-1", "9-1"]


async def test_library_fetch_plan_sends_no_request() -> None:
    library = LibraryHarness()
    assert await library.run("1-1", "2-1", plan_only=True) == {"planned": 2}
    assert library.asked == []
    assert (library.shown[-1].to_list, library.shown[-1].to_fetch) == (1, 2)


async def test_library_fetch_tells_what_was_there_before() -> None:
    library = LibraryHarness()
    library.subtitles.held = ["1-1"]
    assert await library.run("1-1", "2-1", plan_only=True) == {"planned": 1, "present": 1}
    assert library.shown[-1].to_fetch == 1
    library = LibraryHarness()
    library.subtitles.cached = True
    assert await library.run("1-1", "2-1") == {"present": 2}
    library = LibraryHarness()
    library.subtitles.cached = True
    assert await library.run("1-1", sidecar=True) == {"fetched": 1}


async def test_library_fetch_skips_videos_that_have_a_sidecar() -> None:
    library = LibraryHarness(present={"1-1": "theirs"}, read_only={"1-2"})
    assert await library.run("1-1", "1-2", "1-3", sidecar=True) == {"present": 1, "left out": 1, "fetched": 1}
    assert library.finder.found_at_once == [2]
    assert library.results["1-3"].file == "beside 1-3"
    assert library.sidecars.files["1-1"] == "theirs"


async def test_library_fetch_retries_trouble_once_at_the_end() -> None:
    library = LibraryHarness(troubles={"1-1": [TROUBLE], "2-1": [TROUBLE, TROUBLE]})
    assert await library.run("1-1", "1-2", "2-1", "2-2") == {"fetched": 3, "left out": 1}
    assert library.results["2-1"].why == TROUBLE.reason


@pytest.mark.parametrize("answer", [TROUBLE, REFUSED, FULL])
async def test_library_fetch_stops_asking_when_trouble_persists(answer: NotObtained) -> None:
    paths = [f"{entry}-1" for entry in range(100)]
    library = LibraryHarness(troubles={path: [answer, answer] for path in paths})
    assert await library.run(*paths) == {"left out": 100}
    assert len(library.asked) < 20
