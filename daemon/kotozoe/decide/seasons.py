"""The season map: which media is which stretch of which season of a TVDB series.

Read from PlexAniBridge's format: AniList id -> `tvdb_id`, `tvdb_mappings` {"s1": "e13-e25"}, "" for the whole season.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SEASON = re.compile(r"^s(\d{1,3})$")
_STRETCH = re.compile(r"^e(\d{1,5})(?:-(?:e?(\d{1,5}))?)?$")
_MOST_STRETCHES = 40  # of one media in one season; real ones have under ten


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """Episodes `begin` to `end` (None: open) of a TVDB season are the media's own from `first` on.

    `whole`: the map gives the season to this media without saying where it ends.
    """

    anilist_id: int
    tvdb_id: int
    season: int
    begin: int
    end: int | None
    first: int = 1
    whole: bool = False

    def episode(self, number: float) -> float | None:
        """Return the media's own number of the season's episode `number`; None: it is not of this media."""
        if number < self.begin or (self.end is not None and number >= self.end + 1):
            return None
        return number - self.begin + self.first


@dataclass(frozen=True, slots=True)
class OtherId:
    """Another service's id for a media: `scheme` is anidb, tvdb, tmdb-tv, tmdb-movie or imdb."""

    scheme: str
    value: str
    anilist_id: int


@dataclass(frozen=True, slots=True)
class SeasonMap:
    """What one file of the season map says."""

    rows: tuple[SeasonRow, ...]
    ids: tuple[OtherId, ...]


def _stretches(anilist_id: int, tvdb_id: int, season: int, text: str) -> Iterator[SeasonRow]:
    if not text:
        yield SeasonRow(anilist_id, tvdb_id, season, 1, None, whole=True)
        return
    if "|" in text:  # one number stands for several: no simple arithmetic
        return
    first = 1
    for piece in text.split(",")[:_MOST_STRETCHES]:
        found = _STRETCH.match(piece.strip())
        if not found:
            return
        begin = int(found[1])
        end = int(found[2]) if found[2] else (None if "-" in piece else begin)
        if end is not None and end < begin:
            return
        yield SeasonRow(anilist_id, tvdb_id, season, begin, end, first)
        if end is None:
            return
        first += end - begin + 1


def _rows(anilist_id: int, fields: dict[str, object]) -> Iterator[SeasonRow]:
    tvdb_id, mappings = fields.get("tvdb_id"), fields.get("tvdb_mappings")
    if not isinstance(tvdb_id, int) or not isinstance(mappings, dict):
        return
    for name, text in mappings.items():
        season = _SEASON.match(name)
        if season and isinstance(text, str):
            yield from _stretches(anilist_id, tvdb_id, int(season[1]), text)


_SCHEMES = {
    "anidb_id": "anidb",
    "tvdb_id": "tvdb",
    "tmdb_show_id": "tmdb-tv",
    "tmdb_movie_id": "tmdb-movie",
    "imdb_id": "imdb",
}


def _ids(anilist_id: int, fields: dict[str, object]) -> Iterator[OtherId]:
    for name, scheme in _SCHEMES.items():
        value = fields.get(name)
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, int | str) and not isinstance(one, bool):
                yield OtherId(scheme, str(one)[:40], anilist_id)


def parse_seasons(text: str) -> SeasonMap:
    """Read a whole file. Raises ValueError if it is not a JSON object; what is odd inside is passed over."""
    whole = json.loads(text)
    if not isinstance(whole, dict):
        raise ValueError("a season map is a JSON object of AniList ids")  # noqa: TRY004 - what was read, not a type error
    rows: list[SeasonRow] = []
    ids: list[OtherId] = []
    for name, fields in whole.items():
        if name.isdecimal() and len(name) < 10 and isinstance(fields, dict):
            rows.extend(_rows(int(name), fields))
            ids.extend(_ids(int(name), fields))
    return SeasonMap(tuple(rows), tuple(ids))
