"""The sound, or the bitmap tracks, of a Matroska file without its picture: other blocks are skipped by their sizes.

    python -m kotozoe.timing.references.demux FILE MOST all|parts > SOUND
    python -m kotozoe.timing.references.demux FILE MOST lines > CUES

The sound of a video is a fiftieth of it. It comes out as a Matroska file of its own, times and coding as they were;
`parts` leaves out all but stretches spread over the video. Cues come as lines of track number, start and end. Where
even that would take reading more than MOST bytes, stretches are left out, evenly. A program, not a function, so that
its priority can be low.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kotozoe.safe_files import opened
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.bitmaps import HEAD, Packet, cues_of_packets
from kotozoe.timing.references.blocks import (
    BLOCK_GROUP,
    SIMPLE_BLOCK,
    TIME,
    compression_of,
    packet_of,
    time_of,
    track_of,
)
from kotozoe.timing.references.ebml import NoIndex, element_at, made, number
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
    Head,
    codec,
    head_of,
    track_number,
)

_INSIDE = frozenset({SEGMENT, CLUSTER})  # what is walked into; anything else is taken or skipped
_PAGE = 4096  # bytes; the least that a disk gives
_MAX_BLOCK = 1 << 20  # bytes of one block that is taken
_HEAD = 64  # bytes of a group in which its block begins
_MAX_LINES = 6000  # blocks of one track
_STRETCHES = 12  # that are left out, if any are
_PARTS, _PARTS_SHARE, _SHORT = 10, 0.4, 480.0  # how many parts, of how much of a video; seconds of one read whole
_COMMENT = re.compile(rb"comment|\xe5\x89\xaf\xe9\x9f\xb3\xe5\xa3\xb0|\xe8\xa7\xa3\xe8\xaa\xac", re.IGNORECASE)


def parts_of(seconds: float) -> tuple[Cue, ...]:
    """Return the stretches that are listened to first; none where all of it is."""
    if seconds < _SHORT:
        return ()
    gap = seconds / _PARTS
    margin = gap * (1 - _PARTS_SHARE) / 2
    return tuple(Cue(n * gap + margin, (n + 1) * gap - margin) for n in range(_PARTS))


@dataclass(slots=True)
class _Pages:
    """A file read by the page, without reading ahead; `spent` counts the bytes."""

    handle: int
    size: int
    spent: int = 0
    _begin: int = 0
    _held: bytes = b""

    @classmethod
    def of(cls, handle: int) -> _Pages:
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
class _Budget:
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


@dataclass(slots=True)
class _Walk:
    """Goes over the blocks of a file. `wanted`: how many bytes of a block, by its track. `windows`: only these."""

    pages: _Pages
    unit: float
    wanted: Mapping[int, int]
    budget: _Budget
    windows: Sequence[Cue] = ()

    def clusters(self) -> Iterator[tuple[int, list[tuple[int, bytes]]]]:
        """Yield each cluster's time stamp and its wanted elements; ends early where the file is damaged."""
        at, time = 0, 0
        taken: list[tuple[int, bytes]] = []
        while at < self.pages.size and not self.budget.ends(self.pages.spent):
            try:
                element, size, head = element_at(self.pages.read(at, 12), 0)
            except NoIndex:
                break
            at += head
            if element == CLUSTER:
                if taken:
                    yield time, taken
                taken, time = [], time_of(self.pages.read(at, 64))
                skips = size is not None and (self.budget.pauses(at, self.pages.spent) or not self._listens(time))
            else:
                skips = element not in _INSIDE
                taken += self._taken(element, at, size or 0)
            if skips and size is None:
                break
            at += size if skips and size else 0
        if taken:
            yield time, taken

    def _listens(self, time: int) -> bool:
        """Tell whether a cluster is within a window; one is a few seconds long."""
        start = time * self.unit
        return not self.windows or any(window.start - 5 <= start < window.end for window in self.windows)

    def _taken(self, element: int, at: int, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield a block if it is of a wanted track."""
        if element in {BLOCK_GROUP, SIMPLE_BLOCK} and size <= _MAX_BLOCK:
            most = self.wanted.get(track_of(element, self.pages.read(at, min(size, _HEAD))), 0)
            if most:
                yield element, self.pages.read(at, min(size, most))


# -- sound


def has_sound(path: Path) -> bool:
    """Tell whether a Matroska file has a sound track; one whose tracks cannot be read may."""
    try:
        with opened(path) as file:
            head = head_of(file)
    except (NoIndex, OSError):
        return True
    return not head.entries or voices(head.entries) is not None


def sound(path: Path, most: int, *, parts: bool = False) -> Iterator[bytes]:
    """Yield a Matroska file with one sound track. Raises NoIndex, OSError."""
    with opened(path) as file:
        head = head_of(file)
        track = voices(head.entries)
        if track is None:
            raise NoIndex("it has no sound")
        yield made(HEADER, b"\x42\x82\x88matroska")
        yield SEGMENT.to_bytes(4) + b"\x01" + b"\xff" * 7
        yield made(INFO, made(0x2AD7B1, round(head.unit * 1e9).to_bytes(8)))
        yield made(TRACKS, made(ENTRY, b"".join(made(name, body) for name, body in track.items())))
        pages = _Pages.of(file.fileno())
        wanted = {track_number(track): _MAX_BLOCK}
        windows = parts_of(head.seconds) if parts else ()
        walk = _Walk(pages, head.unit, wanted, _Budget(most * 11 // 12, pages.size), windows)
        for time, blocks in walk.clusters():
            yield made(CLUSTER, made(TIME, time.to_bytes(8)) + b"".join(made(*block) for block in blocks))


def voices(entries: Sequence[Mapping[int, bytes]]) -> Mapping[int, bytes] | None:
    """Return the sound track that voices are expected in: Japanese, if there is one, and no commentary."""
    audible = [entry for entry in entries if number(entry.get(KIND, b"")) == AUDIO and entry.get(NUMBER)]

    def likely(entry: Mapping[int, bytes]) -> tuple[bool, bool]:
        language = entry.get(LANGUAGE_TAG) or entry.get(LANGUAGE, b"eng")
        return not _COMMENT.search(entry.get(NAME, b"")), language.startswith((b"ja", b"jpn"))

    return max(audible, key=likely, default=None)


# -- lines


def lines(path: Path, most: int) -> dict[int, tuple[Cue, ...]]:
    """Return when the lines of bitmap tracks are shown, by track number. Raises NoIndex, OSError."""
    with opened(path) as file:
        head = head_of(file, index=True)
        tracks = bitmap_tracks(head)
        pages = _Pages.of(file.fileno())
        found: defaultdict[int, list[Packet]] = defaultdict(list)
        for track, element, body, time in _indexed(head, pages, tracks, most) or _walked(head, pages, tracks, most):
            entry = tracks[track]
            packet = packet_of(element, body, time, head.unit, compression_of(entry), HEAD[codec(entry)])
            found[track].append(packet)
    return {track: cues_of_packets(codec(tracks[track]), packets) for track, packets in found.items()}


_Found = tuple[int, int, bytes, int]  # track number, element, contents, time stamp of the cluster


def _walked(head: Head, pages: _Pages, tracks: Mapping[int, Mapping[int, bytes]], most: int) -> Iterator[_Found]:
    wanted = {track: HEAD[codec(entry)] for track, entry in tracks.items()}
    for time, blocks in _Walk(pages, head.unit, wanted, _Budget(most, pages.size)).clusters():
        yield from ((track_of(element, body), element, body, time) for element, body in blocks)


def _indexed(head: Head, pages: _Pages, tracks: Mapping[int, Mapping[int, bytes]], most: int) -> list[_Found]:
    """Return the blocks by the places that the index lists; none where it does not list all of them exactly."""
    points = head.points()
    if any(track not in points or any(p.relative is None for p in points[track]) for track in tracks):
        return []
    found: list[_Found] = []
    for track, entry in tracks.items():
        for point in points[track][:_MAX_LINES]:
            begin = head.begin + point.cluster
            try:
                begin += element_at(pages.read(begin, 12), 0)[2]
                at = begin + (point.relative or 0)
                element, size, length = element_at(pages.read(at, 12), 0)
                body = pages.read(at + length, min(size or 0, HEAD[codec(entry)]))
            except (NoIndex, OverflowError):
                return []
            if pages.spent > most or track_of(element, body) != track:
                return []
            found.append((track, element, body, time_of(pages.read(begin, 64))))
    return found


def bitmap_tracks(head: Head) -> dict[int, Mapping[int, bytes]]:
    """Return the bitmap tracks that can be read, by their numbers."""
    entries = (entry for _, entry in head.subtitles() if codec(entry) in HEAD)
    return {track_number(entry): entry for entry in entries}


def main() -> int:
    """Write what the command line asks for."""
    path, most, what = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    try:
        if what == "lines":
            for track, cues in lines(path, most).items():
                sys.stdout.writelines(f"{track} {cue.start:.3f} {cue.end:.3f}\n" for cue in cues)
        else:
            for piece in sound(path, most, parts=what == "parts"):
                sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except (NoIndex, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
