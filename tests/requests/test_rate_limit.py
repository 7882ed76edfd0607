from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotozoe.errors import Malformed, Missing, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Urgency
from kotozoe.requests.rate_limit import (
    AMVSTRM,
    ANILIST,
    JIMAKU,
    Quota,
    RateLimitHeaders,
    RateLimitState,
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
from tests.fakes.limits import Gcra, Window

NOW = 1_795_000_000.0
QUOTAS = [JIMAKU, ANILIST, AMVSTRM]


class Tape:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def burst(quota: Quota, urgency: Urgency, state: RateLimitState | None = None, now: float = NOW) -> int:
    """Count the requests that may go at one moment."""
    state = state or RateLimitState()
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
    state, now = RateLimitState(), NOW
    for _ in range(1000):
        turn = plan(state, quota, now, urgency)
        now += turn.wait
        state = plan(state, quota, now + 1e-6, urgency).state
    assert (now - NOW) / 1000 == pytest.approx(60.0 / quota.limit, rel=0.03)


def test_a_running_backfill_leaves_nearly_the_whole_burst_to_the_screen() -> None:
    state, now = RateLimitState(), NOW
    for _ in range(50):
        now += plan(state, JIMAKU, now, Urgency.BACKFILL).wait + 1e-6
        state = plan(state, JIMAKU, now, Urgency.BACKFILL).state
    assert burst(JIMAKU, Urgency.ON_SCREEN, state, now) >= 19


def test_a_backfill_gets_99_5_percent_of_what_the_server_permits() -> None:
    tape = Tape()
    server, state, sent = Gcra(tape), RateLimitState(), 0
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


class Household:
    """A backfill and a screen, each one request at a time, with one budget before a server of fixed minutes.

    `travels` are the seconds that a request or an answer may be on its way. AniList `locks`: it shuts for a minute.
    """

    def __init__(
        self, quota: Quota, server: Window, tape: Tape, *, travels: tuple[float, float], seed: int = 0, more: int = 0
    ) -> None:
        self.quota, self.server, self.tape, self.more = quota, server, tape, more
        self.dice, self.travels = random.Random(seed), travels
        self.locks, self.locked = quota is ANILIST, 0.0
        self.state = RateLimitState()
        self.steps: list[tuple[float, int, Callable[[], None]]] = []
        self.arrived: list[float] = []
        self.waits: list[float] = []
        self.refused = self.turned_away = 0

    def run(self, count: int, *, screen: float = 0.0, stranger: float = 0.0) -> float:
        """Return the share of what is permitted that was used after the first burst."""
        self.at(0.0, lambda: self.ask(Urgency.BACKFILL, self.tape.now, 0.0))
        if screen:
            self.at(screen, lambda: self.ask(Urgency.ON_SCREEN, self.tape.now, screen))
        if stranger:
            self.at(stranger, lambda: self.intrude(stranger))
        while len(self.arrived) < count + 3:
            moment, _, step = heapq.heappop(self.steps)
            self.tape.now = max(self.tape.now, moment)
            step()
        times = self.arrived[3:]
        return (len(times) - 1) * 60.0 / self.server.limit / (times[-1] - times[0])

    def at(self, wait: float, step: Callable[[], None]) -> None:
        heapq.heappush(self.steps, (self.tape.now + wait, self.dice.getrandbits(60), step))

    def ask(self, urgency: Urgency, began: float, every: float) -> None:
        turn = plan(self.state, self.quota, self.tape.now, urgency)
        if turn.wait > 0:
            self.at(turn.wait + self.dice.uniform(0, 0.003), lambda: self.ask(urgency, began, every))
            return
        if urgency is Urgency.ON_SCREEN:
            self.waits.append(self.tape.now - began)
        self.state, sent = turn.state, self.tape.now
        self.at(self.dice.uniform(*self.travels), lambda: self.arrive(urgency, sent, every))

    def arrive(self, urgency: Urgency, sent: float, every: float) -> None:
        self.arrived.append(self.tape.now)
        heard = self.admit()
        self.refused += heard.wait is not None
        self.at(self.dice.uniform(*self.travels), lambda: self.hear(urgency, sent, every, heard))

    def admit(self) -> RateLimitHeaders:
        now, limit = self.tape.now, self.server.limit + self.more
        if now < self.locked:
            return RateLimitHeaders(0, self.locked - now + 1.0, limit)
        admitted, left, wait = self.server.admit("household")
        if admitted:
            return RateLimitHeaders(left + self.more, None, limit)
        self.locked = now + 60.0 if self.locks else 0.0
        return RateLimitHeaders(0, (60.0 if self.locks else wait) + 1.0, limit)

    def hear(self, urgency: Urgency, sent: float, every: float, heard: RateLimitHeaders) -> None:
        self.state = learn(self.state, self.quota, self.tape.now, heard, sent)
        pause = every * self.dice.uniform(0.5, 1.5)
        self.at(pause, lambda: self.ask(urgency, self.tape.now, every))

    def intrude(self, every: float) -> None:
        self.turned_away += self.admit().wait is not None
        self.at(every * self.dice.uniform(0.5, 1.5), lambda: self.intrude(every))


FIXED = [(ANILIST, 30, False), (AMVSTRM, 30, False), (AMVSTRM, 30, True)]


@pytest.mark.parametrize(("quota", "limit", "beats"), FIXED)
def test_fixed_minutes_are_used_to_99_5_percent(quota: Quota, limit: int, beats: bool) -> None:
    tape = Tape()
    house = Household(quota, Window(tape, limit, beats=beats), tape, travels=(0.0, 0.0))
    assert house.run(500) >= 0.995
    assert not house.refused


@pytest.mark.parametrize(("quota", "limit", "beats"), FIXED)
@pytest.mark.parametrize("travels", [(0.001, 0.005), (0.05, 0.2), (0.02, 0.7)])
@pytest.mark.parametrize("seed", range(3))
def test_two_processes_never_meet_the_end_of_a_minute_and_the_screen_waits_for_no_longer_than_an_interval(
    quota: Quota, limit: int, beats: bool, travels: tuple[float, float], seed: int
) -> None:
    tape = Tape()
    house = Household(quota, Window(tape, limit, beats=beats), tape, travels=travels, seed=seed)
    assert house.run(500, screen=20.0) >= 0.985 - travels[1] / 60.0 - max(0.0, sum(travels) * limit / 60.0 - 0.5)
    assert not house.refused
    assert len(house.waits) > 20
    assert max(house.waits) <= 60.15 / limit


def test_a_limit_that_is_told_too_high_is_not_believed() -> None:
    tape = Tape()
    house = Household(ANILIST, Window(tape, 30), tape, travels=(0.05, 0.2), more=60)
    assert house.run(500, screen=20.0) >= 0.98
    assert not house.refused


def test_minutes_that_end_later_than_said_cost_one_refusal() -> None:
    tape = Tape()
    house = Household(ANILIST, Window(tape, 30, window=60.9), tape, travels=(0.01, 0.05))
    house.run(500, screen=20.0)
    assert house.refused == 1


def test_the_screen_at_full_speed_holds_still_at_the_end_of_a_minute() -> None:
    tape = Tape()
    server, state = Window(tape, 30), RateLimitState()
    for _ in range(200):
        while (turn := plan(state, ANILIST, tape.now, Urgency.ON_SCREEN)).wait > 0:
            tape.now += turn.wait + 1e-6
        admitted, remaining, _ = server.admit("us")
        assert admitted
        state = learn(turn.state, ANILIST, tape.now, RateLimitHeaders(remaining), tape.now)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from(list(Urgency)), st.floats(0, 0.4)), max_size=200))
