"""When the catalogue and the reference lists are read again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.model import Entry, Facts, Listing, Relation
from kotozoe.store.freshness import (
    Awaited,
    CatalogueDue,
    ask_again_at,
    catalogue_due,
    facts_fresh,
    given_up,
    listing_holds,
    look_again,
    reference_due,
    search_fresh,
)

DAY = 86_400.0
NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("whole_at", "delta_at", "due"),
    [
        (None, None, CatalogueDue()),
        (NOW - DAY / 2, None, None),
        (NOW - DAY, None, CatalogueDue(after=NOW - 3 * DAY)),
        (NOW - 3 * DAY, NOW - DAY / 2, None),
        (NOW - 3 * DAY, NOW - 2 * DAY, CatalogueDue(after=NOW - 4 * DAY)),
        (NOW - 7 * DAY, NOW - 1, CatalogueDue()),
        (NOW + DAY / 2, None, None),
        (NOW + 8 * DAY, None, CatalogueDue()),
        (NOW - 2 * DAY, NOW + DAY, CatalogueDue(after=NOW - 2 * DAY)),
    ],
)
def test_the_catalogue_is_read_by_delta_daily_and_whole_weekly(
    whole_at: float | None, delta_at: float | None, due: CatalogueDue | None
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
        (Facts(1, status="FINISHED", relations=(Relation("OTHER", 2), Relation("SEQUEL", 3))), 900 * DAY, True),
        (Facts(1, status="FINISHED", relations=(Relation("OTHER", 2),)), 6 * DAY, True),
        (Facts(1, status="FINISHED", relations=(Relation("OTHER", 2),)), 7 * DAY, False),
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


READ = Listing(7, (), NOW - DAY, entry_modified=NOW - 3 * DAY)


@pytest.mark.parametrize(
    ("listing", "entry", "holds"),
    [
        (READ, Entry(7, "A", last_modified=NOW - 3 * DAY), True),
        # brought over from elsewhere: changed after it was read, dated before
        (READ, Entry(7, "A", last_modified=NOW - 2 * DAY), False),
        (READ, None, False),
        (replace(READ, read_at=NOW - DAY / 3), None, True),
        (replace(READ, read_at=NOW - 7 * DAY), Entry(7, "A", last_modified=NOW - 3 * DAY), False),
        (replace(READ, read_at=NOW + DAY), Entry(7, "A", last_modified=NOW - 3 * DAY), True),
        (replace(READ, read_at=NOW + 8 * DAY), Entry(7, "A", last_modified=NOW - 3 * DAY), False),
        (replace(READ, entry_modified=0.0), Entry(7, "A", last_modified=NOW - DAY / 2), False),
        (replace(READ, entry_modified=0.0), Entry(7, "A", last_modified=NOW - 2 * DAY), True),
    ],
)
def test_a_listing_holds_until_its_entry_moves(listing: Listing, entry: Entry | None, holds: bool) -> None:
    assert listing_holds(listing, entry, NOW) is holds


def test_what_is_not_there_yet_is_asked_for_ever_more_seldom() -> None:
    waits = [(ask_again_at(Awaited(7, "x", NOW, NOW, times)) - NOW) / 60 for times in (1, 2, 3, 8, 9, 500)]
    assert waits == [5, 10, 20, 640, 720, 720]


@pytest.mark.parametrize(
    ("asked", "times", "now", "again"),
    [
        (NOW, 1, NOW + 299, False),
        (NOW, 1, NOW + 300, True),
        (NOW, 3, NOW + 300, False),
        (0.0, 9, NOW, True),
        (NOW + DAY, 9, NOW, True),  # the clock was set back
    ],
)
def test_whoever_plays_it_keeps_to_that(asked: float, times: int, now: float, again: bool) -> None:
    assert look_again(Awaited(7, "x", NOW, asked, times), Listing(7, (), asked), now) is again


@pytest.mark.parametrize(("ago", "again"), [(299.0, False), (301.0, True)])
def test_who_opens_an_awaited_episode_is_a_reason_to_look(ago: float, again: bool) -> None:
    awaited = Awaited(7, "x", NOW - DAY, NOW - ago, 7)  # due in five hours
    assert look_again(awaited, Listing(7, (), NOW - DAY), NOW, opened=True) is again
    assert not look_again(awaited, Listing(7, (), NOW - DAY), NOW)


def test_what_nobody_has_missed_yet_is_looked_for_unless_it_was_just_read() -> None:
    assert look_again(None, Listing(7, (), NOW - 301), NOW)
    assert not look_again(None, Listing(7, (), NOW - 299), NOW)


def test_after_a_fortnight_it_is_given_up() -> None:
    assert not given_up(Awaited(7, "x", NOW, NOW, 1), NOW + 13 * DAY)
    assert given_up(Awaited(7, "x", NOW, NOW, 1), NOW + 14 * DAY)
