"""Text with its lines moved is otherwise the same text."""

from __future__ import annotations

import difflib

import pytest

from kotozoe.timing.fitting.cues import Cue, Piece, Transform, moved
from kotozoe.timing.references.text import Untimed, cues_of, retimed

ASS = """[Script Info]
Title: テスト
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Yu Gothic,72,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,-1,0,0,0,100,100,0,0,1,3.5,2,2,60,60,50,128

[Fonts]
fontname: foo.ttf
!!!!!"#$%&'()*+,-./0123456789

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:10.00,0:00:11.00,Default,,0,0,0,template line,{\\k10}x
Dialogue: 1,0:01:02.34,0:01:05.67,Default,歌,0,0,0,karaoke,{\\k20}あ{\\kf33\\t(0,100,\\fscx120)}いう\\Nえ、お
Dialogue: 0,0:01:06.00,0:01:08.00,Default,,0,0,0,,「はい」, comma, {note}{\\p1}m 0 0 l 1 1{\\p0}
"""
SRT = """1
00:01:02,000 --> 00:01:04,500
<i>はい</i> & <b>x</b> <font color="#ff0000">red</font>
{\\an8}二行目

2
00:01:05,000 --> 00:01:06,000
<ruby>漢字<rt>かんじ</rt></ruby> a < b

"""


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in {"- ", "+ "}]


def test_of_an_srt_only_the_times_change() -> None:
    changed = changed_lines(SRT, retimed(SRT, "srt", moved(-1.3)))
    assert all("-->" in line for line in changed)
    assert "+ 00:01:00,700 --> 00:01:03,200" in changed


def test_of_an_ass_only_the_times_change_and_styles_fonts_and_karaoke_stay() -> None:
    changed = changed_lines(ASS, retimed(ASS, "ass", moved(-1.3)))
    kept = [line for line in changed if line[2:].strip() and not line[2:].startswith(";")]
    assert all(line[2:].startswith(("Dialogue:", "Comment:")) for line in kept), kept
    assert any("0:01:01.04,0:01:04.37" in line and "{\\k20}あ{\\kf33\\t(0,100,\\fscx120)}い" in line for line in kept)


def test_cues_are_those_of_lines_that_are_shown() -> None:
    assert cues_of(ASS, "ass")[0] == Cue(62.34, 65.67)
    assert len(cues_of(ASS, "ass")) == 2


def test_each_piece_has_its_own_shift() -> None:
    split = Transform(1.0, (Piece(float("-inf"), 1.0), Piece(64.0, -10.0)))
    starts = [cue.start for cue in cues_of(retimed(SRT, "srt", split), "srt")]
    assert starts == [63.0, 55.0] or sorted(starts) == [55.0, 63.0]


def test_nothing_begins_before_the_video() -> None:
    assert cues_of(retimed(SRT, "srt", moved(-63.0)), "srt")[0].start == 0.0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("text", "extension"), [(SRT, "srt"), (ASS, "ass")])
def test_all_kinds_of_line_ends_are_read(text: str, extension: str, end: str) -> None:
    text = text.replace("\n", end)
    assert len(cues_of(text, extension)) == 2
    assert cues_of(retimed(text, extension, moved(2.0)), extension) == tuple(
        Cue(cue.start + 2.0, cue.end + 2.0) for cue in cues_of(text, extension)
    )


def test_lines_of_ssa_and_lines_that_are_damaged() -> None:
    text = (
        "[Events]\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:02.5,Default,NTP,0000,0000,0000,!Effect,a, b\n"
        "Dialogue: 0,soon,0:00:04.00,Default,,0,0,0,,no moment\n"
        "Dialogue: 0, 0:00:05.00 ,0:00:06.00,Default,,0,0\n"
        "Dialogue: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,{\\an8}\\N\n"
    )
    assert cues_of(text, "ssa") == (Cue(1.0, 2.5),)
    assert changed_lines(text, retimed(text, "ssa", moved(1.0)))[:2] == [
        "- Dialogue: Marked=0,0:00:01.00,0:00:02.5,Default,NTP,0000,0000,0000,!Effect,a, b",
        "+ Dialogue: Marked=0,0:00:02.00,0:00:03.50,Default,NTP,0000,0000,0000,!Effect,a, b",
    ]


@pytest.mark.parametrize(("text", "extension"), [("x", "sup"), ("x" * 9_000_000, "srt")])
def test_what_cannot_be_timed_is_said(text: str, extension: str) -> None:
    with pytest.raises(Untimed):
        cues_of(text, extension)
