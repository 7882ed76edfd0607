"""Who published a video, as far as its name says; what else it says of that is read where files are ranked."""

from __future__ import annotations

import re

from kotozoe.identify.names.reading import MAX_NAME
from kotozoe.identify.names.words import CHECKSUM, TECHNICAL
from kotozoe.model import Release

_IN_FRONT = re.compile(r"^\s*[\[【]([^\]】]{1,60})[\]】]")
_AT_END = re.compile(r"(?<=[\w\])])-([A-Za-z][A-Za-z0-9]{1,19})$")
_BRACKETED = re.compile(r"(?<=.)[\[(]([^\[\]()]{2,60})[\])]")


def read_release(name: str) -> Release:
    """Read one base name, nearly always at once. A name with a bracket that might be a group is given to guessit, which
    costs 160 ms and 12 MB at its first use, about 12 ms later: call it in a thread.
    """
    name = name[:MAX_NAME]
    told = _IN_FRONT.match(name) or _behind_a_dash(name)
    return Release(told[1].strip() if told else _bracketed(name))


def _behind_a_dash(name: str) -> re.Match[str] | None:
    """Return where a group ends the name: in "… x264-GROUP", not in "… WEB-DL" or "… Spy-Family"."""
    found = _AT_END.search(name)
    technical = [match.end() for match in TECHNICAL.finditer(name)]
    return found if found and technical and technical[-1] <= found.start() else None


def _numbered(text: str) -> bool:
    """Say whether a text ends with a number of its own: years, "Episode 6", "01-24"."""
    rest = text.rstrip().rstrip("0123456789")
    return rest != text.rstrip() and not (rest[-1:].isascii() and rest[-1:].isalpha())


def _bracketed(name: str) -> str:
    """Return which bracket is the group, in guessit's opinion, or ""."""
    brackets = [b.strip() for b in _BRACKETED.findall(name)]
    doubtful = [b for b in brackets if not (TECHNICAL.search(b) or CHECKSUM.match(b) or _numbered(b))]
    if not doubtful:
        return ""
    from guessit import guessit  # noqa: PLC0415 - see above: hardly any name comes here
    from guessit.api import GuessitException  # noqa: PLC0415

    try:
        group = guessit(name).get("release_group")
    except GuessitException:  # it gives up on a few odd names
        return ""
    return next((b for b in doubtful if b == group), "")
