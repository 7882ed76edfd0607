"""Which file comes after this one, by names alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

VIDEO_FORMATS = frozenset(
    {"3gp", "asf", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogm", "rmvb", "ts", "vob"}
    | {"webm", "wmv"}
)
_NUMBER = re.compile(r"(\d+)")

NameOrder = tuple[tuple[int, int, str], ...]


def is_video(name: str) -> bool:
    """Tell whether a name is that of a video file; hidden ones are none."""
    stem, dot, extension = name.rpartition(".")
    return bool(dot and stem) and not name.startswith(".") and extension.lower() in VIDEO_FORMATS


def in_order(name: str) -> NameOrder:
    """Return by what names are sorted as a person would: 2 before 10, whatever the case and width of letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    parts = [part for part in _NUMBER.split(plain) if part]
    return tuple((0, int(p), p) if p.isdecimal() and len(p) < 20 else (1, 0, p) for p in parts)


def next_in_folder(names: Iterable[str], present: str) -> str | None:
    """Return the video that follows `present` among the names of its folder; None if it is the last, or not there."""
    videos = sorted({name for name in names if is_video(name)} | {present}, key=lambda n: (in_order(n), n))
    at = videos.index(present) + 1
    return videos[at] if at < len(videos) else None
