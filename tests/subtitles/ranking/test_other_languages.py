"""Files in another language, by their names, are for the user's hand alone."""

from __future__ import annotations

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.rank import Choice, Preferences, choose, choose_readable
from kotozoe.subtitles.ranking.tags import read_tags
from tests.subtitles.ranking.made import NAME, chosen, run

VIDEO = "[Hane] Kaze no Renshuu - 03 (1080p).mkv"


def choice_of(files: list[str], preferences: Preferences | None = None, episode: int = 3) -> Choice:
    wanted = ranking_target(VIDEO.replace("03", f"{episode:02}"), episode, None, (NAME,), Background())
    return choose(tuple(map(SubtitleFile, files)), wanted, preferences or Preferences())


@pytest.mark.parametrize(
    "name",
    [
        "[Tori] Kaze no Renshuu [03][1080p][CHS].ass",
        "[Tori] Kaze no Renshuu 03 [WebRip 1080p HEVC-10bit AAC].SC.ass",
        "[Tori][风之练习][03][1080p][CHT].ass",
        "[Tori] Kaze no Renshuu [03][简体内嵌].ass",
        "[Tori] Kaze no Renshuu [03][CHS&CHT].ass",
        "Kaze_no_Renshuu_BD_CHS.7z",
        "CHS 03.ass",
        "繁體-03.ass",
    ],
)
def test_a_file_that_is_named_as_chinese_is_not_chosen_but_offered(name: str) -> None:
    choice = choice_of([name])
    assert (choice.file, choice.ranked) == (None, ())
    assert [r.file.name for r in choice.by_hand] == [name]
    assert "in Chinese only" in choice.why


@pytest.mark.parametrize(
    "name",
    [
        "[Tori] Kaze no Renshuu [03][BDRip].JPSC.ass",
        "[Tori] Kaze no Renshuu [03][BDRip][CHS, JPN].ass",
        "[Tori] Kaze no Renshuu [03][CHS&JPN].ass",
        "[Tori] Kaze no Renshuu [03][JPN+CHS&CHT].ass",
        "[Tori] Kaze no Renshuu [03][GB][简日双语字幕].ass",
        "简日双语-03.ass",
        "JPN_03.srt",
        "[Tori] Kaze no Renshuu - 03.en.ass",  # of the video's language, or of who made it, as often
        "Kaze no Renshuu.S01E03.Chinese.Restaurant.srt",
    ],
)
def test_a_bilingual_file_and_one_that_says_another_language_are(name: str) -> None:
    assert chosen([name], VIDEO, 3) == name


def test_japanese_goes_first_even_where_a_chinese_file_is_named_as_the_video() -> None:
    alike, other = "[Hane] Kaze no Renshuu - 03 (1080p).chs.ass", "[Tori] Kaze no Renshuu - 03.srt"
    choice = choice_of([alike, other])
    assert choice.file == SubtitleFile(other)
    assert [r.file.name for r in choice.ranked] == [other]


def test_a_word_of_the_title_is_no_language() -> None:
    assert read_tags("[Hane] Kaze-san Chi no Renshuu - OVA (BD 1080p)", 0).languages == ()


def test_who_wants_chinese_or_picks_the_file_gets_it() -> None:
    name = "[Tori] Kaze no Renshuu - 03.chs.ass"
    assert choice_of([name], Preferences(languages=("zh",))).file == SubtitleFile(name)
    assert choice_of([name], Preferences(picked=name)).file == SubtitleFile(name)


def test_japanese_may_come_where_it_ends_before_the_episode() -> None:
    chinese = run("[Tori] Kaze no Renshuu - {:02}.chs.ass", 1, 5)
    choice = choice_of([*chinese, *run("[Hane] Kaze no Renshuu - {:02}.srt", 1, 3)], episode=5)
    assert choice.yet
    assert choice.why == "no file for episode 5 yet: the only one is, by its name, in Chinese only"
    gap = choice_of([*chinese, *run("[Hane] Kaze no Renshuu - {:02}.srt", 4, 6)], episode=3)
    assert (gap.file, gap.yet) == (None, False)


def test_a_format_that_cannot_be_read_is_said_so_and_takes_no_chinese_file_away() -> None:
    files = (SubtitleFile("Kaze no Renshuu - 03.chs.ass"), SubtitleFile("Kaze no Renshuu - 03.txt"))
    choice = choose_readable(files, ranking_target(VIDEO, 3, None, (NAME,), Background()), Preferences())
    assert "cannot be read" in choice.why
    assert [r.file.name for r in choice.by_hand] == ["Kaze no Renshuu - 03.chs.ass"]


ENGLISH = ["[Hane] Kaze no Renshuu - 03 (1080p) ENG.ass", "[Hane] Kaze no Renshuu - 04 (1080p) ENG.ass"]


def test_a_language_is_believed_where_the_same_names_stand_in_a_wanted_one() -> None:
    assert choice_of(ENGLISH).file == SubtitleFile(ENGLISH[0])
    choice = choice_of([*ENGLISH, "[Hane] Kaze no Renshuu - 04 (1080p) [JPN].srt"])
    assert (choice.file, [r.file.name for r in choice.by_hand]) == (None, ENGLISH[:1])
    assert choice.why == "no file for episode 3: the only one is, by its name, in English only"
    assert choice_of([*ENGLISH, "[Tori] Kaze no Renshuu - 04.ja.srt"]).file == SubtitleFile(ENGLISH[0])


@pytest.mark.parametrize("tag", ["ENG", "[KOR]", "(ABCD1234).en"])
def test_the_videos_own_name_does_not_help_another_language(tag: str) -> None:
    japanese = "Kaze no Renshuu 3.srt"
    assert choice_of([f"[Hane] Kaze no Renshuu - 03 (1080p) {tag}.ass", japanese]).file == SubtitleFile(japanese)
