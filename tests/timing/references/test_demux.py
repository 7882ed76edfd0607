"""The sound of a Matroska file, without its picture: whole, at its times, for a small part of the bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from kotozoe.timing.references.demux import main, sound, voices
from kotozoe.timing.references.ebml import NoIndex, elements
from kotozoe.timing.references.matroska import (
    AUDIO,
    CLUSTER,
    ENTRY,
    HEADER,
    KIND,
    LANGUAGE,
    NAME,
    NUMBER,
    SEGMENT,
    TRACKS,
)

SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of picture and sound: clusters of a second; the same as a live stream, whose sizes are not told."""
    root = tmp_path_factory.mktemp("sieve")
    picture = ["-f", "lavfi", "-i", f"nullsrc=s=160x90:r=5:d={SECONDS},noise=alls=100:allf=t"]
    tone = ["-f", "lavfi", "-i", f"sine=duration={SECONDS}"]
    whole = [
        "-g",
        "50",
        "-sc_threshold",
        "1000000000",
    ]  # else each picture of noise is a key frame with its own cluster
    codecs = ["-c:v", "mpeg4", "-q:v", "2", *whole, "-c:a", "aac", "-cluster_time_limit", "1000"]
    for name, more in (("plain.mkv", []), ("live.mkv", ["-live", "1"])):
        subprocess.run(["ffmpeg", "-v", "error", *picture, *tone, *codecs, *more, name], cwd=root, check=True)
    subprocess.run(["ffmpeg", "-v", "error", *picture, "-c:v", "mpeg4", "mute.mkv"], cwd=root, check=True)
    return root


def packets(path: Path) -> list[str]:
    """Return when each packet of the sound begins, and what is in it."""
    words = ["ffprobe", "-v", "error", "-select_streams", "a", "-show_data_hash", "md5"]
    words += ["-show_entries", "packet=pts_time,data_hash", "-of", "csv=p=0", str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("name", ["plain.mkv", "live.mkv"])
def test_the_sound_comes_out_as_it_was(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "sound.mkv").write_bytes(b"".join(sound(folder / name, 10**9)))
    assert packets(tmp_path / "sound.mkv") == packets(folder / name)
    assert (tmp_path / "sound.mkv").stat().st_size < (folder / name).stat().st_size / 10


def test_the_picture_is_hardly_read(folder: Path, tmp_path: Path) -> None:
    path = folder / "plain.mkv"
    words = [sys.executable, "-m", "kotozoe.timing.references.demux", str(path), "1000000000", "all"]
    before = _read()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    python = _read() - before
    subprocess.run([*words[:3], str(folder / "missing.mkv"), "1", "all"], check=False)
    nothing = _read() - before - python
    assert python - nothing < path.stat().st_size / 2


def _read() -> int:
    """Return the bytes that ended children have read."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("rchar"))


def test_what_is_too_much_is_left_out_in_many_places(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "sound.mkv").write_bytes(
        b"".join(sound(folder / "plain.mkv", (folder / "plain.mkv").stat().st_size // 10))
    )
    starts = [float(line.partition(",")[0]) for line in packets(tmp_path / "sound.mkv")]
    usual = median(later - earlier for earlier, later in pairwise(starts))
    gaps = [later - earlier for earlier, later in pairwise(starts) if later - earlier > 5 * usual]
    assert len(starts) < 0.8 * len(packets(folder / "plain.mkv"))
    assert len(gaps) > 3, gaps  # four or five, as the clusters are that this ffmpeg makes
    assert starts[0] < 1
    assert starts[-1] > SECONDS * 0.8


def test_a_video_without_sound_has_none(folder: Path) -> None:
    with pytest.raises(NoIndex):
        list(sound(folder / "mute.mkv", 10**9))


def test_a_damaged_file_harms_nobody(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "plain.mkv").read_bytes()[:400_000]
    for step in range(0, len(whole), len(whole) // 60):
        damaged = bytearray(whole)
        damaged[step : step + 8] = os.urandom(8)
        (tmp_path / "x.mkv").write_bytes(damaged)
        with suppress(NoIndex):
            assert sum(map(len, sound(tmp_path / "x.mkv", 10**9))) < 2 * len(whole)


def element(name: int, body: bytes) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8) + (len(body) | 1 << 56).to_bytes(8) + body


def track(number: int, kind: int = AUDIO, language: bytes = b"", name: bytes = b"") -> bytes:
    told = element(NUMBER, bytes([number])) + element(KIND, bytes([kind])) + element(NAME, name)
    return told + (element(LANGUAGE, language) if language else b"")


def test_blocks_in_groups_are_told_apart_by_their_tracks(tmp_path: Path) -> None:
    block, group, duration = 0xA1, 0xA0, 0x9B
    wanted = element(group, element(duration, b"\x05") + element(block, b"\x82\x00\x00\x80mine"))
    other = element(group, element(block, b"\x81\x00\x00\x80picture"))
    cluster = element(CLUSTER, element(0xE7, b"\x00") + other + wanted + element(group, b"") + element(0xA3, b"\x00"))
    tracks = element(TRACKS, element(ENTRY, track(1, 1)) + element(ENTRY, track(2)))
    (tmp_path / "x.mkv").write_bytes(element(HEADER, b"") + element(SEGMENT, tracks + cluster))
    told = b"".join(sound(tmp_path / "x.mkv", 10**9))
    assert wanted in told
    assert b"picture" not in told


@pytest.mark.parametrize(
    ("tracks", "best"),
    [
        ([track(1, language=b"eng"), track(2, language=b"jpn")], 2),
        ([track(1, language=b"jpn", name=b"Commentary"), track(2, language=b"eng")], 2),
        ([track(1, language=b"ger"), track(2)], 1),
        ([track(1, kind=1), track(2, name="副音声".encode())], 2),
    ],
)
def test_voices_are_expected_in_japanese_and_not_in_a_commentary(tracks: list[bytes], best: int) -> None:
    entries = [dict(elements(body)) for body in tracks]
    assert voices(entries) is entries[best - 1]


def test_the_program_says_by_its_exit_code_whether_it_could(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "argv", ["demux", str(folder / "plain.mkv"), "1000000000", "parts"])
    assert main() == 0
    assert capfdbinary.readouterr().out.startswith(HEADER.to_bytes(4))
    for name in ("missing.mkv", "mute.mkv"):
        monkeypatch.setattr(sys, "argv", ["demux", str(folder / name), "1000000000", "all"])
        assert main() == 1
