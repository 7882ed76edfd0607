"""When the catalogue and the reference lists are read again."""

from __future__ import annotations

import pytest

from kotozoe.decide.freshness import Reading, catalogue_due, facts_fresh, listing_fresh, reference_due, search_fresh
from kotozoe.model import Facts

DAY = 86_400.0
NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("whole_at", "delta_at", "due"),
    [
        (None, None, Reading()),
        (NOW - DAY / 2, None, None),
        (NOW - DAY, None, Reading(after=NOW - 3 * DAY)),
        (NOW - 3 * DAY, NOW - DAY / 2, None),
        (NOW - 3 * DAY, NOW - 2 * DAY, Reading(after=NOW - 4 * DAY)),
        (NOW - 7 * DAY, NOW - 1, Reading()),
        (NOW + DAY / 2, None, None),
        (NOW + 8 * DAY, None, Reading()),
        (NOW - 2 * DAY, NOW + DAY, Reading(after=NOW - 2 * DAY)),
    ],
)
def test_the_catalogue_is_read_by_delta_daily_and_whole_weekly(
    whole_at: float | None, delta_at: float | None, due: Reading | None
) -> None:
    assert catalogue_due(NOW, whole_at, delta_at) == due


@pytest.mark.parametrize(
    ("read_at", "due"), [(None, True), (NOW - 6 * DAY, False), (NOW - 7 * DAY, True), (NOW + 8 * DAY, True)]
)
def test_reference_lists_are_read_weekly(read_at: float | None, due: bool) -> None:
    assert reference_due(NOW, read_at) is due


@pytest.mark.parametrize(
    ("facts", "age", "fresh"),
    [
        (Facts(1, status="FINISHED"), 400 * DAY, True),
        (Facts(1, status="RELEASING"), DAY / 3, True),
        (Facts(1, status="RELEASING"), DAY / 2, False),
        (Facts(1), DAY, False),
        (None, DAY / 2, True),
        (None, DAY, False),
        (None, -2 * DAY, False),
    ],
)
def test_facts_of_a_finished_media_hold_for_good_and_others_for_a_while(
    facts: Facts | None, age: float, fresh: bool
) -> None:
    assert facts_fresh(facts, NOW - age, NOW) is fresh


def test_an_empty_search_is_put_again_sooner_than_one_that_found_something() -> None:
    assert search_fresh(True, NOW - 2 * DAY, NOW)
    assert not search_fresh(False, NOW - 2 * DAY, NOW)


def test_a_listing_is_evidence_for_half_a_day() -> None:
    assert listing_fresh(NOW - DAY / 3, NOW)
    assert not listing_fresh(NOW - DAY, NOW)
