"""Does a subtitle fit the voices, how would it, or does it belong to something else?

As with text, half of the video's parts make a fit and the other half judges it, in both directions. Sound says less
than text, so it takes more to be believed, and small differences may be a style.
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import add

from kotozoe.timing.fitting.align import APART, by_piece, joined, path, transform_of
from kotozoe.timing.fitting.confirmed import confirmed
from kotozoe.timing.fitting.cues import RATES, Cue, Transform, spoken
from kotozoe.timing.fitting.doubt import doubt
from kotozoe.timing.fitting.fit import Fit, Status, parts
from kotozoe.timing.fitting.speech import GRID, Sound, Voices

STYLE = 0.3  # seconds by which lines may begin before or after the voices without being out of time
EXACT = 0.12  # where somebody asked for more
_FEWEST, _SHORTEST = 12, 60.0
_FARTHEST, _FARTHEST_STRETCHED = 600.0, 150.0  # seconds that lines may be away from where they belong
_BLOCK = 10  # cues of which each two blocks vote together for the shift of their part
_MOST_BLOCKS = 30
_MOST_LINES = 1200  # that are listened for: of more, one in two or so tells as well
_MOST_CUTS, _MOST_TURNS = 4, 8
_AGREE = 0.15  # seconds by which the two halves may differ
_LEAST = 0.1  # of the scale of `found`, by which lines must do better than moved anywhere
_CLEARLY, _SURELY = 3.0, 4.0  # standard deviations: for one piece of several, for the whole
_LACKING = 3.5  # lines whose worth may lack in a row
_DECOYS = tuple(sign * (2.9 + 3.7 * n) for n in range(16) for sign in (1, -1))  # seconds; shifts right for nothing
_PLAIN = 40  # lines from which on it means something that they fit nowhere
_LONG = 300.0  # seconds of sound from which on it does


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What held back lines say of one transform; `above` chance in standard deviations."""

    count: int
    score: float
    chance: float
    above: float

    @property
    def confirms(self) -> bool:
        """Tell whether one piece of several is right."""
        return self.score - self.chance >= _LEAST and self.above >= _CLEARLY

    @property
    def holds(self) -> bool:
        return self.confirms and self.count >= _FEWEST // 2 and self.above >= _SURELY


def fit_sound(subtitle: Iterable[Cue], sound: Sound, least: float = STYLE) -> Fit:
    """Tell whether lines begin when voices do, or how they would; shifts below `least` seconds count as none."""
    cues = _listened_for(subtitle)
    if sound.seconds < _SHORTEST:
        return Fit("unclear", "there is too little sound to tell")
    if len(cues) < _FEWEST:
        return Fit("unclear", f"the subtitle has too few lines to tell ({len(cues)})")
    sides, voices = parts(cues), Voices.of(sound)
    if min(map(len, sides)) < _FEWEST // 2:
        return Fit("unclear", "its lines stand too close together to be judged apart")
    one, other = sides
    return _Hearing(voices, least, one, other).judged(_best(one, other, voices), _best(other, one, voices))


def verified(transform: Transform, subtitle: Iterable[Cue], sound: Sound, least: float = STYLE) -> Fit:
    """Tell whether a transform that somebody else proposes is to be believed."""
    cues = _listened_for(subtitle)
    if sound.seconds < _SHORTEST or len(cues) < _FEWEST:
        return Fit("unclear", "there is too little to judge it by")
    judged = _Hearing(Voices.of(sound), least, *parts(cues)).judged(transform, transform)
    return (
        replace(judged, status="unclear", why="the voices do not confirm it")
        if judged.status == "different"
        else judged
    )


