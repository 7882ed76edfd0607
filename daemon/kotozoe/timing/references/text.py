"""Subtitle text in and out: when its lines are shown, and the same text with all of them moved."""

from __future__ import annotations

import re

from kotozoe.errors import KotozoeError
from kotozoe.subtitles.ranking.subtitle_content import ARROW, MOMENT, moment, stamp, timed_cues, unified
from kotozoe.timing.fitting.cues import Cue, Transform

FORMATS = ("ass", "ssa", "srt", "vtt")
_LARGEST = 8 * 1024 * 1024  # characters
# A line of SSA or ASS: a field, begin, end, six more fields, and the text, in which commas are nothing special.
_EVENT = re.compile(
    rf"^(?P<kind>Dialogue|Comment)(?P<head>:[^,\n]*,)[ \t]*(?P<a>{MOMENT})[ \t]*,[ \t]*(?P<b>{MOMENT})[ \t]*"
    r"(?P<rest>(?:,[^,\n]*){6},)(?P<text>[^\n]*)$",
    re.MULTILINE,
)
_OVERRIDES = re.compile(r"\{[^{}]*\}|\\[Nnh]")


class Untimed(KotozoeError):
    """A subtitle whose lines cannot be timed; the message says why, for a person."""


def cues_of(text: str, extension: str) -> tuple[Cue, ...]:
    """Return when the lines of a subtitle are shown; comments are none. Raises Untimed."""
    text = _timeable(text, extension)
    if extension in ("srt", "vtt"):
        return tuple(Cue(line.begin, line.end) for line in timed_cues(text) if line.text)
    return tuple(
        Cue(moment(event["a"]), moment(event["b"]))
        for event in _EVENT.finditer(text)
        if event["kind"] == "Dialogue" and _OVERRIDES.sub("", event["text"]).strip()
    )


def retimed(text: str, extension: str, transform: Transform) -> str:
    """Return the text with all lines, comments too, where the transform puts them. Raises Untimed.

    What would begin before the video keeps its length as far as it is seen.
    """
    text = _timeable(text, extension)
    if extension in ("srt", "vtt"):
        return ARROW.sub(lambda arrow: _moved(arrow, "," if extension == "srt" else ".", transform), text)
    return _EVENT.sub(lambda event: _moved_event(event, transform), text)


def _moved_event(event: re.Match[str], transform: Transform) -> str:
    cue = transform.cue(Cue(moment(event["a"]), moment(event["b"])))
    times = f"{_centiseconds(cue.start)},{_centiseconds(cue.end)}"
    return f"{event['kind']}{event['head']}{times}{event['rest']}{event['text']}"


def _centiseconds(time: float) -> str:
    minutes, rest = divmod(round(max(0.0, time) * 100), 6000)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 100:02d}.{rest % 100:02d}"


def _moved(arrow: re.Match[str], point: str, transform: Transform) -> str:
    """Return the line of a cue's times with others; what stands around them stays."""
    cue = transform.cue(Cue(moment(arrow["a"]), moment(arrow["b"])))
    start, end = (stamp(max(0.0, time), point) for time in (cue.start, cue.end))
    whole, first = arrow[0], arrow.start()
    between = whole[arrow.end("a") - first : arrow.start("b") - first]
    return f"{whole[: arrow.start('a') - first]}{start}{between}{end}{whole[arrow.end('b') - first :]}"


def _timeable(text: str, extension: str) -> str:
    """Return the text with one kind of line end. Raises Untimed."""
    if extension not in FORMATS:
        raise Untimed(f"the timing of .{extension} cannot be changed")
    if len(text) > _LARGEST:
        raise Untimed("it is too long to be timed")
    return unified(text)
