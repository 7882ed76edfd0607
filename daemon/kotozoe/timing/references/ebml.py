"""EBML, the form in which Matroska files are written (RFC 8794). Everything is untrusted."""

from __future__ import annotations

import struct
from collections.abc import Iterator


class NoIndex(Exception):
    """Not a Matroska file, or one whose index cannot be read."""


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
    """Return an element's id, its size (None: unknown), and where its contents begin. Raises NoIndex."""
    element, after, _ = varint(raw, place, marked=True)
    size, after, unknown = varint(raw, after, marked=False)
    return element, None if unknown else size, after


def varint(raw: bytes, place: int, *, marked: bool) -> tuple[int, int, bool]:
    """Return a number of variable length, where it ends, and whether it stands for "unknown". Raises NoIndex."""
    first = raw[place] if place < len(raw) else 0
    length = 9 - first.bit_length()
    if not first or place + length > len(raw):
        raise NoIndex("it is cut off or damaged")
    value = int.from_bytes(raw[place : place + length])
    bare = value & ((1 << (7 * length)) - 1)
    return value if marked else bare, place + length, bare == (1 << (7 * length)) - 1


def number(raw: bytes) -> int:
    return int.from_bytes(raw[:8])


def real(raw: bytes) -> float:
    """Return a floating-point number of 4 or 8 bytes; 0 for anything else."""
    return float(struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]) if len(raw) in {4, 8} else 0.0


def made(element: int, body: bytes) -> bytes:
    """Return an element as it is written."""
    name = element.to_bytes((element.bit_length() + 7) // 8)
    return name + (len(body) | 1 << 56).to_bytes(8) + body
