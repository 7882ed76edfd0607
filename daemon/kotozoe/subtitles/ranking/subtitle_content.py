"""What a subtitle's text is: in Japanese or not, dialogue or only signs, of plausible length.

Every pattern here is linear in the text: none looks for an end that may not come past the next beginning.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

MOMENT = r"(?:\d{1,3}:)?\d{1,3}:\d{1,2}[,.:]\d{1,3}"
ARROW = re.compile(rf"^[ \t]*(?P<a>{MOMENT})[ \t]*-+>[ \t]*(?P<b>{MOMENT})[^\n]*$", re.MULTILINE)
_DIALOGUE = re.compile(r"^Dialogue:[^,\n]*,([^,\n]*),([^,\n]*),([^,\n]*),(?:[^,\n]*,){5}([^\n]*)$", re.MULTILINE)
_MICRODVD = re.compile(r"^\{(\d+)\}\{(\d+)\}([^\n]*)$", re.MULTILINE)
# Tags are Latin words and moments; what else stands in such brackets is said or thought: <風が強い>.
_OVERRIDES = re.compile(r"\{[^{}]*\}|</?[A-Za-z][^<>\n]*>|<[\d:.]+>|\\[Nnh]")
_DRAWING = re.compile(r"\{[^{}]*?\\p[1-9]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_LETTER = re.compile(r"[^\W\d_]")
SIGN_STYLE = re.compile(
    r"sign|title|typeset|(?<![a-z])(?:op|ed|ts|note)(?![a-z])|caption|screen|karaoke|song|romaji|kanji|insert",
    re.IGNORECASE,
)
_FRAMES = 23.976  # MicroDVD counts frames; near enough for a length

_MIN_JAPANESE = (
    0.2  # of the lines with letters; bilingual files have a half, translations with sung lines under a tenth
)
_MIN_LINES = 3
_SHORT = 8 * 60.0  # seconds; what is shorter may have few lines
_MIN_A_MINUTE = 2.0  # spoken lines; talk has 8 to 25, a signs track under one
_LONGEST = 5 * 3600.0
_LATEST = 1000 * 3600.0  # seconds; later moments are noise

# What a video's length says of a subtitle. Talk ends with the film or a few minutes before it: openings, endings and
# previews take two to five minutes of an episode, the credits of a film up to an eighth of it. A broadcast recorded
# with its advertisements is up to a third longer than the episode, and can be cut to it.
_MIN_VIDEO = 180.0  # seconds; less is a sample of something longer as often as not
_CREDITS = 300.0  # seconds without a line at the end that say nothing
_MIN_TALK = 0.6  # of the video, until the last line
_MAX_TALK = 1.4
_OVERHANG = 60.0  # seconds on top
_STRAY = 0.98  # of the lines; a few may stand far behind the others


@dataclass(frozen=True, slots=True)
class ContentCue:
    """One line: begin and end in seconds, its plain text, its style ("" where the format has none)."""

    begin: float
    end: float
    text: str
    style: str = ""


class Format(enum.Enum):
    """How a text is written, whatever its file is called."""

    ASS = "ass"
    TIMED = "timed"  # SRT or WebVTT
    MICRODVD = "microdvd"


def unified(text: str) -> str:
    """Return a text with one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def format_of(text: str) -> Format:
    """Return the format of a text whose line ends are unified; by its lines, as its head may be missing."""
    if "\nDialogue:" in text or text.startswith("Dialogue:"):
        return Format.ASS
    return Format.TIMED if ARROW.search(text) else Format.MICRODVD


def seconds(stamp: str) -> float:
    """Return the seconds of "1:02:03,5" or "02:03.500". Raises ValueError."""
    parts = re.split(r"[:.,]", stamp.strip())
    fraction = parts[-1]
    total = 0.0
    for part in parts[:-1]:
        total = total * 60 + int(part)
    return total + float(f"0.{fraction}")


def moment(text: str) -> float:
    """Return the seconds of a moment; 0 for what is none."""
    try:
        return min(seconds(text), _LATEST)
    except (ValueError, OverflowError):
        return 0.0


