"""Archives of subtitles, read in memory: nothing is ever unpacked to disk, and no member's name is used as a path.

zip by the standard library, 7z and rar by libarchive, which mpv itself needs and Debian therefore has.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kotozoe.subtitles.text import decode_names
from kotozoe.subtitles.unreadable import Unreadable

if TYPE_CHECKING:
    import zipfile

MAX_MEMBERS = 3000
LARGEST_MEMBER = 32 * 1024 * 1024
LARGEST_TOTAL = 256 * 1024 * 1024
HIGHEST_RATIO = 200  # text packs 1:3 to 1:10
_SMALL = 1024 * 1024  # below this a high ratio harms nobody
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_64, _LOCATOR_64 = b"PK\x06\x06", b"PK\x06\x07"  # which outweigh the former where both stand
_LARGEST_DIRECTORY = MAX_MEMBERS * 600
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_PACKED = frozenset({0, 8})  # stored, deflated: others may ask for gigabytes before a byte is read
_BLOCK = 64 * 1024
_BOMB = "it would unpack to {} MB from {} kB"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive: `place` finds it again; `name` is its path as shown, "/" between folders; untrusted."""

    place: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive offers, and which of its members were refused, each with the reason."""

    raw: bytes
    kind: str
    members: tuple[Member, ...]
    refused: tuple[str, ...] = ()


def kind_of(raw: bytes) -> str:
    """Return zip, 7z or rar by the first bytes, whatever the name says; "" for no archive."""
    if raw.startswith((b"PK\x03\x04", _END_OF_DIRECTORY)):
        return "zip"
    if raw.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    return "rar" if raw.startswith(b"Rar!\x1a\x07") else ""


def _refusal(name: str, size: int, *, link: bool) -> str:
    """Return why a member is not touched, or ""."""
    shown = name[:80]
    if link:
        return f"{shown}: a link"
    if name.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", name):
        return f"{shown}: an absolute name"
    if ".." in re.split(r"[/\\]", name):
        return f"{shown}: a name that leads out of the archive"
    if "\0" in name or not name.strip():
        return "a member without a proper name"
    if size > LARGEST_MEMBER:
        return f"{shown}: {size // 1_000_000} MB"
    return ""


def open_archive(raw: bytes) -> Archive:
    """List an archive. Raises Unreadable if it is damaged, hostile as a whole, or of a kind that is not for us."""
    kind = kind_of(raw)
    if not kind:
        raise Unreadable("it is no archive of a kind that is known here")
    found = list(_zip_members(raw) if kind == "zip" else _other_members(raw, kind))
    refused = tuple(reason for _, reason in found if reason)
    members = tuple(member for member, reason in found if not reason)
    total = sum(m.size for m in members)
    if total > LARGEST_TOTAL or (total > _SMALL and total > HIGHEST_RATIO * len(raw)):
        raise Unreadable(_BOMB.format(total // 1_000_000, len(raw) // 1000))
    if not members:
        raise Unreadable(f"nothing in it can be used ({refused[0]})" if refused else "it is empty")
    return Archive(raw, kind, members, refused)


def read_member(archive: Archive, member: Member) -> bytes:
    """Return the bytes of a member, never more than it may have. Raises Unreadable."""
    if archive.kind == "zip":
        return _read_zip(archive.raw, member)
    return _read_other(archive.raw, archive.kind, member)


def _zip_directory(raw: bytes) -> None:
    """Refuse a directory of absurd size before it is parsed."""
    end = raw.rfind(_END_OF_DIRECTORY, max(0, len(raw) - 66_000))
    if end < 0 or end + 22 > len(raw):
        raise Unreadable("the archive is cut off or damaged")
    count, size = struct.unpack("<HI", raw[end + 10 : end + 16])
    new = raw[max(0, end - 76) : end]
    if new.startswith(_END_64) and new[56:60] == _LOCATOR_64:
        count, size = struct.unpack("<QQ", new[32:48])
    if size > _LARGEST_DIRECTORY:
        raise Unreadable("its directory is absurdly long")
    _check_count(count)


def _check_count(count: int) -> None:
    if count > MAX_MEMBERS:
        raise Unreadable(f"it lists {count} members, more than {MAX_MEMBERS}")


def _opened_zip(raw: bytes) -> zipfile.ZipFile:
    import zipfile  # noqa: PLC0415 - a waiting daemon goes without

    _zip_directory(raw)
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error) as damage:
        raise Unreadable("the archive is cut off or damaged") from damage


def _zip_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the names of all members; the old ones, which say no encoding, are read together."""
    names = [info.filename for info in infos]
    old = [n for n, info in enumerate(infos) if not info.flag_bits & _UTF8_FLAG]
    try:
        raw = [infos[n].orig_filename.encode("cp437") for n in old]
    except UnicodeEncodeError:
        return names
    for n, name in zip(old, decode_names(raw), strict=True):
        names[n] = name
    return names


