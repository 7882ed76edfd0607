"""Relation rules: the format with all its traps, and that counting there and back leads home."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.identify.counting.numbering import parse_rules

TEXT = """\ufeff# comment\r
::meta\r
- version: 1.3.0\r
::rules\r
- 1|1|100:13-24 -> 2|2|200:1-12!\r
- 3|3|300:12-23 -> ~|~|~:1-12\r
- 4|4|400:13 -> 5|5|500:1\r
- 6|6|600:25-? -> 7|7|700:1-?\r
- 8|8|?:1-3 -> 9|9|900:1-3\r
- 10|10|1000:5-8 -> 11|11|1100:1\r
- 12|12|1200:0 -> 13|?|1300:1\r
- broken line\r
"""


@pytest.mark.parametrize(
    ("media", "number", "place"),
    [
        (100, 13, (200, 1)),
        (100, 24, (200, 12)),
        (100, 12, None),
        (100, 25, None),
        (200, 13, (200, 1)),  # "!": also when already taken for the target
        (200, 1, None),
        (300, 12, (300, 1)),
        (400, 13, (500, 1)),
        (600, 40, (700, 16)),
        (900, 1, None),
        (1000, 5, (1100, 1)),
        (1000, 8, (1100, 1)),
        (1200, 0, (1300, 1)),
        (100, 13.5, None),
        (42, 1, None),
    ],
)
def test_a_number_leads_where_its_rule_says(media: int, number: float, place: tuple[int, int] | None) -> None:
    assert parse_rules(TEXT).find(media, number) == place


@given(st.integers(0, 500), st.integers(0, 60), st.integers(0, 100), st.booleans(), st.integers(0, 60))
def test_from_absolute_to_part_and_back_is_home(first: int, length: int, begin: int, both: bool, step: int) -> None:
    mark = "!" if both else ""
    rules = parse_rules(f"- ?|?|1:{first}-{first + length} -> ?|?|2:{begin}-{begin + length}{mark}")
    number = first + min(step, length)
    place = rules.find(1, number)
    assert place is not None
    assert number in rules.numbers(1, *place)
