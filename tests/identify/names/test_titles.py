"""Titles as keys: many spellings, one key; season and part words become numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.identify.names.titles import (
    FINAL,
    Quality,
    key_of,
    name_rows,
    names_rows,
    sides,
    tidy,
    title_keys,
    without_season,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kaze no Renshuu", "kaze_no_renshu"),
        ("Kaze wo Matsu", "Kaze o Matsu"),
        ("HAJIME×HAJIME", "Hajime x Hajime"),
        ("Wind & Rain", "Wind and Rain"),
        ("Wind.Rain.Stories", "Wind & Rain Stories"),
        ("And.Then.Rain", "And Then Rain"),
        ("The Wind's Song", "Winds Song"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("Shimbun Club", "shinbun club"),
        ("Café Étoile", "cafe etoile"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert key_of(tidy(one)) == key_of(tidy(other))


@pytest.mark.parametrize(
    ("name", "key", "season", "part"),
    [
        ("Kaze 2nd Season", "kaze", 2, None),
        ("Kaze Season 3 Part 2", "kaze", 3, 2),
        ("Kaze III", "kaze", 3, None),
        ("Kaze II Part 2", "kaze", 2, 2),
        ("Kaze S2", "kaze", 2, None),
        ("Kaze S04P02", "kaze", 4, 2),
        ("Kaze Final Season", "kaze", FINAL, None),
        ("Kaze Cour 2", "kaze", None, 2),
        ("風 第2期", "風", 2, None),
        ("風 第二季", "風", 2, None),
        ("風 第2クール", "風", None, 2),
        ("Kaze Ni!", "kaze", 2, None),
    ],
)
def test_season_and_part_words_become_numbers(name: str, key: str, season: int | None, part: int | None) -> None:
    assert (key, season, part) in [(k.key, k.season, k.part) for k in title_keys(name)]


def test_a_hundred_at_the_end_of_a_title_is_no_season() -> None:
    assert [k.season for k in title_keys("Kaze 100")] == [None]


def test_a_side_of_a_name_keeps_the_season_that_the_whole_says() -> None:
    rows = name_rows("Kaze: The Long Rain Part 2")
    assert any((r.key, r.part, r.quality) == ("kaze", 2, Quality.SIDE) for r in rows)
    assert not any((r.key, r.part) == ("kaze", None) for r in rows)


def test_sides_come_longest_first() -> None:
    assert list(sides("A - B - C")) == ["A - B", "A", "B - C", "C"]


def test_season_words_are_taken_out() -> None:
    assert without_season("Kaze no Uta 2nd Season") == "kaze no uta"


@given(st.text(max_size=200))
def test_no_text_has_an_empty_key(text: str) -> None:
    assert all(row.key for row in name_rows(text))


WORDS = ["the", "The", "wo", "vs", "oo", "ei", "2", "II", "第2期", "season", "movie", "2019", "é", "Ⅲ", "ﬀ", "が\u3099"]
PIECES = st.lists(st.sampled_from([*WORDS, *"():~._&\n\x85"]))


@given(st.lists(PIECES.map(" ".join) | PIECES.map("".join) | st.text()))
def test_many_names_have_the_rows_that_each_has_alone(names: list[str]) -> None:
    alone = [[(key.key, key.season, key.part, key.quality) for key in name_rows(name)] for name in names]
    assert [list(rows) for rows in names_rows(names)] == alone
    own = [[(key.key, key.season, key.part, key.quality) for key in title_keys(name)] for name in names]
    whole = [[row for row in rows if row[3] <= Quality.STRIPPED] for rows in own]
    assert [list(rows) for rows in names_rows(names, parts=False)] == whole


@pytest.mark.parametrize(("name", "keys"), [("The", ["the"]), ("Thé.", ["the"]), ("The the", []), ("The End", ["end"])])
def test_an_article_is_no_word_of_a_key_unless_it_is_all_there_is(name: str, keys: list[str]) -> None:
    assert [key.key for key in title_keys(name)] == keys
