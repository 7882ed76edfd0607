"""From readings to known names: which titles are the names of which media, and how well they agree."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kotozoe.decide.names.numbers import Place
from kotozoe.decide.names.pieces import pieces
from kotozoe.decide.names.reading import Reading
from kotozoe.decide.names.titles import (
    Quality,
    TitleKey,
    exact,
    name_rows,
    sides,
    tidy,
    title_keys,
    weak_enough,
    without_season,
    without_year,
)
from kotozoe.decide.verdict.inquiry import Inquiry
from kotozoe.decide.verdict.knowledge import Source, TitleRow
from kotozoe.model import Facts, MediaKey


class Agreement(enum.IntEnum):
    """How a title of a reading meets a known name; the smaller is the surer."""

    STATED = 0  # an id, no title
    WHOLE = 1  # all of the zone is all of the name
    BARE = 2  # but for "the movie", "(2019)"; or one of two titles that the zone gives
    SIDE = 3  # all of the zone is one side of the name
    CUT = 4  # a side of the zone is all of the name
    PREFIX = 5  # the zone is the first words of the name
    NEAR = 6  # spelt a little otherwise


@dataclass(frozen=True, slots=True)
class Hit:
    """A media whose name a reading's title meets.

    `season` and `part` are what the reading says; `own` is true if the name itself says them too, so that nothing is
    left to count. `same_text`: they agree in punctuation as well.
    """

    reading: Reading
    media: MediaKey
    agreement: Agreement
    length: int
    season: int | None
    part: int | None
    own: bool
    same_text: bool
    as_part: bool  # its "Part 2" is taken for the season 2 that the reading says
    text: str
    source: Source
    anime: bool = True


@dataclass(frozen=True, slots=True)
class _Text:
    """One title that a zone gives: all of it, a piece, or a side."""

    text: str
    reading: Reading
    agreement: Agreement
    keys: tuple[TitleKey, ...]


_MOST_PIECES = 8
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9]+")
_SHORTEST_NEAR = 13  # Latin letters; shorter titles are a letter or two away from others
_SHORTEST_HELD = 8  # letters of a zone that is looked for inside longer names
_CATALOGUE = {"catalogue": 0, "facts": 1, "synonym": 2}


@lru_cache(maxsize=512)
def _titles(zone: str) -> tuple[tuple[str, Agreement, tuple[TitleKey, ...]], ...]:
    """Return the titles that a zone gives and their keys, the whole of it first."""
    inner = pieces(zone)[:_MOST_PIECES]
    texts = [(zone, Agreement.WHOLE)]
    texts += [(piece, Agreement.BARE) for piece in inner]
    texts += [(side, Agreement.CUT) for whole in (zone, *inner[:2]) for side in sides(whole)]
    return tuple((text, how, keys) for text, how in texts if (keys := _keyed(text, how)))


def _keyed(text: str, how: Agreement) -> tuple[TitleKey, ...]:
    return tuple(k for k in title_keys(text) if how is Agreement.WHOLE or weak_enough(k.key))


def _texts(reading: Reading) -> Iterator[_Text]:
    """Yield the titles of a reading; one that was read without a number must hold every number that is there."""
    unread = _NUMBER.findall(tidy(without_year(reading.zone))) if reading.claim.place is Place.NONE else []
    for text, how, keys in _titles(reading.zone):
        kept = tuple(k for k in keys if all(n in k.key or int(n) in (k.season, k.part) for n in unread))
        if kept:
            yield _Text(text, reading, how, kept)


def one_word(text: str) -> bool:
    """Say whether a title is a single word of Latin letters: too little to be known by as a part of a name."""
    return text.isascii() and len(_WORD.findall(without_season(without_year(text)))) == 1


def _other_title(reading: Reading, name: str) -> bool:
    """Say whether a name spelt nearly so is another title: short, or with a word more where no group stands before.

    A letter more ("Title X") is always another one.
    """
    zone = without_year(reading.zone)
    words, others = ({*_WORD.findall(without_season(t))} for t in (zone, name))
    more = words ^ others if words < others or others < words else set()
    if reading.claim.led:
        return bool(more) and all(len(word) == 1 for word in more)
    return bool(more) or (zone.isascii() and len(zone) < _SHORTEST_NEAR)


def _agreement(text: _Text, asked: TitleKey, row: TitleKey) -> Agreement | None:
    """Rank one meeting; None if too little of both is left."""
    known = text.reading.claim.led or not one_word(text.text)
    if row.quality is Quality.BARE and row.season is None and not known:
        return None  # what is called "Title: The Animation" leaves "Title" to something else
    if row.quality is Quality.SIDE:
        return Agreement.SIDE if known and text.agreement < Agreement.CUT else None
    if text.agreement is Agreement.CUT:
        return Agreement.CUT if asked.quality < Quality.BARE else None
    bare = Quality.BARE in (asked.quality, row.quality)
    return Agreement.BARE if bare else text.agreement


@dataclass(frozen=True, slots=True)
class _Said:
    """Season and part as a reading says them, and whether the known name says the same."""

    season: int | None
    part: int | None
    own: bool


def _said(claimed: int | None, words: TitleKey, asked: TitleKey, row: TitleKey) -> _Said | None:
    """Compare seasons and parts; None if the name is of another part than the reading speaks of.

    `words`: what the whole title says, even where it was met with its season words on.
    """
    if asked.season is None and asked.part is None and row.season is None and row.part is None:
        named = words.season is not None or words.part is not None
        if named and asked.quality is Quality.FULL and claimed in (None, 0, 1, words.season):
            return _Said(claimed if claimed == 0 else words.season, words.part, own=True)
        return _Said(claimed, None, own=False)
    if asked.season is not None and row.season is None and claimed not in (None, 0, 1, asked.season):
        return None  # "Title II S04E07" counts the seasons of "Title II", not those of "Title"
    season = asked.season if claimed in (None, 1) and asked.season is not None else claimed
    if season == 1 and row.season is None:
        season = None if claimed is None else 1
    if row.season is not None and row.season != season and not (season is None and row.season == 1):
        return None
    if row.part not in (None, asked.part):
        second = asked.part is None and row.season is None and season == row.part
        return _Said(season, row.part, own=True) if second else None
    satisfied = (row.season is not None or season in (None, 1)) and (row.part is not None or asked.part is None)
    own = satisfied and (row.season is not None or row.part is not None)
    return _Said(season, None if row.part is not None else asked.part, own)


def _words_of(keys: Iterable[TitleKey]) -> TitleKey:
    keys = tuple(keys)
    return next((k for k in keys if k.season is not None or k.part is not None), keys[0])


def _meet(text: _Text, rows_of: dict[str, tuple[TitleRow, ...]]) -> Iterator[Hit]:
    words = _words_of(text.keys)
    for asked in text.keys:
        for row in rows_of.get(asked.key, ()):
            agreement = _agreement(text, asked, row.key)
            said = _said(text.reading.claim.season, words, asked, row.key)
            if agreement is None or said is None:
                continue
            as_part = said.own and said.season is not None and said.season == said.part and row.key.season is None
            yield Hit(
                text.reading,
                row.media,
                max(agreement, Agreement.SIDE) if as_part else agreement,
                len(words.key if asked.quality is not Quality.FULL else asked.key),
                said.season,
                said.part,
                said.own,
                exact(row.text) == exact(text.text),
                as_part,
                row.text,
                row.source,
                row.anime,
            )


def order(hit: Hit) -> tuple[object, ...]:
    """Sort hits: the surest first, the longest zone first."""
    folder = hit.reading.folder
    return (
        hit.agreement,
        folder,
        -hit.length,
        hit.reading.claim.place,
        _CATALOGUE.get(hit.source, 3),
        not hit.same_text,
        str(hit.media),
    )


def _best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Keep one hit of each reading and media: the surest."""
    kept: dict[tuple[Reading, MediaKey, int | None, int | None, bool], Hit] = {}
    for hit in sorted(hits, key=order):
        kept.setdefault((hit.reading, hit.media, hit.season, hit.part, hit.own), hit)
    return tuple(kept.values())


