"""The season map's newer format: descriptors of any service, ranges of any shape, either direction."""

from __future__ import annotations

import json

import pytest

from kotozoe.identify.counting.seasons import OtherId, SeasonRow, parse_seasons


def rows(ranges: dict[str, object], *, backward: bool = False) -> list[tuple[int, int | None, int]]:
    ours, theirs = "anilist:7", "tvdb_show:70:s2"
    whole = {theirs: {ours: ranges}} if backward else {ours: {theirs: ranges}}
    found = parse_seasons(json.dumps(whole)).rows
    assert {(r.anilist_id, r.tvdb_id, r.season) for r in found} <= {(7, 70, 2)}
    return [(r.begin, r.end, r.first) for r in found]


@pytest.mark.parametrize(
    ("ranges", "stretches"),
    [
        ({"1-12": "13-24"}, [(13, 24, 1)]),
        ({"14-26": "1-13"}, [(1, 13, 14)]),
        ({"1-": "1-"}, [(1, None, 1)]),
        ({"1-11": "14-"}, [(14, None, 1)]),
        ({"1": "3"}, [(3, 3, 1)]),
        ({"1-12": "1-6,8-13"}, [(1, 6, 1), (8, 13, 7)]),
        ({"1-12": "1-,9-13"}, [(1, None, 1)]),
        ({"1-8": "1-8", "9-16": "9-16"}, [(1, 16, 1)]),  # no gap: one stretch
        ({"1-8": "1-8", "10-17": "9-16"}, [(1, 8, 1), (9, 16, 10)]),
        ({"1-24": "1-12|2"}, []),  # one number stands for two
        ({"1-12": None}, []),
        ({"1-12": 5}, []),
        ({"x": "1-12"}, []),
        ({"9-3": "1-7"}, []),
        ({"1-3": "x"}, []),
    ],
)
def test_ranges_of_ours_are_stretches_of_the_season(
    ranges: dict[str, object], stretches: list[tuple[int, int | None, int]]
) -> None:
    assert rows(ranges) == stretches


@pytest.mark.parametrize(
    ("ranges", "stretches"),
    [
        ({"13-24": "1-12"}, [(13, 24, 1)]),
        ({"13-": "1-"}, [(13, None, 1)]),
        ({"1-12": "1-6,8-13"}, [(1, 6, 1), (7, 12, 8)]),
    ],
)
def test_ranges_of_the_season_are_read_too(
    ranges: dict[str, object], stretches: list[tuple[int, int | None, int]]
) -> None:
    assert rows(ranges, backward=True) == stretches


def test_a_season_told_from_both_sides_is_taken_from_ours() -> None:
    whole = {"tvdb_show:70:s1": {"anilist:7": {"1-12": "1-12"}}, "anilist:7": {"tvdb_show:70:s1": {"1-13": "1-13"}}}
    assert parse_seasons(json.dumps(whole)).rows == (SeasonRow(7, 70, 1, 1, 13),)


def test_other_ids_are_those_of_the_same_thing() -> None:
    found = parse_seasons(
        json.dumps(
            {
                "$meta": {"version": "3.0.3"},
                "$includes": [],
                "mal:7": {"tvdb_show:70:s1": {"1": "1"}},
                "wikidata:1": {"anilist:7": {"1": "1"}},
                "anilist:x": {"anidb:1:R": {"1": "1"}},
                "anidb:3:R": {"anilist:7": {"1-12": "1-12"}},
                "anilist:7": {
                    "anidb:4:S": {"1": "1"},  # a special of that anime is this media, not the anime
                    "tmdb_show:5:s1": {"1-12": "1-12"},
                    "tmdb_movie:6": {"1": "1"},
                    "tmdb_movie:8": {"1-3": "1|3"},  # three episodes in one film
                    "imdb_movie:tt0009": {"1": "1"},
                    "tvdb_show:70:s1": {"1-12": None},
                    "tvdb_show:71": {"1-12": "1-12"},
                    "mal:7": {"1-12": "1-12"},
                    "anidb:11:R": [],
                    "": {},
                },
            }
        )
    )
    assert found.rows == ()
    assert set(found.ids) == {
        OtherId("anidb", "3", 7),
        OtherId("mal", "7", 7),
        OtherId("tmdb-tv", "5", 7),
        OtherId("tmdb-movie", "6", 7),
        OtherId("imdb", "tt0009", 7),
        OtherId("tvdb", "71", 7),
    }
