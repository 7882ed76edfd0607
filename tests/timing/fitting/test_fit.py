"""Cue times against cues that fit: what is found, and what is left alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import RATES, Cue, Piece, Transform, moved, sentence, spoken
from kotozoe.timing.fitting.fit import fit

SECONDS = 1400


def episode(seed: int, seconds: float = SECONDS) -> tuple[Cue, ...]:
    """Return dialogue in scenes, as in an episode."""
    chance = random.Random(seed)
    now, lines = chance.uniform(2, 20), []
    while now < seconds:
        length = chance.uniform(0.8, 4.5)
        lines.append(Cue(now, now + length))
        now += length + (chance.uniform(0.05, 0.6) if chance.random() < 0.6 else chance.expovariate(1 / 4))
    return tuple(lines)


def translated(lines: tuple[Cue, ...], seed: int) -> Reference:
    """Return the lines as another language splits them, none at quite the same time."""
    chance = random.Random(seed)
    made: list[Cue] = []
    place = 0
    while place < len(lines):
        line, fate = lines[place], chance.random()
        start, end = line.start + chance.gauss(0, 0.1), line.end + chance.gauss(0, 0.2)
        if fate < 0.1:
            pass
        elif fate < 0.25 and place + 1 < len(lines):
            place += 1
            made.append(Cue(start, lines[place].end))
        elif fate < 0.4 and line.end - line.start > 1.6:
            made += [Cue(start, start + 0.9), Cue(start + 0.9, end)]
        else:
            made.append(Cue(start, max(end, start + 0.5)))
        place += 1
    return Reference(tuple(sorted(made)))


def speech(lines: tuple[Cue, ...], seed: int) -> Reference:
    """Return what voice activity detection finds of them: seven starts of ten, and others in effects and music."""
    chance = random.Random(seed)
    found = [Cue(c.start + chance.gauss(0, 0.06), c.end) for c in lines if chance.random() < 0.7]
    others = [Cue(at, at + 0.8) for at in (chance.uniform(0, SECONDS) for _ in range(len(lines)))]
    return Reference(tuple(sorted((*found, *others))), written=False)


LINES = episode(1)
REFERENCE = translated(LINES, 2)


def changed(move: Callable[[float], float], lines: tuple[Cue, ...] = LINES) -> tuple[Cue, ...]:
    return tuple(Cue(move(c.start), move(c.start) + c.end - c.start) for c in lines)


def share_right(subtitle: tuple[Cue, ...], truth: tuple[Cue, ...], transform: Transform | None) -> float:
    assert transform is not None
    right = [abs(transform.cue(a).start - b.start) <= 0.1 for a, b in zip(subtitle, truth, strict=True)]
    return sum(right) / len(right)


def test_what_fits_is_left_alone() -> None:
    found = fit(LINES, REFERENCE)
    assert found.status == "fits"
    assert found.transform is None
    assert found.before > 0.6


@pytest.mark.parametrize("shift", [0.2, -0.2, 0.7, -1.3, 5.0, -7.4, 30.0, -48.0, 90.0, 300.0])
def test_a_shift_is_found(shift: float) -> None:
    late = changed(lambda t: t + shift)
    found = fit(late, REFERENCE)
    assert found.status == "retime"
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(-shift, abs=0.06)
    assert found.after > found.before


@pytest.mark.parametrize("rate", RATES[1:])
def test_a_frame_rate_taken_for_another_is_found(rate: float) -> None:
    stretched = tuple(Cue(c.start * rate + 4, c.end * rate + 4) for c in LINES)
    found = fit(stretched, REFERENCE)
    assert found.transform is not None
    assert found.transform.rate == pytest.approx(1 / rate)
    assert share_right(stretched, LINES, found.transform) > 0.98


@pytest.mark.parametrize("breaks", [1, 2, 3, 4])
def test_breaks_are_cut_out(breaks: int) -> None:
    cuts = [(130 + n * 1250 / breaks, 60.0 + 15 * n) for n in range(breaks)]
    broadcast = changed(lambda t: t + sum(length for at, length in cuts if t > at))
    found = fit(broadcast, REFERENCE)
    assert found.transform is not None
    assert len(found.transform.pieces) == breaks + 1
    assert share_right(broadcast, LINES, found.transform) > 0.97


@pytest.mark.parametrize("breaks", [1, 2, 3])
def test_breaks_that_only_the_video_has_are_put_in(breaks: int) -> None:
    cuts = [(130 + n * 1250 / breaks, 75.0) for n in range(breaks)]
    truth = changed(lambda t: t + sum(length for at, length in cuts if t > at))
    found = fit(LINES, translated(truth, 3))
    assert share_right(LINES, truth, found.transform) > 0.95


@pytest.mark.parametrize("seed", range(8))
def test_another_episode_is_told_from_this_one(seed: int) -> None:
    assert fit(episode(100 + seed), REFERENCE).status == "different"


@pytest.mark.parametrize("seed", range(4))
def test_the_same_opening_does_not_make_it_the_same_episode(seed: int) -> None:
    opening = tuple(Cue(t, t + 3.0) for t in range(100, 185, 5))

    def with_opening(lines: tuple[Cue, ...], at: float) -> tuple[Cue, ...]:
        rest = (c for c in lines if not 95 + at < c.start < 190 + at)
        return tuple(sorted([*rest, *(Cue(c.start + at, c.end + at) for c in opening)]))

    other = with_opening(episode(200 + seed), 21.0)
    assert fit(other, translated(with_opening(LINES, 0.0), seed)).status == "different"


def test_lines_that_begin_early_and_end_late_are_the_references_style_not_a_shift() -> None:
    reference = Reference(tuple(Cue(c.start - 0.2, c.end + 0.3) for c in REFERENCE.cues))
    assert fit(LINES, reference).status == "fits"


@pytest.mark.parametrize(
    ("subtitle", "reference"),
    [((), REFERENCE), (LINES[:8], REFERENCE), (LINES, Reference(())), (LINES, Reference(REFERENCE.cues[:9]))],
)
def test_too_few_lines_tell_nothing(subtitle: tuple[Cue, ...], reference: Reference) -> None:
    found = fit(subtitle, reference)
    assert found.status == "unclear"
    assert "too few" in found.why


def test_lines_in_one_place_only_cannot_be_judged_apart() -> None:
    crowded = tuple(Cue(n * 0.5, n * 0.5 + 0.4) for n in range(30))
    assert "too close" in fit(crowded, REFERENCE).why


def test_lines_that_come_as_a_clock_ticks_fit_anywhere_and_so_nowhere() -> None:
    ticks = tuple(Cue(t, t + 2.0) for t in range(0, 1400, 4))
    assert fit(changed(lambda t: t + 1.9, ticks), Reference(ticks)).status == "unclear"


WINDOWS = tuple(Cue(t, t + 40.0) for t in range(60, 1400, 170))
READ = Reference(tuple(c for c in REFERENCE.cues if any(w.start <= c.start < w.end for w in WINDOWS)), WINDOWS)


def test_a_shift_is_found_in_windows_of_the_video() -> None:
    found = fit(changed(lambda t: t + 4.2), READ)
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(-4.2, abs=0.08)
    assert fit(LINES, READ).status == "fits"


def test_a_cut_between_windows_cannot_be_placed() -> None:
    found = fit(changed(lambda t: t + (75 if t > 600 else 0)), READ)
    assert found.status == "unclear"


@pytest.mark.parametrize("seed", range(30))
def test_no_fit_makes_it_worse(seed: int) -> None:
    chance = random.Random(seed)
    truth = episode(seed)
    cuts = sorted((chance.uniform(50, 1350), chance.uniform(-5, 60)) for _ in range(chance.randint(0, 6)))
    wild = chance.choice((0.0, chance.uniform(-20, 20)))
    subtitle = changed(lambda t: t + wild + sum(length for at, length in cuts if t > at), truth)
    found = fit(subtitle, translated(truth, seed + 1))
    if found.transform is not None:
        after = [abs(found.transform.cue(a).start - b.start) for a, b in zip(subtitle, truth, strict=True)]
        before = [abs(a.start - b.start) for a, b in zip(subtitle, truth, strict=True)]
        assert sum(after) < sum(before)


def with_other_lines(chance: random.Random, lines: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """Add twelve credit lines in front, a recap, a sponsor's card and lyrics, none of which the reference has."""
    begins = [*(n * 2.5 for n in range(12)), *(40 + n * 3.1 for n in range(8)), 700.0]
    begins += [200 + n * 4.3 for n in range(20)]
    shown = (b + chance.uniform(0, 0.8) for b in begins)
    rest = (c for c in lines if not (c.start < 66 or 198 < c.start < 292))
    return tuple(sorted((*rest, *(Cue(start, start + 2.0) for start in shown))))


