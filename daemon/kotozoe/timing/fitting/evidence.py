"""How much a start of the reference near a line says for the line being right there, in log odds.

A line that is right starts near a start of the reference, with a spread that is measured, or has none there; one that
is wrong starts near one by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kotozoe.timing.fitting.align import HIT, Target
from kotozoe.timing.fitting.cues import Cue, Transform

_LOW, _HIGH = 0.05, 0.9  # shares found by chance that are believed
_MIN_FOUND, _MAX_FOUND = 0.05, 0.95  # and of right lines, of those that chance does not find
_NARROW, _WIDE = 0.04, 0.15  # seconds; standard deviations that are believed
_SPARSE = 0.4  # of the usual share of lines, found
_MEDIAN = 0.6745  # median of the distances, in standard deviations


@dataclass(frozen=True, slots=True)
class Evidence:
    """`found`: share of the right lines that have a start of their own; `chance`: starts within HIT of any time.

    `spread`: standard deviation of the distance to a start of one's own, in seconds.
    """

    found: float
    chance: float
    spread: float

    @classmethod
    def of(cls, away: Iterable[float], chance: float) -> Evidence:
        """Measure it by how far the starts are from lines that are mostly right."""
        distances = [abs(distance) for distance in away]
        near = [distance for distance in distances if distance <= HIT]
        low = min(max(chance, _LOW), _HIGH)
        share = len(near) / max(len(distances), 1)
        found = min(max((share - low) / (1 - low), _MIN_FOUND), _MAX_FOUND)
        spread = sorted(near)[len(near) // 2] / _MEDIAN if near else _WIDE
        return cls(found, low, min(max(spread, _NARROW), _WIDE))

    @classmethod
    def by(cls, transform: Transform, cues: Sequence[Cue], target: Target, chance: float) -> Evidence:
        distances = (target.away(transform.cue(cue).start) for cue in cues)
        return cls.of((distance for distance in distances if distance is not None), chance)

    def right(self, time: float, target: Target) -> float:
        """Return the log odds of a line that starts then being right; before the video, or where nobody looked, too."""
        away = target.away(time)
        if away is None:
            return 0.0 if time >= 0 else self.missed
        return self.at(away, target.rate(time))

    def at(self, away: float, rate: float = 0.0) -> float:
        """Return the same for a start so far away; `rate`: starts a second there, if more than usual."""
        by_chance = max(self.chance / (2 * HIT), rate)
        own = math.exp(-((away / self.spread) ** 2) / 2) / (self.spread * math.sqrt(2 * math.pi))
        return math.log(1 - self.found + self.found * own / by_chance)

    @property
    def sparser(self) -> Evidence:
        """Return the same of a stretch in which the reference has few of the lines, such as one of loud music."""
        return replace(self, found=self.found * _SPARSE)

    @property
    def missed(self) -> float:
        """Return the log odds where there is no start at all; negative."""
        return math.log(1 - self.found)
