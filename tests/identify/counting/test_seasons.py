"""The season map's format: stretches of seasons, and other services' ids."""

from __future__ import annotations

import json

import pytest

from kotozoe.identify.counting.seasons import OtherId, SeasonRow, parse_seasons


def rows(text: str) -> list[tuple[int, int | None, int]]:
    whole = {"7": {"tvdb_id": 70, "tvdb_mappings": {"s1": text}}}
    return [(r.begin, r.end, r.first) for r in parse_seasons(json.dumps(whole)).rows]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", [(1, None, 1)]),
        ("e1", [(1, 1, 1)]),
        ("e13-e25", [(13, 25, 1)]),
        ("e24-26", [(24, 26, 1)]),
        ("e13-", [(13, None, 1)]),
        ("e1-e5,e7-e9", [(1, 5, 1), (7, 9, 6)]),
        ("e1-e16|2", []),  # one number stands for two
        ("nonsense", []),
        ("e9-e3", []),
    ],
)
def test_a_stretch_is_read(text: str, read: list[tuple[int, int | None, int]]) -> None:
    assert rows(text) == read


def test_an_episode_of_the_season_is_counted_in_the_media() -> None:
    row = SeasonRow(7, 70, 1, 13, 25)
    assert [row.episode(n) for n in (12, 13, 25, 26)] == [None, 1, 13, None]


@pytest.mark.parametrize(
    ("mappings", "read"),
    [
        ({"s2": "e1-e21", "s1": "e1-e32", "s3": "e1-e18"}, [(1, 1), (2, 33), (3, 54)]),
        ({"s1": "e1-e2,e4", "s2": "e1-"}, [(1, 1), (1, 3), (2, 4)]),
        ({"s1": "e1-e12", "s2": "", "s3": ""}, [(1, 1), (2, 13), (3, 0)]),  # how long season 2 is, is not told
        ({"s1": "e1-e3,nonsense", "s2": "e1-e5,e7"}, [(1, 1), (2, 0), (2, 0)]),
        ({"s0": "e4", "s1": "e1-e12", "s2": "e1-e5"}, [(0, 0), (1, 1), (2, 0)]),  # nor where the special comes
        ({"s0": "e4-e5"}, [(0, 1)]),
    ],
)
def test_a_media_counts_on_through_its_seasons(mappings: dict[str, str], read: list[tuple[int, int]]) -> None:
    whole = {"7": {"tvdb_id": 70, "tvdb_mappings": mappings}}
    assert [(r.season, r.first) for r in parse_seasons(json.dumps(whole)).rows] == read


def test_where_the_count_goes_on_is_not_guessed() -> None:
    row = SeasonRow(7, 70, 2, 1, 12, first=0)
    assert row.episode(3) is None
    assert not row.counts(3)


@pytest.mark.parametrize(("number", "counted"), [(13, False), (14, True), (25.5, True), (26, False)])
def test_a_season_holds_numbers_of_the_media(number: float, counted: bool) -> None:
    assert SeasonRow(7, 70, 2, 1, 12, first=14).counts(number) is counted


def test_what_is_no_season_is_passed_over() -> None:
    whole = {"7": {"tvdb_id": 70, "tvdb_mappings": {"movie": "e1", "s1": None, "s2": "e1"}}, "8": {"tvdb_mappings": {}}}
    assert [r.season for r in parse_seasons(json.dumps(whole)).rows] == [2]


def test_other_ids_are_read_alone_and_in_lists() -> None:
    whole = {"7": {"anidb_id": 3, "imdb_id": ["tt1", "tt2"], "tmdb_movie_id": None}, "x": {}, "8": []}
    assert parse_seasons(json.dumps(whole)).ids == (
        OtherId("anidb", "3", 7),
        OtherId("imdb", "tt1", 7),
        OtherId("imdb", "tt2", 7),
    )


@pytest.mark.parametrize("text", ["[]", "{", "null"])
def test_what_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_seasons(text)
