"""The season map: which media is which stretch of which season of a TVDB series.

Two formats are read, told apart by the names in them: PlexAniBridge's (AniList id -> `tvdb_id`, `tvdb_mappings`
{"s1": "e13-e25"}, "" for the whole season), and its successor's, read by `crossings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kotozoe.identify.counting.crossings import Crossing, Stretch, crossings
from kotozoe.identify.json_stream import members

_SEASON = re.compile(r"^s(\d{1,3})$")
_STRETCH = re.compile(r"^e(\d{1,5})(?:-(?:e?(\d{1,5}))?)?$")
_HIGHEST_ID = 1 << 40
_MAX_ROWS, _MAX_IDS = 150_000, 400_000  # of the whole map, several times what the largest one has
_MAX_STRETCHES = 40  # of one media in one season; real ones have under ten


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """Episodes `begin` to `end` (None: open) of a TVDB season are the media's own from `first` on (0: not told)."""

    anilist_id: int
    tvdb_id: int
    season: int
    begin: int
    end: int | None
    first: int = 1

    def episode(self, number: float) -> float | None:
        """Return the media's own number of the season's episode `number`; None: it is not of this media."""
        if not self.first or number < self.begin or (self.end is not None and number >= self.end + 1):
            return None
        return number - self.begin + self.first

    def counts(self, own: float) -> bool:
        """Say whether the media's own number `own` is one of the season's, whose end is told."""
        return bool(self.first) and self.end is not None and 0 <= own - self.first < self.end + 1 - self.begin


@dataclass(frozen=True, slots=True)
class OtherId:
    """Another service's id for a media: `scheme` is anidb, mal, tvdb, tmdb-tv, tmdb-movie or imdb."""

    scheme: str
    value: str
    anilist_id: int


@dataclass(frozen=True, slots=True)
class SeasonMap:
    """What one file of the season map says."""

    rows: tuple[SeasonRow, ...]
    ids: tuple[OtherId, ...]


def _stretches(anilist_id: int, tvdb_id: int, season: int, text: str, first: int) -> Iterator[SeasonRow]:
    """Read the stretches of one season; the media's own count goes on from `first` through them."""
    if not text:
        yield SeasonRow(anilist_id, tvdb_id, season, 1, None, first)
        return
    if "|" in text:  # one number stands for several: no simple arithmetic
        return
    for piece in text.split(",")[:_MAX_STRETCHES]:
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
        first += end - begin + 1 if first else 0


def _rows(anilist_id: int, fields: dict[str, object]) -> Iterator[SeasonRow]:
    """Read a media's seasons: it counts on through them in their order, as far as the length of all before is told."""
    tvdb_id, mappings = fields.get("tvdb_id"), fields.get("tvdb_mappings")
    if not isinstance(tvdb_id, int) or not 0 < tvdb_id <= _HIGHEST_ID or not isinstance(mappings, dict):
        return
    told = {int(m[1]): text for name, text in mappings.items() if (m := _SEASON.match(name)) and isinstance(text, str)}
    first = 1
    for season, text in sorted(told.items()):
        apart = 1 if len(told) == 1 else 0  # which of a series' episodes TVDB keeps as specials is not told
        rows = tuple(_stretches(anilist_id, tvdb_id, season, text, first if season else apart))
        yield from rows
        if season:
            first = _after(rows) if 0 not in told and len(rows) == text.count(",") + 1 else 0


def _after(rows: tuple[SeasonRow, ...]) -> int:
    """Return the media's own number of the episode that follows these; 0 if it cannot be told."""
    last = rows[-1]
    return 0 if last.end is None or not last.first else last.first + last.end - last.begin + 1


_SCHEMES = {
    "anidb_id": "anidb",
    "mal_id": "mal",
    "tvdb_id": "tvdb",
    "tmdb_show_id": "tmdb-tv",
    "tmdb_movie_id": "tmdb-movie",
    "imdb_id": "imdb",
}


def _ids(anilist_id: int, fields: dict[str, object]) -> Iterator[OtherId]:
    for name, scheme in _SCHEMES.items():
        value = fields.get(name)
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, int | str) and not isinstance(one, bool) and str(one).isascii():
                yield OtherId(scheme, str(one)[:40], anilist_id)


def _row(crossing: Crossing, stretch: Stretch) -> SeasonRow:
    tvdb_id, season = int(crossing.value), crossing.season or 0
    return SeasonRow(crossing.anilist_id, tvdb_id, season, stretch.begin, stretch.end, stretch.first)


@dataclass(slots=True)
class _Gathered:
    """What was read so far. A season is taken as AniList's side of the map tells it, else as TVDB's side does."""

    rows: dict[SeasonRow, None]
    ids: dict[OtherId, None]
    backward: dict[tuple[int, str, int | None], Crossing]
    told: set[tuple[int, str, int | None]]

    def cross(self, crossing: Crossing) -> None:
        self.ids[OtherId(crossing.scheme, crossing.value, crossing.anilist_id)] = None
        if crossing.scheme != "tvdb" or crossing.season is None:
            return
        place = (crossing.anilist_id, crossing.value, crossing.season)
        if not crossing.forward:
            self.backward[place] = crossing
            return
        self.told.add(place)
        self.rows.update((_row(crossing, s), None) for s in crossing.stretches)

    def check(self) -> None:
        if len(self.rows) > _MAX_ROWS or len(self.ids) + len(self.backward) > _MAX_IDS:
            raise ValueError("it names more seasons or ids than there are")

    def whole(self) -> SeasonMap:
        for place, crossing in self.backward.items():
            if place not in self.told:
                self.rows.update((_row(crossing, s), None) for s in crossing.stretches)
        return SeasonMap(tuple(self.rows), tuple(self.ids))


def parse_seasons(content: bytes | str) -> SeasonMap:
    """Read a whole file, one member at a time: it may have tens of megabytes.

    Raises ValueError if it is not a JSON object; what is odd inside is passed over.
    """
    gathered = _Gathered({}, {}, {}, set())
    for name, fields in members(content if isinstance(content, bytes) else content.encode("utf-8", "replace")):
        if not isinstance(fields, dict):
            continue
        if name.isdecimal() and len(name) < 10:
            gathered.rows.update((r, None) for r in _rows(int(name), fields))
            gathered.ids.update((i, None) for i in _ids(int(name), fields))
        else:
            for crossing in crossings(name, fields):
                gathered.cross(crossing)
        gathered.check()
    return gathered.whole()
