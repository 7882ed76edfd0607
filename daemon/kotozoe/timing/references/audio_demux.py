"""What is heard of a Matroska file, without its picture: blocks of other tracks are passed over by their sizes.

    python -m kotozoe.sync.sieve FILE MOST > SOUND

The sound of a video is a fiftieth of it. It comes out as a Matroska file of its own, times and coding as they were.
Where even that would take reading more than MOST bytes, stretches are left out, evenly. A program, not a function, so
that its priority can be low.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kotozoe.timing.references.matroska import (
    AUDIO,
    CLUSTER,
    ENTRY,
    HEADER,
    INFO,
    KIND,
    LANGUAGE,
    LANGUAGE_TAG,
    NAME,
    NUMBER,
    SEGMENT,
    TRACKS,
    NoIndex,
    element_at,
    elements,
    number,
    parts,
    varint,
)

_TIME, _BLOCK_GROUP, _BLOCK, _SIMPLE_BLOCK = 0xE7, 0xA0, 0xA1, 0xA3
_INSIDE = frozenset({SEGMENT, CLUSTER})  # what is walked into; anything else is taken or passed over
_PAGE = 4096  # bytes; the least that a disk gives
_LARGEST = 1 << 20  # bytes of one block of sound
_HEAD = 64  # bytes of a group in which its block begins
_STRETCHES = 12  # that are left out, if any are
_COMMENT = re.compile(rb"comment|\xe5\x89\xaf\xe9\x9f\xb3\xe5\xa3\xb0|\xe8\xa7\xa3\xe8\xaa\xac", re.IGNORECASE)


@dataclass(slots=True)
class _Pages:
    """A file read by the page, without reading ahead; `spent` counts the bytes."""

    handle: int
    size: int
    spent: int = 0
    _begin: int = 0
    _held: bytes = b""

    @classmethod
    def of(cls, path: Path) -> _Pages:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_RANDOM)
        return cls(handle, os.fstat(handle).st_size)

    def read(self, at: int, count: int) -> bytes:
        """Return so many bytes, fewer at the file's end."""
        if not self._begin <= at <= at + count <= self._begin + len(self._held):
            self._begin = at // _PAGE * _PAGE
            whole = -(-(at + count - self._begin) // _PAGE) * _PAGE
            self._held = os.pread(self.handle, whole, self._begin)
            self.spent += len(self._held)
        return self._held[at - self._begin : at - self._begin + count]


@dataclass(slots=True)
class _Pace:
    """Says when to leave something out, so that what may be read is spread over the whole file, and when to end."""

    most: int
    size: int
    _pausing: bool = field(default=False, init=False)

    def ends(self, spent: int) -> bool:
        return spent > self.most * 12 // 11

    def pauses(self, at: int, spent: int) -> bool:
        ahead = spent - self.most * at / self.size
        self._pausing = ahead > 0 if self._pausing else ahead > self.most / _STRETCHES
        return self._pausing


def has_sound(path: Path) -> bool:
    """Tell whether a Matroska file has a sound track; one whose tracks cannot be read may."""
    try:
        with path.open("rb") as file:
            found = parts(file, frozenset({TRACKS}))
    except (NoIndex, OSError):
        return True
    return TRACKS not in found or _track_with_voices(found) is not None


def sieved(path: Path, most: int) -> Iterator[bytes]:
    """Yield a Matroska file with one sound track. Raises NoIndex, OSError."""
    with path.open("rb") as file:
        found = parts(file, frozenset({INFO, TRACKS}))
    track = _track_with_voices(found)
    if track is None:
        raise NoIndex("it has no sound")
    yield _made(HEADER, b"\x42\x82\x88matroska")
    yield SEGMENT.to_bytes(4) + b"\x01" + b"\xff" * 7
    yield _made(INFO, found.get(INFO, b""))
    yield _made(TRACKS, _made(ENTRY, track))
    pages = _Pages.of(path)
    try:
        yield from _clusters(pages, number(dict(elements(track)).get(NUMBER, b"")), _Pace(most * 11 // 12, pages.size))
    finally:
        os.close(pages.handle)


def _track_with_voices(found: Mapping[int, bytes]) -> bytes | None:
    return voices([body for element, body in elements(found.get(TRACKS, b"")) if element == ENTRY])


def voices(entries: list[bytes]) -> bytes | None:
    """Return the sound track that voices are expected in: Japanese, if there is one, and no commentary."""
    fields: list[tuple[bytes, Mapping[int, bytes]]] = [(entry, dict(elements(entry))) for entry in entries]
    heard = [(entry, told) for entry, told in fields if number(told.get(KIND, b"")) == AUDIO and told.get(NUMBER)]

    def likely(one: tuple[bytes, Mapping[int, bytes]]) -> tuple[bool, bool]:
        language = one[1].get(LANGUAGE_TAG) or one[1].get(LANGUAGE, b"eng")
        return not _COMMENT.search(one[1].get(NAME, b"")), language.startswith((b"ja", b"jpn"))

    return max(heard, key=likely)[0] if heard else None


def _clusters(pages: _Pages, wanted: int, pace: _Pace) -> Iterator[bytes]:
    """Yield the clusters with the blocks of one track; ends early where the file is damaged."""
    at = 0
    cluster: list[bytes] = []
    while at < pages.size and not pace.ends(pages.spent):
        try:
            element, size, head = element_at(pages.read(at, 12), 0)
        except NoIndex:
            break
        at += head
        if element == CLUSTER:
            yield from _ended(cluster)
            cluster = []
            passes = size is not None and pace.pauses(at, pages.spent)
        else:
            passes = element not in _INSIDE
            cluster += _taken(element, pages, at, size or 0, wanted)
        if passes and size is None:
            break
        at += size if passes and size else 0
    yield from _ended(cluster)


def _ended(cluster: Sequence[bytes]) -> Iterator[bytes]:
    if len(cluster) > 1:
        yield _made(CLUSTER, b"".join(cluster))


def _taken(element: int, pages: _Pages, at: int, size: int, wanted: int) -> Iterator[bytes]:
    """Yield an element of a cluster if it is wanted: its time, or a block of that track."""
    if element == _TIME:
        yield _made(_TIME, pages.read(at, min(size, 8)))
    elif size <= _LARGEST and _track_of(element, pages, at, size) == wanted:
        yield _made(element, pages.read(at, size))


def _track_of(element: int, pages: _Pages, at: int, size: int) -> int:
    """Return the track that a block, or a group's block, is of; 0 for anything else."""
    if element not in {_BLOCK_GROUP, _SIMPLE_BLOCK}:
        return 0
    head = pages.read(at, min(size, _HEAD))
    try:
        place = 0
        while element == _BLOCK_GROUP:
            inner, length, place = element_at(head, place)
            if inner == _BLOCK:
                break
            place += length or 0
        return varint(head, place, marked=False)[0]
    except NoIndex:
        return 0


def _made(element: int, body: bytes) -> bytes:
    name = element.to_bytes((element.bit_length() + 7) // 8)
    return name + (len(body) | 1 << 56).to_bytes(8) + body


def main() -> int:
    """Write what is asked for by the command line."""
    try:
        for piece in sieved(Path(sys.argv[1]), int(sys.argv[2])):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except (NoIndex, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
