"""Takes the labels of closed captions out of a subtitle's text: who speaks, and what is heard.

Captions for the deaf write the speaker in round brackets before what is said, and a sound in square ones, or in round
ones on a line of its own. Brackets within a sentence are left alone: they hold readings and asides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kotozoe.subtitles.ranking.subtitle_content import ARROW, SIGN_STYLE, Format, format_of, unified

LABELS_VERSION = 1
"""Raised when any rule here changes: copies that were made before are then made anew."""

_MAX_LABELS = 4  # one after the other
_MAX_SPEAKER = 12  # characters of a name on a line of its own
# What stands before a label: tags of either format, spaces, a dash, the mark of a voice from elsewhere.
_LEAD = r"(?P<lead>(?:\{[^{}\n]{0,200}\}|</?[A-Za-z][^<>\n]{0,80}>|[ \t\u3000]|[-\u2010-\u2015\u226a\u300a\uff0d])*)"
_LABEL = re.compile(
    r"^" + _LEAD + r"(?:(?P<round>[(\uff08][^()\uff08\uff09\n]{1,60}[)\uff09])"
    r"|(?P<square>[\[\uff3b][^\[\]\uff3b\uff3d\n]{1,60}[\]\uff3d]))[ \t\u3000]*"
)
_TAGS = re.compile(r"\{[^{}\n]*\}|</?[A-Za-z][^<>\n]*>|\\[Nnh]")
_HEARD = re.compile(r"[音声曲歌鐘]$|拍手|ため息|足音|ノック|ベル|チャイム|BGM|♪|笑い|歓声|悲鳴")
_DIALOGUE = re.compile(r"^(Dialogue:[^,\n]*,[^,\n]*,[^,\n]*,(?P<style>[^,\n]*),(?:[^,\n]*,){5})(?P<text>[^\n]*)$")


def without_labels(text: str, kinds: Collection[str]) -> str:
    """Return a subtitle's text without labels of these kinds; as it was where that would leave nothing of it."""
    if not kinds:
        return text
    plain = unified(text)
    kind = format_of(plain)
    if kind is Format.MICRODVD:
        return text
    lines = _ass(plain.split("\n"), kinds) if kind is Format.ASS else _timed(plain.split("\n"), kinds)
    left = "\n".join(lines)
    return left if "Dialogue:" in left or ARROW.search(left) else text


def _ass(lines: Sequence[str], kinds: Collection[str]) -> list[str]:
    kept = []
    for line in lines:
        found = _DIALOGUE.match(line)
        if found is None or SIGN_STYLE.search(found["style"]):
            kept.append(line)
            continue
        said = _said(re.split(r"\\[Nn]", found["text"]), kinds)
        if said is not None:
            kept.append(found[1] + r"\N".join(said))
    return kept


def _timed(lines: Sequence[str], kinds: Collection[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if not ARROW.match(line):
            kept.append(line)
            continue
        end = at
        while end < len(lines) and lines[end].strip() and not ARROW.match(lines[end]):
            end += 1
        said = _said(lines[at:end], kinds)
        if said is not None:
            kept += [line, *said]
        elif kept and kept[-1].strip().isdecimal():
            kept.pop()
        at = end
    return kept


def _said(lines: Sequence[str], kinds: Collection[str]) -> list[str] | None:
    """Return the lines of one cue without labels; None if nothing else was in it."""
    if not any(c in line for line in lines for c in "((（[［"):
        return list(lines)
    left = [_without(line, kinds, spoken=_speaks(lines[n + 1 : n + 4])) for n, line in enumerate(lines)]
    kept = [new for old, new in zip(lines, left, strict=True) if new == old or _is_said(new)]
    return kept if any(map(_is_said, kept)) or left == list(lines) else None


def _without(line: str, kinds: Collection[str], *, spoken: bool) -> str:
    """Return a line without the labels at its beginning. `spoken`: something is said on a line after it."""
    for _ in range(_MAX_LABELS):
        found = _LABEL.match(line)
        rest = line[found.end() :] if found is not None else ""
        if found is None or _kind(found, said=_is_said(rest), spoken=spoken) not in kinds:
            return line
        line = found["lead"] + rest
    return line


def _kind(found: re.Match[str], *, said: bool, spoken: bool) -> str:
    inside = (found["round"] or found["square"])[1:-1].strip()
    if found["square"] or _HEARD.search(inside):
        return "sound"
    return "speaker" if said or (spoken and len(inside) <= _MAX_SPEAKER) else "sound"


def _speaks(lines: Sequence[str]) -> bool:
    return any(_is_said(line) and _LABEL.fullmatch(line) is None for line in lines)


def _is_said(line: str) -> bool:
    return bool(re.sub(r"[\s\u3000\-\u2010-\u2015]", "", _TAGS.sub("", line)))
