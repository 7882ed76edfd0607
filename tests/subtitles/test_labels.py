"""Labels of closed captions are taken out; what is said stays as it was."""

from __future__ import annotations

import time

import pytest

from kotozoe.subtitles.labels import without_labels

BOTH = ("speaker", "sound")
HEAD = "[Script Info]\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"


def srt(*cues: str) -> str:
    return "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{cue}\n\n" for n, cue in enumerate(cues, 1))


def ass(*texts: str, style: str = "Default") -> str:
    return HEAD + "".join(
        f"Dialogue: 0,0:00:0{n}.00,0:00:0{n}.90,{style},,0,0,0,,{t}\n" for n, t in enumerate(texts, 1)
    )


@pytest.mark.parametrize(
    ("kinds", "before", "after"),
    [
        (BOTH, "（風太）おはよう", "おはよう"),
        (BOTH, "(風太) おはよう", "おはよう"),
        (BOTH, "（風太）おはよう\n（海）うん", "おはよう\nうん"),
        (BOTH, "（風太）\nおはよう", "おはよう"),
        (BOTH, "- （風太）おはよう\n- （海）うん", "- おはよう\n- うん"),
        (BOTH, "<i>（風太）おはよう</i>", "<i>おはよう</i>"),
        (BOTH, "≪（風太）おはよう", "≪おはよう"),
        (BOTH, "（風太）（小声で）おはよう", "おはよう"),
        (BOTH, "［ドアの開く音］\n誰だ？", "誰だ？"),
        (BOTH, "（ドアの開く音）\n誰だ？", "誰だ？"),
        (("speaker",), "（ドアの開く音）\n誰だ？", "（ドアの開く音）\n誰だ？"),
        (("speaker",), "（風太）おはよう", "おはよう"),
        (("speaker",), "［音楽］おはよう", "［音楽］おはよう"),
        (("sound",), "（風太）おはよう", "（風太）おはよう"),
        (("sound",), "［音楽］おはよう", "おはよう"),
        ((), "（風太）おはよう", "（風太）おはよう"),
        (BOTH, "今日（きょう）は風が強い", "今日（きょう）は風が強い"),
        (BOTH, "そうだな（笑）", "そうだな（笑）"),
        (BOTH, "（風太", "（風太"),
        (BOTH, "♪ 風が歌う", "♪ 風が歌う"),
    ],
)
def test_labels_stand_before_what_is_said(kinds: tuple[str, ...], before: str, after: str) -> None:
    assert without_labels(srt(before, "海が見える"), kinds) == srt(after, "海が見える")


def test_a_cue_that_was_only_a_label_goes() -> None:
    left = without_labels(srt("（風太）おはよう", "［音楽］", "（拍手）", "うん"), BOTH)
    assert [line for line in left.split("\n") if line and "-->" not in line] == ["1", "おはよう", "4", "うん"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"（風太）おはよう\N（海）うん", r"おはよう\Nうん"),
        (r"{\an8\pos(10,20)}（風太）おはよう", r"{\an8\pos(10,20)}おはよう"),
        (r"（風太）\Nおはよう, 海", "おはよう, 海"),
    ],
)
def test_ass_is_read_line_by_line(before: str, after: str) -> None:
    assert without_labels(ass(before, "うん"), BOTH) == ass(after, "うん")


def test_a_line_of_ass_that_was_only_a_label_goes_and_a_sign_stays() -> None:
    assert without_labels(ass("うん", "（拍手）"), BOTH) == ass("うん")
    assert without_labels(ass("うん", "（立入禁止）", style="Sign"), BOTH) == ass("うん", "（立入禁止）", style="Sign")


def test_a_file_of_labels_only_stays_as_it_is() -> None:
    assert without_labels(srt("（拍手）"), BOTH) == srt("（拍手）")


@pytest.mark.parametrize("text", ["（" * 50_000, "{" * 50_000 + "（a）b", "- " * 40_000 + "（", "（a）" * 40_000])
def test_no_line_takes_longer_than_its_length(text: str) -> None:
    begun = time.process_time()
    without_labels(srt(text), BOTH)
    without_labels(ass(text), BOTH)
    assert time.process_time() - begun < 5
