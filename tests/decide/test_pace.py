from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotozoe.decide.pace import (
    AMVSTRM,
    ANILIST,
    JIMAKU,
    Heard,
    PaceState,
    Quota,
    delays,
    hear_amvstrm,
    hear_anilist,
    hear_jimaku,
    hear_plain,
    learn,
    plan,
    then,
    verdict_on,
)
from kotozoe.errors import Malformed, Missing, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Urgency
from tests.fakes.limits import Gcra, Window

NOW = 1_795_000_000.0
QUOTAS = [JIMAKU, ANILIST, AMVSTRM]


class Tape:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def burst(quota: Quota, urgency: Urgency, state: PaceState | None = None, now: float = NOW) -> int:
    """Count the requests that may go at one moment."""
    state = state or PaceState()
    for count in itertools.count():
        turn = plan(state, quota, now, urgency)
        if turn.wait > 0:
            return count
        state = turn.state
    raise AssertionError


def test_each_urgency_gets_its_share_of_the_burst() -> None:
    assert [burst(JIMAKU, urgency) for urgency in Urgency] == list(JIMAKU.shares)
    assert list(JIMAKU.shares) == sorted(JIMAKU.shares, reverse=True)


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_long_run_rate_is_the_same_for_all(quota: Quota, urgency: Urgency) -> None:
    state, now = PaceState(), NOW
    for _ in range(1000):
        turn = plan(state, quota, now, urgency)
        now += turn.wait
        state = plan(state, quota, now + 1e-6, urgency).state
    assert (now - NOW) / 1000 == pytest.approx(quota.interval, rel=0.03)


def test_a_running_backfill_leaves_nearly_the_whole_burst_to_the_screen() -> None:
    state, now = PaceState(), NOW
    for _ in range(50):
        now += plan(state, JIMAKU, now, Urgency.BACKFILL).wait + 1e-6
        state = plan(state, JIMAKU, now, Urgency.BACKFILL).state
    assert burst(JIMAKU, Urgency.ON_SCREEN, state, now) >= 19


def test_a_backfill_gets_99_5_percent_of_what_the_server_permits() -> None:
    tape = Tape()
    server, state, sent = Gcra(tape), PaceState(), 0
    while sent < 2000:
        turn = plan(state, JIMAKU, tape.now, Urgency.BACKFILL)
        if turn.wait > 0:
            tape.now += turn.wait + 0.003  # a timer is always a little late
            continue
        admitted, headers = server.admit("us")
        assert admitted
        state = learn(turn.state, JIMAKU, tape.now, hear_jimaku(200, headers, tape.now))
        sent += 1
    assert sent / ((tape.now - NOW) / 2.4) >= 0.995


@pytest.mark.parametrize(("quota", "limit"), [(ANILIST, 30), (AMVSTRM, 60)])
def test_a_backfill_never_meets_the_end_of_a_fixed_window(quota: Quota, limit: int) -> None:
    tape = Tape()
    server, state, sent = Window(tape, limit), PaceState(), 0
    while sent < 500:
        turn = plan(state, quota, tape.now, Urgency.BACKFILL)
        if turn.wait > 0:
            tape.now += turn.wait + 0.003
            continue
        admitted, remaining, _ = server.admit("us")
        assert admitted
        state = learn(turn.state, quota, tape.now, Heard(remaining))
        sent += 1
    assert (tape.now - NOW) / sent == pytest.approx(quota.interval, rel=0.01)


def test_the_screen_at_full_speed_holds_still_at_the_end_of_an_honest_window() -> None:
    tape = Tape()
    server, state = Window(tape, 30), PaceState()
    for _ in range(200):
        while (turn := plan(state, ANILIST, tape.now, Urgency.ON_SCREEN)).wait > 0:
            tape.now += turn.wait + 1e-6
        admitted, remaining, _ = server.admit("us")
        assert admitted
        state = learn(turn.state, ANILIST, tape.now, Heard(remaining))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from(list(Urgency)), st.floats(0, 0.4)), max_size=200))
def test_whatever_is_asked_when_the_server_never_refuses(asked: list[tuple[float, Urgency, float]]) -> None:
    tape = Tape()
    server, state = Gcra(tape), PaceState()
    for pause, urgency, late in asked:
        tape.now += pause
        turn = plan(state, JIMAKU, tape.now, urgency)
        if turn.wait > 0:
            continue
        state = turn.state
        tape.now += late  # on its way
        admitted, headers = server.admit("us")
        assert admitted
        state = learn(state, JIMAKU, tape.now, hear_jimaku(200, headers, tape.now))


