"""Names that recorders and broadcasters make: the title and the number are found, and days are never episodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.identify.names.reading import Reading, cut, number_first
from kotozoe.identify.names.recordings import without_broadcast


def surest(name: str) -> tuple[str, float | None]:
    reading: Reading = min(cut(name), key=lambda r: (r.parsed.place, -len(r.title_text)))
    return reading.title_text, reading.parsed.episode


@pytest.mark.parametrize(
    "name",
    [
        "2024年04月05日00時30分00秒-風の歌 第3話[字]",
        "202404050030010101-風の歌 第3話[字]",
        "20240405_0030_風の歌 #3_TOKYO MX",
        "[240405-0030][TOKYO MX1]風の歌 #3",
        "2024-04-05_00-30_風の歌 第3話_BS11",
        "5.4.2024 風の歌 第3話",
        "風の歌 第3話 [TOKYO MX 2024-04-05]",
        "風の歌 #3_20240405_BS11イレブン",
        "4月5日(金)00:30 風の歌 第3話",
        "BS11_ＡＮＩＭＥ＋　風の歌　第3話",
        "TOKYO MX 風の歌 第3話",
        "アニメ　風の歌　第３話「朝」[字]",
        "アニメA・風の歌 第3話「旅立ちの朝」[解][字]",
        "アニメイズム　風の歌　#3",
        "TVアニメ 風の歌 その3",
        "TVアニメ『風の歌』第3話",
        "アニメ「風の歌」 #3",
        "日５「風の歌」 #3",
        "0405_風の歌 #3",
        "金曜 23:30 風の歌 第3話",
        "アニメイズムＢ１　風の歌 #3",
        "日アニ！風の歌 #3",
        "風の歌［3］",
        "風の歌#3",
        "風の歌 最終回 第3話",
        "水曜アニメ＜雨＞「風の歌」第3話「朝」",
        "＜アニメギルド＞風の歌　＃３",
        "<アニメ>風の歌 #3",
        "【アニメ】風の歌 第3話",
        "🈟風の歌 第3話🈑",
        "[新]風の歌 #3[字][デ]",
        "[終]風の歌 第3話(最終話)",
        "【風の歌】 第3話「朝」",
        "[風の歌]#3",
    ],
)
def test_what_stands_around_a_title_is_not_part_of_it(name: str) -> None:
    assert surest(name) == ("風の歌", 3)


@pytest.mark.parametrize(
    ("name", "episode"),
    [
        ("風の歌 03話", 3),
        ("風の歌 3話", 3),
        ("風の歌 - 03話", 3),
        ("風の歌 第弐拾四話", 24),
        ("風の歌 ♯10", 10),
        ("風の歌 第10羽", 10),
        ("風の歌 第六羽", 6),
        ("風の歌 第十三訓「雨」", 13),
        ("風の歌 第3Q", 3),
        ("風の歌　MISSION：13", 13),
        ("風の歌 STAGE01", 1),
        ("風の歌 karte12", 12),
        ("風の歌 12軒目", 12),
        ("風の歌 6食目「鮭」", 6),
        ("風の歌 Lv．1", 1),
        ("風の歌　Ｃｈａｐｔｅｒ　１５", 15),
        ("風の歌 作戦28", 28),
        ("風の歌 Teil 9", 9),
        ("風の歌 track－3", 3),
        ("風の歌 エピソード7", 7),
        ("風の歌 三話", 3),
        ("風の歌 三の巻", 3),
        ("風の歌 File No.3", 3),
        ("風の歌03", 3),
        ("風の歌「旅立ちの朝」#3", 3),
        ("風の歌 「旅立ちの朝」(3)", 3),
        ("風の歌 第1950回", 1950),
    ],
)
def test_episodes_are_counted_in_many_words(name: str, episode: float) -> None:
    assert ("風の歌", episode) in [(r.title_text, r.parsed.episode) for r in cut(name)]


def test_a_counting_word_may_be_the_titles() -> None:
    assert ("Kaze Note", 5) in [(r.title_text, r.parsed.episode) for r in cut("Kaze Note 05")]
    assert all(r.title_text != "Kaze" for r in cut("Kaze Stage - 05"))
    assert not any(r.parsed.episode in (2, 3) for r in cut("風の歌 第2期 第三部"))


@pytest.mark.parametrize(
    "day",
    ["2024_07_09", "2024-07-09", "2024.07.09", "2024_7_7", "2024_07_07_01_30", "20240709", "2024年7月9日", "9.7.2024"],
)
def test_a_day_is_no_episode_and_no_year(day: str) -> None:
    for name in (f"Kaze no Uta {day}", f"[Group] Kaze no Uta ({day})", f"Kaze_no_Uta_{day}"):
        assert {(r.title_text, r.parsed.episode, r.parsed.year) for r in cut(name)} == {("Kaze no Uta", None, None)}


@pytest.mark.parametrize("name", ["Kaze no Uta 2024-13-45 - 05", "Kaze no Uta 20249999 - 05"])
def test_what_is_no_day_stays(name: str) -> None:
    assert without_broadcast(name) == name


@pytest.mark.parametrize(
    "name", ["NHK ni Kaze no Uta - 05", "アニメガーデン 第5話", "アニメ 第5話", "<kaze/>", "ABC Kaze"]
)
def test_a_title_that_begins_like_a_slot_is_kept(name: str) -> None:
    assert without_broadcast(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "05 - Kaze no Uta",
        "05. Kaze no Uta",
        "[05] Kaze no Uta",
        "第05話 Kaze no Uta",
        "E5 - Kaze no Uta",
        "Episode 5 Kaze no Uta (1080p)",
        "【第5話】TVアニメ『Kaze no Uta』",
        "第5話「旅立ちの朝」Kaze no Uta",
    ],
)
def test_a_title_may_follow_its_number(name: str) -> None:
    assert [(r.title_text, r.parsed.episode) for r in number_first(name)] == [("Kaze no Uta", 5)]


@given(st.text(max_size=400))
def test_any_text_is_cleared_without_trouble(text: str) -> None:
    without_broadcast(text)
    number_first(text)
