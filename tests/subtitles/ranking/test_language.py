"""In which language a subtitle file is, whatever its name says."""

from __future__ import annotations

import pytest

from kotozoe.subtitles.ranking.language import language_of


def srt(*lines: str) -> str:
    cues = (f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{line}\n" for n, line in enumerate(lines, 1))
    return "\n".join(cues)


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("風が強いね、今日は", "練習にはちょうどいい", "さあ、行こう、みんなで"), "ja"),
        (("風が強いね\nThe wind is strong", "さあ、行こうよ\nLet's go", "待って\nWait for me"), "ja"),
        (("The wind is strong today", "It's just right for practice", "Come on, what are you waiting for?"), "en"),
        (("风很大，今天", "这对练习来说正好", "来吧，我们走吧，大家一起去看大海"), "zh"),
        (("오늘은 바람이 세네", "연습하기에 딱 좋아", "자, 모두 함께 가자"), "ko"),
        (("El viento es fuerte hoy", "Es perfecto para practicar", "Vamos, todos juntos"), ""),
        (("Der Wind ist heute stark", "Das ist gut zum Üben", "Kommt, wir gehen alle"), ""),
        (("...", "!"), ""),
    ],
)
def test_the_script_or_the_words_tell(lines: tuple[str, ...], language: str) -> None:
    assert language_of(srt(*lines)) == language


def test_what_is_no_subtitle_is_in_no_language() -> None:
    assert language_of("Just the text of a page that is not a subtitle, and that has no moments.") == ""
