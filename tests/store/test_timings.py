"""What was measured once is known again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.decide.timing.cues import Piece, Transform, moved
from kotozoe.store.timings import Timing, Timings

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
