"""A subtitle's text so that it begins as its format does.

mpv knows a file by how it begins: an ASS without its first section is opened by nobody, and text in front of the first
line may be the head of quite another format, such as a playlist of addresses. What begins rightly stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kotozoe.subtitles.ranking.subtitle_content import ARROW, Format, format_of, seconds, stamp, unified

_ASS_HEAD = "[Script Info]"
_VTT_HEAD = re.compile(r"WEBVTT(?=[ \t\r\n]|$)")
_SRT_HEAD = re.compile(r"\d{1,9}[ \t]*\n(?:\d{1,2}:)?\d\d:\d\d[,.]\d{3} -->")
_SRT_TIMES = re.compile(r"\d{1,3}:\d\d:\d\d[,.]\d{3} --> \d{1,3}:\d\d:\d\d[,.]\d{3}(?=[ \t]|$)")
_MICRODVD_LINE = re.compile(r"^\{\d+\}\{\d+\}[^\n]*$", re.MULTILINE)
_INFO = re.compile(
    r"^(?:ScriptType|PlayRes[XY]|LayoutRes[XY]|WrapStyle|ScaledBorderAndShadow|YCbCr Matrix):[^\n]*$", re.MULTILINE
)
_SECTIONS = re.compile(r"^\[(V4\+? Styles|Events)\][ \t]*$", re.MULTILINE | re.IGNORECASE)
_KEPT = {"styles": re.compile(r"^(?:Format|Style):[^\n]*$", re.MULTILINE)}
_EVENT = re.compile(r"^(?:Dialogue|Comment):[^\n]*$", re.MULTILINE)
_FORMAT = re.compile(r"^Format:[^\n]*$", re.MULTILINE)
_EVENTS_FORMAT = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


def canonical(text: str) -> str:
    """Return a subtitle's text as it is if it begins as its format does, else written anew from its lines alone."""
    plain = unified(text).lstrip("\ufeff \t\n")
    kind = format_of(plain)
    if kind is Format.ASS:
        return text if text.lstrip("\r\n").startswith(_ASS_HEAD) else _ass(plain)
    if kind is Format.MICRODVD:
        return text if _MICRODVD_LINE.match(text) else "\n".join(_MICRODVD_LINE.findall(plain)) + "\n"
    if _VTT_HEAD.match(text):
        return text
    if _SRT_HEAD.match(unified(text[:_HEAD])) and all(_SRT_TIMES.match(a[0].lstrip()) for a in ARROW.finditer(plain)):
        return text
    return "\n".join(_srt(plain))


_HEAD = 200  # characters


def _srt(plain: str) -> Iterator[str]:
    arrows = list(ARROW.finditer(plain))
    ends = [*(a.start() for a in arrows[1:]), len(plain)]
    for number, (arrow, end) in enumerate(zip(arrows, ends, strict=True), start=1):
        lines = [line.strip() for line in plain[arrow.end() : end].split("\n") if line.strip()]
        if end < len(plain) and len(lines) > 1 and lines[-1].isdecimal():
            lines.pop()  # the number of the next one
        yield f"{number}\n{stamp(seconds(arrow['a']))} --> {stamp(seconds(arrow['b']))}"
        yield from lines
        yield ""


def _ass(plain: str) -> str:
    """Write the sections that a player needs; a file that lacks one gets it with what it implies."""
    parts = _SECTIONS.split(plain)
    sections = {parts[i].lower(): parts[i + 1] for i in range(1, len(parts), 2)}
    styles = next((n for n in sections if n.startswith("v4")), "")
    written = [_ASS_HEAD, *(_INFO.findall(plain) or ("ScriptType: v4.00+",)), ""]
    if styles:
        name = "V4+ Styles" if "+" in styles else "V4 Styles"
        written += [f"[{name}]", *_KEPT["styles"].findall(sections[styles]), ""]
    order = _FORMAT.search(sections.get("events", ""))
    return "\n".join([*written, "[Events]", order[0] if order else _EVENTS_FORMAT, *_EVENT.findall(plain), ""])
