"""What some lines in a row may become by a transform that is right for the rest."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import groupby

import pytest

from kotozoe.timing.fitting.align import Target
from kotozoe.timing.fitting.cues import Cue, Piece, Transform, moved
from kotozoe.timing.fitting.evidence import Evidence
from kotozoe.timing.fitting.fit import Fit, fit
from kotozoe.timing.fitting.local_regressions import regression
from tests.timing.fitting.test_fit import LINES, REFERENCE, changed, episode, speech, translated

TARGET = Target.of(REFERENCE)
ODDS = Evidence(0.8, 0.15, 0.1)  # as translated() makes it
HALF = LINES[len(LINES) // 2].start - 0.01


def cut(shift: float, at: float = HALF) -> tuple[Cue, ...]:
    return changed(lambda t: t + (shift if t > at else 0.0))


def transform(*pieces: tuple[float, float]) -> Transform:
    return Transform(1.0, tuple(Piece(begins, shift) for begins, shift in pieces))


def test_what_is_right_raises_no_regression() -> None:
    assert regression(moved(-30.0), changed(lambda t: t + 30.0), TARGET, ODDS) == ""
    assert regression(transform((-math.inf, 0.0), (HALF, -60.0)), cut(60.0), TARGET, ODDS) == ""


def test_a_stretch_that_belongs_elsewhere_is_noticed() -> None:
    stretch = changed(lambda t: t + (42.0 if 600 < t < 650 else 30.0))
    assert "elsewhere" in regression(moved(-30.0), tuple(sorted(stretch)), TARGET, ODDS)


def test_a_stretch_that_fits_as_it_is_is_noticed() -> None:
    stretch = changed(lambda t: t if t > 1350 else t - 30.0)
    assert "elsewhere" in regression(moved(30.0), stretch, TARGET, ODDS)


@pytest.mark.parametrize("away", [-40.0, 40.0])
def test_a_cut_in_the_wrong_place_is_noticed(away: float) -> None:
    wrong = transform((-math.inf, -20.0), (HALF + 10 + away, -30.0))
    assert regression(wrong, changed(lambda t: t + (30.0 if t > HALF else 20.0)), TARGET, ODDS)


def test_lines_of_both_sides_of_a_cut_cannot_be_told_apart() -> None:
    mixed = tuple(sorted(cut(-30.0)))
    assert regression(transform((-math.inf, 0.0), (HALF - 15, 30.0)), mixed, TARGET, ODDS)


@pytest.mark.parametrize("shift", [-20.0, 3.3])
def test_lines_of_a_song_that_the_other_language_lacks_raise_no_regression(shift: float) -> None:
    chance, song, now = random.Random(3), [], 200.0
    while now < 285:
        song.append(Cue(now, now + chance.uniform(2.5, 5)))
        now = song[-1].end + chance.uniform(0.1, 1.5)
    rest = tuple(c for c in LINES if not 196 < c.start < 292)
    found = fit(changed(lambda t: t + shift, tuple(sorted((*rest, *song)))), translated(rest, 5))
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(-shift, abs=0.06)


def wild(seed: int, seconds: float) -> Callable[[float], float]:
    """Return a cut at random moments, in the midst of dialogue, each stretch moved by itself or with what follows."""
    chance = random.Random(f"wild {seed}")
    places = sorted(chance.uniform(40, seconds - 40) for _ in range(chance.randint(1, 5)))
    moves = [chance.choice((0.0, chance.choice((-1, 1)) * chance.uniform(1, 60))) for _ in range(len(places) + 1)]
    if seed % 2:
        moves = [sum(abs(move) for move in moves[: n + 1]) for n in range(len(moves))]
    return lambda time: time + moves[sum(time > place for place in places)]


def longest_harmed(found: Fit, subtitle: Sequence[Cue], truth: Sequence[Cue]) -> int:
    """Return how many lines in a row became worse by more than half a second."""
    if found.transform is None:
        return 0
    pairs = zip(subtitle, truth, strict=True)
    worse = [abs(found.transform.cue(a).start - b.start) > abs(a.start - b.start) + 0.5 for a, b in pairs]
    return max((sum(1 for _ in run) for harmed, run in groupby(worse) if harmed), default=0)


@pytest.mark.parametrize("seed", range(20))
def test_no_lines_in_a_row_become_worse_by_text(seed: int) -> None:
    truth = tuple(c for c in episode(seed) if wild(seed, 1400)(c.start) >= 0)
    subtitle = changed(wild(seed, 1400), truth)
    assert longest_harmed(fit(subtitle, translated(truth, seed + 1)), subtitle, truth) < 3


@pytest.mark.parametrize("seed", range(20))
def test_no_lines_in_a_row_become_worse_by_voices(seed: int) -> None:
    truth = tuple(c for c in episode(seed) if wild(seed, 1400)(c.start) >= 0)
    subtitle = changed(wild(seed, 1400), truth)
    assert longest_harmed(fit(subtitle, speech(truth, seed + 1)), subtitle, truth) < 3
