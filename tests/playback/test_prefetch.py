"""Preparing the next episode while one plays, against stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused
from kotozoe.model import NotObtained, Readable, Urgency, Verdict, VideoFile
from kotozoe.playback.prefetch import Prefetch, names_beside
from kotozoe.playback.session import PlaybackSettings
from tests.support.fake_player import FakePlayer, loaded
from tests.support.session import RESOLVED, SessionHarness

NEXT = Readable("/cache/2.srt", "X - 02.srt", 7)


class PrefetchHarness(SessionHarness):
    """`X - 01.mkv` plays in a folder that holds these files."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str] = ("X - 01.mkv", "X - 02.mkv", "X - 02.srt"),
        *,
        verdict: Verdict = RESOLVED,
        answer: Readable | NotObtained = NEXT,
        playlist: VideoFile | Exception | None = None,
        video: VideoFile | None = None,
    ) -> None:
        for name in names:
            (folder / name).touch()
        super().__init__(
            [verdict],
            [answer],
            file=loaded(video or VideoFile(str(folder / "X - 01.mkv"))),
            player=FakePlayer(next_video=playlist),
            settings=PlaybackSettings(private=("/private",)),
        )
        self.prefetch = Prefetch(self.session, self.finder, self.subtitles)

    async def run(self) -> tuple[list[str], list[str]]:
        """Return the paths that were looked up, and those whose subtitle was fetched."""
        await self.prefetch.run()
        assert {*self.finder.urgencies, *self.subtitles.urgencies} <= {Urgency.NEXT}
        return [video.path for video in self.finder.asked], [video.path for video in self.subtitles.asked]


async def test_prefetch_prefers_the_playlist_to_the_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    harness = PrefetchHarness(tmp_path, playlist=VideoFile("/anime/Y - 05.mkv"))
    assert await harness.run() == (["/anime/Y - 05.mkv"], ["/anime/Y - 05.mkv"])
    assert caplog.messages == ["next is ready: X - 02.srt"]


@pytest.mark.parametrize("playlist", [None, CommandRefused("no answer")])
async def test_prefetch_continues_in_the_folder_after_the_playlist(
    tmp_path: Path, playlist: CommandRefused | None
) -> None:
    following = str(tmp_path / "X - 02.mkv")
    assert await PrefetchHarness(tmp_path, playlist=playlist).run() == ([following], [following])


@pytest.mark.parametrize("names", [["X - 01.mkv"], []])
async def test_prefetch_does_nothing_at_the_end_of_the_folder(tmp_path: Path, names: list[str]) -> None:
    assert await PrefetchHarness(tmp_path, names).run() == ([], [])


async def test_prefetch_does_nothing_for_a_private_file(tmp_path: Path) -> None:
    assert await PrefetchHarness(tmp_path, playlist=VideoFile("/private/1.mkv")).run() == ([], [])


async def test_prefetch_does_not_look_for_the_folder_of_a_stream(tmp_path: Path) -> None:
    stream = VideoFile("https://example.org/X - 01.mkv", network=True)
    assert await PrefetchHarness(tmp_path, video=stream).run() == ([], [])


async def test_prefetch_fetches_nothing_for_an_unresolved_name(tmp_path: Path) -> None:
    harness = PrefetchHarness(tmp_path, verdict=Verdict("unknown", "no such title"))
    assert await harness.run() == ([str(tmp_path / "X - 02.mkv")], [])


async def test_prefetch_logs_why_the_next_subtitle_is_not_ready(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await PrefetchHarness(tmp_path, answer=NotObtained("no file for episode 2 yet", retry=True)).run()
    assert caplog.messages == ["next is not ready: no file for episode 2 yet"]


def test_names_beside_lists_the_folder_of_a_file_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.mp4").touch()
    assert list(names_beside(str(tmp_path / "1.mp4"))) == ["1.mp4"]
    assert list(names_beside(str(tmp_path / "gone" / "1.mp4"))) == []
