"""Every way in which a name may say its episode, right or wrong as the site's own filter may read it."""

from __future__ import annotations

import pytest

from kotozoe.subtitles.ranking.file_names import read_name, split_extension
from kotozoe.subtitles.ranking.tags import read_tags

# (name, first, last, season)
NUMBERED = [
    # kept by the site, and right
    ("X.S01E05.1080p.ass", 5, 5, 1),
    ("X - 05.srt", 5, 5, None),
    ("X - 05v2.srt", 5, 5, None),
    ("[G] X 12-END (TVK 1080p).ass", 12, 12, None),
    ("X - 12-END.ass", 12, 12, None),
    ("[G] X [05][1080p].ass", 5, 5, None),
    ("X 05.srt", 5, 5, None),
    ("X_05_JP.srt", 5, 5, None),
    ("X (3).srt", 3, 3, None),
    ("X【03】.srt", 3, 3, None),
    ("X #05.srt", 5, 5, None),
    ("X＃02.srt", 2, 2, None),
    ("第05話.srt", 5, 5, None),
    ("X 05話.srt", 5, 5, None),
    ("EP05.srt", 5, 5, None),
    ("E05.srt", 5, 5, None),
    ("2x05.srt", 5, 5, 2),
    ("X S2 - 05.srt", 5, 5, None),
    ("X 01-28.zip", 1, 28, None),
    ("X 01~12.zip", 1, 12, None),
    ("X EP 05-06.srt", 5, 6, None),
    ("X - 1071.srt", 1071, 1071, None),
    # kept, and wrong there
    ("X S01E01-E02.srt", 1, 2, 1),
    ("X.S01E05.E06.srt", 5, 6, 1),
    ("X S01E05-06.srt", 5, 6, 1),
    ("X 01 - 12.zip", 1, 12, None),
    ("Title S1E3 - Title of episode 9.srt", 3, 3, 1),
    ("X - ED1.srt", 1, 1, None),
    ("X PV2.srt", 2, 2, None),
    ("X - SP01.srt", 1, 1, None),
    ("X - OVA 2.ass", 2, 2, None),
    ("X Special 1.srt", 1, 1, None),
    # dropped there
    ("05.srt", 5, 5, None),
    ("5.srt", 5, 5, None),
    ("Title03.srt", 3, 3, None),
    ("Title-03.srt", 3, 3, None),
    ("風-03.srt", 3, 3, None),
    ("简日双语-03.ass", 3, 3, None),
    ("X 第５話.srt", 5, 5, None),
    ("X ＃０５.srt", 5, 5, None),
    ("０５.srt", 5, 5, None),
    ("X 第十話.srt", 10, 10, None),
    ("第五話.srt", 5, 5, None),
    ("第01回.srt", 1, 1, None),
    ("その5.srt", 5, 5, None),
    ("X E05-E06.srt", 5, 6, None),
    ("X E001E002.srt", 1, 2, None),
    ("X S01E01E02.srt", 1, 2, 1),
    ("X 24.5.srt", 24.5, 24.5, None),
    ("X 05a.srt", 5, 5, None),
    ("X 01〜12.zip", 1, 12, None),
    ("X (第01-12話).zip", 1, 12, None),
    ("X 全12話.zip", 1, 12, None),
    ("X [01-28TV全集].zip", 1, 28, None),
    ("X.2024.05.srt", 5, 5, None),
    ("X S00E01.srt", 1, 1, 0),
    # and others
    ("X - 03,04 「風 ／ 雨」 (AT-X 1280x720 x264 AAC).ass", 3, 4, None),
    ("X_011-012.srt", 11, 12, None),
    (".timedS1E20.srt", 20, 20, 1),
    ("X 02(1).srt", 2, 2, None),
    ("[G] X - 07 [720p][2x Subs][EDBBCA75] - Episode 07 [with honorifics].ass", 7, 7, None),
    ("[G] X BD 07.ass", 7, 7, None),
    ("[G] X 07 BD 1080p.ass", 7, 7, None),
    ("X_s01e012_tv_hv_or_ja_en_v00.ass", 12, 12, 1),
    ("X - 12 END (BSN TV 1080p HEVC AAC).ass", 12, 12, None),
]


@pytest.mark.parametrize(("name", "first", "last", "season"), NUMBERED, ids=[n[0] for n in NUMBERED])
def test_the_number_of_a_name_is_read(name: str, first: float, last: float, season: int | None) -> None:
    slots = read_name(name).slots
    assert [(s.first, s.last, s.season) for s in slots] == [(first, last, season)]


