"""Archives, friendly and hostile. All of them are made here."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from kotozoe.subtitles import archive as room
from kotozoe.subtitles.archive import kind_of, open_archive, read_member
from kotozoe.subtitles.unreadable import Unreadable
from tests.subtitles.texts import srt

libarchive = pytest.importorskip("libarchive")
TEXT = srt().encode()


def zipped(members: dict[str, bytes], encoding: str = "", pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip; with `encoding`, names are stored in it and the zip does not say so, as old tools do."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", pack) as archive:
        for n, (name, contents) in enumerate(members.items()):
            archive.writestr(f"{n:04d}" + "x" * (len(name.encode(encoding)) - 4) if encoding else name, contents)
    raw = stream.getvalue()
    if encoding:
        for n, name in enumerate(members):
            old = name.encode(encoding)
            raw = raw.replace(f"{n:04d}".encode() + b"x" * (len(old) - 4), old)
    return raw


def seven(members: dict[str, bytes], form: str = "7zip") -> bytes:
    blocks: list[bytes] = []

    def write(block: bytes) -> int:
        blocks.append(bytes(block))
        return len(block)

    with libarchive.custom_writer(write, form) as archive:
        for name, contents in members.items():
            archive.add_file_from_memory(name, len(contents), contents)
    return b"".join(blocks)


def stored_rar(members: dict[str, bytes]) -> bytes:
    """Return a RAR (version 4) of uncompressed members, written out by hand: no free tool makes one."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        header = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header

    whole = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, contents in members.items():
        size, coded = len(contents), name.encode()
        fields = struct.pack("<IIBIIBBHI", size, size, 3, zlib.crc32(contents), 0, 20, 0x30, len(coded), 0o100644)
        whole += block(0x74, 0x8200, fields + coded) + contents
    return whole + block(0x7B, 0x4000, b"")


@pytest.mark.parametrize("make", [zipped, seven, stored_rar])
def test_members_are_listed_and_read(make: Callable[[dict[str, bytes]], bytes]) -> None:
    archive = open_archive(make({"風の練習/01.srt": TEXT, "風の練習/02.srt": b"x" * 100}))
    assert [m.name for m in archive.members] == ["風の練習/01.srt", "風の練習/02.srt"]
    assert read_member(archive, archive.members[0]) == TEXT
    assert read_member(archive, archive.members[1]) == b"x" * 100


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("風の練習 第03話「雨」.srt", "cp932"),
        ("风的练习 第03话.ass", "gbk"),
        ("風的練習 第03集.ass", "big5"),
        ("風の練習.srt", "euc_jp"),
    ],
)
def test_names_without_an_encoding_come_out_readable(name: str, encoding: str) -> None:
    archive = open_archive(zipped({name: TEXT}, encoding))
    assert archive.members[0].name == name
    assert read_member(archive, archive.members[0]) == TEXT


def test_the_kind_is_seen_in_the_bytes() -> None:
    assert (kind_of(zipped({"a": b""})), kind_of(seven({"a": b"a"})), kind_of(b"Rar!\x1a\x07\x01\x00")) == (
        "zip",
        "7z",
        "rar",
    )
    assert kind_of(TEXT) == ""


def _link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("01.srt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def _locked() -> bytes:
    raw = bytearray(zipped({"01.srt": TEXT}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + at] |= 1
    return bytes(raw)


def _many_claimed() -> bytes:
    raw = bytearray(zipped({"01.srt": TEXT}))
    end = raw.rfind(b"PK\x05\x06")
    raw[end + 8 : end + 12] = struct.pack("<HH", 65000, 65000)
    return bytes(raw)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: zipped({f"{n}.srt": bytes(30_000_000) for n in range(10)}),
    "zip of one huge member": lambda: zipped({"01.srt": bytes(40_000_000)}),
    "zip of high ratio": lambda: zipped({"01.srt": bytes(20_000_000)}),
    "zip with an absolute name": lambda: zipped({"/tmp/evil.srt": TEXT}),
    "zip with a name that climbs": lambda: zipped({"../../evil.srt": TEXT}),
    "zip with a climb in the middle": lambda: zipped({"a/../../evil.srt": TEXT}),
    "zip with backslashes that climb": lambda: zipped({"..\\..\\evil.srt": TEXT}),
    "zip with a drive": lambda: zipped({"C:\\evil.srt": TEXT}),
    "zip with a link": _link,
    "zip that is locked": _locked,
    "zip of 4,000 members": lambda: zipped({f"{n}.srt": b"a" for n in range(4000)}),
    "zip that claims 65,000 members": _many_claimed,
    "zip cut off": lambda: zipped({"01.srt": TEXT})[:-30],
    "zip of nothing": lambda: zipped({}),
    "zip without a body": lambda: b"PK\x03\x04",
    "zip of random bytes": lambda: b"PK\x03\x04" + os.urandom(5000),
    "7z bomb": lambda: seven({f"{n}.srt": bytes(30_000_000) for n in range(9)}),
    "7z with a name that climbs": lambda: seven({"../../evil.srt": TEXT}),
    "7z with an absolute name": lambda: seven({"/tmp/evil.srt": TEXT}),
    "rar with a name that climbs": lambda: stored_rar({"../../evil.srt": TEXT}),
    "rar with an absolute name": lambda: stored_rar({"/tmp/evil.srt": TEXT}),
    "rar cut off": lambda: stored_rar({"01.srt": TEXT})[:60],
    "7z cut off": lambda: seven({"01.srt": TEXT})[:60],
    "7z of random bytes": lambda: b"7z\xbc\xaf\x27\x1c" + os.urandom(5000),
    "7z of 4,000 members": lambda: seven({f"{n}.srt": b"a" for n in range(4000)}),
    "rar of random bytes": lambda: b"Rar!\x1a\x07\x00" + os.urandom(5000),
    "no archive": lambda: TEXT,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_with_a_reason(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = HOSTILE[kind]()
    monkeypatch.chdir(tmp_path)
    begin = time.process_time()
    with pytest.raises(Unreadable) as refusal:
        open_archive(raw)
    assert str(refusal.value)
    assert time.process_time() - begin < 2
    assert not list(tmp_path.iterdir())


def test_a_member_that_is_larger_than_it_says_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = open_archive(zipped({"01.srt": TEXT}))
    monkeypatch.setattr(room, "LARGEST_MEMBER", 100)
    with pytest.raises(Unreadable, match="larger than it says"):
        read_member(archive, archive.members[0])


def test_a_damaged_member_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = bytearray(zipped({"01.srt": TEXT}))
    raw[60:90] = bytes(30)
    archive = open_archive(bytes(raw))
    with pytest.raises(Unreadable, match="damaged"):
        read_member(archive, archive.members[0])


def test_the_good_members_of_a_half_bad_archive_are_offered() -> None:
    archive = open_archive(zipped({"../evil.srt": TEXT, "02.srt": TEXT}))
    assert [m.name for m in archive.members] == ["02.srt"]
    assert archive.refused == ("../evil.srt: a name that leads out of the archive",)


def test_a_missing_library_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = seven({"01.srt": TEXT})
    monkeypatch.setitem(__import__("sys").modules, "libarchive", None)
    with pytest.raises(Unreadable, match="libarchive is missing"):
        open_archive(raw)
