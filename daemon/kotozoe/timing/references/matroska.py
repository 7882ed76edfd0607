"""The text tracks of a Matroska file and when their lines are shown, out of its index alone.

Muxers list every subtitle block in the index (Cues): a few hundred kilobytes tell what would else take reading the
whole file. Element ids and layout: RFC 9559. Everything is untrusted and bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from kotozoe.printable import printable
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.track import TextTrack

HEADER, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_SEEK_HEAD, _SEEK, _SEEK_ID, _SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
INFO, _SCALE = 0x1549A966, 0x2AD7B1
TRACKS, ENTRY, NUMBER, KIND, _CODEC = 0x1654AE6B, 0xAE, 0xD7, 0x83, 0x86
LANGUAGE, LANGUAGE_TAG, NAME, _FORCED = 0x22B59C, 0x22B59D, 0x536E, 0x55AA
_CUES, _POINT, _TIME, _POSITIONS, _CUE_TRACK, _CUE_DURATION = 0x1C53BB6B, 0xBB, 0xB3, 0xB7, 0xF7, 0xB2
_INDEX = frozenset({INFO, TRACKS, _CUES})

AUDIO, _SUBTITLE = 2, 17
_LARGEST = 16 * 1024 * 1024  # bytes of one element that is read
_FARTHEST = 1 << 62  # bytes into a file; beyond, no system seeks
_MOST_HEADS = 100  # elements passed over at the file's top
_USUAL = 2.5  # seconds that a line is taken to be shown where the index does not say
_NANOSECONDS = 1_000_000  # of a time stamp's unit, where the file does not say


class NoIndex(Exception):
    """Not a Matroska file, or one whose index cannot be read."""


def indexed_tracks(path: Path) -> tuple[TextTrack, ...]:
    """Return the text tracks whose lines the index lists. Raises NoIndex, OSError."""
    with path.open("rb") as file:
        index = parts(file, _INDEX)
    shown = _shown(index.get(_CUES, b""), _unit(index.get(INFO, b"")))
    entries = [dict(elements(body)) for element, body in elements(index.get(TRACKS, b"")) if element == ENTRY]
    subtitles = [entry for entry in entries if number(entry.get(KIND, b"")) == _SUBTITLE]
    return tuple(
        _track(place, entry, shown[number(entry[NUMBER])])
        for place, entry in enumerate(subtitles)
        if entry.get(_CODEC, b"").startswith(b"S_TEXT/") and number(entry.get(NUMBER, b"")) in shown
    )


def is_matroska(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == HEADER.to_bytes(4)
    except (OSError, ValueError):
        return False


def _track(place: int, entry: Mapping[int, bytes], cues: list[Cue]) -> TextTrack:
    language = entry.get(LANGUAGE_TAG) or entry.get(LANGUAGE, b"eng")
    return TextTrack(
        place=place,
        language=_text(language),
        title=_text(entry.get(NAME, b"")),
        forced=number(entry.get(_FORCED, b"")) == 1,
        cues=tuple(sorted(cues)),
    )


def _shown(body: bytes, unit: float) -> dict[int, list[Cue]]:
    """Return each track's cues by the index; that of a video track is made of its key frames."""
    shown: defaultdict[int, list[Cue]] = defaultdict(list)
    for element, point in elements(body):
        if element != _POINT:
            continue
        fields = list(elements(point))
        start = next((number(value) for name, value in fields if name == _TIME), 0) * unit
        for name, value in fields:
            if name == _POSITIONS:
                place = dict(elements(value))
                duration = number(place[_CUE_DURATION]) * unit if _CUE_DURATION in place else _USUAL
                shown[number(place.get(_CUE_TRACK, b""))].append(Cue(start, start + duration))
    return shown


def _unit(info: bytes) -> float:
    """Return the seconds of a time stamp's unit."""
    return (number(dict(elements(info)).get(_SCALE, b"")) or _NANOSECONDS) / 1e9


# -- the file's top level


def parts(file: BinaryIO, wanted: frozenset[int]) -> dict[int, bytes]:
    """Return the bodies of elements found before the first cluster, or where the seek head says. Raises NoIndex."""
    element, size = _head(file)
    if element != HEADER or size is None:
        raise NoIndex("it is no Matroska file")
    file.seek(size, 1)
    if _head(file)[0] != SEGMENT:
        raise NoIndex("it has no segment")
    begin = file.tell()
    found: dict[int, bytes] = {}
    places: dict[int, int] = {}
    for _ in range(_MOST_HEADS):
        element, size = _head(file)
        if element in {0, CLUSTER} or size is None:
            break
        if element == _SEEK_HEAD:
            places |= _places(_body(file, size), begin)
        elif element in wanted:
            found[element] = _body(file, size)
        else:
            file.seek(size, 1)
    for element in wanted & places.keys() - found.keys():
        file.seek(places[element])
        actual, size = _head(file)
        if actual == element and size is not None:
            found[element] = _body(file, size)
    return found


def _places(body: bytes, begin: int) -> dict[int, int]:
    seeks = [dict(elements(seek)) for element, seek in elements(body) if element == _SEEK]
    told = ((number(s.get(_SEEK_ID, b"")), begin + number(s.get(_SEEK_POSITION, b""))) for s in seeks)
    return {element: place for element, place in told if place <= _FARTHEST}


def _head(file: BinaryIO) -> tuple[int, int | None]:
    """Read an element's id and size; 0 at the file's end, no size for one that is still being written."""
    raw = file.read(12)
    try:
        element, size, length = element_at(raw, 0)
    except NoIndex:
        return 0, None
    file.seek(length - len(raw), 1)
    return element, size


def _body(file: BinaryIO, size: int) -> bytes:
    if size > _LARGEST:
        raise NoIndex(f"an element of its index has {size} bytes")
    return file.read(size)


# -- EBML


def elements(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield ids and contents; ends early where they are damaged."""
    place = 0
    while place < len(body):
        try:
            element, size, place = element_at(body, place)
        except NoIndex:
            return
        if size is None:
            return
        yield element, body[place : place + size]
        place += size


def element_at(raw: bytes, place: int) -> tuple[int, int | None, int]:
    element, after, _ = varint(raw, place, marked=True)
    size, after, unknown = varint(raw, after, marked=False)
    return element, None if unknown else size, after


def varint(raw: bytes, place: int, *, marked: bool) -> tuple[int, int, bool]:
    """Return a number of variable length, where it ends, and whether it stands for "unknown"."""
    first = raw[place] if place < len(raw) else 0
    length = 9 - first.bit_length()
    if not first or place + length > len(raw):
        raise NoIndex("it is cut off or damaged")
    value = int.from_bytes(raw[place : place + length])
    bare = value & ((1 << (7 * length)) - 1)
    return value if marked else bare, place + length, bare == (1 << (7 * length)) - 1


def number(raw: bytes) -> int:
    return int.from_bytes(raw[:8])


def _text(raw: bytes) -> str:
    return printable(raw.rstrip(b"\0")[:400].decode("utf-8", "replace"))
