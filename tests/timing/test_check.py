"""Which reference a subtitle is checked against, and what a real command makes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kotozoe.timing.fitting.speech import Sound

from kotozoe.timing.check import check
from kotozoe.timing.fitting.cues import Cue, Transform, moved
from kotozoe.timing.references.child_process import NotRead
from kotozoe.timing.references.text import cues_of
from kotozoe.timing.references.track import TextTrack
from tests.live.test_retime import lines, srt
from tests.timing.fitting.test_fit import LINES, REFERENCE, changed, episode
from tests.timing.fitting.test_heard import heard

ENGLISH = TextTrack(0, "eng", "", forced=False, cues=REFERENCE.cues)
SIGNS = TextTrack(0, "eng", "Signs", forced=False, cues=episode(77))
LATE = changed(lambda t: t + 3.0)


@dataclass
class Video:
    text: tuple[TextTrack, ...] = ()
    voices: Sound | None = None
    proposed: tuple[tuple[str, Transform], ...] = ()
    asked: list[str] = field(default_factory=list)

    async def proposals(self, path: str, cues: Sequence[Cue]) -> AsyncIterator[tuple[str, Transform]]:
        for name, transform in self.proposed:
            yield name, transform

    async def tracks(self, path: str) -> tuple[TextTrack, ...]:
        self.asked.append("tracks")
        return self.text

    async def sound(self, path: str) -> Sound:
        self.asked.append("sound")
        if self.voices is None:
            raise NotRead("the video has no sound")
        return self.voices


async def test_a_text_track_comes_first_and_is_enough(tmp_path: Path) -> None:
    video = Video((ENGLISH,), heard(LINES))
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, video, by_sound=True)
    assert checked.fit.status == "retime"
    assert checked.by_text
    assert "eng text track" in checked.sentence
    assert video.asked == ["tracks"]


async def test_without_one_the_voices_are_asked(tmp_path: Path) -> None:
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, Video((), heard(LINES)), by_sound=True)
    assert checked.fit.status == "retime"
    assert not checked.by_text
    assert checked.fit.transform is not None
    assert checked.fit.transform.shift == pytest.approx(-3.0, abs=0.1)


async def test_or_not_if_that_is_not_wished(tmp_path: Path) -> None:
    video = Video((), heard(LINES))
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, video, by_sound=False)
    assert checked.fit.status == "unclear"
    assert video.asked == ["tracks"]


async def test_signs_and_songs_do_not_prove_another_episode(tmp_path: Path) -> None:
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, Video((SIGNS,)), by_sound=True)
    assert checked.fit.status == "unclear"
    assert "no sound" in checked.sentence


async def test_a_subtitle_beside_the_video_serves_if_the_voices_say_that_it_fits(tmp_path: Path) -> None:
    (tmp_path / "v.en.srt").write_text(_as_srt(REFERENCE.cues))
    (tmp_path / "v.late.srt").write_text(_as_srt(changed(lambda t: t + 9.0)))
    broken = changed(lambda t: t + (60 if t > 700 else 0))
    video = Video((), heard(LINES))
    checked = await check(str(tmp_path / "v.mkv"), tmp_path / "s.srt", broken, video, by_sound=True)
    assert checked.by_text
    assert "v.en.srt" in checked.against
    assert checked.fit.status == "retime"


async def test_what_our_own_ear_does_not_find_another_engine_may_propose(tmp_path: Path) -> None:
    far = changed(lambda t: t + 700.0)
    video = Video((), heard(LINES), (("wrong", moved(-20.0)), ("right", moved(-700.0))))
    checked = await check("/v.mkv", tmp_path / "s.srt", far, video, by_sound=True)
    assert checked.fit.status == "retime"
    assert checked.against == "the voices in the video, as right proposed"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("video")
    (folder / "english.srt").write_text(srt(lines(1)))
    made = ["-f", "lavfi", "-i", "testsrc=size=32x32:rate=2:duration=400", "-i", str(folder / "english.srt")]
    subprocess.run(["ffmpeg", "-v", "error", *made, "-c:v", "mpeg4", str(folder / "video.mkv")], check=True)
    (folder / "english.srt").unlink()
    return folder / "video.mkv"


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (srt(lines(1)), 0, "it fits as it is"),
        (srt(lines(1), 2.5), 4, "shifted −2.5 s"),
        (srt(lines(1)[:6]), 1, "too few lines"),
        (srt(lines(98)), 5, "not those of this video"),
        ("nothing", 1, "too few lines"),
        ("<html>", 2, "is a web page"),
    ],
)
def test_the_command_says_by_its_exit_code_what_it_found(
    video: Path, tmp_path: Path, body: str, code: int, said: str
) -> None:
    subtitle = tmp_path / "given.srt"
    subtitle.write_text(body, "utf-8")
    words = [sys.executable, "-m", "kotozoe", "sync", str(video), str(subtitle)]
    dry = subprocess.run([*words, "--dry-run"], capture_output=True, text=True, check=False)
    assert dry.returncode == code
    assert subtitle.read_text("utf-8") == body
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    backup = tmp_path / "given.srt.bak"
    assert backup.exists() is (code == 4)
    if code == 4:
        assert backup.read_text("utf-8") == body
        moved = cues_of(subtitle.read_text("utf-8"), "srt")
        assert all(abs(a.start - b.start) < 0.05 for a, b in zip(moved, lines(1), strict=True))
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def _as_srt(cues: tuple[Cue, ...]) -> str:
    return srt([Cue(max(0.0, c.start), c.end) for c in cues])
