"""Subtitle files: bytes to text, text to lines, and the index of a video beside them."""

from __future__ import annotations

import codecs
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.ranking.file_names import split_extension
from kotozoe.subtitles.ranking.subtitle_content import unfit
from kotozoe.subtitles.text import decode, decode_names
from kotozoe.subtitles.unreadable import Unreadable
from kotozoe.timing.fitting.cues import Piece, Transform
from kotozoe.timing.references.ebml import NoIndex
from kotozoe.timing.references.matroska import indexed_tracks
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of, retimed
from tests.hostile.made import damaged, given, names, shown, soon, texts
from tests.subtitles.texts import ass, srt, vtt

WHOLE = {"srt": srt(count=6), "vtt": vtt(count=6), "ass": ass(count=4), "ssa": ass(count=4)}
MOVED = Transform(25 / 23.976, (Piece(-1e9, -2.5), Piece(10.0, 900.0)))
_marks = st.sampled_from(
    [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"PG", b"\0\0\1\xba", b"<html"]
)
_encodings = st.sampled_from(["utf-8", "cp932", "euc_jp", "utf-16", "utf-32-le", "gb18030", "big5"])


@given(_marks, st.binary(max_size=300), st.sampled_from([*FORMATS, "sup", "sub", "idx", ""]))
def test_any_bytes_are_shown_or_refused_with_a_reason(mark: bytes, raw: bytes, extension: str) -> None:
    with soon(2):
        told = ""
        try:
            contents = opened(mark + raw, extension, ("ja",))
            assert len(contents) <= 4 * len(mark + raw) + 8
        except Unreadable as reason:
            told = str(reason) or "\0"
        assert shown(told)


@pytest.mark.parametrize("extension", WHOLE)
def test_a_damaged_subtitle_is_text_and_its_lines_are_timed_or_not(extension: str) -> None:
    @given(_encodings.flatmap(lambda encoding: damaged(WHOLE[extension].encode(encoding, "replace"))))
    def attempt(raw: bytes) -> None:
        with soon(3), suppress(Unreadable):
            text = decode(raw)
            unfit(text, ("ja", "en"))
            time_it(text, extension)

    attempt()


def time_it(text: str, extension: str) -> None:
    try:
        cues_of(text, extension)
        again = retimed(text, extension, MOVED)
    except Untimed as reason:
        told = str(reason)
        assert shown(told)
    else:
        assert isinstance(again, str)


_TIMES = "1|00:00:01,000| --> |99999999999:99:99,999|-1:-2:-3,4|0,0:00:01.00,0:00:02.00,Default,,0,0,0,,|1e999|NaN"
_WORDS = "Format: |Dialogue: |Start, End, Text|Style: |Comment: |,|{\\t(|<font |&H00FFFFFF|PlayResX: |{\\p1}|風が吹く"
_HEADS = ("\n", "\n\n", "[Events]\n", "[V4+ Styles]\n", "WEBVTT\n", "[Script Info]\n", "9" * 5000)
_pieces = st.sampled_from([*_TIMES.split("|"), *_WORDS.split("|"), *_HEADS])


@given(st.lists(_pieces | texts, max_size=25).map("".join), st.sampled_from(FORMATS))
def test_text_made_of_a_formats_own_words_is_timed_or_not(text: str, extension: str) -> None:
    with soon(3):
        time_it(text, extension)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_old_names_of_members_are_as_many_as_they_were(found: list[bytes]) -> None:
    assert len(decode_names(found)) == len(found)


@given(names)
def test_an_extension_is_one_that_is_known(name: str) -> None:
    _, extension = split_extension(name)
    assert extension in ("", *FORMATS, "sup", "sub", "idx", "zip", "7z", "rar")


def _varint(number: int) -> bytes:
    return (number | 1 << 56).to_bytes(8)


def _element(name: int, body: bytes) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8) + _varint(len(body)) + body


