"""What a library's `.nfo` file says of the video beside it: ids of its series or film, and the episode's number.

The format is Kodi's, written by Jellyfin, Sonarr and others too: XML that comes from anywhere. Document types and
entities are refused, and only short values of a few elements right under the root are taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kotozoe.identify.names.identify import UNTITLED, Identified, StatedId
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading, cut

MAX_SIZE = 1 << 20  # bytes; with a long list of actors they have some 100,000

_KINDS = ("tvshow", "movie", "episodedetails")
_SERVICES = ("tvdb", "tmdb", "imdb", "anidb", "anilist")
_ID_ELEMENTS = {f"{service}{ending}": service for service in _SERVICES for ending in ("id", "_id")}
_MAX_VALUE = 40  # characters of a value
_ID = re.compile(r"^(?:tt\d{1,10}|\d{1,10})$")
_MAX_IDS = 12


@dataclass(frozen=True, slots=True)
class Nfo:
    """What one file says. `kind` is its root element; ids of an episode name the episode only and are left out."""

    kind: str
    ids: tuple[StatedId, ...] = ()
    season: int | None = None
    episode: int | None = None


class _RefusedError(Exception):
    """Something stands in the file that no honest one has."""


@dataclass(slots=True)
class _Reader:
    kind: str = ""
    depth: int = 0
    element: str = ""
    text: str = ""
    found: list[tuple[str, str]] = field(default_factory=list)
    closed: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            if name not in _KINDS:
                raise _RefusedError
            self.kind = name
        elif self.depth == 2:
            told = attributes.get("type", "").lower()
            self.element, self.text = (told if name == "uniqueid" else _ID_ELEMENTS.get(name, name)), ""

    def characters(self, text: str) -> None:
        if self.depth == 2:
            self.text = (self.text + text)[: _MAX_VALUE + 1]

    def end(self, name: str) -> None:  # noqa: ARG002 - expat passes it
        if self.depth == 2:
            self.found.append((self.element, self.text.strip()))
        self.depth -= 1
        self.closed = self.closed or self.depth == 0

    def refuse(self, *_: object) -> None:
        raise _RefusedError


def read_nfo(content: bytes) -> Nfo | None:
    """Read a whole file; None if it is none of these. What follows the root element (a link, often) is passed over."""
    if len(content) > MAX_SIZE:
        return None
    # no entity is ever expanded: their declaration already ends the reading
    from xml.parsers import expat  # noqa: PLC0415 - most videos have no such file

    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(content, True)
    except _RefusedError:
        return None
    except (expat.ExpatError, ValueError, LookupError):
        if not reader.closed:
            return None
    return _told(reader)


def _told(reader: _Reader) -> Nfo:
    if reader.kind == "episodedetails":
        values = dict(reversed(reader.found))
        return Nfo(reader.kind, (), _number(values.get("season", "")), _number(values.get("episode", "")))
    ids: dict[StatedId, None] = {}
    for element, value in reader.found:
        scheme = "imdb" if element == "id" and value.startswith("tt") else element
        if scheme in _SERVICES and _ID.match(value):
            form = {"tvshow": "-tv", "movie": "-movie"}[reader.kind] if scheme == "tmdb" else ""
            ids[StatedId(scheme + form, value)] = None
    return Nfo(reader.kind, tuple(ids)[:_MAX_IDS])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def with_nfo(identified: Identified, found: Sequence[Nfo]) -> Identified:
    """Add what the files beside a video say to what its name says: ids, and with them the number of the episode."""
    numbered = any(r.parsed.place is NumberPlace.SEASON_EPISODE for r in identified.readings)
    ids = tuple(dict.fromkeys(i for nfo in found if nfo.kind == "tvshow" or not numbered for i in nfo.ids))
    if not ids or identified.skip not in ("", UNTITLED):
        return identified
    readings = identified.readings or cut(identified.name)
    told = next((n for n in found if n.season is not None and n.episode is not None), None)
    if told is not None and told.episode is not None:
        parsed = ParsedNumbers(NumberPlace.SEASON_EPISODE, told.season, float(told.episode), special=told.season == 0)
        ends = (r.parsed for r in readings if r.parsed.episode == told.episode and r.parsed.episode_end is not None)
        parsed = replace(parsed, episode_end=next((c.episode_end for c in ends), None))
        readings = (Reading("", parsed), *readings)
    return replace(identified, ids=(*ids, *identified.ids), readings=readings, skip="")
