"""What a subtitle's text is, by looking at it."""

from __future__ import annotations

import pytest

from kotozoe.subtitles.ranking.subtitle_content import cues, japanese_share, unfit, wrong_length
from tests.subtitles.texts import CHINESE, LINE, ass, srt, vtt


@pytest.mark.parametrize(
    "text", [srt(), vtt(), ass(), srt(newline="\r\n"), "\n".join(f"{{{n}}}{{{n + 40}}}{LINE}" for n in range(9))]
)
def test_japanese_dialogue_is_fit(text: str) -> None:
    assert unfit(text) == ""


def test_bilingual_lines_are_fit_and_translations_are_not() -> None:
    assert unfit(srt(f"{CHINESE}\n{LINE}")) == ""
    assert unfit(ass(CHINESE, 100) + ass(LINE, 100).partition("Effect, Text\n")[2]) == ""
    assert "not Japanese" in unfit(srt(CHINESE))
    assert "not Japanese" in unfit(srt("The wind is blowing."))
    assert "not Japanese" in unfit(ass("The wind is blowing.", 300) + ass(LINE, 30).partition("Effect, Text\n")[2])


def test_other_languages_are_not_judged_by_script() -> None:
    assert unfit(srt("The wind is blowing."), ("en",)) == ""
    assert unfit(srt("The wind is blowing."), ("ja", "en")) == ""


def test_signs_alone_are_no_dialogue() -> None:
    assert "signs" in unfit(ass(style="Signs"))
    assert "signs" in unfit(srt(count=20, step=70))
    assert unfit(srt(count=20, step=5)) == ""  # a short


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no lines"),
        ("1\n00:00:01,000 --> 00:00:02,000\nあ\n", "only 1"),
        (srt(count=4000, step=6), "hours"),
        ("just words", "no lines"),
    ],
)
def test_what_cannot_be_an_episode_is_said(text: str, reason: str) -> None:
    assert reason in unfit(text)


def test_broken_numbering_and_line_ends_do_not_matter() -> None:
    stamps = ("00:00:01,000 --> 00:00:02,000\r\n", "0:0:3.5 --> 0:0:4.5\n", "00:00:05,000-->00:00:06,000\n")
    text = "".join(f"7\r\n{stamp}{LINE}\r\n" for stamp in stamps)
    assert [(c.begin, c.text) for c in cues(text)] == [(1.0, LINE), (3.5, LINE), (5.0, LINE)]


def test_a_broken_moment_is_the_beginning() -> None:
    assert [(c.begin, c.end) for c in cues(f"Dialogue: 0,soon,0:00:02.50,Default,,0,0,0,,{LINE}\n")] == [(0.0, 2.5)]


def test_drawings_and_overrides_are_no_text() -> None:
    head = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"
    events = f"[Events]\n{head}{{\\p1}}m 0 0 l 9 9{{\\p0}}\n{head}{{\\i1}}風が{{\\i0}}、\\N吹く\n"
    assert [c.text for c in cues(events)] == ["風が 、 吹く"]
    assert japanese_share(cues(events)) == 1.0


def test_what_stands_in_angle_brackets_is_a_tag_only_if_it_looks_like_one() -> None:
    text = srt(f"<{LINE}>")
    assert unfit(text) == ""
    assert [c.text for c in cues(srt("<i>風</i><b>が</b><00:00:01.000>吹く<c.red>", 1))] == ["風  が  吹く 0"]


def test_karaoke_in_thousands_of_rows_does_not_outvote_the_talk() -> None:
    rows = ass("ka ze ga fu ku", 3000, 0, style="Default").partition("Effect, Text\n")[2]
    assert unfit(ass(LINE, 300) + rows) == ""
    styled = ass("の", 900, 1, style="OP karaoke").partition("Effect, Text\n")[2]
    assert "not Japanese" in unfit(ass("The wind is blowing.", 300) + styled)


@pytest.mark.parametrize("stamp", ["9" * 5000, "0:0:" + "9" * 400, "inf", "nan"])
def test_absurd_moments_are_bounded(stamp: str) -> None:
    found = cues(f"Dialogue: 0,{stamp},{stamp},Default,,0,0,0,,{LINE}\n{{{stamp}}}{{{stamp}}}{LINE}")
    assert all(0 <= c.begin <= 3_600_000 for c in found)


@pytest.mark.parametrize(
    ("minutes", "video", "several", "wrong"),
    [
        (23.7, 24, False, False),
        (23.7, 92, False, True),
        (88, 24, False, True),
        (80, 92, False, False),  # credits
        (19, 24, False, False),  # no lines in ending and preview
        (30, 24, False, False),  # with advertisements
        (47, 24, False, True),
        (47, 24, True, False),  # both episodes in one file
        (23.7, 47, False, True),
        (3, 5, False, False),
        (30, 5, False, True),
        (23.7, 0, False, False),  # not known
        (23.7, 2, False, False),  # a sample
    ],
)
def test_the_videos_length_tells_what_cannot_be_its_subtitle(
    minutes: float, video: float, several: bool, wrong: bool
) -> None:
    text = srt(count=int(minutes * 12), step=5)
    assert bool(wrong_length(text, video * 60, several=several)) is wrong


def test_a_reason_of_length_says_both() -> None:
    assert wrong_length(srt(count=284), 92 * 60) == "its last line ends at 23:38, and the video is 1:32:00 long"
    assert wrong_length(srt(count=1000), 24 * 60) == "it goes on until 1:21:43, and the video is 24:00 long"


def test_a_stray_line_far_behind_does_not_make_a_subtitle_long() -> None:
    stray = "900\n03:00:00,000 --> 03:00:02,000\nend\n"
    assert wrong_length(srt(count=280) + stray, 24 * 60) == ""
