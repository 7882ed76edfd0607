"""Does a subtitle fit, how would it, or does it belong to something else? Judged against cues that are known to fit.

Half of the video's parts make a fit and the other half judges it, in both directions, so that a fit by chance is known
for what it is. Where that leaves doubt, nothing is moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from kotozoe.timing.fitting.align import (
    APART,
    HIT,
    Reference,
    Target,
    by_piece,
    candidates,
    highest,
    nearest,
    path,
    peaks_of_all,
    transform_of,
    votes_of,
)
from kotozoe.timing.fitting.confirmed import confirmed
from kotozoe.timing.fitting.cues import RATES, Cue, Transform, spoken
from kotozoe.timing.fitting.evidence import Evidence
from kotozoe.timing.fitting.join import joined
from kotozoe.timing.fitting.local_regressions import left_behind, regression

_FEWEST = 12  # cues on each side below which nothing is said
_MAX_CUTS = 4
_MAX_TURNS = 10  # of leaving out shifts that held back lines refute
_PART = 20.0  # seconds of the parts that fit and judge in turns
_STYLE = 0.5  # seconds; below, starting early and ending late may be the reference's style, not a shift
_CLEARLY, _SURELY = 3.0, 4.0  # standard deviations: for one piece of several, for the whole
_MIN_SHARE = 0.3  # of the held back starts, found
_GAIN = 0.2  # more of the lines found, where it is plain
_DECOYS = (7.3, 11.9, 17.3, 23.7, 31.1, 38.9, 47.9, 59.3)  # seconds; shifts that are right for nothing

AS_IT_IS = Transform()

Status = Literal["fits", "retime", "unclear", "different"]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a subtitle stands to a reference; `transform` is there for "retime" only.

    `before` and `after` are the shares of held back lines that start where the reference has one, `chance` what any
    shift would have got. `why` is a clause for a person.
    """

    status: Status
    why: str
    transform: Transform | None = None
    before: float = 0.0
    after: float = 0.0
    chance: float = 0.0

    @property
    def judged(self) -> bool:
        """Tell whether there was enough to judge by, whatever came of it."""
        return self.chance > 0


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What held back lines say of one transform; `above` chance in standard deviations."""

    count: int
    share: float
    chance: float
    above: float

    @property
    def confirms(self) -> bool:
        """Tell whether one piece of several is right."""
        return self.share >= _MIN_SHARE and self.above >= _CLEARLY

    @property
    def holds(self) -> bool:
        return self.count >= _FEWEST // 2 and self.share >= _MIN_SHARE and self.above >= _SURELY


def fit(subtitle: Iterable[Cue], reference: Reference) -> Fit:
    """Tell whether the subtitle fits, how it would, or that it belongs to something else."""
    ours, theirs = spoken(subtitle), spoken(reference.cues)
    if len(ours) < _FEWEST or len(theirs) < _FEWEST:
        whose = "the subtitle" if len(ours) < _FEWEST else "the reference"
        return Fit("unclear", f"{whose} has too few lines to tell ({min(len(ours), len(theirs))})")
    sides = parts(ours)
    if min(map(len, sides)) < _FEWEST // 2:
        return Fit("unclear", "its lines stand too close together to be judged apart")
    target = Target.of(replace(reference, cues=theirs))
    one, other = sides
    return _judged(_best(one, other, target), _best(other, one, target), sides, target)


def parts(cues: Sequence[Cue]) -> tuple[list[Cue], list[Cue]]:
    """Split the video into parts that fit and judge in turns."""
    sides: tuple[list[Cue], list[Cue]] = ([], [])
    for cue in cues:
        sides[int(cue.start // _PART) % 2].append(cue)
    return sides


# -- finding


def _best(fitting: Sequence[Cue], judging: Sequence[Cue], target: Target) -> Transform:
    """Find the transform under which most starts are found, each of its pieces confirmed by held back lines."""
    votes = {rate: votes_of([cue.start * rate for cue in fitting], target.starts, rate) for rate in RATES}
    likely = sorted(RATES, key=lambda rate: -highest(votes[rate]))[:2]
    paths = [path(fitting, rate, peaks_of_all(votes[rate]), target) for rate in dict.fromkeys((1.0, *likely))]
    rate = max(paths, key=lambda p: p.score - (0.0 if p.rate == 1.0 else 1.0)).rate
    shifts = candidates(votes[rate])
    return confirmed(
        shifts,
        _MAX_TURNS,
        lambda some: target.settled(transform_of(fitting, path(fitting, rate, some, target)), fitting),
        lambda made: [_judge(made, part, target).confirms for part in by_piece(made, judging)],
    )


# -- judging


def _judge(transform: Transform, cues: Sequence[Cue], target: Target) -> _Judgement:
    import statistics  # noqa: PLC0415 - for a check that comes after loading

    times = [transform.cue(cue).start for cue in cues]
    count, share = _share(times, target)
    decoys = [_share([time + d for time in times], target)[1] for away in _DECOYS for d in (away, -away)]
    chance = statistics.fmean(decoys)
    binomial = math.sqrt(max(chance, 0.05) * (1 - min(chance, 0.95)) / max(count, 1))
    above = (share - chance) / max(binomial, statistics.pstdev(decoys))
    return _Judgement(count, share, chance, above)


def _share(times: Iterable[float], target: Target) -> tuple[int, float]:
    away = [distance for time in times if (distance := target.away(time)) is not None]
    return len(away), sum(abs(distance) <= HIT for distance in away) / len(away) if away else 0.0


def _judged(first: Transform, second: Transform, sides: tuple[list[Cue], list[Cue]], target: Target) -> Fit:
    fitting, judging = sides
    held_first, held_second = _judge(first, judging, target), _judge(second, fitting, target)
    if held_second.above > held_first.above:
        first, second, held_first, judging = second, first, held_second, fitting
    other = fitting if judging is sides[1] else sides[1]
    as_is = _judge(Transform(), judging, target)

    def said(status: Status, why: str, transform: Transform | None = None) -> Fit:
        return Fit(status, why, transform, as_is.share, held_first.share, held_first.chance)

    def as_it_is() -> Fit:
        if as_is.holds and _throughout(ours, target) and not left_behind(ours, target, evidence):
            return said("fits", "it fits as it is")
        return said("unclear", "only a part of it fits, and no shift makes it clearly better")

    ours = sorted((*judging, *other))
    evidence = Evidence.by(first, judging, target, held_first.chance)
    if not held_first.holds:
        if as_is.holds:
            return as_it_is()
        if held_first.count >= 2 * _FEWEST and held_first.share < max(held_first.chance + 0.15, 0.2):
            return said("different", "its lines are not those of this video")
        return said("unclear", "no shift explains the difference well enough")
    final = joined(first, second if _judge(second, other, target).holds else first, ours, target, held_first.chance)
    if (
        _is_nothing(final, ours, target.reference.least)
        or not _better(first, judging, target, as_is, held_first)
        or _is_style(final, ours, target)
    ):
        return as_it_is()
    if trouble := _trouble(final, (first, second), ours, target):
        return said("unclear", trouble)
    return said("retime", "another timing fits clearly better, also on the parts held back", final)


def _throughout(cues: Sequence[Cue], target: Target, transform: Transform = AS_IT_IS) -> bool:
    """Tell whether every quarter of the lines is found where it is now, or would be, as far as somebody looked."""
    quarter = -(-len(cues) // 4)
    held = [_judge(transform, cues[first : first + quarter], target) for first in range(0, len(cues), quarter)]
    return all(judged.share >= _MIN_SHARE and judged.above >= 2 for judged in held if judged.count >= _FEWEST // 2)


def _is_nothing(transform: Transform, cues: Sequence[Cue], least: float) -> bool:
    return all(abs(transform.cue(cue).start - cue.start) <= least for cue in cues)


def _better(transform: Transform, cues: Sequence[Cue], target: Target, as_is: _Judgement, moved: _Judgement) -> bool:
    """Tell whether the held back lines that move come clearly nearer to a start, each compared with itself."""
    import statistics  # noqa: PLC0415 - likewise

    if not as_is.holds and moved.share >= as_is.share + _GAIN:
        return True
    gains = []
    for cue in cues:
        time = transform.cue(cue).start
        before, after = target.away(cue.start), target.away(time)
        if before is not None and after is not None and abs(time - cue.start) > target.reference.least / 2:
            gains.append(min(abs(before), APART) - min(abs(after), APART))
    if len(gains) < _FEWEST // 2:
        return False
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    return statistics.fmean(gains) > max(_SURELY * error, 0.02)


def _is_style(transform: Transform, cues: Sequence[Cue], target: Target) -> bool:
    """Tell whether a small shift is only how the reference times: ends that contradict the starts give it away."""
    import statistics  # noqa: PLC0415 - likewise

    shift = transform.shift
    if shift is None or abs(shift) >= _STYLE or not target.reference.written:
        return False
    away = [d for cue in cues if abs(d := nearest(target.ends, cue.end)) <= 2 * _STYLE]
    return (
        len(away) >= _FEWEST
        and statistics.median(away) * shift < 0
        and abs(statistics.median(away)) > target.reference.least / 2
    )


def _trouble(final: Transform, halves: Sequence[Transform], ours: Sequence[Cue], target: Target) -> str:
    """Return why a transform is not to be trusted after all, or an empty text."""
    if len(final.pieces) > _MAX_CUTS + 1:
        return f"it would take {len(final.pieces) - 1} cuts to make it fit"
    if len(final.pieces) > 1 and target.reference.windows:
        return "something was cut, and where cannot be seen in the parts that were read"
    if target.reference.windows and not _throughout(ours, target, final):
        return "not all parts that were read confirm it"
    shifts = [piece.shift for half in halves for piece in half.pieces]
    if any(min(abs(piece.shift - shift) for shift in shifts) > HIT for piece in final.pieces):
        return "two halves of the lines ask for different shifts"
    if len(final.pieces) > 1 and not all(_judge(final, piece, target).confirms for piece in by_piece(final, ours)):
        return "not all pieces of it are confirmed"
    times = [final.cue(cue).start for cue in ours]
    if any(later < earlier - APART for earlier, later in pairwise(times)):
        return "lines would change their order"
    return regression(final, ours, target, Evidence.by(final, ours, target, _judge(final, ours, target).chance))
