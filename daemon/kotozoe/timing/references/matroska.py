"""The tracks of a Matroska file, and when their lines are shown, out of its head and its index alone.

Muxers list every subtitle block in the index (Cues): a few hundred kilobytes say what would else take reading the
whole file. Element ids and layout: RFC 9559. Everything is untrusted and bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from kotozoe.printable import printable
from kotozoe.safe_files import opened
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.ebml import NoIndex, element_at, elements, number, real
from kotozoe.timing.references.track import LineTrack

HEADER, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_SEEK_HEAD, _SEEK, _SEEK_ID, _SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, ENTRY, NUMBER, KIND, _CODEC = 0x1654AE6B, 0xAE, 0xD7, 0x83, 0x86
LANGUAGE, LANGUAGE_TAG, NAME, _FORCED = 0x22B59C, 0x22B59D, 0x536E, 0x55AA
_CUES, _POINT, _TIME, _POSITIONS, _CUE_TRACK, _CUE_DURATION = 0x1C53BB6B, 0xBB, 0xB3, 0xB7, 0xF7, 0xB2
_CUE_CLUSTER, _CUE_RELATIVE = 0xF1, 0xF0

AUDIO, _SUBTITLE = 2, 17
_MAX_BYTES = {_SEEK_HEAD: 1 << 16, INFO: 1 << 18, TRACKS: 1 << 21, _CUES: 1 << 22}  # of one element that is read
_MAX_POINTS = 60_000  # entries of an index that are looked at; a film of three hours has a third of that
_MAX_TRACKS = 200
_FARTHEST = 1 << 62  # bytes into a file; beyond, no system seeks
_MAX_HEADS = 100  # elements passed over at the file's top
_USUAL = 2.5  # seconds that a line is taken to be shown where the index does not say
_NANOSECONDS = 1_000_000  # of a time stamp's unit, where the file does not say


@dataclass(frozen=True, slots=True)
class Point:
    """Where a block is: `cluster` in bytes from the segment's begin, `relative` from the cluster's; None: not told."""

    cue: Cue
    timed: bool  # whether its end is known
    cluster: int
    relative: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself: the seconds of a time stamp's unit, those of all of it (0: unknown), its tracks."""

    unit: float
    seconds: float
    begin: int  # of the segment, in bytes
    entries: tuple[Mapping[int, bytes], ...]
    index: bytes

    def subtitles(self) -> Iterator[tuple[int, Mapping[int, bytes]]]:
        """Yield the subtitle tracks with their places among each other."""
        return enumerate(entry for entry in self.entries if number(entry.get(KIND, b"")) == _SUBTITLE)

    def points(self) -> dict[int, list[Point]]:
        """Return what the index lists of the subtitle tracks, by their numbers."""
        wanted = {track_number(entry) for _, entry in self.subtitles()}
        found: defaultdict[int, list[Point]] = defaultdict(list)
        for start, place in islice(_places_in(self.index), _MAX_POINTS):
            if (track := number(place.get(_CUE_TRACK, b""))) in wanted:
                found[track].append(_point(start * self.unit, place, self.unit))
        return found


def _places_in(index: bytes) -> Iterator[tuple[int, dict[int, bytes]]]:
    """Yield the places that an index lists, each with its time stamp."""
    for _, body in islice((e for e in elements(index) if e[0] == _POINT), _MAX_POINTS):
        fields = list(islice(elements(body), 50))
        start = next((number(value) for name, value in fields if name == _TIME), 0)
        yield from ((start, dict(elements(value))) for name, value in fields if name == _POSITIONS and len(value) < 200)


def _point(start: float, place: Mapping[int, bytes], unit: float) -> Point:
    timed = _CUE_DURATION in place
    duration = number(place[_CUE_DURATION]) * unit if timed else _USUAL
    relative = number(place[_CUE_RELATIVE]) if _CUE_RELATIVE in place else None
    return Point(Cue(start, start + duration), timed, number(place.get(_CUE_CLUSTER, b"")), relative)


