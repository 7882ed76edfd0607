"""When the catalogue and the reference lists are read again."""

from __future__ import annotations

import pytest

from kotozoe.decide.freshness import DAY, Reading, catalogue_due, reference_due

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
        (NOW + DAY, None, Reading()),
        (NOW - 2 * DAY, NOW + DAY, Reading(after=NOW - 2 * DAY)),
    ],
)
def test_the_catalogue_is_read_by_delta_daily_and_whole_weekly(
    whole_at: float | None, delta_at: float | None, due: Reading | None
) -> None:
    assert catalogue_due(NOW, whole_at, delta_at) == due


@pytest.mark.parametrize(
    ("read_at", "due"), [(None, True), (NOW - 6 * DAY, False), (NOW - 7 * DAY, True), (NOW + 1, True)]
)
def test_reference_lists_are_read_weekly(read_at: float | None, due: bool) -> None:
    assert reference_due(NOW, read_at) is due
