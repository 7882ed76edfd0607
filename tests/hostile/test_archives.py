"""Archives of subtitles, read in memory."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.errors import KotozoeError
from kotozoe.model import SubtitleFile
from kotozoe.subtitles.archive import LARGEST_MEMBER, MAX_MEMBERS, open_archive, read_member
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.unreadable import Unreadable
from tests.hostile.made import damaged, given, names, soon
from tests.subtitles.test_archive import seven, stored_rar, zipped
from tests.subtitles.texts import srt

TEXT = srt(count=3).encode()
TWO = {"a/01.srt": TEXT, "風 02.ass": b"x" * 50}


def packed(method: int) -> bytes:
    return zipped(TWO, pack=method)


WHOLE = {
    "stored": packed(zipfile.ZIP_STORED),
    "deflated": packed(zipfile.ZIP_DEFLATED),
    "bzip2": packed(zipfile.ZIP_BZIP2),
    "lzma": packed(zipfile.ZIP_LZMA),
    "old names": zipped({"風の練習 01.srt": TEXT}, "cp932"),
    "7z": seven(TWO),
    "rar": stored_rar(TWO),
}


def read_all(raw: bytes) -> list[bytes]:
    """Read every member that is offered; nothing else than Unreadable may come of it."""
    try:
        archive = open_archive(raw)
    except Unreadable as reason:
        told = str(reason)
        assert told
        return []
    assert 0 < len(archive.members) <= MAX_MEMBERS
    contents = []
    for member in archive.members[:4]:
        try:
            contents.append(read_member(archive, member))
        except Unreadable:
            continue
    assert all(len(one) <= LARGEST_MEMBER for one in contents)
    return contents


@pytest.mark.parametrize("kind", WHOLE)
def test_a_damaged_archive_is_read_or_refused(kind: str) -> None:
    @given(damaged(WHOLE[kind]))
    def attempt(raw: bytes) -> None:
        with soon(3):
            read_all(raw)

    attempt()


@given(
    st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\1\0"]),
    st.binary(max_size=400),
)
def test_any_bytes_after_a_good_beginning_are_refused_or_read(begin: bytes, rest: bytes) -> None:
    with soon(3):
        read_all(begin + rest)


_attributes = st.sampled_from([0, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFREG, 0xFFFF])


@given(st.lists(st.tuples(names, _attributes), min_size=1, max_size=5))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_name_leads_out_of_the_cache(found: list[tuple[str, int]]) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, kind in found:
            info = zipfile.ZipInfo("x")
            info.filename = name.encode("utf-8", "replace").decode() or "x"
            info.external_attr = kind << 16
            archive.writestr(info, TEXT)
    try:
        members = open_archive(stream.getvalue()).members
    except Unreadable:
        return
    root = Path(os.environ["HOSTILE"], "own-cache")
    subtitle_cache = SubtitleCache(root)
    for member in members:
        place = subtitle_cache.place(1, SubtitleFile("pack.zip"), "srt", member.name)
        assert place.parent == root / "1"
        assert len(os.fsencode(place.name)) <= 255
        assert not member.name.startswith("/")
        assert subtitle_cache.keep(place, TEXT).read_bytes() == TEXT
        place.unlink()


def sixty_four(members: int) -> bytes:
    """Return a zip whose old directory end says that there is one member, and the new one how many there are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for n in range(members):
            archive.writestr(f"{n}.srt", b"")
    raw = stream.getvalue()
    end = raw.rindex(b"PK\x05\x06")
    size, offset = struct.unpack("<II", raw[end + 12 : end + 20])
    new = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    old = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)
    return raw[:end] + new + locator + old


def few_said(members: int) -> bytes:
    raw = bytearray(zipped({f"{n}": b"" for n in range(members)}))
    end = raw.rindex(b"PK\x05\x06")
    raw[end + 8 : end + 12] = struct.pack("<HH", 1, 1)
    return bytes(raw)


@pytest.mark.parametrize("lying", [sixty_four, few_said])
def test_an_archive_that_lies_about_its_length_is_refused(lying: Callable[[int], bytes]) -> None:
    with soon(2), pytest.raises(Unreadable, match=r"members|directory"):
        open_archive(lying(20_000))
    assert read_all(lying(10)) == [b""] * 4


def test_what_is_packed_in_an_unusual_way_is_left_alone() -> None:
    for kind in ("bzip2", "lzma"):
        with pytest.raises(Unreadable, match="packed"):
            open_archive(WHOLE[kind])
    assert issubclass(Unreadable, KotozoeError)


@example(b"")
@given(st.binary(max_size=100))
def test_what_is_no_archive_is_said_to_be_none(raw: bytes) -> None:
    if raw[:2] not in (b"PK", b"7z", b"Ra"):
        with pytest.raises(Unreadable, match="no archive"):
            open_archive(raw)


def test_a_member_of_a_7z_that_is_damaged_within_is_said_to_be() -> None:
    raw = bytearray(seven({"01.srt": TEXT}))
    archive = open_archive(bytes(raw))
    raw[36:44] = b"\xff" * 8
    with pytest.raises(Unreadable, match="damaged"):
        read_member(replace(archive, raw=bytes(raw)), archive.members[0])
