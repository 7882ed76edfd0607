"""When lines are shown, and how all of them may be moved together."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

# Film at 24000/1001 or 24 frames a second, television at 25, each taken for the other.
_FILM, _PAL = 1001 / 1000, 25 / 24
RATES = (1.0, _FILM, 1 / _FILM, _PAL, 1 / _PAL, _PAL * _FILM, 1 / (_PAL * _FILM))

_SHORTEST, _LONGEST = 0.3, 15.0  # seconds; what is shown shorter is a syllable or an effect, longer a sign or a credit
_SAME_START = 0.05
_MAX_CUES = 3000  # twice what a film of three hours has


@dataclass(frozen=True, slots=True, order=True)
class Cue:
    """From when to when a line is shown, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Piece:
    """From `begins` on (the subtitle's own time in seconds) the lines are shown `shift` seconds later."""

    begins: float
    shift: float


@dataclass(frozen=True, slots=True)
class Transform:
    """New time = `rate` x old time + the shift of its piece; the first piece begins at -inf."""

    rate: float = 1.0
    pieces: tuple[Piece, ...] = (Piece(-math.inf, 0.0),)

    def cue(self, cue: Cue) -> Cue:
        """Return a cue where it belongs; both of its ends move by the piece in which it starts."""
        shift = self.shift_at(cue.start)
        return Cue(cue.start * self.rate + shift, cue.end * self.rate + shift)

    def shift_at(self, time: float) -> float:
        """Return the shift of the piece in which `time`, the subtitle's own, lies."""
        if len(self.pieces) == 1:
            return self.pieces[0].shift
        return self.pieces[bisect_right(self.pieces, time, key=lambda piece: piece.begins) - 1].shift

    @property
    def shift(self) -> float | None:
        """Return the one shift of a transform that does nothing else; None for any other."""
        return self.pieces[0].shift if len(self.pieces) == 1 and self.rate == 1.0 else None


def moved(shift: float, rate: float = 1.0) -> Transform:
    """Return the transform of one piece."""
    return Transform(rate, (Piece(-math.inf, shift),))


def spoken(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Return the cues that can be lines of dialogue, by start; of those that start together, the first.

    Effects, karaoke syllables and signs that stay on screen would outvote the dialogue.
    """
    kept: list[Cue] = []
    for cue in sorted(c for c in cues if math.isfinite(c.start) and _SHORTEST <= c.end - c.start <= _LONGEST):
        if not kept or cue.start - kept[-1].start > _SAME_START:
            kept.append(cue)
    return tuple(kept[:_MAX_CUES])


def sentence(transform: Transform) -> str:
    """Say for a person what a transform does.."""
    shifts = [f"{_signed(piece.shift)} s" for piece in transform.pieces]
    told = []
    if transform.rate != 1.0:
        told.append(f"stretched by {(transform.rate - 1) * 100:+.2f} %".replace("-", "−"))
    if len(shifts) > 1:
        cuts = ", ".join(_clock(piece.begins) for piece in transform.pieces[1:])
        told.append(f"shifted {' / '.join(shifts)} (cut at {cuts})")
    elif transform.rate == 1.0 or abs(transform.pieces[0].shift) >= 0.05:
        told.append(f"shifted {shifts[0]}")
    return ", ".join(told)


def _signed(seconds: float) -> str:
    return f"{seconds:+.1f}".replace("-", "−")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
