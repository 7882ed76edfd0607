"""Subtitle text in and out: when its lines are shown, and the same text with all of them moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kotozoe.errors import KotozoeError
from kotozoe.timing.fitting.cues import Cue, Transform

if TYPE_CHECKING:
    import pysubs2

FORMATS = ("ass", "ssa", "srt", "vtt")
_LARGEST = 8 * 1024 * 1024  # characters


class Untimed(KotozoeError):
    """A subtitle whose lines cannot be timed; the message says why, for a person."""


def cues_of(text: str, extension: str) -> tuple[Cue, ...]:
    """Return when the lines of a subtitle are shown; comments are none. Raises Untimed."""
    lines = _opened(text, extension)
    return tuple(Cue(line.start / 1000, line.end / 1000) for line in lines if not line.is_comment and line.plaintext)


def retimed(text: str, extension: str, transform: Transform) -> str:
    """Return the text with all lines, comments too, where the transform puts them. Raises Untimed.

    What would begin before the video keeps its length as far as it is seen.
    """
    lines = _opened(text, extension)
    for line in lines:
        moved = transform.cue(Cue(line.start / 1000, line.end / 1000))
        line.start, line.end = (max(0, round(time * 1000)) for time in (moved.start, moved.end))
    if extension == "srt":
        return _text(lambda: lines.to_string("srt", apply_styles=False, keep_ssa_tags=True))
    return _text(lambda: lines.to_string(extension))


def numbered(cues: Sequence[Cue]) -> str:
    """Return an .srt whose lines say nothing but their numbers, from 0."""
    import pysubs2  # noqa: PLC0415 - see below

    lines = pysubs2.SSAFile()
    for number, cue in enumerate(cues):
        start, end = (max(0, round(time * 1000)) for time in (cue.start, cue.end))
        lines.append(pysubs2.SSAEvent(start=start, end=max(end, start + 1), text=f"{number}"))
    return lines.to_string("srt")


def cues_by_number(text: str) -> dict[int, Cue]:
    """Return the cues of what became of it. Raises Untimed."""
    lines = (line for line in _opened(text, "srt") if line.plaintext.strip().isdecimal())
    return {int(line.plaintext): Cue(line.start / 1000, line.end / 1000) for line in lines}


def _opened(text: str, extension: str) -> pysubs2.SSAFile:
    import pysubs2  # noqa: PLC0415 - 12 ms and a megabyte, for a check that comes after loading
    from pysubs2.exceptions import Pysubs2Error  # noqa: PLC0415 - likewise

    if extension not in FORMATS:
        raise Untimed(f"the timing of .{extension} cannot be changed")
    if len(text) > _LARGEST:
        raise Untimed("it is too long to be timed")
    kept = {"keep_html_tags": True, "keep_unknown_html_tags": True} if extension == "srt" else {}
    try:
        return pysubs2.SSAFile.from_string(text, format_=extension, **kept)
    except (Pysubs2Error, ValueError, KeyError, IndexError, AttributeError, OverflowError) as damage:
        raise Untimed(f"its lines cannot be read ({type(damage).__name__})") from damage


def _text(write: Callable[[], str]) -> str:
    from pysubs2.exceptions import Pysubs2Error  # noqa: PLC0415 - see above

    try:
        return write()
    except (Pysubs2Error, ValueError, OverflowError) as damage:
        raise Untimed(f"its lines cannot be written ({type(damage).__name__})") from damage