@pytest.mark.parametrize(("quota", "limit", "locks"), [(ANILIST, 30, True), (AMVSTRM, 60, False)])
@pytest.mark.parametrize("seed", range(5))
def test_a_stranger_who_spends_half_of_a_window_is_left_room(quota: Quota, limit: int, locks: bool, seed: int) -> None:
    tape, dice = Tape(), random.Random(seed)
    server, state, locked, refused = Window(tape, limit), PaceState(), 0.0, [0, 0]
    theirs, ours = NOW + 1.0, 0

    def admit(who: int) -> Heard:
        """Answer as AniList, which shuts for a minute, or as amvstrm."""
        nonlocal locked
        if tape.now < locked:
            refused[who] += 1
            return Heard(0, locked - tape.now + 1.0)
        admitted, left, wait = server.admit("household")
        if not admitted:
            refused[who] += 1
            locked = tape.now + 60.0 if locks else 0.0
            return Heard(0, (60.0 if locks else wait) + 1.0)
        return Heard(left)

    while ours < 300:
        turn = plan(state, quota, tape.now, Urgency.BACKFILL)
        moment = tape.now + turn.wait
        if theirs <= moment:
            tape.now = max(tape.now, theirs)
            theirs += 60.0 / limit * 2 * dice.uniform(0.5, 1.5)
            admit(1)
            continue
        tape.now = moment + 1e-6
        if turn.wait <= 0:
            state = learn(turn.state, quota, tape.now, admit(0))
            ours += 1
    assert refused[0] <= 3
    assert ours / ((tape.now - NOW) / 60.0) > 0.75 * limit / 2


def test_a_stranger_who_spends_half_costs_at_most_one_429_per_hundred() -> None:
    tape = Tape()
    server, state = Gcra(tape), PaceState()
    theirs, ours, refused = NOW, 0, 0
    while ours < 1000:
        turn = plan(state, JIMAKU, tape.now, Urgency.BACKFILL)
        then_at = tape.now + turn.wait
        if theirs <= then_at and turn.wait > 0:
            tape.now, theirs = max(tape.now, theirs), theirs + 4.8
            server.admit("household")
            continue
        tape.now = then_at + 1e-6
        if turn.wait > 0:
            continue
        admitted, headers = server.admit("household")
        state = learn(turn.state, JIMAKU, tape.now, hear_jimaku(200 if admitted else 429, headers, tape.now))
        ours, refused = ours + 1, refused + (not admitted)
    assert refused <= 10
    assert ours / ((tape.now - NOW) / 4.8) > 0.9


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {"x-ratelimit-remaining": "24", "x-ratelimit-reset": "1795312800"}, Heard(24)),
        (200, {"x-ratelimit-remaining": "24", "x-ratelimit-limit": "25"}, Heard(24, None, 25)),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.9200025"}, Heard(0, 1.9200025)),
        (200, {"x-ratelimit-remaining": "3", "x-ratelimit-reset-after": "50"}, Heard(3)),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "4.3"}, Heard(0, 4.3)),
        (429, {}, Heard(None, 2.4)),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "9e9"}, Heard(0, 60.0)),
        (200, {"x-ratelimit-remaining": "nan"}, Heard()),
        (200, {"x-ratelimit-remaining": "many"}, Heard()),
        (200, {"x-ratelimit-remaining": "1e300"}, Heard(1_000_000)),
    ],
)
def test_jimaku_headers(status: int, headers: dict[str, str], heard: Heard) -> None:
    assert hear_jimaku(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {"x-ratelimit-remaining": "29"}, Heard(29)),
        (429, {"retry-after": "42", "x-ratelimit-remaining": "0"}, Heard(0, 43.0)),
        (429, {"x-ratelimit-reset": str(int(NOW) + 20)}, Heard(0, 21.0)),
        (429, {"x-ratelimit-reset": "1795000020", "date": "Wed, 18 Nov 2026 11:06:30 GMT"}, Heard(0, 31.0)),
        (429, {}, Heard(0, 60.0)),
        (429, {"retry-after": "-5"}, Heard(0, 1.0)),
        (429, {"retry-after": "86400"}, Heard(0, 120.0)),
        (503, {"retry-after": "7"}, Heard(None, 7.0)),
    ],
)
def test_anilist_headers(status: int, headers: dict[str, str], heard: Heard) -> None:
    assert hear_anilist(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {"ratelimit-remaining": "3", "ratelimit-reset": "18"}, Heard(3)),
        (200, {"ratelimit-limit": "80", "ratelimit-remaining": "3"}, Heard(3, None, 80)),
        (200, {"x-ratelimit-remaining": "3", "x-ratelimit-reset": str(NOW + 18)}, Heard(3)),
        (200, {"ratelimit-remaining": "0", "ratelimit-reset": "18"}, Heard(0, 19.0)),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW + 18)}, Heard(0, 19.0)),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5", "apicache-version": "1"}, Heard()),
        (429, {"ratelimit-reset": "18"}, Heard(None, 19.0)),
        (429, {"ratelimit-reset": "18", "retry-after": "60"}, Heard(None, 60.0)),
        (429, {}, Heard(None, 60.0)),
    ],
)
def test_amvstrm_headers(status: int, headers: dict[str, str], heard: Heard) -> None:
    assert hear_amvstrm(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {}, Heard()),
        (429, {}, Heard(None, 30.0)),
        (
            503,
            {"retry-after": "Wed, 18 Nov 2026 11:07:00 GMT", "date": "Wed, 18 Nov 2026 11:06:30 GMT"},
            Heard(None, 30.0),
        ),
        (503, {"retry-after": "soon"}, Heard()),
    ],
)
def test_any_servers_headers(status: int, headers: dict[str, str], heard: Heard) -> None:
    assert hear_plain(status, headers, NOW) == heard


