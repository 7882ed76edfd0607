"""Lines against the loudness of voices: what is found, what is left alone, and what is told to be of something else."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import pytest

from kotozoe.timing.fitting.cues import RATES, Cue, Transform, moved
from kotozoe.timing.fitting.heard import EXACT, fit_sound, verified
from kotozoe.timing.fitting.speech import STEP, Sound, Stretch
from tests.timing.fitting.test_fit import LINES, changed, episode, share_right

SHORT = episode(3, 700.0)


def heard(cues: Sequence[Cue], seconds: float = 1420.0, seed: int = 4) -> Sound:
    """Return the sound of a video in which somebody speaks at these times, in the midst of noise and music."""
    chance = random.Random(seed)
    levels = [chance.uniform(0.001, 0.02) for _ in range(round(seconds / STEP))]
    for begin in range(0, len(levels), 3000):
        if chance.random() < 0.3:
            for n in range(begin, min(len(levels), begin + 1500)):
                levels[n] += 0.03 * (1 - n % 25 / 25)
    for cue in cues:
        for n in range(max(0, round(cue.start / STEP)), min(len(levels), round(cue.end / STEP))):
            levels[n] += chance.uniform(0.02, 0.2)
    return Sound((Stretch(0.0, tuple(levels)),))


SOUND = heard(SHORT, 715.0)


def test_what_fits_the_voices_is_left_alone() -> None:
    assert fit_sound(SHORT, SOUND).status == "fits"


@pytest.mark.parametrize("shift", [-0.2, 0.7, -7.4, 90.0, 480.0])
def test_a_shift_is_heard(shift: float) -> None:
    found = fit_sound(changed(lambda t: t + shift, SHORT), SOUND, EXACT)
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(-shift, abs=0.05)


def test_a_little_early_or_late_is_a_style_unless_somebody_asked() -> None:
    assert fit_sound(changed(lambda t: t + 0.2, SHORT), SOUND).status == "fits"


@pytest.mark.parametrize("rate", [RATES[1], RATES[3], RATES[5]])
def test_a_frame_rate_taken_for_another_is_heard(rate: float) -> None:
    stretched = tuple(Cue(c.start * rate + 4, c.end * rate + 4) for c in SHORT)
    found = fit_sound(stretched, SOUND)
    assert found.transform is not None
    assert found.transform.rate == pytest.approx(1 / rate)
    assert share_right(stretched, SHORT, found.transform) > 0.98


@pytest.mark.parametrize("breaks", [1, 4])
def test_breaks_are_heard(breaks: int) -> None:
    cuts = [(130 + n * 1250 / breaks, 60.0 + 15 * n) for n in range(breaks)]
    broadcast = changed(lambda t: t + sum(length for at, length in cuts if t > at))
    found = fit_sound(broadcast, heard(LINES))
    assert found.transform is not None
    assert len(found.transform.pieces) == breaks + 1
    assert share_right(broadcast, LINES, found.transform) > 0.97


@pytest.mark.parametrize("seed", range(4))
def test_another_episode_is_heard_to_be_another(seed: int) -> None:
    assert fit_sound(episode(300 + seed, 700.0), SOUND).status == "different"


def test_where_no_voices_can_be_told_nothing_is_proved() -> None:
    assert fit_sound(SHORT, heard((), 715.0, seed=9)).status == "unclear"


@pytest.mark.parametrize(
    ("cues", "sound"),
    [
        (SHORT[:5], SOUND),
        (SHORT, Sound(())),
        (SHORT, Sound((Stretch(0.0, (0.0,) * 50_000),))),
        (tuple(Cue(n * 0.5, n * 0.5 + 0.4) for n in range(30)), SOUND),
    ],
)
def test_too_little_tells_nothing(cues: tuple[Cue, ...], sound: Sound) -> None:
    assert fit_sound(cues, sound).status == "unclear"


def in_parts(sound: Sound, length: float, every: float) -> Sound:
    """Return what is heard of a sound by who listens for `length` seconds of `every` so many."""
    levels = sound.stretches[0].levels
    starts = range(0, len(levels), round(every / STEP))
    return Sound(tuple(Stretch(s * STEP, levels[s : s + round(length / STEP)]) for s in starts))


def test_a_shift_is_heard_in_parts_of_the_video() -> None:
    found = fit_sound(changed(lambda t: t + 4.2), in_parts(heard(LINES), 40.0, 100.0))
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(-4.2, abs=0.06)


def test_a_cut_where_nobody_listened_cannot_be_placed() -> None:
    parts = in_parts(heard(LINES), 60.0, 120.0)
    assert fit_sound(changed(lambda t: t + (75 if t > 690 else 0)), parts).status == "unclear"


def test_silence_in_which_nothing_was_read_tells_nothing() -> None:
    levels = list(heard(LINES).stretches[0].levels)
    for n in range(0, len(levels), 5000):
        levels[n : n + 1500] = [0.0] * 1500
    found = fit_sound(changed(lambda t: t - 2.0), Sound((Stretch(0.0, tuple(levels)),)))
    assert found.transform is not None
    assert found.transform.shift == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize(
    ("proposed", "status"),
    [(moved(-3.0), "retime"), (moved(-1.0), "unclear"), (Transform(), "unclear"), (moved(-3.0, 25 / 24), "unclear")],
)
def test_what_somebody_else_proposes_is_verified(proposed: Transform, status: str) -> None:
    assert verified(proposed, changed(lambda t: t + 3.0, SHORT), SOUND).status == status


def test_thousands_of_lines_take_no_longer_than_one_would_listen() -> None:
    crowd = tuple(Cue(n * 0.35, n * 0.35 + 1.0) for n in range(4000))
    began = time.process_time()
    assert fit_sound(crowd, heard(LINES)).transform is None
    assert time.process_time() - began < 15  # 3 s on the machine it was written on


def wild(seed: int) -> Callable[[float], float]:
    chance = random.Random(seed)
    cuts = sorted((chance.uniform(50, 650), chance.uniform(-5, 60)) for _ in range(chance.randint(0, 6)))
    shift = chance.choice((0.0, chance.uniform(-20, 20)))
    return lambda time: time + shift + sum(length for at, length in cuts if time > at)


@pytest.mark.parametrize("seed", range(10))
def test_no_fit_makes_it_worse(seed: int) -> None:
    truth = episode(seed, 700.0)
    subtitle = changed(wild(seed), truth)
    found = fit_sound(subtitle, heard(truth, 715.0, seed))
    if found.transform is not None:
        after = [abs(found.transform.cue(a).start - b.start) for a, b in zip(subtitle, truth, strict=True)]
        before = [abs(a.start - b.start) for a, b in zip(subtitle, truth, strict=True)]
        assert sum(after) < sum(before)