def test_whatever_is_asked_when_the_server_never_refuses(asked: list[tuple[float, Urgency, float]]) -> None:
    tape = Tape()
    server, state = Gcra(tape), RateLimitState()
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


@pytest.mark.parametrize(("quota", "limit", "beats"), FIXED)
@pytest.mark.parametrize("seed", range(5))
def test_a_stranger_who_spends_half_of_a_minute_is_left_room(quota: Quota, limit: int, beats: bool, seed: int) -> None:
    tape = Tape()
    house = Household(quota, Window(tape, limit, beats=beats), tape, travels=(0.02, 0.2), seed=seed)
    assert house.run(300, screen=30.0, stranger=120.0 / limit) > 0.75 / 2
    assert house.refused <= 3
    assert not house.turned_away


def test_a_stranger_who_spends_half_costs_at_most_one_429_per_hundred() -> None:
    tape = Tape()
    server, state = Gcra(tape), RateLimitState()
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
        (200, {"x-ratelimit-remaining": "24", "x-ratelimit-reset": "1795312800"}, RateLimitHeaders(24)),
        (200, {"x-ratelimit-remaining": "24", "x-ratelimit-limit": "25"}, RateLimitHeaders(24, None, 25)),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.9200025"}, RateLimitHeaders(0, 1.9200025)),
        (200, {"x-ratelimit-remaining": "3", "x-ratelimit-reset-after": "50"}, RateLimitHeaders(3)),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "4.3"}, RateLimitHeaders(0, 4.3)),
        (429, {}, RateLimitHeaders(None, 2.4)),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "9e9"}, RateLimitHeaders(0, 60.0)),
        (200, {"x-ratelimit-remaining": "nan"}, RateLimitHeaders()),
        (200, {"x-ratelimit-remaining": "many"}, RateLimitHeaders()),
        (200, {"x-ratelimit-remaining": "1e300"}, RateLimitHeaders(1_000_000)),
    ],
)
def test_jimaku_headers(status: int, headers: dict[str, str], heard: RateLimitHeaders) -> None:
    assert hear_jimaku(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {"x-ratelimit-remaining": "29"}, RateLimitHeaders(29)),
        (429, {"retry-after": "42", "x-ratelimit-remaining": "0"}, RateLimitHeaders(0, 43.0)),
        (429, {"x-ratelimit-reset": str(int(NOW) + 20)}, RateLimitHeaders(0, 21.0)),
        (429, {"x-ratelimit-reset": "1795000020", "date": "Wed, 18 Nov 2026 11:06:30 GMT"}, RateLimitHeaders(0, 31.0)),
        (429, {}, RateLimitHeaders(0, 60.0)),
        (429, {"retry-after": "-5"}, RateLimitHeaders(0, 1.0)),
        (429, {"retry-after": "86400"}, RateLimitHeaders(0, 120.0)),
        (503, {"retry-after": "7"}, RateLimitHeaders(None, 7.0)),
    ],
)
def test_anilist_headers(status: int, headers: dict[str, str], heard: RateLimitHeaders) -> None:
    assert hear_anilist(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {"ratelimit-remaining": "3", "ratelimit-reset": "18"}, RateLimitHeaders(3, ends=19.0)),
        (200, {"ratelimit-limit": "80", "ratelimit-remaining": "3"}, RateLimitHeaders(3, None, 80)),
        (200, {"x-ratelimit-remaining": "3", "x-ratelimit-reset": str(NOW + 18)}, RateLimitHeaders(3, ends=19.0)),
        (200, {"ratelimit-remaining": "0", "ratelimit-reset": "18"}, RateLimitHeaders(0, ends=19.0)),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5", "apicache-version": "1"}, RateLimitHeaders()),
        (429, {"ratelimit-reset": "18"}, RateLimitHeaders(0, 19.0)),
        (429, {"ratelimit-reset": "18", "retry-after": "60"}, RateLimitHeaders(0, 60.0)),
        (429, {}, RateLimitHeaders(0, 60.0)),
    ],
)
def test_amvstrm_headers(status: int, headers: dict[str, str], heard: RateLimitHeaders) -> None:
    assert hear_amvstrm(status, headers, NOW) == heard