def test_remaining_one_may_be_none_so_nothing_is_sent_on_it() -> None:
    state = learn(PaceState(), JIMAKU, NOW, Heard(1))
    assert plan(state, JIMAKU, NOW, Urgency.ON_SCREEN).wait > 0


@pytest.mark.parametrize(("limit", "interval"), [(10, 6.012), (25, 2.4048), (500, 2.4048), (0, 2.4048), (1, 60.0)])
def test_a_server_that_allows_less_is_asked_less(limit: int, interval: float) -> None:
    state = learn(PaceState(), JIMAKU, NOW, Heard(limit=limit))
    state = plan(state, JIMAKU, NOW, Urgency.ON_SCREEN).state
    assert state.tat - NOW == pytest.approx(interval)


def test_the_servers_wait_is_kept_by_everybody() -> None:
    turn = plan(learn(PaceState(), JIMAKU, NOW, Heard(0, 4.3)), JIMAKU, NOW + 1, Urgency.ON_SCREEN)
    assert turn.held
    assert turn.wait == pytest.approx(3.3)


def test_an_emptied_window_is_waited_out_from_where_it_began() -> None:
    state = learn(PaceState(), ANILIST, NOW, Heard(29))
    state = learn(state, ANILIST, NOW + 10, Heard(0))
    assert plan(state, ANILIST, NOW + 10, Urgency.ON_SCREEN).wait == pytest.approx(51.0)


def test_a_window_that_a_stranger_began_is_another_one() -> None:
    state = learn(PaceState(), ANILIST, NOW, Heard(20))
    state = learn(state, ANILIST, NOW + 100, Heard(1))
    state = learn(state, ANILIST, NOW + 102, Heard(0))
    assert plan(state, ANILIST, NOW + 102, Urgency.ON_SCREEN).wait == pytest.approx(59.0)


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("urgency", list(Urgency))
@given(
    state=st.builds(PaceState, st.floats(), st.floats(), st.floats(), st.integers(), st.integers(), st.integers()),
    heard=st.builds(Heard, st.none() | st.integers(0, 1000), st.none() | st.floats(0, 1e9)),
)
def test_a_damaged_row_costs_a_bounded_wait(quota: Quota, urgency: Urgency, state: PaceState, heard: Heard) -> None:
    longest = (quota.burst + 1) * quota.longest
    for damaged in (state, learn(state, quota, NOW, heard)):
        turn = plan(damaged, quota, NOW, urgency)
        assert 0 <= turn.wait <= longest
        assert math.isfinite(turn.state.tat)


def test_a_clock_set_back_costs_at_most_one_bucket() -> None:
    state = plan(PaceState(), JIMAKU, NOW, Urgency.ON_SCREEN).state
    assert plan(state, JIMAKU, NOW - 86400, Urgency.BACKFILL).wait <= 23 * JIMAKU.interval


def test_delays_double_to_the_longest_and_are_jittered() -> None:
    assert list(itertools.islice(delays(1, 10, lambda: 1.0), 6)) == [1, 2, 4, 8, 10, 10]
    assert list(itertools.islice(delays(1, 10, lambda: 0.0), 3)) == [0.5, 1, 2]


@pytest.mark.parametrize(
    ("status", "html", "kind"),
    [
        (200, False, "fine"),
        (304, False, "fine"),
        (302, False, "unavailable"),
        (400, False, "odd"),
        (401, False, "refused"),
        (403, False, "refused"),
        (403, True, "unavailable"),
        (404, False, "odd"),
        (408, False, "unavailable"),
        (429, False, "throttled"),
        (502, True, "unavailable"),
    ],
)
def test_statuses_by_kind(status: int, html: bool, kind: str) -> None:
    assert verdict_on(status, html=html) == kind


@pytest.mark.parametrize(
    ("error", "next_step"),
    [
        (Unavailable("h", "x"), "retry"),
        (Throttled("h", "x", 1.0), "retry"),
        (Malformed("h", "x"), "retry once"),
        (Refused("h", "x"), "stop"),
        (Missing("h", "x"), "give up"),
    ],
)
def test_fatal_or_transient(error: ProviderError, next_step: str) -> None:
    assert then(error) == next_step
