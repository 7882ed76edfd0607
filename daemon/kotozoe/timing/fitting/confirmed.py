"""Leaving out the shifts that held back lines refute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kotozoe.timing.fitting.align import APART
from kotozoe.timing.fitting.cues import Transform


def confirmed(
    shifts: Sequence[float],
    turns: int,
    made: Callable[[Sequence[float]], Transform],
    judged: Callable[[Transform], Sequence[bool]],
) -> Transform:
    """Return what is `made` of the shifts that stand, after at most so many turns; `judged` says which pieces do."""
    for _ in range(turns):
        transform = made(shifts)
        refuted = _refuted(transform, judged(transform))
        if not refuted or len(refuted) == len(transform.pieces):
            break
        shifts = [shift for shift in shifts if all(abs(shift - other) > APART for other in refuted)]
    return transform


def _refuted(transform: Transform, stands: Sequence[bool]) -> list[float]:
    """Return the shifts that are confirmed in no piece."""
    good = [piece.shift for piece, stand in zip(transform.pieces, stands, strict=True) if stand]
    return [p.shift for p in transform.pieces if all(abs(p.shift - shift) > APART for shift in good)]
