"""When the lines of bitmap tracks are shown, by packets as muxers write them."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.bitmaps import PGS, VOBSUB, Compression, Packet, cues_of_packets
from kotozoe.timing.references.demux import lines
from kotozoe.timing.references.ebml import made
from kotozoe.timing.references.matroska import CLUSTER, ENTRY, HEADER, KIND, NUMBER, SEGMENT, TRACKS
from kotozoe.timing.references.video import Reader

TIME, GROUP, BLOCK, DURATION, SIMPLE = 0xE7, 0xA0, 0xA1, 0x9B, 0xA3
CODEC, ENCODINGS, ENCODING, COMPRESSION, ALGORITHM = 0x86, 0x6D80, 0x6240, 0x5034, 0x4254
STARTS = [1.0 + 3 * n for n in range(20)]


def display_set(objects: int, state: int = 0x80, palette_only: int = 0) -> bytes:
    """Return a display set: its composition, and the begin of what else it holds."""
    composition = bytes((7, 128, 4, 56, 16, 0, 0, state, palette_only, 0, objects)) + bytes(8 * objects)
    return b"\x16" + len(composition).to_bytes(2) + composition + b"\x17\x00\x01\x00" + b"picture" * 200 * objects


def spu(stop: float | None, start: float = 0.0) -> bytes:
    """Return a VobSub packet whose control sequences show it and, perhaps, take it away; in seconds."""
    picture = bytes(40)
    first = 4 + len(picture)
    shows = b"\x03\x32\x10\x04\xff\xff\x05" + bytes(6) + b"\x06" + bytes(4) + b"\x01\xff"
    second = first + 4 + len(shows) if stop is not None else first
    control = round(start * 90000 / 1024).to_bytes(2) + second.to_bytes(2) + shows
    if stop is not None:
        control += round(stop * 90000 / 1024).to_bytes(2) + second.to_bytes(2) + b"\x02\xff"
    return (first + len(control)).to_bytes(2) + first.to_bytes(2) + picture + control


def shown(codec: str, *packets: tuple[float, float, bytes]) -> list[tuple[float, float]]:
    cues = cues_of_packets(codec, [Packet(*packet) for packet in packets])
    return [(round(cue.start, 1), round(cue.end, 1)) for cue in cues]


def test_a_display_set_with_objects_begins_a_line_and_one_without_ends_it() -> None:
    sets = [
        (1.0, 0.0, display_set(1)),
        (3.5, 0.0, display_set(0)),
        (5.0, 0.0, display_set(2)),
        (6.0, 0.0, display_set(0)),
    ]
    assert shown(PGS, *sets) == [(1.0, 3.5), (5.0, 6.0)]


def test_a_line_may_take_the_place_of_another_and_the_last_may_never_end() -> None:
    assert shown(PGS, (1.0, 0.0, display_set(1)), (2.0, 0.0, display_set(1))) == [(1.0, 2.0), (2.0, 14.0)]


def test_what_is_repeated_or_fades_is_no_other_line() -> None:
    sets = [(1.0, 0.0, display_set(1)), (1.1, 0.0, display_set(1, 0, 0x80)), (2.0, 0.0, display_set(1, 0x40))]
    assert shown(PGS, *sets, (3.0, 0.0, display_set(0))) == [(1.0, 3.0)]


def test_a_duration_by_the_container_ends_a_line() -> None:
    assert shown(PGS, (1.0, 1.5, display_set(1)), (9.0, 1.0, display_set(1))) == [(1.0, 2.5), (9.0, 10.0)]
    assert shown(VOBSUB, (1.0, 1.5, spu(None)), (9.0, 0.0, spu(None))) == [(1.0, 2.5), (9.0, 11.5)]


def test_a_vobsub_packet_says_itself_when_it_stops() -> None:
    assert shown(VOBSUB, (1.0, 0.0, spu(2.0)), (5.0, 9.0, spu(1.5, 0.5))) == [(1.0, 3.0), (5.5, 6.5)]
    assert shown(VOBSUB, (1.0, 0.0, spu(700.0)), (5.0, 0.0, spu(1.0))) == [(1.0, 5.0), (5.0, 6.0)]


@pytest.mark.parametrize("codec", [PGS, VOBSUB])
def test_what_is_damaged_shows_nothing(codec: str) -> None:
    whole = display_set(1) if codec == PGS else spu(2.0)
    for end in range(0, len(whole), 5):
        cues_of_packets(codec, [Packet(1.0, 0.0, whole[:end])])
    assert shown(codec, (1.0, 0.0, b""), (2.0, 0.0, b"\xff" * 40)) == []


def test_packets_are_told_through_what_the_container_did_to_them() -> None:
    assert Compression(zlib=True).undone(zlib.compress(b"x" * 9000), 4) == b"xxxx"
    assert Compression(zlib=True).undone(b"no zlib", 4) == b""
    assert Compression(prefix=b"ab").undone(b"cdef", 4) == b"abcd"


def video(path: Path, codec: str, *, compressed: bool, timed: bool) -> Path:
    """Write a Matroska file without an index, of a picture track and one of bitmaps."""
    told = made(ENCODINGS, made(ENCODING, made(COMPRESSION, made(ALGORITHM, b"\x00")))) if compressed else b""
    tracks = made(ENTRY, made(NUMBER, b"\x01") + made(KIND, b"\x01"))
    tracks += made(ENTRY, made(NUMBER, b"\x02") + made(KIND, b"\x11") + made(CODEC, codec.encode()) + told)
    clusters = b""
    for start in STARTS:
        body = made(TIME, round(start * 1000).to_bytes(4)) + made(SIMPLE, b"\x81\x00\x00\x80" + b"picture" * 999)
        packets = [(0, spu(2.0))] if codec == VOBSUB else [(0, display_set(1)), (2000, display_set(0))]
        for at, payload in packets:
            block = b"\x82" + at.to_bytes(2) + b"\x00" + (zlib.compress(payload) if compressed else payload)
            body += made(GROUP, made(BLOCK, block) + made(DURATION, b"\x07\xd0")) if timed else made(SIMPLE, block)
        clusters += made(CLUSTER, body)
    path.write_bytes(made(HEADER, b"") + made(SEGMENT, made(TRACKS, tracks) + clusters))
    return path


@pytest.mark.parametrize("codec", [PGS, VOBSUB])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("timed", [False, True])
async def test_without_an_index_the_blocks_are_walked(
    tmp_path: Path, codec: str, compressed: bool, timed: bool
) -> None:
    path = video(tmp_path / "v.mkv", codec, compressed=compressed, timed=timed)
    expected = [Cue(start, start + 2) for start in STARTS]
    (cues,) = lines(path, 10**9).values()
    assert [cue.start for cue in cues] == pytest.approx([cue.start for cue in expected])
    assert [cue.end for cue in cues] == pytest.approx([cue.end for cue in expected], abs=0.02)
    (track,) = await Reader().tracks(str(path))
    assert track.pictures
    assert len(track.cues) == len(STARTS)
