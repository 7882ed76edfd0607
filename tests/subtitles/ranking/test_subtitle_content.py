"""What a subtitle's text is, by looking at it."""

from __future__ import annotations

import pytest

from kotozoe.subtitles.ranking.subtitle_content import cues, japanese_share, unfit
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
