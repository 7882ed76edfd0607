"""Voices as a place where lines may be laid: how much each moment sounds as if somebody spoke.

Where a line begins it should become louder, and stay louder than it was before. Loudness is told against what is usual
around a moment, so that a loud scene does not attract all lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, groupby
from operator import add, sub

from kotozoe.timing.fitting.align import by_piece
from kotozoe.timing.fitting.cues import Cue, Piece, Transform

STEP = 0.02  # seconds between two levels
GRID = 0.1  # seconds between two shifts that are tried at first
_PER_GRID = round(GRID / STEP)
_HOP, _AROUND = 500, 1500  # levels; how often, and over how many, it is judged what is usual
_QUIET, _LOUD = 0.2, 0.9  # shares of the levels around that are below silence, and below speech
_LEAST_RANGE = 1.4  # nepers between the two; less is noise
_BEFORE, _LONGEST = 20, 150  # levels before a line, and of it, that are listened to
_EDGE, _REACH = 15, 30  # levels on each side of a start that tell it; by how many it may be moved
_SILENCE, _NOTHING = 1e-5, 1e-7
_LONG_SILENCE = 25  # levels
_TELLING = 0.35  # standard deviation of what a second sounds like; noise, or steady music, varies less


@dataclass(frozen=True, slots=True)
class Stretch:
    """Levels from `start` on, one each `STEP` seconds; any scale that is 0 in silence."""

    start: float
    levels: Sequence[float]


@dataclass(frozen=True, slots=True)
class Sound:
    """What was heard of a video; stretches in order."""

    stretches: tuple[Stretch, ...]

    @property
    def seconds(self) -> float:
        return sum(len(stretch.levels) for stretch in self.stretches) * STEP


@dataclass(frozen=True, slots=True)
class Voices:
    """From the video's begin on, -1 to 1, summed up, so that any span's sum is one subtraction.

    `known` counts what was heard up to each moment.
    """

    sums: list[float]
    known: list[int]

    @classmethod
    def of(cls, sound: Sound) -> Voices:
        levels: list[float] = []
        known: list[bool] = []
        for stretch in sound.stretches:
            missing = round(stretch.start / STEP) - len(levels)
            heard = stretch.levels[max(0, -missing) :]
            there = _audible(heard)
            levels += [0.0] * missing + _told_apart(heard, there)
            known += [False] * missing + there
        mean = sum(levels) / max(1, sum(known))
        centred = (level - mean if there else 0.0 for level, there in zip(levels, known, strict=True))
        return cls(list(accumulate(centred, initial=0.0)), list(accumulate(known, initial=0)))

    @property
    def seconds(self) -> float:
        return self.known[-1] * STEP

    @property
    def telling(self) -> bool:
        """Tell whether speech can be told from silence at all."""
        seconds = range(0, len(self.sums) - 50, 50)
        deps = [self._mean(n, n + 50) for n in seconds if self.known[n + 50] - self.known[n] == 50]
        average = sum(deps) / max(1, len(deps))
        return math.sqrt(sum((m - average) ** 2 for m in deps) / max(1, len(deps))) >= _TELLING

    def covers(self, cue: Cue, time: float) -> bool:
        """Tell whether somebody listened when a cue that begins at `time` would be spoken."""
        first, begin, end = self._span(cue, time)
        return end > begin > first and self.known[end] - self.known[first] >= 0.9 * (end - first)

    def found(self, cue: Cue, time: float) -> float:
        first, begin, end = self._span(cue, time)
        if not end > begin > first:
            return 0.0
        return (self._mean(begin, end) - self._mean(first, begin)) / 2

    def settled(self, transform: Transform, cues: Sequence[Cue]) -> Transform:
        pieces = []
        for piece, own in zip(transform.pieces, by_piece(transform, cues), strict=True):
            starts = [round(transform.cue(cue).start / STEP) for cue in own]
            inside = [s for s in starts if _REACH + _EDGE <= s < len(self.sums) - _REACH - _EDGE]
            best = max(range(-_REACH, _REACH + 1), key=partial(self._edges, inside))
            pieces.append(Piece(piece.begins, piece.shift + (best * STEP if inside else 0.0)))
        return Transform(transform.rate, tuple(pieces))

    def swept(self, cues: Iterable[Cue], rate: float, reach: float) -> list[float]:
        """Return for each shift of the grid, from -`reach` on, how much louder lines are than what is before them."""
        far = round(reach / GRID)
        last = len(self.sums) // _PER_GRID
        sums = [0.0] * (far + 5) + self.sums[::_PER_GRID] + [self.sums[-1]] * (2 * far + 60)
        doubled = [2 * level for level in sums]
        totals = [0.0] * (2 * far + 1)
        for cue in cues:
            begin = round(cue.start * rate / GRID)
            if not 0 <= begin <= last + far:
                continue
            end = begin + max(3, min(50, round((cue.end - cue.start) * rate / GRID)))
            at, behind, before = (place + 5 for place in (begin, end, begin - 4))
            totals = list(map(add, totals, sums[behind : behind + 2 * far + 1]))
            totals = list(map(sub, totals, doubled[at : at + 2 * far + 1]))
            totals = list(map(add, totals, sums[before : before + 2 * far + 1]))
        return totals

    def _span(self, cue: Cue, time: float) -> tuple[int, int, int]:
        """Return the places where the time before a line begins, where the line does, and where it ends."""
        most = len(self.sums) - 1
        begin = math.floor(time / STEP)
        end = begin + min(_LONGEST, max(1, int((cue.end - cue.start) / STEP)))
        return min(max(0, begin - _BEFORE), most), min(max(0, begin), most), min(max(0, end), most)

    def _mean(self, begin: int, end: int) -> float:
        return (self.sums[end] - self.sums[begin]) / (end - begin)

    def _edges(self, places: Sequence[int], away: int) -> float:
        """Return how much louder it becomes at all places, moved."""
        sums = self.sums
        moved = (place + away for place in places)
        return sum(sums[place + _EDGE] - 2 * sums[place] + sums[place - _EDGE] for place in moved)


def _audible(levels: Sequence[float]) -> list[bool]:
    """Tell of each level whether it is one; where there is silence for long, something was left out."""
    told: list[bool] = []
    for silent, run in groupby(levels, lambda level: level <= _NOTHING):
        length = sum(1 for _ in run)
        told += [not silent or length < _LONG_SILENCE] * length
    return told


def _told_apart(levels: Sequence[float], audible: Sequence[bool]) -> list[float]:
    """Return levels from -1 for what is quiet around a moment to 1 for what is loud there; 0 for what is no level."""
    logs = [math.log(max(level, _SILENCE)) if there else None for level, there in zip(levels, audible, strict=True)]
    told: list[float] = []
    for first in range(0, len(logs), _HOP):
        middle = first + _HOP // 2
        around = sorted(log for log in logs[max(0, middle - _AROUND // 2) : middle + _AROUND // 2] if log is not None)
        low, high = (around[int(len(around) * share)] if around else 0.0 for share in (_QUIET, _LOUD))
        usual, half = (low + high) / 2, max(high - low, _LEAST_RANGE) / 2
        told += [
            0.0 if log is None else max(-1.0, min(1.0, (log - usual) / half)) for log in logs[first : first + _HOP]
        ]
    return told
