"""Cutting a name: the reading that is wanted is among those that are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.identify.names.kanji import kanji_number
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.pieces import pieces
from kotozoe.identify.names.reading import cut, extra

CASES = [
    ("[Group] Kaze no Uta - 05 (1080p) [ABCD1234]", "Kaze no Uta", None, 5),
    ("[Group]_Kaze_no_Uta_-_05v2_[ABCD1234]", "Kaze no Uta", None, 5),
    ("Kaze.no.Uta.S02E05.1080p.WEB-DL.x264-GRP", "Kaze no Uta", 2, 5),
    ("Kaze no Uta - 2x05 - The Rain", "Kaze no Uta", 2, 5),
    ("Kaze no Uta 第05話 「雨」", "Kaze no Uta", None, 5),
    ("風の歌 第十二話", "風の歌", None, 12),
    ("風の歌 第三話", "風の歌", None, 3),
    ("風の歌 第二十話", "風の歌", None, 20),
    ("Kaze S2016E05", "Kaze", None, 5),
    ("風の歌 ＃036", "風の歌", None, 36),
    ("[Group][Kaze no Uta][05][1080p]", "Kaze no Uta", None, 5),
    ("【字幕组】★04月新番★[风之歌／Kaze no Uta][05][1080p]", "风之歌／Kaze no Uta", None, 5),
    ("【Group】★【Kaze no Uta】[24（END）][GB][720P_MP4]", "Kaze no Uta", None, 24),
    ("[Group] Kaze 100 - 05", "Kaze 100", None, 5),
    ("[Group] 2.5 Kaze - 17", "2.5 Kaze", None, 17),
    ("[Group] Kaze (2019) - 09 [1080p]", "Kaze (2019)", None, 9),
    ("Kaze no Uta 10 (1)", "Kaze no Uta", None, 10),
    ("[Group].Kaze.148.[Xvid]", "Kaze", None, 148),
    ("Kaze_[01_of_24]_[ru_jp]", "Kaze", None, 1),
    ("[Group] Kaze - 12.5 (1080p)", "Kaze", None, 12.5),
    ("NanaRaws Kaze no Uta! - 01v2 (1080p)", "Kaze no Uta!", None, 1),
    ("S01E03-The Rain [ABCD1234]", "", 1, 3),
    ("05", "", None, 5),
    ("Kaze.no.Uta.2016.1080p.BluRay.x264", "Kaze no Uta", None, None),
    ("Kaze no Uta S01E01.1080p", "Kaze no Uta", 1, 1),
    ("[Group]_Kaze_-_01b_[ABCD1234]", "Kaze", None, 1),
    ("Kaze no Uta 2-01", "Kaze no Uta 2", None, 1),
    ("Kaze-no-Uta-656 The Long Rain (Part 1)", "Kaze-no-Uta", None, 656),
    ("[Kaze no Uta][05][1080p][Group]", "Kaze no Uta", None, 5),
    ("kaze-no-uta-06-1080p", "kaze no uta", None, 6),
    ("Kaze!!-06", "Kaze!!", None, 6),
    ("Kaze no Uta [06 из 24]", "Kaze no Uta", None, 6),
    ("Kaze no Uta #3.25", "Kaze no Uta", None, 3.25),
    ("Kaze.no.Uta.S01E01.1.1080p.WEB-DL", "Kaze no Uta", 1, 1),
    ("[Group][風の歌／Kaze no Uta][02(57)][1080p]", "風の歌／Kaze no Uta", None, 2),
    ("[Group]_Kaze_-_EX01_[BD]", "Kaze", None, 1),
    ("Level 1 Kaze no Uta 06", "Level 1 Kaze no Uta", None, 6),
]


@pytest.mark.parametrize(("name", "title_text", "season", "episode"), CASES)
def test_the_wanted_reading_is_made(name: str, title_text: str, season: int | None, episode: float | None) -> None:
    assert (title_text, season, episode) in [(r.title_text, r.parsed.season, r.parsed.episode) for r in cut(name)]


def test_a_double_says_where_it_ends() -> None:
    assert [(r.parsed.episode, r.parsed.episode_end) for r in cut("Kaze S01E01-E02")] == [(1, 2)]


def test_a_second_number_is_the_absolute_one() -> None:
    assert [r.parsed.absolute for r in cut("Kaze - S02E01 - 013 - Rain")] == [13]
    assert [r.parsed.absolute for r in cut("Kaze - S02E04 (28)[BD]")] == [28]


def test_a_special_is_known_by_the_word_beside_its_number() -> None:
    assert any(r.parsed.special for r in cut("[Group] Kaze - 03 OVA"))
    assert any((r.title_text, r.parsed.episode, r.parsed.special) == ("Kaze", 2, True) for r in cut("Kaze SP2"))
    assert not any(r.title_text == "" and r.parsed.special and r.parsed.place is NumberPlace.WORD for r in cut("OVA 2"))


@pytest.mark.parametrize(
    "name", ["Kaze - 14 (OVA)", "Kaze - 05 (OVA) [BD]", "Kaze - 05 [SP]", "Kaze S01E05 OVA", "Kaze S02E00"]
)
def test_a_mark_behind_the_number_makes_a_special_of_it(name: str) -> None:
    assert all(r.parsed.special for r in cut(name) if r.parsed.episode is not None)


@pytest.mark.parametrize(
    "name", ["Kaze - S01E03 - Special Training!", "Kaze - S01E05 - Special Guest", "Kaze - 05 - Special Guest"]
)
def test_the_title_of_an_episode_makes_no_special_of_it(name: str) -> None:
    assert not any(r.parsed.special for r in cut(name))


def test_a_number_before_a_year_is_the_films() -> None:
    assert not any(r.parsed.episode == 2 for r in cut("Kaze.2.2006.1080p"))


def test_the_sides_of_a_slash_are_titles() -> None:
    assert {"Kaze", "Uta"} <= set(pieces("Kaze / Uta"))


def test_a_year_is_no_episode() -> None:
    assert not any(r.parsed.episode == 2016 for r in cut("Kaze.no.Uta.2016.1080p"))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("[Group] Kaze - NCOP (BD 1080p)", "NCOP"),
        ("[Group] Kaze - NCED1 [ABCD1234]", "NCED"),
        ("[Group]_Kaze_OP4a_(1280x720)", "OP"),
        ("[Group] Kaze - EDv2 [1080p]", "ED"),
        ("[Group] Kaze - PV [ABCD1234]", "PV"),
        ("[Group] Kaze [NC02][Ma10p_1080p]", "NC02"),
        ("[Group] Kaze [NCED_EP1][Ma10p_1080p]", "NCED"),
        ("[Group] Kaze [DVD Menu 2][480p]", "DVD Menu 2"),  # and no mark of how it was made
        ("[Group] Kaze [Web Preview 03][1080p]", "Web Preview 03"),
        ("[Group] Kaze [Event Digest][1080p]", "Event Digest"),
        ("[Group] Kaze [IV01]", "IV01"),
        ("[Group] Kaze BDMenu", "BDMenu"),
        ("[Group] Kaze - 05 [NC][1080p]", ""),  # without credits, but an episode
        ("[Group] Kaze [SP01][1080p]", ""),
        ("[Group][Kaze no Event][05]", ""),
        ("[Group] Event Talk [05]", ""),
        ("Kaze - Creditless Opening 1", "Creditless"),
        ("Kaze S01E05 - Opening Night", ""),
        ("Kaze Episode 5 Reaction", "Reaction"),
        ("Kaze - Episode 5 (Reaction)", "Reaction"),
        ("Kaze walkthrough part 6", "walkthrough"),
        ("風の歌 第5話 リアクション", "リアクション"),
        ("Kaze - 05 - The Reaction", ""),
        ("Kaze S01E05 - Chain Reaction", ""),
        ("[Group] Kaze - 05 - The ED", ""),
        ("[Group] Kaze - 05", ""),
    ],
)
def test_an_extra_is_known_by_its_word(name: str, word: str) -> None:
    assert extra(name) == word


def test_a_season_goes_with_every_title_of_a_zone() -> None:
    assert {"kaze no uta 第2期", "風の歌 第2期"} <= set(pieces("風の歌 Kaze no Uta 第2期"))
    assert {"風の歌IV", "Kaze no Uta IV"} <= set(pieces("風の歌IV Kaze no Uta IV"))


def test_a_zone_of_two_scripts_gives_both_titles() -> None:
    assert {"Kaze no Uta", "風の歌"} <= set(pieces("Kaze no Uta (風の歌)"))


def test_a_subtitle_in_dashes_is_no_title_of_its_own() -> None:
    assert "the Long Rain" not in pieces("風の歌 -the Long Rain-")


def test_a_script_that_is_broken_or_a_letter_long_gives_no_title() -> None:
    assert pieces("風の歌 A") == ("風の歌",)
    assert pieces("風の歌 Kaze no Uta 雨の歌") == ("Kaze no Uta",)


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十二", 12), ("二十", 20), ("二十五", 25), ("百", 100), ("百二十三", 123), ("五", 5), ("一〇", 10)],
)
def test_kanji_numerals_are_read(text: str, number: int) -> None:
    assert kanji_number(text) == number


@given(st.text(max_size=500))
def test_any_text_is_cut_without_trouble(text: str) -> None:
    assert len(cut(text)) < 100
    extra(text)
