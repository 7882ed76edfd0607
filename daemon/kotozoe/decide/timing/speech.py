"""Lines against the loudness of voices: sound says less than text, so it takes more to be believed.

Where lines are shown it should be louder than where none are. Half of the parts look for the shift under which that is
so most, the other half looks on its own, and only what both find counts.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from kotozoe.decide.timing.align import RATES
from kotozoe.decide.timing.cues import Cue, Transform, moved, spoken
from kotozoe.decide.timing.fit import Fit

STEP = 0.02  # seconds between two levels
_FARTHEST = 100.0  # seconds
_COARSE, _FINE = 0.2, 0.02
_AGREE = 0.3  # seconds by which the two halves may differ
_PART = 15.0  # seconds of the parts that fit and judge in turns
_LEAST = 0.15  # correlation of lines and loudness
_CLEARLY = 3.0  # standard deviations above what other shifts get
_SAME = 0.3  # seconds; sound tells no better
_SLOW = 30.0  # seconds over which the loudness of a place is judged
_FEWEST, _SHORTEST, _FEWEST_PARTS = 12, 60.0, 6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Levels from `start` on, one each `STEP` seconds; any scale that is 0 in silence."""

    start: float
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """What was heard of a video; stretches in order."""

    stretches: tuple[Stretch, ...]


