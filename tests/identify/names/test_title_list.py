"""The list of titles: what is read of it, and what is passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kotozoe.identify.names.title_list import ListedMedia, parse_title_list


def item(anilist_id: object = "5", title: object = "風の歌", **more: Any) -> dict[str, Any]:
    sites = [{"site": "aniList", "id": anilist_id}, *({"site": s, "id": i} for s, i in more.pop("ids", {}).items())]
    return {"title": title, "titleTranslate": {}, "type": "tv", "begin": "", "sites": sites, **more}


def listed(*items: object) -> list[ListedMedia]:
    return list(parse_title_list(json.dumps({"siteMeta": {"x": {}}, "items": items}).encode()))


def test_names_of_every_language_kind_date_and_ids_are_read() -> None:
    ids = {"anidb": "91", "mal": "70", "tmdb": "movie/8", "danime": "9"}
    names = {"zh-Hans": ["风之歌", "风歌"], "en": ["Song of the Wind"]}
    (found,) = listed(item(ids=ids, titleTranslate=names, type="movie", begin="2016-04-05T15:00:00.000Z"))
    assert found == ListedMedia(
        5,
        ("風の歌", "风之歌", "风歌", "Song of the Wind"),
        "MOVIE",
        "2016-04-05",
        (("anidb", "91"), ("mal", "70"), ("tmdb-movie", "8")),
    )


@pytest.mark.parametrize(
    ("tmdb", "ids"),
    [
        ("tv/7", (("tmdb-tv", "7"),)),
        ("tv/7/season/1", (("tmdb-tv", "7"),)),
        ("tv/7/season/2", ()),  # the id of the show is not this part's
        ("tv/7/season/0", ()),
        ("tv/7/season/1/episode/3", ()),
        ("7", ()),
    ],
)
def test_an_id_of_a_show_is_that_of_its_first_part(tmdb: str, ids: tuple[tuple[str, str], ...]) -> None:
    assert listed(item(ids={"tmdb": tmdb}))[0].ids == ids


def test_what_stands_twice_is_one_media_with_all_names() -> None:
    found = listed(item("5"), item("6", "海の歌"), item("5", "風の歌 春編", ids={"mal": "70"}))
    assert {m.anilist_id: m.names for m in found} == {5: ("風の歌", "風の歌 春編"), 6: ("海の歌",)}
    assert {m.anilist_id: m.ids for m in found}[5] == (("mal", "70"),)


@pytest.mark.parametrize(
    "odd",
    [
        *("text", 5, None, [], {}),
        item(anilist_id=5),
        item(anilist_id="x"),
        item(anilist_id="0"),
        item(anilist_id="99999999999"),
        item(title=None),
        item(title=" "),
        {"title": "x", "sites": "x"},
        {"title": "x", "sites": [None, {"site": ["aniList"], "id": "7"}]},
    ],
)
def test_what_names_no_media_is_passed_over(odd: object) -> None:
    assert [m.anilist_id for m in listed(item(), odd)] == [5]


def test_odd_fields_are_left_out() -> None:
    (found,) = listed(item(titleTranslate=[1], type=["tv"], begin=5, ids={"mal": "x", "anidb": 3}))
    assert found == ListedMedia(5, ("風の歌",))
    (found,) = listed(item(titleTranslate={"en": "x", "zh-Hans": [7, "a\nb", "\ud800"]}, begin="soon"))
    assert found == ListedMedia(5, ("風の歌", "a\ufffdb", "\ufffd"), "TV")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": []}', '{"items": [{"title": "x"}]}', '{"items": 5}'])
def test_what_is_no_such_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        list(parse_title_list(text.encode()))


def test_of_a_list_that_is_cut_off_nothing_is_read() -> None:
    whole = json.dumps({"items": [item(str(n)) for n in range(1, 50)]}).encode()
    with pytest.raises(ValueError):
        next(parse_title_list(whole[:-20]))
