"""What is read of real videos, and how little of them."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.child_process import NotRead, bytes_read, ended, output
from kotozoe.timing.references.ebml import NoIndex
from kotozoe.timing.references.matroska import indexed_tracks
from kotozoe.timing.references.track import LineTrack, best_track
from kotozoe.timing.references.video import Layout, Reader, look, on_network, windows_of

STARTS = [1.0 + 3 * n for n in range(19)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of video as Matroska and as MP4, with two text tracks, and one that is no video at all."""
    root = tmp_path_factory.mktemp("sync")
    blocks = (f"{n}\n00:00:{t:06.3f} --> 00:00:{t + 2:06.3f}\nline {n}\n" for n, t in enumerate(STARTS, 1))
    (root / "lines.srt").write_text("\n".join(blocks).replace(".", ","))
    sources = ["-f", "lavfi", "-i", "testsrc=size=32x32:rate=2:duration=62", "-f", "lavfi", "-i", "sine=duration=62"]
    maps = ["-i", "lines.srt", "-map", "0", "-map", "1", "-map", "2", "-map", "2", "-c:v", "mpeg4", "-c:a", "aac"]
    told = [
        "-metadata:s:s:0",
        "language=eng",
        "-metadata:s:s:0",
        "title=Signs & Songs",
        "-metadata:s:s:1",
        "language=ger",
    ]
    for name, codec in (("video.mkv", "ass"), ("video.mp4", "mov_text")):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", *sources, *maps, "-c:s", codec, *told, name], cwd=root, check=True
        )
    return root


def test_the_index_of_a_matroska_file_tells_when_lines_are_shown(folder: Path) -> None:
    signs, dialogue = indexed_tracks(folder / "video.mkv")
    assert (signs.title, signs.language, signs.place) == ("Signs & Songs", "eng", 0)
    assert dialogue.place == 1
    assert [cue.start for cue in dialogue.cues] == pytest.approx(STARTS, abs=0.05)
    assert dialogue.cues[0].end - dialogue.cues[0].start == pytest.approx(2.0, abs=0.01)
    assert best_track([signs, dialogue]) is dialogue


NO_SEGMENT = b"\x1aE\xdf\xa3\x80\x18S\x80g\x01" + b"\xff" * 40


@pytest.mark.parametrize("damage", [b"", b"\x1aE\xdf\xa3", b"not a video" * 100, NO_SEGMENT])
def test_what_is_no_matroska_file_has_no_index(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "x.mkv").write_bytes(damage)
    with suppress(NoIndex):
        assert indexed_tracks(tmp_path / "x.mkv") == ()