def _listened_for(subtitle: Iterable[Cue]) -> tuple[Cue, ...]:
    cues = spoken(subtitle)
    return cues[:: -(-len(cues) // _MOST_LINES) or 1]


# -- finding


def _best(fitting: Sequence[Cue], judging: Sequence[Cue], voices: Voices) -> Transform:
    """Find the transform under which it becomes loudest where lines begin, each piece confirmed by held back lines."""
    swept = {rate: voices.swept(fitting, rate, _reach(rate)) for rate in RATES}
    likely = sorted(RATES, key=lambda rate: -max(swept[rate]))[:2]
    paths = [path(fitting, rate, [0.0, *_peaks(swept[rate], rate, 12)], voices) for rate in {1.0, *likely}]
    rate = max(paths, key=lambda p: p.score - (0.0 if p.rate == 1.0 else 1.0)).rate
    shifts = _candidates(fitting, rate, voices, [0.0, *_peaks(swept[rate], rate, 12)])
    return confirmed(
        shifts,
        _MOST_TURNS,
        lambda some: voices.settled(transform_of(fitting, path(fitting, rate, some, voices)), fitting),
        lambda made: [_judge(made, part, voices).confirms for part in by_piece(made, judging)],
    )


def _reach(rate: float) -> float:
    return _FARTHEST if rate == 1.0 else _FARTHEST_STRETCHED


def _candidates(cues: Sequence[Cue], rate: float, voices: Voices, shifts: list[float]) -> list[float]:
    """Return the shifts that are best for all, and for each two blocks."""
    size = max(_BLOCK, -(-len(cues) // _MOST_BLOCKS))
    blocks = [voices.swept(cues[n : n + size], rate, _reach(rate)) for n in range(0, len(cues), size)]
    for one, other in pairwise(blocks):
        for shift in _peaks(list(map(add, one, other)), rate, 4):
            if all(abs(shift - known) > APART for known in shifts):
                shifts.append(shift)
    return shifts


def _peaks(totals: Sequence[float], rate: float, count: int) -> list[float]:
    """Return the shifts with the highest totals, one for each hill."""
    found: list[float] = []
    for place in heapq.nlargest(20 * count, range(len(totals)), key=totals.__getitem__):
        shift = place * GRID - _reach(rate)
        if all(abs(shift - other) > APART for other in found):
            found.append(shift)
            if len(found) == count:
                break
    return found


# -- judging


def _judge(transform: Transform, cues: Sequence[Cue], voices: Voices) -> _Judgement:
    placed = [(cue, time) for cue in cues if voices.covers(cue, time := transform.cue(cue).start)]
    if len(placed) < 2:
        return _Judgement(len(placed), 0.0, 0.0, 0.0)
    scores = [voices.found(cue, time) for cue, time in placed]
    decoys = [statistics.fmean(voices.found(cue, time + away) for cue, time in placed) for away in _DECOYS]
    chance = statistics.fmean(decoys)
    doubt = max(statistics.pstdev(decoys), statistics.stdev(scores) / math.sqrt(len(scores)), 1e-9)
    score = statistics.fmean(scores)
    return _Judgement(len(placed), score, chance, (score - chance) / doubt)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Two halves of a subtitle before the voices."""

    voices: Voices
    least: float
    one: list[Cue]
    other: list[Cue]

    def judged(self, first: Transform, second: Transform) -> Fit:
        """Judge what `one` found by `other`, and the reverse."""
        ours = sorted((*self.one, *self.other))
        held, seen = _judge(first, self.other, self.voices), _judge(second, self.one, self.voices)
        as_is = [_judge(Transform(), side, self.voices) for side in (self.one, self.other)]
        fits = all(judged.holds for judged in as_is)

        def said(status: Status, why: str, transform: Transform | None = None) -> Fit:
            return Fit(status, why, transform, as_is[1].score, held.score, held.chance)

        if not (held.holds and seen.holds):
            if fits and _throughout(ours, self.voices):
                return said("fits", "it fits the voices as it is")
            if self._is_foreign(held, seen, first, second):
                return said("different", "its lines are not those of this video")
            return said("unclear", "the sound does not say clearly where the lines belong")
        final = joined(first, second, ours, self.voices)
        if _is_nothing(final, ours, self.least) and fits:
            return said("fits", "it fits the voices as it is")
        if trouble := self._trouble(final, (first, second), ours):
            return said("unclear", trouble)
        return said("retime", "another timing fits the voices clearly better, also in the parts held back", final)

    def _is_foreign(self, held: _Judgement, seen: _Judgement, first: Transform, second: Transform) -> bool:
        """Tell whether lines fit nowhere although there are many, and the voices are plain."""
        if min(held.count, seen.count) < _PLAIN or self.voices.seconds < _LONG:
            return False
        confirmed = any(
            _judge(transform, part, self.voices).confirms
            for transform, side in ((first, self.other), (second, self.one))
            for part in by_piece(transform, side)
        )
        return not confirmed and self.voices.telling

    def _trouble(self, final: Transform, halves: Sequence[Transform], ours: Sequence[Cue]) -> str:
        """Return why a transform is not to be trusted after all, or an empty text."""
        if halves[0].rate != halves[1].rate:
            return "two halves of the lines ask for different frame rates"
        if len(final.pieces) > _MOST_CUTS + 1:
            return f"it would take {len(final.pieces) - 1} cuts to make it fit"
        if not self._agreed(final, halves):
            return "two halves of the lines ask for different shifts"
        times = [final.cue(cue).start for cue in ours]
        if any(later < earlier - APART for earlier, later in pairwise(times)):
            return "lines would change their order"
        if not all(_judge(final, part, self.voices).confirms for part in by_piece(final, ours)):
            return "the sound of one part does not confirm it"
        if _cut_unheard(final, ours, self.voices):
            return "something was cut, and where cannot be heard in the parts that were read"
        return self._gainless(final, ours) or doubt(final, ours, self.voices, _LACKING)

    def _agreed(self, final: Transform, halves: Sequence[Transform]) -> bool:
        """Tell whether each piece is what one half found, and the other half's lines confirm."""
        parts_held = [by_piece(final, side) for side in (self.other, self.one)]
        return all(
            any(
                min(abs(piece.shift - found.shift) for found in half.pieces) <= _AGREE
                and _judge(final, held[n], self.voices).confirms
                for half, held in zip(halves, parts_held, strict=True)
            )
            for n, piece in enumerate(final.pieces)
        )

    def _gainless(self, final: Transform, ours: Sequence[Cue]) -> str:
        """Return whether the voices would rather have the lines as they are, each compared with itself."""
        gains = [
            self.voices.found(cue, time) - self.voices.found(cue, cue.start)
            for cue in ours
            if abs((time := final.cue(cue).start) - cue.start) > self.least / 2 and self.voices.covers(cue, time)
        ]
        if len(gains) < _FEWEST // 2:
            return "too few lines would move to tell"
        error = statistics.stdev(gains) / math.sqrt(len(gains))
        sure = statistics.fmean(gains) >= max(_SURELY * error, 0.02)
        return "" if sure else "the voices do not clearly confirm it"


def _throughout(cues: Sequence[Cue], voices: Voices) -> bool:
    """Tell whether every quarter of the lines is found where it is now, as far as somebody listened there."""
    quarter = -(-len(cues) // 4)
    held = [_judge(Transform(), cues[first : first + quarter], voices) for first in range(0, len(cues), quarter)]
    return all(judged.above >= 2 for judged in held if judged.count >= _FEWEST // 2)


def _is_nothing(transform: Transform, cues: Sequence[Cue], least: float) -> bool:
    return all(abs(transform.cue(cue).start - cue.start) <= least for cue in cues)


def _cut_unheard(transform: Transform, cues: Sequence[Cue], voices: Voices) -> bool:
    """Tell whether next to a cut there are lines of which nothing was heard: it may be anywhere among them."""
    heard = [[voices.covers(c, transform.cue(c).start) for c in part] for part in by_piece(transform, cues)]
    return any(not (before and after and before[-1] and after[0]) for before, after in pairwise(heard))
