"""What a subtitle's text is: in Japanese or not, dialogue or only signs, of plausible length."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARROW = re.compile(
    r"^[ \t]*(?P<a>(?:\d+:)?\d{1,3}:\d{1,2}[,.:]\d{1,3})\s*-+>\s*(?P<b>(?:\d+:)?\d{1,3}:\d{1,2}[,.:]\d{1,3})[^\n]*$",
    re.MULTILINE,
)
_DIALOGUE = re.compile(r"^Dialogue:[^,\n]*,([^,\n]*),([^,\n]*),([^,\n]*),(?:[^,\n]*,){5}([^\n]*)$", re.MULTILINE)
_MICRODVD = re.compile(r"^\{(\d+)\}\{(\d+)\}([^\n]*)$", re.MULTILINE)
_OVERRIDES = re.compile(r"\{[^}]*\}|<[^>]*>|\\[Nnh]")
_DRAWING = re.compile(r"\{[^}]*\\p[1-9]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_LETTER = re.compile(r"[^\W\d_]")
_SIGN_STYLE = re.compile(
    r"sign|title|typeset|(?<![a-z])(?:op|ed|ts|note)(?![a-z])|caption|screen|karaoke|song|romaji|kanji|insert",
    re.IGNORECASE,
)
_FRAMES = 23.976  # MicroDVD counts frames; near enough for a length

_LEAST_JAPANESE = (
    0.2  # of the lines with letters; bilingual files have a half, translations with sung lines under a tenth
)
_LEAST_LINES = 3
_SHORT = 8 * 60.0  # seconds; what is shorter may have few lines
_LEAST_A_MINUTE = 2.0  # spoken lines; talk has 8 to 25, a signs track under one
_LONGEST = 5 * 3600.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One line: begin and end in seconds, its plain text, its style ("" where the format has none)."""

    begin: float
    end: float
    text: str
    style: str = ""


def _seconds(stamp: str) -> float:
    parts = re.split(r"[:.,]", stamp.strip())
    fraction = parts[-1]
    total = 0.0
    for part in parts[:-1]:
        total = total * 60 + int(part)
    return total + float(f"0.{fraction}")


def _timed(stamp: str) -> float:
    try:
        return _seconds(stamp)
    except ValueError:
        return 0.0


def cues(text: str) -> tuple[Cue, ...]:
    """Read the lines of any text format, in their order; what is broken is passed over."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\nDialogue:" in text or text.startswith("Dialogue:"):
        return tuple(
            Cue(_timed(m[1]), _timed(m[2]), _OVERRIDES.sub(" ", m[4]).strip(), m[3].strip())
            for m in _DIALOGUE.finditer(text)
            if not _DRAWING.search(m[4])
        )
    arrows = list(_ARROW.finditer(text))
    if arrows:
        ends = [*(a.start() for a in arrows[1:]), len(text)]
        return tuple(
            Cue(_timed(a["a"]), _timed(a["b"]), _plain(text[a.end() : e])) for a, e in zip(arrows, ends, strict=True)
        )
    return tuple(
        Cue(int(m[1]) / _FRAMES, int(m[2]) / _FRAMES, _OVERRIDES.sub(" ", m[3].replace("|", " ")).strip())
        for m in _MICRODVD.finditer(text)
    )


def _plain(block: str) -> str:
    """Return the text of a cue without the number of the next one, which stands at its end."""
    lines = [line for line in _OVERRIDES.sub(" ", block).split("\n") if line.strip()]
    if lines and lines[-1].strip().isdecimal() and len(lines) > 1:
        lines = lines[:-1]
    return " ".join(line.strip() for line in lines)


def japanese_share(lines: tuple[Cue, ...]) -> float:
    """Return the share of lines with kana among those that have letters."""
    lettered = [c for c in lines if _LETTER.search(c.text)]
    return sum(1 for c in lettered if _KANA.search(c.text)) / len(lettered) if lettered else 0.0


def _signs_only(lines: tuple[Cue, ...]) -> bool:
    """Say whether only signs and songs are told: every style says so, or there is hardly a line a minute."""
    styles = {c.style for c in lines if c.style}
    if styles and all(_SIGN_STYLE.search(s) for s in styles):
        return True
    span = max(c.end for c in lines) - min(c.begin for c in lines)
    distinct = len({(round(c.begin), c.text) for c in lines})
    return span >= _SHORT and distinct / (span / 60) < _LEAST_A_MINUTE


def unfit(text: str, languages: tuple[str, ...] = ("ja",)) -> str:
    """Return why a subtitle's text is not what is wanted, for a person, or "". Only Japanese is known by its script."""
    lines = tuple(c for c in cues(text) if c.text)
    if len(lines) < _LEAST_LINES:
        return "it holds no lines" if not lines else f"it holds only {len(lines)} lines"
    if "ja" in languages and len(languages) == 1:
        share = japanese_share(lines)
        if share < _LEAST_JAPANESE:
            return f"it is not Japanese: {share:.0%} of its lines have kana"
    if max(c.end for c in lines) > _LONGEST:
        return f"it runs for {max(c.end for c in lines) / 3600:.0f} hours"
    if _signs_only(lines):
        return "it holds signs and songs only"
    return ""
