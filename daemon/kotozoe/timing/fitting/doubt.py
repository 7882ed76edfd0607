"""Could some lines in a row become worse by a transform that is right for the rest? Judged line by line.

The whole is confirmed by then. What is left to doubt are lines next to each cut, which may belong to its other side,
and stretches for which nothing was found, as they are too short: they went with their neighbours.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from kotozoe.timing.fitting.align import APART, Place, by_piece
from kotozoe.timing.fitting.cues import Cue, Transform

_WORSE = 0.5  # seconds by which a line must be farther off than it was to be worse
_FEW = 2  # lines in a row that may be: fewer cannot be told
_OVER = 0.5  # seconds by which a line may begin before another ends; then, the other's voice is heard
# In lines' worth, which is what a line that is right stands for:
_LOST_NEXT = 1.0  # what lines next to a cut may lack
_LOST_AT_END = 1.7  # what the first lines may lack, or the last: a few may be of a song
_CLEAR, _NATURAL = 1.0, -1.0  # what tells one side of a cut from the other, and where there is a gap as long
_BY_CHANCE = 0.25
_NEXT = 8  # lines that are next to a cut
_TANGLE = 40.0  # seconds next to a cut in which lines of both sides may be mixed


def doubt(transform: Transform, cues: Sequence[Cue], place: Place, most: float) -> str:
    """Return why lines in a row may become worse than they were, or an empty text; cues by start.

    `most`: what lines in a row may lack, in lines' worth.
    """
    # what would begin before the video would not be seen; of what nothing else is known, nothing is said
    told = [cue for cue in cues if (time := transform.cue(cue).start) < 0 or place.covers(cue, time)]
    stand = [place.found(cue, transform.cue(cue).start) for cue in told]
    usual = statistics.fmean(stand) if stand else 0.0
    if usual <= 0:
        return "no line says where it belongs"
    if _worst(_losses(transform, cues, place, usual)) > most:
        return "some lines that fit would fit no more"
    lacking = _lacking(transform, told, stand, usual)
    if _worst(lacking) > most:
        return "some lines in a row would not fit"
    if max(max(accumulate(end)) for end in (lacking[:_NEXT], lacking[-_NEXT:][::-1])) > _LOST_AT_END:
        return "the first or the last lines would not fit"
    return _doubtful_cut(transform, told, lacking, place, usual)


def _losses(transform: Transform, cues: Sequence[Cue], place: Place, usual: float) -> Iterator[float]:
    """Yield what lines lose in comparison with before; where nothing is known of them, some of that is by chance."""
    for cue in cues:
        time = transform.cue(cue).start
        chance = 0.0 if place.covers(cue, time) else _BY_CHANCE
        yield (place.found(cue, cue.start) - place.found(cue, time)) / usual - chance


def _lacking(transform: Transform, cues: Sequence[Cue], stand: Sequence[float], usual: float) -> list[float]:
    """Return what lines lack to stand half as well as is usual; those that are not moved cannot become worse."""
    over = (False, *(later.start < earlier.end - _OVER for earlier, later in pairwise(cues)))
    return [
        0.5 - (min(stands, 0.0) if overlaps else stands) / usual
        if abs(transform.cue(cue).start - cue.start) > _WORSE
        else -float(_NEXT)
        for cue, stands, overlaps in zip(cues, stand, over, strict=True)
    ]


def _worst(lacking: Iterable[float]) -> float:
    """Return what lines in a row lack most."""
    most = lost = 0.0
    for lack in lacking:
        lost = max(0.0, lost + lack)
        most = max(most, lost)
    return most


# -- cuts


def _doubtful_cut(
    transform: Transform, cues: Sequence[Cue], lacking: Sequence[float], place: Place, usual: float
) -> str:
    begins = 0
    for n, (before, after) in enumerate(pairwise(by_piece(transform, cues))):
        begins += len(before)
        if not before or not after:
            return "where something was cut cannot be told"
        here, there = transform.pieces[n].shift, transform.pieces[n + 1].shift
        natural = (after[0].start - before[-1].start) * transform.rate >= here - there - APART > 0
        clear = (_NATURAL if natural else _CLEAR) * usual
        one = _astray(before[::-1], transform.rate, here, there, place, clear)
        if max(one, _astray(after, transform.rate, there, here, place, clear)) > _FEW:
            return "where something was cut cannot be told clearly"
        sides = (lacking[max(0, begins - _NEXT) : begins][::-1], lacking[begins : begins + _NEXT])
        if max(max(accumulate(side)) for side in sides) > _LOST_NEXT + 0.5 * natural:
            return "the lines where something was cut do not confirm it"
        if _tangled(before, after, there - here) > _FEW:
            return "lines overlap where something was cut"
    return ""


def _astray(cues: Sequence[Cue], rate: float, own: float, other: float, place: Place, clear: float) -> int:
    """Return how many lines, from a cut on, may belong to its other side and become worse by the shift of their own."""
    better = accumulate(place.found(c, c.start * rate + own) - place.found(c, c.start * rate + other) for c in cues)
    worse = accumulate(abs(own - other) > abs(c.start * (rate - 1) + other) + _WORSE for c in cues)
    return max((count for sure, count in zip(better, worse, strict=True) if sure < clear), default=0)


def _tangled(before: Sequence[Cue], after: Sequence[Cue], apart: float) -> int:
    """Count the lines that overlap next to a cut by which `apart` seconds are put in: they may be of both sides."""
    reach = min(apart, _TANGLE)
    near = [c for c in (*before, *after) if before[-1].start - reach < c.start < after[0].start + reach]
    return sum(later.start < earlier.end - _OVER for earlier, later in pairwise(near)) if apart > 0 else 0
