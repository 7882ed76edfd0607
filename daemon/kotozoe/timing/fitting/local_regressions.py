"""Could some lines in a row become worse by a transform that is right for the rest? Judged line by line.

The whole is confirmed by then. Lines in a row that the reference does not confirm either have no counterpart in it
(credits, lyrics, a recap), and go along with the rest; or they belong elsewhere, and then another place confirms them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kotozoe.timing.fitting.align import APART, Target
from kotozoe.timing.fitting.cues import Cue, Transform
from kotozoe.timing.fitting.cuts import doubtful_cut
from kotozoe.timing.fitting.evidence import Evidence

_WORSE = 0.5  # seconds by which a line must be farther off than it was to be worse
_OVER = 0.5  # seconds by which a line may begin before another ends; beyond, its hit may be the other's
# Log odds, of which 3 is twenty to one, 7 a thousand to one:
_WRONG = 3.0  # from which on lines in a row may not belong where they are, so that another place is looked for
_AS_IT_WAS = 7.0  # from which on they belong where they were
_SURPLUS = 4.0  # by which another place must be likelier than the best of as many by chance
_FARTHEST = 150.0  # seconds within which another place is looked for
_BIN = 0.25  # seconds within which votes are for one place
_PLACE = 0.1  # seconds between two places that are told apart


def regression(transform: Transform, cues: Sequence[Cue], target: Target, evidence: Evidence) -> str:
    """Return why lines in a row may become worse than they were, or an empty text; cues by start."""
    judged = _judged(transform, cues, target)
    if _misplaced(transform, judged, target, evidence, _wrong(transform, judged, target, evidence)):
        return "some lines in a row belong elsewhere"
    return doubtful_cut(transform, judged, target, evidence)


def left_behind(cues: Sequence[Cue], target: Target, evidence: Evidence) -> bool:
    """Tell whether lines in a row belong elsewhere although the rest fits as it is; cues by start."""
    as_it_is = Transform()
    judged = _judged(as_it_is, cues, target)
    wrong = [-evidence.right(cue.start, target) for cue in judged]
    return _misplaced(as_it_is, judged, target, evidence, wrong)


def _judged(transform: Transform, cues: Sequence[Cue], target: Target) -> list[Cue]:
    """Leave out the lines of which nothing can be said, as the reference is silent before and after."""
    return [cue for cue in cues if target.speaks(transform.cue(cue).start) or target.speaks(cue.start)]


def _misplaced(
    transform: Transform, cues: Sequence[Cue], target: Target, evidence: Evidence, wrong: Sequence[float]
) -> bool:
    before, after = [cue.start for cue in cues], [transform.cue(cue).start for cue in cues]
    return any(_belongs_elsewhere(before, after, run, target, evidence) for run in _runs(wrong))


def _wrong(transform: Transform, cues: Sequence[Cue], target: Target, evidence: Evidence) -> list[float]:
    """Return each line's log odds of being in the wrong place; what does not move cannot become worse."""
    over = (False, *(later.start < earlier.end - _OVER for earlier, later in pairwise(cues)))
    wrong = []
    for cue, overlaps in zip(cues, over, strict=True):
        time = transform.cue(cue).start
        odds = -evidence.right(time, target)
        if abs(time - cue.start) <= _WORSE:
            odds = -_WRONG
        elif overlaps:
            odds = max(0.0, odds)
        wrong.append(odds)
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
    before: Sequence[float], times: Sequence[float], run: tuple[int, int], target: Target, evidence: Evidence
) -> bool:
    """Tell whether the reference confirms lines in another place, likelier than one of as many does by chance.

    `before` and `times`: when all lines started, and start now; `run`: the first and the last of those lines.
    """
    first, last = run
    own, starts = times[first : last + 1], target.starts
    low = times[first - 1] - own[0] if first else -own[0]
    high = times[last + 1] - own[-1] if last + 1 < len(times) else starts[-1] - own[-1]
    as_they_were = list(before[first : last + 1])
    if as_they_were != own and _likelihood(as_they_were, target, evidence) > _AS_IT_WAS:
        return True
    between = math.log(max(1.0, (high - low) / _PLACE))
    anywhere = math.log(2 * _FARTHEST / _PLACE)
    for shift in _places(own, target):
        prior = min(between, anywhere) if low - APART <= shift <= high + APART else anywhere
        if abs(shift) > _WORSE and _likelihood([t + shift for t in own], target, evidence) > prior + _SURPLUS:
            return True
    return False


def _places(times: Sequence[float], target: Target) -> Iterator[float]:
    """Yield the shifts for which most starts vote, each where its own starts say."""
    votes: Counter[int] = Counter()
    for time in times:
        votes.update(round((start - time) / _BIN) for start in target.within(time - _FARTHEST, time + _FARTHEST))
    for place, _ in votes.most_common(20):
        shift = place * _BIN
        away = [d for time in times if (d := target.away(time + shift)) is not None and abs(d) <= _BIN]
        yield shift + (sorted(away)[len(away) // 2] if away else 0.0)


def _likelihood(times: Sequence[float], target: Target, evidence: Evidence) -> float:
    """Return the log odds of some of the lines, in a row, being right in a place.

    The reference may have fewer of them than usual there.
    """
    best = 0.0
    for some in (evidence, evidence.sparser):
        total = 0.0
        for time in times:
            total = max(0.0, total + some.right(time, target))
            best = max(best, total)
    return best
