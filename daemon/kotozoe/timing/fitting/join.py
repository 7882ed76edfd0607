"""What both halves of the lines found, laid over all lines, each piece where its own lines say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kotozoe.timing.fitting.align import APART, AlignedPath, Target, traced, transform_of
from kotozoe.timing.fitting.cues import Cue, Transform
from kotozoe.timing.fitting.evidence import Evidence

_CUT_COSTS = 3.0  # log odds that a cut must bring
_WIDE = 60.0  # seconds without a line in which a cut costs nothing


def joined(one: Transform, other: Transform, cues: Sequence[Cue], target: Target, chance: float) -> Transform:
    """Lay the pieces that either half of the lines found, and the other confirmed, over all lines.

    `chance`: share of lines that any shift finds.
    """
    pieces = list(one.pieces)
    if one.rate == other.rate:
        pieces += [p for p in other.pieces if all(abs(p.shift - known.shift) > APART for known in one.pieces)]
    rough = replace(one, pieces=tuple(sorted(pieces, key=lambda p: p.begins)))
    if len(pieces) > 1:
        evidence = Evidence.by(one, cues, target, chance)
        rough = transform_of(cues, _ordered_path(cues, rough, target, evidence))
    return target.settled(rough, cues)


def _ordered_path(cues: Sequence[Cue], transform: Transform, target: Target, evidence: Evidence) -> AlignedPath:
    """Lay the shifts over the cues in their order, cutting where no line jumps over another, rather in wide gaps."""
    shifts = [piece.shift for piece in transform.pieces]
    scores = [0.0] * len(shifts)
    came: list[list[int]] = []
    for i, cue in enumerate(cues):
        gap = (cue.start - cues[i - 1].start) * transform.rate if i else 0.0
        origins = list(range(len(shifts)))
        entered = scores[:]
        for k, shift in enumerate(shifts):
            for j in range(k):
                cut = scores[j] - _CUT_COSTS * (1 - min(1.0, gap / _WIDE))
                if i and cut > entered[k] and gap + shift - shifts[j] >= -APART:
                    entered[k], origins[k] = cut, j
        came.append(origins)
        time = cue.start * transform.rate
        scores = [score + evidence.right(time + shift, target) for score, shift in zip(entered, shifts, strict=True)]
    last = max(range(len(shifts)), key=scores.__getitem__)
    return AlignedPath(transform.rate, tuple(shifts[k] for k in traced(last, came)), scores[last])
