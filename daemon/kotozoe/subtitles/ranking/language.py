"""In which language a subtitle's text is: by its script, English by its most frequent words."""

from __future__ import annotations

import re

from kotozoe.subtitles.ranking.subtitle_content import cues, japanese_share

_MIN_JAPANESE = 0.2  # of the moments at which something is written: a bilingual file has a half
_MIN_SCRIPT = 0.3  # of the letters
_MIN_ENGLISH = 0.12  # of the words; English talk has over a quarter, other languages under a twentieth
_MIN_LETTERS = 20  # fewer say nothing
_JUDGED = 200_000  # characters
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[a-z']+")
_ENGLISH = re.compile(
    r"(?<![a-z'])(?:the|you|and|to|it|is|that|of|what|i'm|this|was|for|we|have|are|with|don't|my|your|he|be|on|not|know"
    r"|they|she|there|i'll|it's|you're|that's|can't|but|just)(?![a-z'])"
)


def language_of(text: str) -> str:
    """Return ja, ko, zh or en for the text of a subtitle file in any format; empty where that is not clear."""
    lines = tuple(c for c in cues(text[:_JUDGED]) if c.text)
    said = " ".join(c.text for c in lines).lower()
    letters = len(_LETTER.findall(said))
    if letters < _MIN_LETTERS:
        return ""
    if japanese_share(lines) >= _MIN_JAPANESE:
        return "ja"
    if len(_HANGUL.findall(said)) >= letters * _MIN_SCRIPT:
        return "ko"
    if len(_HAN.findall(said)) >= letters * _MIN_SCRIPT:
        return "zh"
    common, words = len(_ENGLISH.findall(said)), len(_WORD.findall(said))
    return "en" if common >= max(3, words * _MIN_ENGLISH) else ""
