"""Blocks of a Matroska file: whose they are, when they come, and what is in them. Everything is untrusted."""

from __future__ import annotations

from collections.abc import Mapping

from kotozoe.timing.references.bitmaps import Compression, Packet
from kotozoe.timing.references.ebml import NoIndex, element_at, elements, number, varint

TIME, BLOCK_GROUP, SIMPLE_BLOCK = 0xE7, 0xA0, 0xA3
_BLOCK, _DURATION = 0xA1, 0x9B
_ENCODINGS, _ENCODING, _COMPRESSION, _ALGORITHM, _PREFIX = 0x6D80, 0x6240, 0x5034, 0x4254, 0x4255
_ZLIB, _PREFIXED = 0, 3


def time_of(head: bytes) -> int:
    """Return a cluster's time stamp, which is its first element or follows a few small ones; `head`: its contents."""
    place = 0
    try:
        while place < len(head):
            element, size, place = element_at(head, place)
            if element == TIME:
                return number(head[place : place + (size or 0)])
            place += size or len(head)
    except NoIndex:
        pass
    return 0


def track_of(element: int, head: bytes) -> int:
    """Return the track that a block, or a group's block, is of; 0 for anything else."""
    try:
        return varint(head, _block_at(element, head), marked=False)[0]
    except NoIndex:
        return 0


def packet_of(element: int, body: bytes, cluster: int, unit: float, compression: Compression, most: int) -> Packet:
    """Return what a block holds, at most so many bytes; `cluster` is its cluster's time stamp. Raises NoIndex."""
    at = _block_at(element, body)
    place = varint(body, at, marked=False)[1]
    time = cluster + int.from_bytes(body[place : place + 2], signed=True)
    end, duration = len(body), 0
    if element == BLOCK_GROUP:
        end, duration = _group(body)
    return Packet(time * unit, duration * unit, compression.undone(body[place + 3 : end], most))


def _group(body: bytes) -> tuple[int, int]:
    """Return where a group's block ends, and how long it is shown, in units; 0 where that is not told."""
    place, end, duration = 0, len(body), 0
    while place < len(body):
        try:
            element, size, place = element_at(body, place)
        except NoIndex:
            break
        if element == _BLOCK:
            end = min(len(body), place + (size or 0))
        elif element == _DURATION:
            duration = number(body[place : place + (size or 0)])
        place += size or len(body)
    return end, duration


def _block_at(element: int, head: bytes) -> int:
    """Return where the block itself begins. Raises NoIndex."""
    place = 0
    while element == BLOCK_GROUP:
        inner, size, place = element_at(head, place)
        if inner == _BLOCK:
            break
        place += size or 0
    return place


def compression_of(entry: Mapping[int, bytes]) -> Compression:
    """Return what was done to a track's packets."""
    for _, encoding in elements(entry.get(_ENCODINGS, b"")):
        body = dict(elements(encoding)).get(_COMPRESSION)
        if body is not None:
            fields = dict(elements(body))
            algorithm = number(fields.get(_ALGORITHM, b""))
            prefix = fields.get(_PREFIX, b"")[:1024] if algorithm == _PREFIXED else b""
            return Compression(zlib=algorithm == _ZLIB, prefix=prefix)
    return Compression()
