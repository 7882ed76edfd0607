"""What a name says of how the video was published: guessit's reading, set right where anime names differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kotozoe.decide.names.reading import MAX_NAME
from kotozoe.model import Release

_CHECKSUM = re.compile(r"[\[(]([0-9A-Fa-f]{8})[\])]")
_GROUP = re.compile(r"^\s*[\[【]([^\]】]{1,60})[\]】]")
_SOURCES = {
    "Web": "web",
    "Blu-ray": "bd",
    "Ultra HD Blu-ray": "bd",
    "DVD": "dvd",
    "HD-DVD": "dvd",
    "HDTV": "tv",
    "TV": "tv",
    "Digital TV": "tv",
    "VHS": "vhs",
}

# What nothing here reads and nothing that is read depends on: without it guessit is a quarter faster.
_UNUSED = ["alternative_title", "bonus", "cd", "date", "episode_title", "film", "size", "title"]


def _one(value: Any) -> str:
    """Return the first of what guessit found for a property, as text."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value) if value is not None else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _release(name: str, found: Mapping[str, Any]) -> Release:
    group = _GROUP.match(name)
    checksum = _CHECKSUM.search(name)
    version = _whole(found.get("version"))
    return Release(
        group=group[1].strip() if group else _one(found.get("release_group")),
        source=_SOURCES.get(_one(found.get("source")), _one(found.get("source")).lower()),
        service=_one(found.get("streaming_service")).lower(),
        screen_size=_one(found.get("screen_size")).lower(),
        checksum=(checksum[1] if checksum else _one(found.get("crc32"))).upper(),
        version=version if version is not None else 1,
    )


def read_release(name: str) -> Release:
    """Read one base name. guessit costs 100 ms and 16 MB at its first use, about 12 ms later: call it in a thread."""
    from guessit import guessit  # noqa: PLC0415 - see above: a daemon that plays nothing never pays for it
    from guessit.api import GuessitException  # noqa: PLC0415

    name = name[:MAX_NAME]
    try:
        found: Mapping[str, Any] = guessit(name, {"excludes": _UNUSED})
    except GuessitException:  # it gives up on a few odd names; the rest of the reading stands
        found = {}
    return _release(name, found)
