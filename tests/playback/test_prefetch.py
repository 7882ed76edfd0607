"""What comes next is made ready, told with small whole doubles."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kotozoe.errors import CommandRefused
from kotozoe.model import EpisodeRef, MediaKey, NotObtained, Readable, Urgency, Verdict, VideoFile
from kotozoe.playback.prefetch import Prefetch

RESOLVED = Verdict("resolved", "by title", EpisodeRef(MediaKey("anilist", "1"), 2.0), 7)
PRESENT = VideoFile("/anime/X - 01.mkv")
FOLDER = ["X - 01.mkv", "X - 02.mkv", "X - 02.srt"]


@dataclass
class Stage:
    item: VideoFile | None = None
    refused: bool = False
    names: list[str] = field(default_factory=lambda: list(FOLDER))
    verdict: Verdict = RESOLVED
    obtained: Readable | NotObtained = field(default_factory=lambda: Readable("/cache/2.srt", "X - 02.srt", 7))
    private: str = "/private"
    asked: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    async def upcoming(self) -> VideoFile | None:
        if self.refused:
            raise CommandRefused("no answer")
        return self.item

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        assert urgency is Urgency.NEXT
        self.asked.append(f"find {video.path}")
        return self.verdict

    async def obtain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> Readable | NotObtained:
        assert urgency is Urgency.NEXT
        self.asked.append(f"obtain {video.path}")
        return self.obtained

    async def after(self, video: VideoFile = PRESENT) -> list[str]:
        story = Prefetch(
            self,
            self,
            self,
            lambda _: self.names,
            lambda v: v.path.startswith(self.private),
            lambda step, sentence: self.told.append((step, sentence)),
        )
        await story.after(video)
        return self.asked


async def test_the_next_of_the_playlist_comes_before_the_next_of_the_folder() -> None:
    stage = Stage(item=VideoFile("/anime/Y - 05.mkv"))
    assert await stage.after() == ["find /anime/Y - 05.mkv", "obtain /anime/Y - 05.mkv"]
    assert stage.told == [("next is ready", "X - 02.srt")]


@pytest.mark.parametrize("refused", [False, True])
async def test_where_the_playlist_ends_the_folder_goes_on(refused: bool) -> None:
    assert await Stage(refused=refused).after() == ["find /anime/X - 02.mkv", "obtain /anime/X - 02.mkv"]


@pytest.mark.parametrize(
    "stage",
    [Stage(names=["X - 01.mkv"]), Stage(names=[]), Stage(item=VideoFile("/private/1.mkv"))],
)
async def test_where_nothing_comes_or_may_be_looked_at_nothing_is_asked(stage: Stage) -> None:
    assert await stage.after() == []


async def test_a_stream_has_no_folder() -> None:
    assert await Stage().after(VideoFile("https://example.org/X - 01.mkv", network=True)) == []


async def test_what_is_not_resolved_is_not_fetched() -> None:
    assert await Stage(verdict=Verdict("unknown", "no such title")).after() == ["find /anime/X - 02.mkv"]


async def test_what_cannot_be_had_is_told() -> None:
    stage = Stage(obtained=NotObtained("no file for episode 2 yet", retry=True))
    await stage.after()
    assert stage.told == [("next is not", "no file for episode 2 yet")]
