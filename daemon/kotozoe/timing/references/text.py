"""Subtitle text in and out: when its lines are shown, and the same text with all of them moved."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from kotozoe.errors import KotozoeError
from kotozoe.subtitles.ranking.subtitle_content import ARROW, moment, stamp, timed_cues, unified
from kotozoe.timing.fitting.cues import Cue, Transform

if TYPE_CHECKING:
    import pysubs2

FORMATS = ("ass", "ssa", "srt", "vtt")
_LARGEST = 8 * 1024 * 1024  # characters
_BY_ARROWS = ("srt", "vtt")
# The library's own pattern looks from each "{" to the end of the line, which takes minutes for a line of them; so does
# the one for the headings of sections.
_OVERRIDES = re.compile(r"\{[^{}]*\}")
_LONG_HEADING = re.compile(r"^.{0,3}\[.{200}", re.MULTILINE)


class Untimed(KotozoeError):
    """A subtitle whose lines cannot be timed; the message says why, for a person."""


def cues_of(text: str, extension: str) -> tuple[Cue, ...]:
    """Return when the lines of a subtitle are shown; comments are none. Raises Untimed."""
    if extension in _BY_ARROWS:
        return tuple(Cue(line.begin, line.end) for line in timed_cues(unified(_short(text))) if line.text)
    lines = _opened(text, extension)
    return tuple(Cue(line.start / 1000, line.end / 1000) for line in lines if not line.is_comment and line.plaintext)


def retimed(text: str, extension: str, transform: Transform) -> str:
    """Return the text with all lines, comments too, where the transform puts them. Raises Untimed.

    What would begin before the video keeps its length as far as it is seen.
    """
    if extension in _BY_ARROWS:
        return ARROW.sub(lambda arrow: _moved(arrow, "," if extension == "srt" else ".", transform), _short(text))
    lines = _opened(text, extension)
    for line in lines:
        moved = transform.cue(Cue(line.start / 1000, line.end / 1000))
        line.start, line.end = (max(0, round(time * 1000)) for time in (moved.start, moved.end))
    return _text(lambda: lines.to_string(extension))


def _moved(arrow: re.Match[str], point: str, transform: Transform) -> str:
    """Return the line of a cue's times with others; what stands around them stays."""
    cue = transform.cue(Cue(moment(arrow["a"]), moment(arrow["b"])))
    start, end = (stamp(max(0.0, time), point) for time in (cue.start, cue.end))
    whole, first = arrow[0], arrow.start()
    between = whole[arrow.end("a") - first : arrow.start("b") - first]
    return f"{whole[: arrow.start('a') - first]}{start}{between}{end}{whole[arrow.end('b') - first :]}"


def _short(text: str) -> str:
    if len(text) > _LARGEST:
        raise Untimed("it is too long to be timed")
    return text


def _opened(text: str, extension: str) -> pysubs2.SSAFile:
    import pysubs2  # noqa: PLC0415 - 12 ms and a megabyte, for a check that comes after loading
    from pysubs2.exceptions import Pysubs2Error  # noqa: PLC0415 - likewise

    if extension not in FORMATS:
        raise Untimed(f"the timing of .{extension} cannot be changed")
    if _LONG_HEADING.search(_short(text)):
        raise Untimed("the heading of a section is too long")
    pysubs2.SSAEvent.OVERRIDE_SEQUENCE = _OVERRIDES
    try:
        return pysubs2.SSAFile.from_string(text, format_=extension)
    except (Pysubs2Error, ValueError, KeyError, IndexError, AttributeError, OverflowError) as damage:
        raise Untimed(f"its lines cannot be read ({type(damage).__name__})") from damage


def _text(write: Callable[[], str]) -> str:
    from pysubs2.exceptions import Pysubs2Error  # noqa: PLC0415 - see above

    try:
        return write()
    except (Pysubs2Error, ValueError, OverflowError) as damage:
        raise Untimed(f"its lines cannot be written ({type(damage).__name__})") from damage
