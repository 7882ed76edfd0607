"""Where lines would start if they were moved: votes for shifts, and the path of shifts under which most are found.

The differences between all starts vote, once for each ratio of frame rates; a path through the best shifts finds the
places where something was cut out or in. Nothing here judges what it finds: there is always a best shift.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from kotozoe.timing.fitting.cues import Cue, Piece, Transform

HIT = 0.25  # seconds within which a start is found, where only that counts
NEAR = 0.35  # seconds within which a start counts as found, the less the farther
APART = 0.5  # seconds; shifts that differ by less are one, and a start farther off is simply not there
_SILENT = 8.0  # seconds from the nearest start of a reference that says nothing there, as of a song
_AROUND = 10.0  # seconds before and after, in which starts are as frequent as where they are counted
_BIN = 0.1  # seconds of a vote's bin; three neighbours count as one
_HILL = 4  # bins around a peak that belong to it
_FARTHEST, _FARTHEST_STRETCHED = 600.0, 150.0  # seconds that lines may be away from where they belong
_BLOCK = 10  # cues of which each two blocks vote together for the shift of their part
_MAX_BLOCKS = 32
_MAX_VOTES = 1_000_000
_CUT_COSTS = 4.0  # found starts that a cut must bring to be believed

_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Reference:
    """Cues known to be in time with the video: a text track's, a bitmap track's, or stretches of speech.

    `windows` are the stretches of the video that were looked at, in order and apart; none: all of it. A difference of
    up to `least` seconds is nobody's complaint. `written`: the cues are lines, so that their ends mean something, too.
    """

    cues: tuple[Cue, ...]
    windows: tuple[Cue, ...] = ()
    least: float = 0.12
    written: bool = True

    def covers(self, time: float) -> bool:
        place = bisect_right(self.windows, time, key=_start) - 1
        return not self.windows or (place >= 0 and time < self.windows[place].end)


@dataclass(frozen=True, slots=True)
class Target:
    """The reference, ready to be asked for the nearest start."""

    reference: Reference
    starts: list[float]
    ends: list[float]

    @classmethod
    def of(cls, reference: Reference) -> Target:
        return cls(reference, [c.start for c in reference.cues], sorted(c.end for c in reference.cues))

    def away(self, time: float) -> float | None:
        """Return how far the nearest start is, later ones positive; None where nobody looked."""
        return nearest(self.starts, time) if self.reference.covers(time) else None

    def speaks(self, time: float) -> bool:
        """Tell whether the reference says anything of a line that starts then; before the video, none is seen."""
        away = self.away(time)
        return time < 0 or (away is not None and abs(away) <= _SILENT)

    def hits(self, time: float) -> bool:
        """Tell whether a line that starts then is confirmed."""
        away = self.away(time)
        return away is not None and abs(away) <= HIT

    def found(self, time: float) -> float:
        """Return how well a line that starts then is confirmed, from 0 to 1."""
        away = self.away(time)
        return max(0.0, 1 - abs(away) / NEAR) if away is not None else 0.0

    def within(self, low: float, high: float) -> list[float]:
        """Return the starts between two times, the later one not included."""
        return self.starts[bisect_left(self.starts, low) : bisect_left(self.starts, high)]

    def rate(self, time: float) -> float:
        """Return how many starts a second there are around a time."""
        first, last = (bisect_left(self.starts, time + away) for away in (-_AROUND, _AROUND))
        return (last - first) / (2 * _AROUND)

    def settled(self, transform: Transform, cues: Sequence[Cue]) -> Transform:
        """Move each piece to where its own cues say, if that is near."""
        import statistics  # noqa: PLC0415 - for a check that comes after loading

        for reach in (NEAR, NEAR, 0.3, 0.3):
            away: list[list[float]] = [[] for _ in transform.pieces]
            for cue in cues:
                distance = self.away(transform.cue(cue).start)
                if distance is not None and abs(distance) <= reach:
                    away[piece_of(transform, cue)].append(distance)
            pieces = tuple(
                Piece(piece.begins, piece.shift + (statistics.median(found) if found else 0.0))
                for piece, found in zip(transform.pieces, away, strict=True)
            )
            transform = Transform(transform.rate, pieces)
        return transform


def nearest(times: Sequence[float], time: float) -> float:
    place = bisect_left(times, time)
    before = times[place - 1] - time if place > 0 else -math.inf
    after = times[place] - time if place < len(times) else math.inf
    return before if -before <= after else after


@dataclass(frozen=True, slots=True)
class AlignedPath:
    """Which shift each cue takes, and how many starts are found so, less what the cuts cost."""

    rate: float
    shifts: tuple[float, ...]
    score: float


def votes_of(starts: Sequence[float], theirs: Sequence[float], rate: float) -> list[array[int]]:
    """Return the differences to all starts within reach, in bins, block by block.

    Of more cues than a film has, only every second or so votes: time and memory stay bounded.
    """
    reach = _FARTHEST if rate == 1.0 else _FARTHEST_STRETCHED
    scaled = [time / _BIN for time in theirs]
    spans = [(bisect_left(theirs, start - reach), bisect_left(theirs, start + reach)) for start in starts]
    step = 1 + sum(high - low for low, high in spans) // _MAX_VOTES
    size = max(_BLOCK, -(-len(starts) // _MAX_BLOCKS))
    blocks = []
    for first in range(0, len(starts), size):
        votes = array("h")
        for n in range(first, min(first + size, len(starts)), step):
            own, (low, high) = starts[n] / _BIN, spans[n]
            votes.extend([round(time - own) for time in scaled[low:high]])
        blocks.append(votes)
    return blocks


def highest(blocks: Sequence[array[int]]) -> int:
    votes = Counter(chain.from_iterable(blocks))
    return max((_around(votes, place) for place, _ in votes.most_common(20)), default=0)


def _around(votes: Counter[int], place: int) -> int:
    return votes[place] + votes[place - 1] + votes[place + 1]


def peaks_of_all(blocks: Sequence[array[int]]) -> list[float]:
    return [place * _BIN for place in dict.fromkeys((0, *_peaks(Counter(chain.from_iterable(blocks)), 15)))]


def candidates(blocks: Sequence[array[int]]) -> list[float]:
    """Return the shifts that got the most votes, of all and of each two blocks; no shift is always one."""
    shifts = peaks_of_all(blocks)
    for one, other in zip(blocks, (*blocks[1:], array("h")), strict=True):
        for place in _peaks(Counter([*one, *other]), 4):
            if all(abs(place * _BIN - shift) > (_HILL + 0.5) * _BIN for shift in shifts):
                shifts.append(place * _BIN)
    return shifts


def _peaks(votes: Counter[int], count: int) -> list[int]:
    """Return the places around which most votes are, one for each hill."""
    best: list[int] = []
    for place in sorted((place for place, _ in votes.most_common(100)), key=lambda p: -_around(votes, p)):
        if all(abs(place - other) > _HILL for other in best):
            best.append(place)
            if len(best) == count:
                break
    return best


def path(cues: Sequence[Cue], rate: float, shifts: Sequence[float], target: Target) -> AlignedPath:
    """Find the shifts that the cues take in turn, so that most starts are found for the fewest cuts."""
    scores = [0.0] * len(shifts)
    came: list[list[int]] = []
    for i, cue in enumerate(cues):
        gap = cue.start - cues[i - 1].start if i else 0.0
        best = max(range(len(shifts)), key=scores.__getitem__)
        cut = scores[best] - _cut_cost(gap)
        came.append([k if scores[k] >= cut else best for k in range(len(shifts))])
        time = cue.start * rate
        scores = [max(score, cut) + target.found(time + shift) for score, shift in zip(scores, shifts, strict=True)]
    last = max(range(len(shifts)), key=scores.__getitem__)
    return AlignedPath(rate, tuple(shifts[k] for k in traced(last, came)), scores[last])


def _cut_cost(gap: float) -> float:
    """Return what a cut costs; less where no line is shown for long, as there it mostly is."""
    return _CUT_COSTS - min(2.0, gap / 10)


def transform_of(cues: Sequence[Cue], path: AlignedPath) -> Transform:
    pieces = [Piece(-math.inf, path.shifts[0])]
    for before, cue, shift in zip(cues, cues[1:], path.shifts[1:], strict=False):
        if abs(shift - pieces[-1].shift) > NEAR:
            pieces.append(Piece((before.start + cue.start) / 2, shift))
    return Transform(path.rate, tuple(pieces))


def piece_of(transform: Transform, cue: Cue) -> int:
    return max(i for i, piece in enumerate(transform.pieces) if piece.begins <= cue.start)


def traced(last: int, came: Sequence[Sequence[int]]) -> list[int]:
    """Go back from the last cue's choice over where each came from; the first cue came from nowhere."""
    taken = [last]
    for origins in reversed(came[1:]):
        taken.append(origins[taken[-1]])
    return taken[::-1]


def by_piece(transform: Transform, cues: Sequence[Cue]) -> list[list[Cue]]:
    parts: list[list[Cue]] = [[] for _ in transform.pieces]
    for cue in cues:
        parts[piece_of(transform, cue)].append(cue)
    return parts
