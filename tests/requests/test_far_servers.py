from __future__ import annotations

import pytest

from kotozoe.model import Urgency
from kotozoe.requests.rate_limit import ANILIST, RateLimitHeaders, RateLimitState, learn, plan
from tests.fakes.far import FAR, FarService, fetch_far

NOW = 1_795_000_000.0


@pytest.mark.parametrize("service", FAR, ids=lambda service: service.name)
@pytest.mark.parametrize(("travel", "jitter"), [(0.1, 0.0), (0.5, 0.25), (1.0, 0.25), (2.0, 0.0), (2.0, 0.25)])
def test_a_server_that_is_far_away_is_asked_at_95_percent_of_what_it_permits(
    service: FarService, travel: float, jitter: float
) -> None:
    share, refused = fetch_far(service, 100, travel, jitter=jitter)
    assert share >= 0.95
    assert not refused


@pytest.mark.parametrize("service", FAR, ids=lambda service: service.name)
def test_the_screen_in_a_hurry_is_not_refused_by_a_server_far_away(service: FarService) -> None:
    assert not fetch_far(service, 130, 2.0, jitter=0.5, urgency=Urgency.ON_SCREEN)[1]


def test_what_is_on_its_way_when_a_minute_begins_counts_as_ours() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(29), sent=NOW - 4.0, in_flight=2)
    state = learn(state, ANILIST, NOW + 2, RateLimitHeaders(28), sent=NOW - 2.0, in_flight=1)
    assert (state.remaining, state.others) == (27, 0)


def test_an_answer_out_of_a_new_minute_counts_though_it_was_sent_in_the_old_one() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(0))
    state = plan(state, ANILIST, NOW + 61, Urgency.BACKFILL).state
    state = learn(state, ANILIST, NOW + 62, RateLimitHeaders(29), sent=NOW + 58)
    assert (state.remaining, state.since) == (29, NOW + 62)


def test_half_of_a_round_trip_is_saved_at_the_end_of_a_minute() -> None:
    state = learn(RateLimitState(), ANILIST, NOW, RateLimitHeaders(0))
    assert plan(state, ANILIST, NOW, Urgency.ON_SCREEN, round_trip=4.0).wait == pytest.approx(58.15)
    assert plan(state, ANILIST, NOW + 58.2, Urgency.ON_SCREEN, round_trip=4.0).wait == 0