def test_a_damaged_index_harms_nobody(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "video.mkv").read_bytes()
    for step in range(60, len(whole), len(whole) // 150):
        damaged = bytearray(whole)
        damaged[step : step + 8] = os.urandom(8)
        (tmp_path / "x.mkv").write_bytes(damaged)
        with suppress(NoIndex):
            indexed_tracks(tmp_path / "x.mkv")


async def test_the_text_track_of_an_mp4_file_is_read_without_its_pictures(folder: Path) -> None:
    tracks = await Reader().tracks(str(folder / "video.mp4"))
    assert [cue.start for cue in tracks[0].cues] == pytest.approx(STARTS, abs=0.05)
    assert tracks[0].windows == ()


async def test_a_tone_has_no_lines(folder: Path) -> None:
    found = await Reader().speech(str(folder / "video.mkv"), parts=False)
    assert found.windows == ()
    assert len(found.cues) <= 1


@pytest.mark.parametrize("kind", ["mkv", "mp4"])
def test_a_video_without_sound_is_said_to_have_none(folder: Path, kind: str) -> None:
    whole, mute = str(folder / f"video.{kind}"), str(folder / f"mute.{kind}")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", whole, "-map", "0:v", "-c", "copy", mute], check=True)
    with pytest.raises(NotRead, match="the video has no sound"):
        asyncio.run(Reader().speech(mute, parts=True))


async def test_what_is_no_video_is_said_not_to_be_readable(folder: Path) -> None:
    for name in ("lines.srt.missing", "-i"):
        with pytest.raises(NotRead):
            await Reader().speech(str(folder / name), parts=True)


async def test_a_video_over_the_network_is_left_alone(folder: Path) -> None:
    with pytest.raises(NotRead, match=r"\[timing\] network"):
        await Reader().tracks("https://example.org/video.mkv")


async def test_a_large_file_is_read_in_windows_that_stay_below_the_bound() -> None:
    layout = Layout(1440.0, 1_500_000_000, False, (), 0)
    windows = windows_of(layout, 200_000_000)
    assert len(windows) == 8
    assert sum(w.end - w.start for w in windows) / 1440 * 1_500_000_000 < 200_000_000
    assert windows[-1].end < 1440
    with pytest.raises(NotRead):
        windows_of(layout, 20_000_000)
    with pytest.raises(NotRead):
        windows_of(Layout(0.0, 1_500_000_000, False, (), 0), 200_000_000)


async def test_who_reads_too_much_is_stopped() -> None:
    with pytest.raises(NotRead, match="more than 1 MB"):
        await output(["dd", "if=/dev/zero", "of=/dev/null", "bs=64k"], most_read=1_000_000, seconds=10)


async def test_who_prints_without_end_is_stopped() -> None:
    with pytest.raises(NotRead, match="without end"):
        await output(["cat", "/dev/zero"], most_read=10**12, seconds=10)


async def test_who_prints_what_nobody_reads_is_stopped() -> None:
    process = await asyncio.create_subprocess_exec("cat", "/dev/zero", stdout=asyncio.subprocess.PIPE)
    while not vars(process.stdout)["_paused"]:  # noqa: ASYNC110 - asyncio tells nobody that its buffer is full
        await asyncio.sleep(0.001)
    async with asyncio.timeout(60):
        await ended(process)


async def test_who_takes_too_long_is_stopped() -> None:
    with pytest.raises(NotRead, match="longer"):
        await output(["sleep", "60"], most_read=1_000_000, seconds=0.1)


async def test_what_reads_for_us_lets_everything_else_go_first() -> None:
    assert int(await output(["nice"], most_read=1_000_000, seconds=10)) >= 15


async def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(NotRead, match="no-such-program is not installed"):
        await output(["no-such-program"], most_read=1, seconds=1)


async def test_nothing_runs_on_for_somebody_who_is_gone() -> None:
    waiting = asyncio.create_task(output(["sleep", "61.5"], most_read=1_000_000, seconds=100))
    await asyncio.sleep(0)
    while not (found := _sleepers()):  # noqa: ASYNC110 - another process tells of nothing
        await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert found
    assert not _sleepers()
    assert bytes_read(0) == 0


def _sleepers() -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"sleep\x0061.5" in (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


async def test_the_layout_names_the_track_with_voices(folder: Path) -> None:
    layout = await look(str(folder / "video.mp4"))
    assert layout.sparse
    assert layout.sound == 0
    assert layout.seconds == pytest.approx(62, abs=0.5)


def test_file_systems_of_the_network_are_known_by_their_mounts(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /mnt/nas rw - nfs4 nas:/x rw\n"
        "3 2 8:2 / /mnt/nas/local rw - ext4 /dev/sdb rw\n4 1 0:6 / /mnt/my\\040share rw - cifs //a/b rw\n"
    )
    assert on_network("/mnt/nas/a.mkv", str(mounts))
    assert on_network("/mnt/my share/a.mkv", str(mounts))
    assert not on_network("/mnt/nas/local/a.mkv", str(mounts))
    assert not on_network("/mnt/nasty/a.mkv", str(mounts))
    assert not on_network("/x", str(tmp_path / "none"))


def test_a_track_without_dialogue_is_no_reference() -> None:
    assert best_track([LineTrack(0, "eng", "", forced=False, cues=(Cue(1, 2),))]) is None
