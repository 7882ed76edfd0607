"""Which reference a subtitle is checked against, and what a real command makes of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from kotozoe.timing.check import EXACT, STYLE, check
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.child_process import NotRead
from kotozoe.timing.references.text import cues_of
from kotozoe.timing.references.track import LineTrack
from tests.live.test_retime import lines, srt
from tests.timing.fitting.test_fit import LINES, REFERENCE, changed, episode, speech

ENGLISH = LineTrack(0, "eng", "", forced=False, cues=REFERENCE.cues)
SIGNS = LineTrack(0, "eng", "Signs", forced=False, cues=episode(77))
LATE = changed(lambda t: t + 3.0)
VOICES = speech(LINES, 4)
WINDOWS = tuple(Cue(n * 120.0, n * 120.0 + 60) for n in range(12))


@dataclass
class Video:
    """`parts`: what is found where only parts are listened to; the same as in all of it unless that is said."""

    text: tuple[LineTrack, ...] = ()
    voices: Reference | None = None
    parts: Reference | None = None
    asked: list[str] = field(default_factory=list)

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        self.asked.append("tracks")
        return self.text

    async def speech(self, path: str, *, parts: bool) -> Reference:
        self.asked.append("parts" if parts else "all")
        if self.voices is None:
            raise NotRead("the video has no sound")
        return self.parts or self.voices if parts else self.voices


async def test_a_text_track_comes_first_and_is_enough(tmp_path: Path) -> None:
    video = Video((ENGLISH,), VOICES)
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, video, by_sound=True)
    assert checked.fit.status == "retime"
    assert checked.by_lines
    assert "eng text track" in checked.sentence
    assert video.asked == ["tracks"]


async def test_without_one_the_voices_are_asked(tmp_path: Path) -> None:
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, Video((), VOICES), by_sound=True)
    assert checked.fit.status == "retime"
    assert not checked.by_lines
    assert checked.fit.transform is not None
    assert checked.fit.transform.shift == pytest.approx(-3.0, abs=0.1)


@pytest.mark.parametrize(("least", "status"), [(STYLE, "fits"), (EXACT, "retime")])
async def test_a_little_off_by_the_voices_is_style_unless_more_is_asked_for(
    tmp_path: Path, least: float, status: str
) -> None:
    late = changed(lambda t: t + 0.22)
    checked = await check("/v.mkv", tmp_path / "s.srt", late, Video((), VOICES), by_sound=True, least=least)
    assert checked.fit.status == status


async def test_or_not_if_that_is_not_wished(tmp_path: Path) -> None:
    video = Video((), VOICES)
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
    video = Video((), VOICES)
    checked = await check(str(tmp_path / "v.mkv"), tmp_path / "s.srt", broken, video, by_sound=True)
    assert checked.by_lines
    assert "v.en.srt" in checked.against
    assert checked.fit.status == "retime"


async def test_parts_of_the_sound_are_enough_where_they_settle_it(tmp_path: Path) -> None:
    video = Video((), VOICES, replace(VOICES, windows=WINDOWS))
    checked = await check("/v.mkv", tmp_path / "s.srt", LATE, video, by_sound=True)
    assert checked.fit.status == "retime"
    assert video.asked == ["tracks", "parts"]


async def test_where_something_was_cut_all_of_it_is_listened_to(tmp_path: Path) -> None:
    video = Video((), VOICES, replace(VOICES, windows=WINDOWS))
    broken = changed(lambda t: t + (60 if t > 700 else 0))
    checked = await check("/v.mkv", tmp_path / "s.srt", broken, video, by_sound=True)
    assert checked.fit.status == "retime"
    assert video.asked == ["tracks", "parts", "all"]


async def test_parts_do_not_prove_another_episode(tmp_path: Path) -> None:
    parts = replace(VOICES, windows=WINDOWS)
    checked = await check("/v.mkv", tmp_path / "s.srt", episode(301), Video((), parts), by_sound=True)
    assert checked.fit.status == "unclear"
    checked = await check("/v.mkv", tmp_path / "s.srt", episode(301), Video((), VOICES), by_sound=True)
    assert checked.fit.status == "different"


@pytest.mark.parametrize("kind", ["pipe", "link", "long"])
async def test_a_sidecar_is_a_regular_file_of_a_sensible_size(tmp_path: Path, kind: str) -> None:
    sidecar = tmp_path / "v.en.srt"
    if kind == "pipe":
        os.mkfifo(sidecar)
    elif kind == "link":
        (tmp_path / "elsewhere.srt").write_text(_as_srt(REFERENCE.cues))
        sidecar.symlink_to(tmp_path / "elsewhere.srt")
    else:
        with sidecar.open("wb") as file:
            file.truncate(3 * 1024**3)
    video = Video((), VOICES)
    checked = await asyncio.wait_for(check(str(tmp_path / "v.mkv"), tmp_path / "s.srt", LATE, video, by_sound=True), 20)
    assert checked.against == "the voices in the video"


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
        (srt(lines(1)[:6]), 1, "could not determine: the subtitle has too few lines"),
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
