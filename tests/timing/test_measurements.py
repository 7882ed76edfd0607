"""What was measured once is known again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.timing.fitting.cues import Piece, Transform, moved
from kotozoe.timing.measurements import Timing, Timings, family_of, video_of

SPLIT = Transform(25 / 24, (Piece(float("-inf"), 1.0), Piece(300.0, -89.5)))


@pytest.fixture
def timings(tmp_path: Path) -> Iterator[Timings]:
    ticks = iter(range(1000))
    opened = Timings(tmp_path / "timings.sqlite", lambda: float(next(ticks)))
    yield opened
    opened.close()


def test_a_measurement_is_known_for_its_video_and_subtitle_only(timings: Timings) -> None:
    timings.keep("v", "s", "f", Timing("retime", SPLIT))
    assert timings.known("v", "s") == Timing("retime", SPLIT)
    assert timings.known("v", "other") is None
    assert timings.known("other", "s") is None


def test_two_episodes_that_agree_tell_of_the_next(timings: Timings) -> None:
    timings.keep("1", "a", "f", Timing("retime", moved(-1.30)))
    assert timings.shift_of("f") is None
    timings.keep("2", "b", "f", Timing("retime", moved(-1.35)))
    assert timings.shift_of("f") == pytest.approx(-1.35)
    timings.keep("3", "c", "f", Timing("retime", moved(4.0)))
    assert timings.shift_of("f") is None
    timings.keep("4", "d", "f", Timing("retime", SPLIT))
    timings.keep("5", "e", "f", Timing("retime", moved(4.0)))
    assert timings.shift_of("f") is None


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "timings.sqlite"
    path.write_bytes(b"no database" * 500)
    timings = Timings(path)
    assert timings.known("v", "s") is None
    timings.keep("v", "s", "f", Timing("fits", None))
    assert timings.known("v", "s") == Timing("fits", None)
    timings.close()


GOOD, LATE = "[A] Show - 05.srt", "[B] Show - 05.srt"


def kept(timings: Timings, episode: str, name: str, shift: float) -> None:
    video = f"/anime/[G] Show - {episode} [{episode * 4}].mkv"
    family = family_of(video, 7, name.replace("05", episode))
    timings.keep(video_of(video), f"{name}{episode}", family, Timing("fits", moved(shift)))


def test_what_fitted_this_video_or_two_episodes_before_is_in_time(timings: Timings) -> None:
    video = "/anime/[G] Show - 05 [05050505].mkv"
    assert timings.in_time(video, 7, (GOOD, LATE)) == frozenset()
    kept(timings, "04", GOOD, 0.0)
    assert timings.in_time(video, 7, (GOOD, LATE)) == frozenset()
    kept(timings, "03", GOOD, 0.05)
    kept(timings, "03", LATE, -1.3)
    kept(timings, "04", LATE, -1.3)
    assert timings.in_time(video, 7, (GOOD, LATE)) == {GOOD}
    assert timings.in_time(video, 8, (GOOD, LATE)) == frozenset()
    kept(timings, "05", LATE, 0.0)
    assert timings.in_time(video, 7, (GOOD, LATE)) == {GOOD, LATE}
    kept(timings, "05", LATE, 2.0)
    assert timings.in_time(video, 7, (GOOD, LATE)) == {GOOD}
