"""What of a name may be shown to others: the likeliest titles, and nothing but titles."""

from __future__ import annotations

import re

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.numbers import NumberPlace, places
from kotozoe.identify.names.pieces import pieces
from kotozoe.identify.names.reading import Reading
from kotozoe.identify.names.titles import key_of, tidy, without_season, without_year
from kotozoe.identify.names.words import untitling
from kotozoe.printable import printable

_MAX_ZONES = 2
_MAX_TITLES = 2
_MAX_LENGTH = 100  # characters of a title
_MIN_LENGTH = 2  # characters; shorter titles find anything
_SEASON_SAID = re.compile(r"\b(?:season|saison|staffel|temporada|s\d{1,2}|cour|part)(?:\b|\d)|[期季シ]")
_EDGE = " -_.,~–—:;|/·+★&"


def likeliest(identified: Identified) -> tuple[Reading, ...]:
    """Return one reading for each of the likeliest title zones, likeliest first.

    The name as a whole is none of them where a number surely marks the end of its title, or where a folder has it.
    """
    marked = any(
        r.parsed.place <= NumberPlace.DASH or (r.folder and r.parsed.place is not NumberPlace.NONE)
        for r in identified.readings
    )
    readings = sorted(
        (r for r in identified.readings if not (marked and r.parsed.place is NumberPlace.NONE)),
        key=lambda r: (r.folder, r.parsed.place is NumberPlace.NONE, r.parsed.place, -len(r.title_text)),
    )
    zones: dict[str, Reading] = {}
    for reading in readings:
        zones.setdefault(key_of(tidy(reading.title_text)), reading)
    return tuple(r for k, r in zones.items() if k)[:_MAX_ZONES]


def search_titles(identified: Identified) -> tuple[str, ...]:
    """Return what may be asked of AniList: no season words, no number that marks an episode, one script each, Latin
    first. Where the name bears a title no folder is asked for, else only the nearest that may bear it.
    """
    zones = likeliest(identified)
    nearest = min((r.folder for r in zones), default=0)
    titles: dict[str, None] = {}
    for title_text in (r.title_text for r in zones if r.folder == nearest):
        for part in sorted(pieces(title_text), key=lambda p: not p.isascii()) or [title_text]:
            for title in _titles(part):
                if len(title) >= _MIN_LENGTH and re.search(r"[^\W\d_]", title) and not untitling(title):
                    titles[title] = None
    return tuple(titles)[:_MAX_TITLES]


def _titles(text: str) -> tuple[str, ...]:
    """Return the title as it stands, where "Title 2" may be a name of its own, and without what says a season."""
    marked = min((m.start() for p, m in places(text) if p <= NumberPlace.DASH), default=len(text))
    whole = tidy(without_year(text[:marked]))
    titles = (without_season(whole),) if _SEASON_SAID.search(whole) else (whole, without_season(whole))
    return tuple(dict.fromkeys(printable(title, _MAX_LENGTH).strip(_EDGE) for title in titles))
