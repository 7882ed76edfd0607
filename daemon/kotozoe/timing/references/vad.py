"""Voice activity: stretches of sound in which somebody speaks, as cues.

The detector is that of WebRTC, which judges frames by their energy in six bands. Its onsets are late, by nearly the
same in all episodes that were measured (docs/timing.md), so that it is a constant here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kotozoe.timing.fitting.cues import Cue

RATE = 16_000  # samples a second, mono, 16 bits
_FRAME = 0.02  # seconds
_BYTES = round(RATE * _FRAME) * 2
_SILENCE = bytes(_BYTES)  # digital: what was not read; a microphone is never so quiet
_STRICTEST = 3
_JOINED, _SHORTEST = 0.12, 0.25  # seconds between stretches that are one, and of one that is none
_UNREAD = 5.0  # seconds of silence from which on it was not read
_LATE = 0.10  # seconds by which onsets come after the start of a line that is timed well


class SpeechDetector:
    """Takes samples as they come; `start` is the video's time of the first one, in seconds."""

    def __init__(self, start: float = 0.0) -> None:
        import webrtcvad  # noqa: PLC0415 - for a check that comes after loading

        self._start = start
        self._vad = webrtcvad.Vad(_STRICTEST)
        self._rest = b""
        self._frames = bytearray()  # one for each frame: 2 speech, 1 none, 0 not read

    def take(self, samples: bytes) -> None:
        whole = self._rest + samples
        end = len(whole) // _BYTES * _BYTES
        for at in range(0, end, _BYTES):
            frame = whole[at : at + _BYTES]
            self._frames.append(0 if frame == _SILENCE else 1 + self._vad.is_speech(frame, RATE))
        self._rest = whole[end:]

    def speech(self) -> tuple[Cue, ...]:
        """Return when somebody speaks, in order, each from when the line would be shown."""
        found: list[Cue] = []
        for begin, end in self._runs(2):
            if found and begin - found[-1].end < _JOINED:
                found[-1] = Cue(found[-1].start, end)
            else:
                found.append(Cue(begin, end))
        return tuple(Cue(c.start - _LATE, c.end) for c in found if c.end - c.start >= _SHORTEST)

    def windows(self) -> tuple[Cue, ...]:
        """Return the stretches that were read."""
        joined: list[Cue] = []
        for begin, end in sorted((*self._runs(1), *self._runs(2))):
            if joined and begin - joined[-1].end < _UNREAD:
                joined[-1] = Cue(joined[-1].start, end)
            else:
                joined.append(Cue(begin, end))
        return tuple(joined)

    def _runs(self, wanted: int) -> Iterator[tuple[float, float]]:
        place = 0
        for kind, run in groupby(self._frames):
            length = sum(1 for _ in run)
            if kind == wanted:
                yield self._start + place * _FRAME, self._start + (place + length) * _FRAME
            place += length