@pytest.mark.parametrize(
    ("status", "headers", "heard"),
    [
        (200, {}, RateLimitHeaders()),
        (429, {}, RateLimitHeaders(None, 30.0)),
        (
            503,
            {"retry-after": "Wed, 18 Nov 2026 11:07:00 GMT", "date": "Wed, 18 Nov 2026 11:06:30 GMT"},
            RateLimitHeaders(None, 30.0),
        ),
        (503, {"retry-after": "soon"}, RateLimitHeaders()),
    ],
)
def test_any_servers_headers(status: int, headers: dict[str, str], heard: RateLimitHeaders) -> None:
    assert hear_plain(status, headers, NOW) == heard


def test_remaining_one_may_be_none_so_nothing_is_sent_on_it() -> None:
    state = learn(RateLimitState(), JIMAKU, NOW, RateLimitHeaders(1))
    assert plan(state, JIMAKU, NOW, Urgency.ON_SCREEN).wait > 0


@pytest.mark.parametrize(("limit", "interval"), [(10, 6.015), (25, 2.406), (500, 2.406), (0, 2.406), (1, 60.0)])
def test_a_server_that_allows_less_is_asked_less(limit: int, interval: float) -> None:
    state = learn(RateLimitState(), JIMAKU, NOW, RateLimitHeaders(limit=limit))
    state = plan(state, JIMAKU, NOW, Urgency.ON_SCREEN).state
    assert state.tat - NOW == pytest.approx(interval)