@pytest.mark.parametrize("made", [translated, speech])
@pytest.mark.parametrize("shift", [0.0, 3.0, -24.0])
def test_lines_without_a_counterpart_do_not_block_a_fit(
    made: Callable[[tuple[Cue, ...], int], Reference], shift: float
) -> None:
    spoken_ones = tuple(c for c in LINES if not (c.start < 66 or 198 < c.start < 292))
    subtitle = changed(lambda t: t + shift, with_other_lines(random.Random(1), LINES))
    found = fit(subtitle, made(spoken_ones, 8))
    if not shift:
        assert found.status == "fits"
    else:
        assert found.transform is not None
        assert found.transform.shift == pytest.approx(-shift, abs=0.06)


def test_what_fits_but_for_its_end_does_not_fit() -> None:
    broken = changed(lambda t: t + (30 if t > 1200 else 0))
    found = fit(broken, speech(LINES, 4))
    assert found.status != "fits"
    if found.transform is not None:
        assert share_right(broken, LINES, found.transform) > 0.95


@pytest.mark.parametrize("seed", range(6))
def test_a_cut_is_found_by_voices(seed: int) -> None:
    chance = random.Random(seed)
    truth, place, length = episode(400 + seed), chance.uniform(300, 1100), chance.choice((15.0, 30.0, -15.0))
    truth = tuple(c for c in truth if not place + min(0.0, length) < c.start <= place)
    broken = changed(lambda t: t + (length if t > place else 0.0), truth)
    assert share_right(broken, truth, fit(broken, speech(truth, seed)).transform) > 0.95


def test_four_hundred_lines_are_quick() -> None:
    lines = episode(5, 1700)[:400]
    reference = translated(lines, 6)
    began = time.process_time()
    fit(changed(lambda t: t + 3.0, lines), reference)
    assert time.process_time() - began < 1.0  # 0.1 s on the machine it was written on


def test_effects_and_signs_are_no_dialogue() -> None:
    assert spoken([Cue(1, 1.1), Cue(2, 40), Cue(3, 5), Cue(3.02, 4), Cue(float("nan"), 2)]) == (Cue(3, 5),)


@pytest.mark.parametrize(
    ("transform", "said"),
    [
        (moved(-1.3), "shifted −1.3 s"),
        (moved(0.0, 25 / 24), "stretched by +4.17 %"),
        (moved(2.0, 24 / 25), "stretched by −4.00 %, shifted +2.0 s"),
        (Transform(1.0, (Piece(float("-inf"), 0.0), Piece(605.0, -60.0))), "shifted +0.0 s / −60.0 s (cut at 10:05)"),
    ],
)
def test_a_transform_is_told_in_words(transform: Transform, said: str) -> None:
    assert sentence(transform) == said
