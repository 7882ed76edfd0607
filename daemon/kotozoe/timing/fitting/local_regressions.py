"""Could some lines in a row become worse by a transform that is right for the rest? Judged line by line.

The whole is confirmed by then. Lines in a row that the reference does not confirm either have no counterpart in it
(credits, lyrics, a recap), and go along with the rest; or they belong elsewhere, and then another place confirms them.
What is doubtful besides are lines next to a cut, which may belong to its other side.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from kotozoe.timing.fitting.align import APART, HIT, Target, by_piece
from kotozoe.timing.fitting.cues import Cue, Transform

_WORSE = 0.5  # seconds by which a line must be farther off than it was to be worse
_FEW = 2  # lines in a row that may be: fewer cannot be judged
_OVER = 0.5  # seconds by which a line may begin before another ends; beyond, its hit may be the other's
# Log odds, of which 7 is a thousand to one:
_WRONG = 7.0  # from which on lines in a row do not belong where they are
_WRONG_SIDE = 5.0  # from which on lines next to a cut do not belong to their side of it
_SURPLUS = 2.0  # by which another place must be likelier than the best of as many by chance
_CLEAR, _NATURAL = 1.0, -1.0  # lines' worth that separates the sides of a cut, and where there is a gap as long
_NEXT = 8  # lines that are next to a cut
_TANGLE = 40.0  # seconds next to a cut in which lines of both sides may be mixed
_FARTHEST = 150.0  # seconds within which another place is looked for
_BIN = 0.25  # seconds between two places that are told apart


@dataclass(frozen=True, slots=True)
class Odds:
    """How often a line that is right starts where the reference has a start, and how often any line does."""

    right: float
    chance: float

    @classmethod
    def of(cls, share: float, chance: float) -> Odds:
        """Return the odds by two measured shares, kept away from what would make one line decide."""
        low = min(max(chance, 0.05), 0.9)
        return cls(min(max(share, low + 0.05), 0.95), low)

    @property
    def miss(self) -> float:
        """Return by how much a missing start speaks for a line being in the wrong place."""
        return math.log((1 - self.chance) / (1 - self.right))

    @property
    def hit(self) -> float:
        """Return the same for a start that is found; negative."""
        return math.log(self.chance / self.right)


def regression(transform: Transform, cues: Sequence[Cue], target: Target, odds: Odds) -> str:
    """Return why lines in a row may become worse than they were, or an empty text; cues by start."""
    # where the reference is silent before and after, nothing can be said
    judged = [cue for cue in cues if target.speaks(transform.cue(cue).start) or target.speaks(cue.start)]
    wrong = _wrong(transform, judged, target, odds)
    for first, last in _runs(wrong):
        if _belongs_elsewhere(transform, judged, (first, last), target, odds):
            return "some lines in a row belong elsewhere"
    return _doubtful_cut(transform, judged, wrong, target)


def _wrong(transform: Transform, cues: Sequence[Cue], target: Target, odds: Odds) -> list[float]:
    """Return each line's log odds of being in the wrong place; what does not move cannot become worse."""
    over = (False, *(later.start < earlier.end - _OVER for earlier, later in pairwise(cues)))
    wrong = []
    for cue, overlaps in zip(cues, over, strict=True):
        time = transform.cue(cue).start
        if abs(time - cue.start) <= _WORSE:
            wrong.append(-_WRONG)
        elif overlaps and target.hits(time):
            wrong.append(0.0)
        else:
            wrong.append(_log_odds(time, target, odds))
    return wrong