def stamp(time: float, point: str = ",") -> str:
    """Write a moment, in seconds, as SRT does, or WebVTT with "." for the point."""
    minutes, rest = divmod(round(time * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def cues(text: str) -> tuple[ContentCue, ...]:
    """Read the lines of any text format, in their order; what is broken is passed over."""
    text = unified(text)
    kind = format_of(text)
    if kind is Format.ASS:
        return tuple(
            ContentCue(moment(m[1]), moment(m[2]), _OVERRIDES.sub(" ", m[4]).strip(), m[3].strip())
            for m in _DIALOGUE.finditer(text)
            if not _DRAWING.search(m[4])
        )
    if kind is Format.TIMED:
        return timed_cues(text)
    return tuple(
        ContentCue(_frame(m[1]), _frame(m[2]), _OVERRIDES.sub(" ", m[3].replace("|", " ")).strip())
        for m in _MICRODVD.finditer(text)
    )


def timed_cues(text: str) -> tuple[ContentCue, ...]:
    """Read the lines of SRT or WebVTT, whose line ends are unified."""
    arrows = list(ARROW.finditer(text))
    ends = (*(a.start() for a in arrows[1:]), len(text))
    return tuple(
        ContentCue(moment(a["a"]), moment(a["b"]), _plain(text[a.end() : e]))
        for a, e in zip(arrows, ends, strict=False)
    )


def _frame(digits: str) -> float:
    return min(int(digits[:9]) / _FRAMES, _LATEST)


def _plain(block: str) -> str:
    """Return the text of a cue without the number of the next one, which stands at its end."""
    lines = [line for line in _OVERRIDES.sub(" ", block).split("\n") if line.strip()]
    if lines and lines[-1].strip().isdecimal() and len(lines) > 1:
        lines = lines[:-1]
    return " ".join(line.strip() for line in lines)


def japanese_share(lines: tuple[ContentCue, ...]) -> float:
    """Return the share of moments with kana among those at which something is written.

    Moments, not lines: karaoke is written in thousands of lines for a song. Its styles and those of signs do not count
    where there are others.
    """
    spoken = [c for c in lines if not SIGN_STYLE.search(c.style)]
    lettered: dict[int, bool] = {}
    for cue in spoken if len(spoken) >= _MIN_LINES else lines:
        if _LETTER.search(cue.text):
            moment = int(cue.begin)
            lettered[moment] = lettered.get(moment, False) or _KANA.search(cue.text) is not None
    return sum(lettered.values()) / len(lettered) if lettered else 0.0


def wrong_length(text: str, duration: float, *, several: bool = False) -> str:
    """Return why a subtitle cannot be of a video of `duration` seconds, for a person, or "".

    `several`: the file holds more episodes than the video, and may be longer.
    """
    ends = sorted(c.end for c in cues(text) if c.text)
    if not ends or duration < _MIN_VIDEO:
        return ""
    last, most = ends[-1], ends[min(len(ends) - 1, int(len(ends) * _STRAY))]
    if last < duration * _MIN_TALK and duration - last > _CREDITS:
        return f"its last line ends at {_clock(last)}, and the video is {_clock(duration)} long"
    if not several and most > duration * _MAX_TALK + _OVERHANG:
        return f"it goes on until {_clock(most)}, and the video is {_clock(duration)} long"
    return ""


def _clock(moment: float) -> str:
    minutes, rest = divmod(int(moment), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _signs_only(lines: tuple[ContentCue, ...]) -> bool:
    """Say whether it has signs and songs only: every style says so, or there is hardly a line a minute."""
    styles = {c.style for c in lines if c.style}
    if styles and all(SIGN_STYLE.search(s) for s in styles):
        return True
    span = max(c.end for c in lines) - min(c.begin for c in lines)
    distinct = len({(round(c.begin), c.text) for c in lines})
    return span >= _SHORT and distinct / (span / 60) < _MIN_A_MINUTE


def unfit(text: str, languages: tuple[str, ...] = ("ja",)) -> str:
    """Return why a subtitle's text is not what is wanted, for a person, or "". Only Japanese is known by its script."""
    lines = tuple(c for c in cues(text) if c.text)
    if len(lines) < _MIN_LINES:
        return "it holds no lines" if not lines else f"it holds only {len(lines)} lines"
    if "ja" in languages and len(languages) == 1:
        share = japanese_share(lines)
        if share < _MIN_JAPANESE:
            return f"it is not Japanese: {share:.0%} of its lines have kana"
    if max(c.end for c in lines) > _LONGEST:
        return f"it runs for {max(c.end for c in lines) / 3600:.0f} hours"
    if _signs_only(lines):
        return "it holds signs and songs only"
    return ""