def fit_sound(subtitle: Iterable[Cue], sound: Sound) -> Fit:
    """Tell whether lines are shown when there are voices, or by which shift they would be."""
    cues = spoken(subtitle)
    parts = [part for stretch in sound.stretches for part in _parts(stretch)]
    if sum(len(part.levels) for part in parts) * STEP < _SHORTEST or len(parts) < _FEWEST_PARTS:
        return Fit("unclear", "there is too little sound to tell")
    if len(cues) < _FEWEST:
        return Fit("unclear", f"the subtitle has too few lines to tell ({len(cues)})")
    third = -(-len(parts) // 3)
    thirds = [_Ear.of(parts[first : first + third]) for first in range(0, len(parts), third)]
    return _judged(cues, _Ear.of(parts[0::2]), _Ear.of(parts[1::2]), thirds)


def _parts(stretch: Stretch) -> list[Stretch]:
    """Cut a stretch into parts, each level told against what is usual around it."""
    size, wide = round(_PART / STEP), round(_SLOW / STEP)
    levels: list[float] = []
    for first in range(0, len(stretch.levels), wide):
        logs = [math.log(level + 1e-4) if level > 0 else -9.2 for level in stretch.levels[first : first + wide]]
        usual = statistics.median(logs)
        levels += [max(-2.0, min(2.0, log - usual)) for log in logs]
    return [
        Stretch(stretch.start + first * STEP, tuple(levels[first : first + size]))
        for first in range(0, len(levels), size)
        if len(levels) - first >= size // 2
    ]


@dataclass(frozen=True, slots=True)
class _Ear:
    """Parts with their levels summed up, so that any span's sum is one subtraction."""

    starts: tuple[float, ...]
    sums: tuple[tuple[float, ...], ...]
    count: int
    mean: float
    spread: float

    @classmethod
    def of(cls, parts: Sequence[Stretch]) -> _Ear:
        levels = [level for part in parts for level in part.levels]
        spread = statistics.pstdev(levels) or 1.0
        sums = tuple(tuple(accumulate(part.levels, initial=0.0)) for part in parts)
        return cls(tuple(part.start for part in parts), sums, len(levels), statistics.fmean(levels), spread)

    def correlation(self, cues: Sequence[Cue], ends: Sequence[float], shift: float) -> float:
        """Return how much louder it is where moved cues are shown, -1 to 1. `ends` are those of `cues`."""
        inside, total = 0, 0.0
        for begin, sums in zip(self.starts, self.sums, strict=True):
            length = len(sums) - 1
            low = begin - shift
            high = low + length * STEP
            for place in range(bisect_left(ends, low), len(cues)):
                cue = cues[place]
                if cue.start >= high:
                    break
                first = max(0, int((cue.start - low) / STEP))
                last = min(length, int((cue.end - low) / STEP))
                if last > first:
                    total += sums[last] - sums[first]
                    inside += last - first
        if not 0 < inside < self.count:
            return 0.0
        share = inside / self.count
        return (total / inside - self.mean) / self.spread * math.sqrt(share / (1 - share))


@dataclass(frozen=True, slots=True)
class _Finding:
    rate: float
    shift: float
    correlation: float


def _find(cues: Sequence[Cue], ear: _Ear) -> _Finding:
    best = _Finding(1.0, 0.0, -1.0)
    for rate in RATES:
        scaled = _scaled(cues, rate)
        ends = [cue.end for cue in scaled]
        for step in range(-round(_FARTHEST / _COARSE), round(_FARTHEST / _COARSE) + 1):
            got = ear.correlation(scaled, ends, step * _COARSE)
            if got > best.correlation:
                best = _Finding(rate, step * _COARSE, got)
    return best


def _scaled(cues: Sequence[Cue], rate: float) -> list[Cue]:
    """Return cues at another rate; of two that overlap, the earlier ends where the later begins."""
    scaled = [Cue(cue.start * rate, cue.end * rate) for cue in cues]
    return [Cue(c.start, min(c.end, n.start)) for c, n in zip(scaled, [*scaled[1:], Cue(math.inf, 0)], strict=True)]


def _judged(cues: Sequence[Cue], one: _Ear, other: _Ear, thirds: Sequence[_Ear]) -> Fit:
    found, seen = _find(cues, one), _find(cues, other)
    if found.rate != seen.rate or abs(found.shift - seen.shift) > _AGREE:
        return Fit("unclear", "the sound does not say where the lines belong", None, 0.0, found.correlation)
    (held, above), (seen_held, seen_above) = _held(cues, found, other), _held(cues, seen, one)
    if min(held, seen_held) < _LEAST or min(above, seen_above) < _CLEARLY:
        return Fit("unclear", "the sound does not say clearly where the lines belong", None, 0.0, held)
    transform = moved(_refined(cues, found, (one, other)), found.rate)
    if not all(_supports(cues, transform, ear) for ear in thirds):
        return Fit("unclear", "the sound of one part contradicts that of another", None, 0.0, held)
    if all(abs(transform.cue(cue).start - cue.start) <= _SAME for cue in cues):
        return Fit("fits", "it fits the voices as it is", None, held, held)
    return Fit("retime", "another timing fits the voices clearly better", transform, 0.0, held)


def _supports(cues: Sequence[Cue], transform: Transform, ear: _Ear) -> bool:
    """Tell whether a part of the video, too, is louder where the lines would be, and no less than where they are."""
    placed = [transform.cue(cue) for cue in cues]
    after = ear.correlation(placed, [cue.end for cue in placed], 0.0)
    before = ear.correlation(cues, [cue.end for cue in cues], 0.0)
    return after >= _LEAST / 2 and after >= before - _LEAST / 3


def _held(cues: Sequence[Cue], found: _Finding, ear: _Ear) -> tuple[float, float]:
    """Return the correlation in held back parts, and how far it is above that of other shifts."""
    scaled = _scaled(cues, found.rate)
    ends = [cue.end for cue in scaled]
    held = ear.correlation(scaled, ends, found.shift)
    others = [ear.correlation(scaled, ends, found.shift + sign * 2.9 * n) for n in range(1, 26) for sign in (1, -1)]
    spread = statistics.pstdev(others)
    return held, (held - statistics.fmean(others)) / spread if spread else 0.0


def _refined(cues: Sequence[Cue], found: _Finding, ears: Sequence[_Ear]) -> float:
    scaled = _scaled(cues, found.rate)
    ends = [cue.end for cue in scaled]
    reach = round(2 * _COARSE / _FINE)
    shifts = [found.shift + n * _FINE for n in range(-reach, reach + 1)]
    return max(shifts, key=lambda shift: sum(ear.correlation(scaled, ends, shift) for ear in ears))