def _runs(wrong: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield where lines in a row begin and end that do not belong where they are."""
    first, total, most, last = 0, 0.0, 0.0, 0
    for n, odds in enumerate((*wrong, -math.inf)):
        if total + odds <= 0:
            if most > _WRONG:
                yield first, last
            first, total, most = n + 1, 0.0, 0.0
            continue
        total += odds
        if total > most:
            most, last = total, n


def _belongs_elsewhere(
    transform: Transform, cues: Sequence[Cue], run: tuple[int, int], target: Target, odds: Odds
) -> bool:
    """Tell whether the reference confirms lines in another place, likelier than one of as many does by chance."""
    first, last = run
    times = [transform.cue(cue).start for cue in cues]
    own, starts = times[first : last + 1], target.starts
    low = times[first - 1] - own[0] if first else -own[0]
    high = times[last + 1] - own[-1] if last + 1 < len(times) else starts[-1] - own[-1]
    as_they_were = [cue.start for cue in cues[first : last + 1]]
    if _likelihood(as_they_were, target, odds) > _SURPLUS:
        return True
    between = math.log(max(1.0, (high - low) / _BIN))
    anywhere = math.log(2 * _FARTHEST / _BIN)
    for shift in _places(own, target):
        prior = between if low - APART <= shift <= high + APART else anywhere
        if (
            abs(shift) > _WORSE
            and _likelihood([t + shift for t in own], target, odds) > min(prior, anywhere) + _SURPLUS
        ):
            return True
    return False


def _places(times: Sequence[float], target: Target) -> list[float]:
    """Return the shifts for which most starts vote."""
    votes: Counter[int] = Counter()
    for time in times:
        votes.update(round((start - time) / _BIN) for start in target.within(time - _FARTHEST, time + _FARTHEST))
    return [place * _BIN for place, _ in votes.most_common(20)]


def _likelihood(times: Sequence[float], target: Target, odds: Odds) -> float:
    """Return the log odds of lines being right in a place."""
    return -sum(_log_odds(time, target, odds) for time in times)


def _log_odds(time: float, target: Target, odds: Odds) -> float:
    """Return a line's log odds of being wrong there; where nobody looked, it may be either."""
    away = target.away(time)
    if away is None and time >= 0:
        return 0.0
    return odds.hit if away is not None and abs(away) <= HIT else odds.miss


# -- cuts


def _doubtful_cut(transform: Transform, cues: Sequence[Cue], wrong: Sequence[float], target: Target) -> str:
    import statistics  # noqa: PLC0415 - for a check that comes after loading

    usual = statistics.fmean(target.found(transform.cue(cue).start) for cue in cues) if cues else 0.0
    begins = 0
    for n, (before, after) in enumerate(pairwise(by_piece(transform, cues))):
        begins += len(before)
        if not before or not after:
            return "where something was cut cannot be told"
        here, there = transform.pieces[n].shift, transform.pieces[n + 1].shift
        natural = (after[0].start - before[-1].start) * transform.rate >= here - there - APART > 0
        clear = (_NATURAL if natural else _CLEAR) * usual
        one = _astray(before[::-1], transform.rate, here, there, target, clear)
        if max(one, _astray(after, transform.rate, there, here, target, clear)) > _FEW:
            return "where something was cut cannot be told clearly"
        sides = (wrong[max(0, begins - _NEXT) : begins][::-1], wrong[begins : begins + _NEXT])
        if max(max(accumulate(side)) for side in sides) > _WRONG_SIDE:
            return "the lines where something was cut do not confirm it"
        if _tangled(before, after, there - here) > _FEW:
            return "lines overlap where something was cut"
    return ""


def _astray(cues: Sequence[Cue], rate: float, own: float, other: float, target: Target, clear: float) -> int:
    """Return how many lines, from a cut on, may belong to its other side and become worse by the shift of their own."""
    better = accumulate(target.found(c.start * rate + own) - target.found(c.start * rate + other) for c in cues)
    worse = accumulate(abs(own - other) > abs(c.start * (rate - 1) + other) + _WORSE for c in cues)
    return max((count for sure, count in zip(better, worse, strict=True) if sure < clear), default=0)


def _tangled(before: Sequence[Cue], after: Sequence[Cue], apart: float) -> int:
    """Count the lines that overlap next to a cut by which `apart` seconds are put in: they may be of both sides."""
    reach = min(apart, _TANGLE)
    near = [c for c in (*before, *after) if before[-1].start - reach < c.start < after[0].start + reach]
    return sum(later.start < earlier.end - _OVER for earlier, later in pairwise(near)) if apart > 0 else 0
