"""When the lines of a bitmap track are shown, by what its packets say of themselves; no picture is decoded.

PGS (Blu-ray): a display set with objects begins a line, one without ends it. VobSub (DVD): each packet is a line, and
says when it stops. Layouts as in FFmpeg's pgssubdec.c and dvdsubdec.c.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kotozoe.timing.fitting.cues import Cue

PGS, VOBSUB = "S_HDMV/PGS", "S_VOBSUB"
HEAD = {PGS: 512, VOBSUB: 1 << 16}  # bytes of a packet that say all of this
_COMPOSITION = 0x16  # the segment that says how many objects are shown
_ACQUISITION, _PALETTE_ONLY = 0x40, 0x80  # repeated for who tunes in; faded
_TICK = 1024 / 90_000  # seconds of a VobSub packet's delays
_OPERANDS = {0x03: 2, 0x04: 2, 0x05: 6, 0x06: 4}  # bytes after a VobSub command
_START, _START_FORCED, _STOP, _END = 0x01, 0x00, 0x02, 0xFF
_MAX_SEQUENCES = 50
_USUAL = 2.5  # seconds that a line is shown where nothing says how long
_LONGEST = 12.0  # seconds; what is never ended is taken to be shown no longer


@dataclass(frozen=True, slots=True)
class Packet:
    """One block of a track: when it comes, for how long by the container's word (0: it says nothing), its begin."""

    time: float
    duration: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Compression:
    """What the container did to the packets: zlib, or a prefix that all of them had."""

    zlib: bool = False
    prefix: bytes = b""

    def undone(self, raw: bytes, most: int) -> bytes:
        """Return the first bytes of a packet, as far as they can be told."""
        if not self.zlib:
            return (self.prefix + raw)[:most]
        try:
            return zlib.decompressobj().decompress(raw, most)
        except zlib.error:
            return b""


def cues_of_packets(codec: str, packets: Iterable[Packet]) -> tuple[Cue, ...]:
    """Return when lines are shown."""
    ordered = sorted(packets, key=lambda packet: packet.time)
    return tuple(sorted(_cues_of_pgs(ordered) if codec == PGS else _cues_of_vobsub(ordered)))


def _cues_of_pgs(packets: Iterable[Packet]) -> Iterator[Cue]:
    shown: Packet | None = None
    for packet in packets:
        objects = _new_objects(packet.payload)
        if objects is None:
            continue
        if shown is not None:
            yield _until(shown, packet.time)
        shown = packet if objects else None
    if shown is not None:
        yield _until(shown, shown.time + _LONGEST)


def _until(packet: Packet, end: float) -> Cue:
    known = packet.time + packet.duration if packet.duration > 0 else end
    return Cue(packet.time, min(known, end, packet.time + _LONGEST))


def _new_objects(payload: bytes) -> int | None:
    """Return how many objects a display set shows; None for one that changes nothing, as while fading."""
    if len(payload) < 14 or payload[0] != _COMPOSITION:
        return None
    state, palette_only, objects = payload[10], payload[11], payload[13]
    return None if objects and (state == _ACQUISITION or palette_only == _PALETTE_ONLY) else objects


def _cues_of_vobsub(packets: Iterable[Packet]) -> Iterator[Cue]:
    shown: Cue | None = None
    for packet in packets:
        start, stop = _delays(packet.payload)
        if start is None:
            continue
        end = stop if stop is not None and stop > start else packet.duration or start + _USUAL
        cue = Cue(packet.time + start, packet.time + min(end, start + _LONGEST))
        if shown is not None:  # one at a time is shown
            yield Cue(shown.start, min(shown.end, cue.start))
        shown = cue
    if shown is not None:
        yield shown


def _delays(payload: bytes) -> tuple[float | None, float | None]:
    """Return when the control sequences of a packet start and stop its display, in seconds after its time."""
    start = stop = None
    place = int.from_bytes(payload[2:4])
    for _ in range(_MAX_SEQUENCES):
        if not 4 <= place <= len(payload) - 4:
            break
        delay, following = (
            int.from_bytes(payload[place : place + 2]) * _TICK,
            int.from_bytes(payload[place + 2 : place + 4]),
        )
        for command in _commands(payload, place + 4):
            if command in {_START, _START_FORCED} and start is None:
                start = delay
            elif command == _STOP and stop is None:
                stop = delay
        if following <= place:
            break
        place = following
    return start, stop


def _commands(payload: bytes, place: int) -> Iterator[int]:
    """Yield the commands of one control sequence; ends early where it is damaged."""
    while place < len(payload) and payload[place] != _END:
        command = payload[place]
        if command not in {_START, _START_FORCED, _STOP} and command not in _OPERANDS:
            return
        yield command
        place += 1 + _OPERANDS.get(command, 0)