def test_the_servers_wait_is_kept_by_everybody() -> None:
    turn = plan(learn(RateLimitState(), JIMAKU, NOW, RateLimitHeaders(0, 4.3)), JIMAKU, NOW + 1, Urgency.ON_SCREEN)
    assert turn.held
    assert turn.wait == pytest.approx(3.3)


def test_an_emptied_minute_is_waited_out_from_where_it_began() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(29))
    state = learn(state, ANILIST, NOW + 10, RateLimitHeaders(0))
    turn = plan(state, ANILIST, NOW + 10, Urgency.ON_SCREEN)
    assert turn.wait == pytest.approx(50.15)
    assert turn.held


def test_the_end_of_a_minute_that_is_told_counts() -> None:
    state = learn(RateLimitState(), AMVSTRM, NOW, RateLimitHeaders(0, ends=18.0))
    assert plan(state, AMVSTRM, NOW, Urgency.ON_SCREEN).wait == pytest.approx(18.0)


def test_a_minute_that_a_stranger_began_is_another_one() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(20))
    state = plan(state, ANILIST, NOW + 100, Urgency.ON_SCREEN).state
    state = learn(state, ANILIST, NOW + 100, RateLimitHeaders(1))
    state = learn(state, ANILIST, NOW + 102, RateLimitHeaders(0))
    assert plan(state, ANILIST, NOW + 102, Urgency.ON_SCREEN).wait == pytest.approx(58.15)


def test_an_answer_from_the_minute_before_says_nothing_of_the_present_one() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(29))
    state = plan(state, ANILIST, NOW + 61, Urgency.BACKFILL).state
    state = learn(
        state, ANILIST, NOW + 62, RateLimitHeaders(0), sent=NOW + 59
    )  # before the first answer out of the new minute
    state = learn(state, ANILIST, NOW + 63, RateLimitHeaders(29), sent=NOW + 61)
    state = learn(state, ANILIST, NOW + 64, RateLimitHeaders(0), sent=NOW + 59)  # and after it
    assert state.remaining == 29


def test_what_is_left_of_a_minute_is_spent_evenly() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(10))
    assert plan(state, ANILIST, NOW, Urgency.BACKFILL).wait == pytest.approx(60.15 - 10 * 60.15 / 30)
    assert plan(state, ANILIST, NOW, Urgency.ON_SCREEN).wait == 0


def test_some_are_left_to_others_at_the_end_of_a_minute() -> None:
    state = learn(
        learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(29)), ANILIST, NOW, RateLimitHeaders(13)
    )  # others spent 16
    assert plan(state, ANILIST, NOW, Urgency.BACKFILL).wait == pytest.approx(60.15 - (13 - 2) * 60.15 / 30)


def test_a_503_with_a_wait_is_no_request_too_many() -> None:
    state = learn(
        learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(20)), ANILIST, NOW, RateLimitHeaders(None, 7.0)
    )
    assert (state.remaining, state.others) == (20, 0)


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("urgency", list(Urgency))
@given(
    state=st.builds(
        RateLimitState, st.floats(), st.floats(), st.floats(), st.floats(), st.integers(), st.integers(), st.integers()
    ),
    heard=st.builds(
        RateLimitHeaders,
        st.none() | st.integers(0, 1000),
        st.none() | st.floats(0, 1e9),
        ends=st.none() | st.floats(0, 1e9),
    ),
)
def test_a_damaged_row_costs_a_bounded_wait(
    quota: Quota, urgency: Urgency, state: RateLimitState, heard: RateLimitHeaders
) -> None:
    longest = (quota.burst + 1) * quota.longest
    for damaged in (state, learn(state, quota, NOW, heard)):
        turn = plan(damaged, quota, NOW, urgency)
        assert 0 <= turn.wait <= longest
        assert math.isfinite(turn.state.tat)


def test_a_clock_set_back_costs_at_most_one_bucket() -> None:
    state = plan(RateLimitState(), JIMAKU, NOW, Urgency.ON_SCREEN).state
    assert plan(state, JIMAKU, NOW - 86400, Urgency.BACKFILL).wait <= 23 * 2.41


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
