"""Is it clear where something was cut? Lines next to a cut may belong to its other side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kotozoe.timing.fitting.align import APART, Target, by_piece
from kotozoe.timing.fitting.cues import Cue, Transform
from kotozoe.timing.fitting.evidence import Evidence

_DOUBT = 0.02  # lines that cuts may be expected to make worse, for each that moves
_MAX_HARMED, _MAX_MISPLACED = 3.0, 4.0  # and in all, and next to one cut
_WORSE = 0.5  # seconds by which a line must be farther off than it was to be worse
_REVERSED = 3.0  # log odds against a cut where lines would change their order
_PAUSE = 10.0  # seconds without a line; a longer pause is no likelier to hold a cut
_TANGLE = 40.0  # seconds next to a cut in which lines of both sides may be mixed
_OVER, _FEW = 0.5, 3  # seconds by which a line may begin before another ends, and how many may anyway
_MAX_ODDS = 50.0


@dataclass(frozen=True, slots=True)
class _Cut:
    """Lines before and after a cut, and the shifts of both sides."""

    before: Sequence[Cue]
    after: Sequence[Cue]
    rate: float
    here: float
    there: float

    def doubt(self, target: Target, evidence: Evidence) -> tuple[float, float]:
        """Return how many lines are expected to be on the wrong side of it, and how many of them worse off than now."""
        misplaced, harmed, total = 0.0, 0.0, self._likely(self.before[-1], self.after[0], 0.0)
        for cues, own, other in (
            (self.before[::-1], self.here, self.there),
            (self.after, self.there, self.here),
        ):
            odds, worse = 0.0, 0
            for count, (cue, following) in enumerate(pairwise(cues), 1):
                time = cue.start * self.rate
                odds += evidence.right(time + other, target) - evidence.right(time + own, target)
                worse += abs(own - other) > abs(time - cue.start + other) + _WORSE
                likely = self._likely(cue, following, odds)
                total += likely
                misplaced += likely * count
                harmed += likely * worse
        return misplaced / total, harmed / total

    def _likely(self, cue: Cue, other: Cue, odds: float) -> float:
        """Return how likely a cut between two lines is, beside others."""
        gap = abs(other.start - cue.start) * self.rate
        if gap + self.there - self.here < -APART:
            odds -= _REVERSED
        return (1 + min(gap, _PAUSE)) * math.exp(min(odds, _MAX_ODDS))


def doubtful_cut(transform: Transform, cues: Sequence[Cue], target: Target, evidence: Evidence) -> str:
    """Return what is not clear of the cuts, or an empty text; cues by start."""
    moved = sum(abs(transform.cue(cue).start - cue.start) > _WORSE for cue in cues)
    usual, harm = _overlaps(cues) / max(1, len(cues)), 0.0
    for n, (before, after) in enumerate(pairwise(by_piece(transform, cues))):
        if not before or not after:
            return "where something was cut cannot be told"
        cut = _Cut(before, after, transform.rate, transform.pieces[n].shift, transform.pieces[n + 1].shift)
        if _tangled(cut, usual):
            return "lines overlap where something was cut"
        misplaced, harmed = cut.doubt(target, evidence)
        harm += harmed
        if misplaced > _MAX_MISPLACED or harm > min(_DOUBT * moved, _MAX_HARMED):
            return "where something was cut cannot be told clearly"
    return ""


def _tangled(cut: _Cut, usual: float) -> bool:
    """Tell whether lines overlap next to a cut by which time is put in: they may be of both sides.

    `usual`: share of lines that overlap anywhere, as signs do.
    """
    apart = cut.there - cut.here
    reach = min(apart, _TANGLE)
    low, high = cut.before[-1].start - reach, cut.after[0].start + reach
    near = [c for c in (*cut.before, *cut.after) if low < c.start < high]
    return apart > 0 and _overlaps(near) > _FEW + 2 * usual * len(near)


def _overlaps(cues: Sequence[Cue]) -> int:
    return sum(later.start < earlier.end - _OVER for earlier, later in pairwise(cues))