def exact_hits(readings: Iterable[Reading], inquiry: Inquiry) -> tuple[Hit, ...]:
    """Meet the readings with the names known under exactly their keys."""
    hits: list[Hit] = []
    for reading in readings:
        for text in _texts(reading):
            rows = {key.key: found for key in text.keys if (found := inquiry.titles(key.key))}
            if rows:
                hits.extend(_meet(text, rows))
    return _best(hits)


def _rows_of(found: Iterable[Facts]) -> Iterator[TitleRow]:
    for facts in found:
        media = MediaKey("anilist", str(facts.anilist_id))
        for name in (*facts.titles, *facts.synonyms):
            source: Source = "facts" if name in facts.titles else "synonym"
            yield from (TitleRow(media, key, name, source) for key in name_rows(name))


def found_hits(readings: Iterable[Reading], found: Iterable[Facts], inquiry: Inquiry) -> tuple[Hit, ...]:
    """Meet the readings with the names of media that a search found; also with names that hold the zone's words."""
    rows: dict[str, list[TitleRow]] = {}
    whole: list[TitleRow] = []
    for row in _rows_of(found):
        rows.setdefault(row.key.key, []).append(row)
        if row.quality is Quality.FULL:
            whole.append(row)
    fixed = {key: tuple(these) for key, these in rows.items()}
    readings = tuple(readings)
    exact_ones = [h for reading in readings for text in _texts(reading) for h in _meet(text, fixed)]
    names = [(row, _WORD.findall(tidy(row.text))) for row in whole]
    held = {zone: _holding(zone, names) for zone in dict.fromkeys(r.zone for r in readings)}
    return _best((*exact_ones, *(h for reading in readings for h in _begun(reading, held[reading.zone], inquiry))))


