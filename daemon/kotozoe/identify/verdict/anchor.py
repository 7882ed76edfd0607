"""By what a pin knows a series again: the title, season words and group of a name."""

from __future__ import annotations

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.reading import ParsedNumbers, Reading
from kotozoe.identify.names.titles import key_of, tidy, title_keys, without_season
from kotozoe.identify.verdict.pins import MAX_TEXT, Anchor


def primary(identified: Identified) -> Reading | None:
    """Return the reading that names the series: of the name itself where it says a title, else of the nearest folder.

    The same for every episode that is named alike, which the best answer's reading need not be.
    """
    nearest = min((r.folder for r in identified.readings), default=0)
    readings = [r for r in identified.readings if r.folder == nearest]
    return min(readings, key=lambda r: (r.parsed.place, r.parsed.special, len(r.title_text)), default=None)


def anchor_of(identified: Identified) -> Anchor | None:
    """Return the series as this release names it; None where no title is read."""
    reading = primary(identified)
    if reading is None:
        return None
    season, part = _words(reading.title_text, reading.parsed)
    key = key_of(without_season(reading.title_text)) or key_of(tidy(reading.title_text))
    return Anchor(key[:MAX_TEXT], season, part, identified.release.group.casefold()[:100]) if key else None


def _words(title_text: str, parsed: ParsedNumbers) -> tuple[int, int | None]:
    said = next((k for k in title_keys(title_text) if k.season is not None or k.part is not None), None)
    season = said.season if said is not None and parsed.season in (None, 1) else parsed.season
    if parsed.special:
        season = 0
    return (1 if season is None else season), said.part if said is not None else None
