"""An entry's files as evidence: an entry whose files end at 12 cannot hold a 14."""

from __future__ import annotations

from functools import lru_cache

from kotozoe.decide.names.reading import Place, cut

_MOST_FILES = 600  # of one entry that are looked at
_AHEAD = 2  # episodes that may be out before somebody offers their subtitles


@lru_cache(maxsize=64)
def numbers(files: tuple[str, ...]) -> frozenset[float]:
    """Return the episode numbers that the names of an entry's files say."""
    found: set[float] = set()
    for name in files[:_MOST_FILES]:
        readings = [r.claim for r in cut(name.rsplit(".", 1)[0]) if r.claim.place is not Place.NONE]
        if readings:
            best = min(readings, key=lambda c: c.place)
            if best.episode is not None:
                found.add(best.episode)
    return frozenset(found)


def holds(said: frozenset[float], number: float) -> bool | None:
    """Say whether an entry holds an episode: True or False as its files tell, None where they do not tell."""
    if not said:
        return None
    if number in said:
        return True
    return False if number > max(said) + _AHEAD else None
