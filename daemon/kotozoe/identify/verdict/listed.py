"""An entry's files as evidence: an entry whose files end at 12 cannot hold a 14."""

from __future__ import annotations

from functools import lru_cache

from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, cut

_MAX_FILES = 600  # of one entry that are looked at
_AHEAD = 2  # episodes that may be out before somebody offers their subtitles


@lru_cache(maxsize=64)
def numbers(files: tuple[str, ...]) -> frozenset[float]:
    """Return the episode numbers that the names of an entry's files say."""
    return frozenset(n for n in map(_number, files[:_MAX_FILES]) if n is not None)


def _number(name: str) -> float | None:
    parsed = min((r.parsed for r in cut(name.rsplit(".", 1)[0])), key=lambda c: c.place, default=ParsedNumbers())
    return None if parsed.place is NumberPlace.NONE else parsed.episode


def holds(said: frozenset[float], number: float) -> bool | None:
    """Say whether an entry holds an episode: True or False as its files tell, None where they do not tell."""
    if not said:
        return None
    if number in said:
        return True
    return False if number > max(said) + _AHEAD else None