def matroska() -> bytes:
    """Return the beginning of a video with two text tracks and an index of their lines."""
    entries = b"".join(
        _element(0xAE, _element(0xD7, bytes([n])) + _element(0x83, b"\x11") + _element(0x86, b"S_TEXT/ASS"))
        for n in (1, 2)
    )
    points = b"".join(
        _element(0xBB, _element(0xB3, bytes([n])) + _element(0xB7, _element(0xF7, b"\1") + _element(0xB2, b"\2")))
        for n in range(20)
    )
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(3)))
    tracks, cues = _element(0x1654AE6B, entries), _element(0x1C53BB6B, points)
    seek = _element(0x114D9B74, _element(0x4DBB, _element(0x53AB, b"\x1c\x53\xbb\x6b") + _element(0x53AC, b"\x40")))
    return _element(0x1A45DFA3, b"") + _element(0x18538067, seek + info + tracks + cues)


def test_the_made_video_is_one() -> None:
    assert len(_indexed(matroska())) == 1


def _indexed(raw: bytes) -> tuple[object, ...]:
    path = Path(os.environ["HOSTILE"], "own-video.mkv")
    path.write_bytes(raw)
    try:
        return indexed_tracks(path)
    except (NoIndex, OSError):
        return ()


# its second track has no number, and the index lists lines of track 0
_TRACK_WITHOUT_NUMBER = bytes.fromhex(
    "1a45dfa30100000000000000185380670100000000000481114d9b7401000000000000234dbb010000000000001953ab0100"
    "0000000000041c53bb6b53ac0100000000000001401549a966010000000000000e2ad7b101000000000000030f42401654ae"
    "6b0100000000000060ae0100000000000027d70100000000000001018301000000000000011186010000000000000a535f54"
    "4558542f415353ae0100000000000027800100000000000001028301000000000000011186010000000000000a535f544558"
    "542f4153531c53bb6b01000000000003c0bb0100000000000027b3010000000000000100b7544558542f4153531c53bb6b01"
    "000000000003c0bb0100000000000027b3010000000000000100b7"
)


@example(_TRACK_WITHOUT_NUMBER)
@given(damaged(matroska()))
def test_a_damaged_index_of_a_video_is_read_or_not(raw: bytes) -> None:
    with soon(2):
        _indexed(raw)


_ids = st.sampled_from(
    [
        0x18538067,
        0x114D9B74,
        0x4DBB,
        0x53AB,
        0x53AC,
        0x1654AE6B,
        0xAE,
        0xD7,
        0x83,
        0x86,
        0x1C53BB6B,
        0xBB,
        0xB3,
        0xB7,
        0xF7,
        0x1549A966,
        0x2AD7B1,
    ]
)
_trees = st.recursive(
    st.binary(max_size=9) | st.sampled_from([b"\x11", b"S_TEXT/UTF8", b"\xff" * 8, b"\x1c\x53\xbb\x6b"]),
    lambda inner: st.lists(st.builds(_element, _ids, inner), max_size=5).map(b"".join),
    max_leaves=25,
)


@given(_trees, _trees, _trees)
def test_any_tree_of_elements_is_an_index_or_none(tracks: bytes, cues: bytes, other: bytes) -> None:
    head = _element(0x1A45DFA3, b"")
    inside = _element(0x1654AE6B, tracks) + _element(0x1C53BB6B, cues) + _element(0x114D9B74, other)
    with soon(2):
        _indexed(head + _element(0x18538067, inside))


@pytest.mark.parametrize("offset", [2**63 - 1, 2**63, 2**64 - 1])
def test_an_index_that_should_lie_beyond_every_file_is_not_looked_for(offset: int) -> None:
    seek = _element(0x4DBB, _element(0x53AB, b"\x1c\x53\xbb\x6b") + _element(0x53AC, offset.to_bytes(8)))
    _indexed(_element(0x1A45DFA3, b"") + _element(0x18538067, _element(0x114D9B74, seek)))