def _zip_members(raw: bytes) -> Iterator[tuple[Member, str]]:
    with _opened_zip(raw) as archive:
        infos = archive.infolist()
        _check_count(len(infos))  # the end of the directory may have said another number
        for place, (info, name) in enumerate(zip(infos, _zip_names(infos), strict=True)):
            if name.endswith("/"):
                continue
            reason = _refusal(name, info.file_size, link=stat.S_ISLNK(info.external_attr >> 16))
            if not reason and info.flag_bits & _ENCRYPTED_FLAG:
                reason = f"{name[:80]}: locked with a password"
            if not reason and info.compress_type not in _PACKED:
                reason = f"{name[:80]}: packed in a way that is not read here"
            yield Member(place, name, info.file_size), reason


def _read_zip(raw: bytes, member: Member) -> bytes:
    import zipfile  # noqa: PLC0415 - likewise

    with _opened_zip(raw) as archive:
        try:
            with archive.open(archive.infolist()[member.place]) as stream:
                contents = stream.read(LARGEST_MEMBER + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            ValueError,
        ) as damage:
            raise Unreadable(f"{member.name[:80]} is damaged in the archive") from damage
    return _bounded(contents, member)


def _bounded(contents: bytes, member: Member) -> bytes:
    if len(contents) > LARGEST_MEMBER:
        raise Unreadable(f"{member.name[:80]} is larger than it says")
    return contents


def _libarchive(kind: str) -> Any:
    try:
        import libarchive  # noqa: PLC0415 - loads a shared library, which may be missing
    except (ImportError, OSError, TypeError, AttributeError) as missing:
        raise Unreadable(
            f"{kind} archives cannot be opened here: libarchive is missing (on Debian: apt install libarchive13)"
        ) from missing
    return libarchive


def _entries(raw: bytes, kind: str) -> Iterator[tuple[int, Any]]:
    """Yield place and entry of a 7z or rar; each is good only until the next."""
    libarchive = _libarchive(kind)
    try:
        with libarchive.memory_reader(raw) as archive:
            for place, entry in enumerate(archive):
                if place >= MAX_MEMBERS:
                    raise Unreadable(f"it lists more than {MAX_MEMBERS} members")
                yield place, entry
    except libarchive.ArchiveError as damage:
        raise Unreadable(
            f"the {kind} archive is damaged, locked or of a kind that libarchive does not know"
        ) from damage


def _other_members(raw: bytes, kind: str) -> Iterator[tuple[Member, str]]:
    total = 0
    for place, entry in _entries(raw, kind):
        if entry.isdir:
            continue
        total += entry.size or 0
        if total > LARGEST_TOTAL:  # said before the next header is sought, for which all this would be unpacked
            raise Unreadable(_BOMB.format(total // 1_000_000, len(raw) // 1000))
        name = (entry.pathname or "").replace("\\", "/")
        size = entry.size or 0
        link = bool(entry.issym or entry.islnk or not entry.isfile)
        yield Member(place, name, size), _refusal(name, size, link=link)


def _read_other(raw: bytes, kind: str, member: Member) -> bytes:
    for place, entry in _entries(raw, kind):
        if place != member.place:
            continue
        contents = bytearray()
        try:
            for block in entry.get_blocks(_BLOCK):
                contents += block
                if len(contents) > LARGEST_MEMBER:
                    break
        except _libarchive(kind).ArchiveError as damage:
            raise Unreadable(f"{member.name[:80]} is damaged in the archive") from damage
        return _bounded(bytes(contents), member)
    raise Unreadable(f"{member.name[:80]} is not in the archive any more")