def _holding(zone: str, names: Iterable[tuple[TitleRow, list[str]]]) -> list[TitleRow]:
    """Return the names that hold all words, at least two, of a title that the zone gives, in their order."""
    asked = [_WORD.findall(without_season(text)) for text in (zone, *pieces(zone))]
    return [row for row, told in names if any(_in_order(words, told) for words in asked)]


def _in_order(words: list[str], told: list[str]) -> bool:
    rest = iter(told)
    return len(words) > 1 and sum(map(len, words)) >= _SHORTEST_HELD and all(word in rest for word in words)


def near_hits(readings: Iterable[Reading], inquiry: Inquiry) -> tuple[Hit, ...]:
    """Meet the whole zones with names spelt nearly so, and with names that begin so."""
    hits: list[Hit] = []
    for reading in readings:
        asked = _words_of(title_keys(without_year(reading.zone)))
        if not weak_enough(asked.key):
            continue
        for near in inquiry.near(asked.key):
            said = _said(reading.claim.season, asked, asked, _told(near.row))
            if said is not None and not _other_title(reading, near.row.text):
                hits.append(_loose(reading, near.row, Agreement.NEAR, int(near.ratio), said))
        if reading.claim.led or not one_word(reading.zone):
            hits.extend(_begun(reading, inquiry.prefixed(asked.key), inquiry))
    return _best(hits)


def _told(row: TitleRow) -> TitleKey:
    """Return the key under which a name was found, with what its words say of season and part."""
    words = _words_of(title_keys(row.text))
    return TitleKey(row.key.key, words.season, words.part, row.quality)


def _begun(reading: Reading, rows: Iterable[TitleRow], inquiry: Inquiry) -> Iterator[Hit]:
    """Yield hits for names of which the zone is a part, if all of them belong to one series."""
    rows = [r for r in rows if r.anime]
    if not rows or not _one_series({r.media.anilist_id for r in rows}, inquiry):
        return
    asked = _words_of(title_keys(without_year(reading.zone)))
    for row in rows:
        said = _said(reading.claim.season, asked, asked, _told(row))
        if said is not None:
            yield _loose(reading, row, Agreement.PREFIX, len(asked.key), said)


def _one_series(media: set[int | None], inquiry: Inquiry) -> bool:
    if len(media) == 1:
        return True
    series = [{r.tvdb_id for r in inquiry.seasons(m)} for m in media if m is not None]
    return bool(series) and bool(set.intersection(*series))


def _loose(reading: Reading, row: TitleRow, agreement: Agreement, length: int, said: _Said) -> Hit:
    return Hit(
        reading,
        row.media,
        agreement,
        length,
        said.season,
        said.part,
        said.own,
        same_text=False,
        as_part=False,
        text=row.text,
        source=row.source,
        anime=row.anime,
    )