@pytest.mark.parametrize(
    "name", ["X S01.zip", "X vol.1.zip", "OVA.srt", "SP.srt", "X Movie.srt", "X (2021).srt", "X 1080p.srt"]
)
def test_seasons_volumes_years_and_resolutions_are_no_episodes(name: str) -> None:
    assert read_name(name).slots == ()


def test_a_second_number_that_counts_on_is_kept_beside_the_first() -> None:
    assert read_name("X.S02E07.第35話 風.WEBRip.Amazon.ja-jp[sdh].srt").counted_on == 35
    assert read_name("X S02E04 (28).srt").counted_on == 28
    assert read_name("X S01E03 - Episode 9.srt").counted_on is None


def test_half_an_episode_is_known_as_such() -> None:
    assert [s.half for s in read_name("X 05a.srt").slots] == [True]


def test_only_extensions_of_subtitles_and_archives_are_split_off() -> None:
    assert split_extension("a.b.SRT") == ("a.b", "srt")
    assert split_extension("a.b") == ("a.b", "")


@pytest.mark.parametrize(
    ("name", "languages", "source", "service"),
    [
        ("X.S01E01.WEBRip.Netflix.ja[cc].srt", ("ja",), "web", "netflix"),
        ("X.S01E01.WEBRip.Amazon.ja-jp[sdh].srt", ("ja",), "web", "amazon"),
        ("[G] X [01][BDRip].JPSC.ass", ("ja", "zh"), "bd", ""),
        ("[G] X - 01 [WebRip 1080p][CHS, JPN].ass", ("ja", "zh"), "web", ""),
        ("[G] X - 01 [WebRip 1080p][JPN].ass", ("ja",), "web", ""),
        ("[G] X - 01 [x264 AAC Sub(GB,BIG5,JP)]_track5_jpn.ass", ("ja",), "", ""),
        ("X - 01 (AT-X 1440x1080 MPEG2 AAC).ass", (), "tv", ""),
        ("X.S01E01.1080p.AMZN.WEB-DL.DDP2.0.H.264-GRP.ja.srt", ("ja",), "web", "amazon"),
        ("X - 01 (BD 1920x1080).ass", (), "bd", ""),
        ("X - 01 (1080p) [ABCD1234].jpn.ass", ("ja",), "", ""),
        ("X - 01.chs.ass", ("zh",), "", ""),
        ("X - 01.en.srt", ("en",), "", ""),
        ("X S01E05 The Web of the Cat.srt", (), "web", ""),
    ],
)
def test_tags_are_read(name: str, languages: tuple[str, ...], source: str, service: str) -> None:
    reading = read_name(name)
    tags = read_tags(reading.stem, reading.slots[0].start)
    assert set(tags.languages) == set(languages)
    assert (tags.source, tags.service) == (source, service)


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("X - 01.[Generated by Whisper].srt", "machine"),
        ("X - 01 (OCR converted).srt", "machine"),
        ("X - 01.ja[cc].srt", "captions"),
        ("X - 01.CC.ja.srt", "captions"),
        ("X - 01 [Signs & Songs].ass", "signs"),
        ("X - 01.ja.forced.srt", "signs"),
    ],
)
def test_marks_of_quality_are_read(name: str, mark: str) -> None:
    reading = read_name(name)
    assert getattr(read_tags(reading.stem, reading.slots[0].start), mark)


def test_a_name_counts_on_in_kanji_too() -> None:
    assert read_name("X.S03E05.第二十九話.Y.srt").counted_on == 29
    assert read_name("X.S03E05.第29話.Y.srt").counted_on == 29


def test_a_code_page_is_no_episode() -> None:
    assert read_name("[G][X][SP][GB_BIG5_JPN].ass").slots == ()


@pytest.mark.parametrize(
    ("tag", "languages"),
    [
        ("en-us", ("en",)),
        ("fil-ph", ("fil",)),
        ("es-419", ("es",)),
        ("ja-jp[sdh]", ("ja",)),
        ("ja-en", ("en", "ja")),
        ("zh-tw", ("zh",)),
        ("BD-re", ()),
    ],
)
def test_a_language_may_stand_with_a_country(tag: str, languages: tuple[str, ...]) -> None:
    assert read_tags(f"X.S01E01.WEBRip.Amazon.{tag}", 1).languages == languages
