"""Other programs propose how to time a subtitle; what they get, and what is made of what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.timing.fitting.cues import RATES, Cue, Piece, Transform, between, moved
from kotozoe.timing.references.child_process import NotRead
from kotozoe.timing.references.engines import Engine, engines, proposals
from kotozoe.timing.references.video import Reader, record

CUES = tuple(Cue(5.0 + 3 * n, 7.0 + 3 * n) for n in range(30))
PROGRAM = """#!{python}
import sys
import pysubs2
sound, given, made = sys.argv[1:4]
assert open(sound, "rb").read(4) == b"RIFF"
lines = pysubs2.load(given)
lines.shift(s=-2.5)
lines.save(made)
"""


@pytest.fixture
def video(tmp_path: Path) -> Path:
    made = ["-f", "lavfi", "-i", "testsrc=size=32x32:rate=2:duration=20", "-f", "lavfi", "-i", "sine=duration=20"]
    files = [str(tmp_path / "video.mkv"), str(tmp_path / "video.avi")]
    subprocess.run(["ffmpeg", "-v", "error", *made, *files], check=True)
    return tmp_path / "video.mkv"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole path, beside what runs us."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(folder: Path, name: str, program: str) -> Path:
    (folder / name).write_text(program)
    (folder / name).chmod(0o755)
    return folder / name


def test_only_what_is_installed_is_asked(alone: Path) -> None:
    assert engines() == ()
    install(alone, "alass-cli", "")
    install(alone, "ffsubsync", "")
    assert [engine.name for engine in engines()] == ["ffsubsync", "alass"]


async def test_an_engine_hears_a_recording_and_what_it_writes_is_a_proposal(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "alass-cli", PROGRAM.format(python=sys.executable))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    proposed = [one async for one in Reader().proposals(str(video), CUES) if one[0] == "alass"]
    assert [transform.shift for _, transform in proposed] == [pytest.approx(-2.5)]


async def test_an_engine_that_fails_proposes_nothing(tmp_path: Path) -> None:
    async def recorded(target: Path) -> None:
        target.write_bytes(b"RIFF")

    failing = Engine("failing", ("false",))
    silent = Engine("silent", ("true",))
    odd = Engine("odd", (sys.executable, "-c", "open(__import__('sys').argv[1], 'w').write('<html>')", "MADE"))
    assert [one async for one in proposals(recorded, CUES, (failing, silent, odd))] == []


async def test_without_engines_nothing_is_recorded() -> None:
    async def recorded(target: Path) -> None:
        raise AssertionError

    assert [one async for one in proposals(recorded, CUES, ())] == []


async def test_what_can_be_read_in_parts_only_is_not_recorded(video: Path, tmp_path: Path) -> None:
    with pytest.raises(NotRead):
        await record(str(video.with_suffix(".avi")), tmp_path / "sound.wav", 50_000)


@pytest.mark.parametrize(
    "transform",
    [
        moved(0.0),
        moved(-4.0),
        moved(2.0, RATES[3]),
        Transform(1.0, (Piece(float("-inf"), 0.0), Piece(34.5, -12.0))),
    ],
)
def test_a_transform_is_known_by_what_it_did(transform: Transform) -> None:
    after = {n: transform.cue(cue) for n, cue in enumerate(CUES)}
    found = between(CUES, after)
    assert found is not None
    assert [found.cue(cue).start for cue in CUES] == pytest.approx([after[n].start for n in range(len(CUES))])
    assert len(found.pieces) == len(transform.pieces)


def test_what_was_cut_off_at_the_beginning_says_nothing_of_the_rest() -> None:
    after = {n: Cue(max(0.0, cue.start - 9.0), cue.end) for n, cue in enumerate(CUES)}
    found = between(CUES, after)
    assert found is not None
    assert found.shift == pytest.approx(-9.0)


def test_what_was_thrown_about_is_no_transform() -> None:
    assert between(CUES, {n: Cue(cue.start + n * n, cue.end) for n, cue in enumerate(CUES)}) is None
    assert between(CUES, {}) is None