def head_of(file: BinaryIO, *, index: bool = False) -> Head:
    """Read a file's head, with its index if asked. Raises NoIndex, OSError."""
    begin, found = _parts(file, frozenset({INFO, TRACKS, _CUES} if index else {INFO, TRACKS}))
    info = dict(elements(found.get(INFO, b"")))
    unit = (number(info.get(_SCALE, b"")) or _NANOSECONDS) / 1e9
    seconds = real(info.get(_DURATION, b"")) * unit
    bodies = islice((body for name, body in elements(found.get(TRACKS, b"")) if name == ENTRY), _MAX_TRACKS)
    entries = tuple(dict(elements(body)) for body in bodies)
    return Head(unit, seconds if 0 < seconds < 1e6 else 0.0, begin, entries, found.get(_CUES, b""))


def indexed_tracks(path: Path) -> tuple[LineTrack, ...]:
    """Return the text tracks whose lines the index lists. Raises NoIndex, OSError."""
    with opened(path) as file:
        head = head_of(file, index=True)
    points = head.points()
    return tuple(
        described(place, entry, tuple(sorted(point.cue for point in points[track_number(entry)])))
        for place, entry in head.subtitles()
        if codec(entry).startswith("S_TEXT/") and track_number(entry) in points
    )


def described(place: int, entry: Mapping[int, bytes], cues: tuple[Cue, ...], *, pictures: bool = False) -> LineTrack:
    """Return a track with what the file says of it."""
    language = entry.get(LANGUAGE_TAG) or entry.get(LANGUAGE, b"eng")
    forced = number(entry.get(_FORCED, b"")) == 1
    return LineTrack(place, _text(language), _text(entry.get(NAME, b"")), forced=forced, cues=cues, pictures=pictures)


def track_number(entry: Mapping[int, bytes]) -> int:
    """Return the number that the index and blocks call a track by; 0 for a damaged one that has none."""
    return number(entry.get(NUMBER, b""))


def codec(entry: Mapping[int, bytes]) -> str:
    return entry.get(_CODEC, b"")[:40].rstrip(b"\0").decode("ascii", "replace")


def is_matroska(path: Path) -> bool:
    try:
        with opened(path) as file:
            return file.read(4) == HEADER.to_bytes(4)
    except OSError:
        return False


# -- the file's top level


def _parts(file: BinaryIO, wanted: frozenset[int]) -> tuple[int, dict[int, bytes]]:
    """Return where the segment begins, and the bodies of elements before the first cluster, or named by a seek head."""
    element, size = _head(file)
    if element != HEADER or size is None:
        raise NoIndex("it is no Matroska file")
    file.seek(size, 1)
    if _head(file)[0] != SEGMENT:
        raise NoIndex("it has no segment")
    begin = file.tell()
    found: dict[int, bytes] = {}
    places: dict[int, int] = {}
    for _ in range(_MAX_HEADS):
        element, size = _head(file)
        if element in {0, CLUSTER} or size is None:
            break
        if element == _SEEK_HEAD:
            places |= _places(_body(file, element, size), begin)
        elif element in wanted:
            found[element] = _body(file, element, size)
        else:
            file.seek(min(size, _FARTHEST - file.tell()), 1)
    for element in wanted & places.keys() - found.keys():
        file.seek(places[element])
        actual, size = _head(file)
        if actual == element and size is not None:
            found[element] = _body(file, element, size)
    return begin, found


def _places(body: bytes, begin: int) -> dict[int, int]:
    seeks = [dict(elements(seek)) for element, seek in elements(body) if element == _SEEK]
    found = ((number(s.get(_SEEK_ID, b"")), begin + number(s.get(_SEEK_POSITION, b""))) for s in seeks)
    return {element: place for element, place in found if place <= _FARTHEST}


def _head(file: BinaryIO) -> tuple[int, int | None]:
    """Read an element's id and size; 0 at the file's end, no size for one that is still being written."""
    raw = file.read(12)
    try:
        element, size, length = element_at(raw, 0)
    except NoIndex:
        return 0, None
    file.seek(length - len(raw), 1)
    return element, size


def _body(file: BinaryIO, element: int, size: int) -> bytes:
    if size > _MAX_BYTES[element]:
        raise NoIndex(f"an element of its index has {size} bytes")
    return file.read(size)


def _text(raw: bytes) -> str:
    return printable(raw.rstrip(b"\0")[:400].decode("utf-8", "replace"))
