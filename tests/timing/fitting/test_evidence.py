"""What a start near a line says for the line being right."""

from __future__ import annotations

import random

import pytest

from kotozoe.timing.fitting.align import Reference, Target
from kotozoe.timing.fitting.cues import Cue, moved
from kotozoe.timing.fitting.evidence import Evidence
from tests.timing.fitting.test_fit import LINES, REFERENCE, speech


def test_it_is_measured_how_far_right_lines_are_from_a_start() -> None:
    evidence = Evidence.by(moved(0.0), LINES, Target.of(speech(LINES, 4)), chance=0.25)
    assert evidence.spread == pytest.approx(0.06, abs=0.02)  # as speech() makes it
    assert evidence.found == pytest.approx(0.7, abs=0.1)
    assert Evidence.by(moved(0.0), LINES, Target.of(REFERENCE), chance=0.15).spread > evidence.spread


def test_the_nearer_a_start_the_more_it_says() -> None:
    evidence = Evidence(found=0.7, chance=0.15, spread=0.06)
    odds = [evidence.at(away) for away in (0.0, 0.05, 0.1, 0.2, 5.0)]
    assert odds == sorted(odds, reverse=True)
    assert odds[0] > 2
    assert odds[-1] == pytest.approx(evidence.missed)
    assert evidence.at(0.1) == evidence.at(-0.1)


def test_where_a_reference_has_few_lines_a_missing_one_says_little() -> None:
    evidence = Evidence(found=0.7, chance=0.15, spread=0.06)
    assert evidence.missed < evidence.sparser.missed < 0
    assert 0 < evidence.sparser.at(0.0) < evidence.at(0.0)


def test_where_nobody_looked_it_may_be_either() -> None:
    target = Target.of(Reference((Cue(10, 11),), windows=(Cue(5, 20),)))
    evidence = Evidence(found=0.7, chance=0.15, spread=0.06)
    assert evidence.right(30.0, target) == 0
    assert evidence.right(-1.0, target) == evidence.missed  # nothing is said before the video
    assert evidence.right(10.0, target) > 0


@pytest.mark.parametrize("seed", range(5))
def test_any_distances_give_sensible_shares(seed: int) -> None:
    chance = random.Random(seed)
    away = [chance.uniform(-9, 9) for _ in range(chance.randrange(4))]
    evidence = Evidence.of(away, chance.random())
    assert 0 < evidence.found < 1
    assert 0 < evidence.spread < 0.2
    assert evidence.missed < evidence.at(0.0)
