"""One title of a reading beside one known name: how well they agree, and what the reading then says."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.pieces import pieces
from kotozoe.identify.names.reading import Reading
from kotozoe.identify.names.titles import (
    FINAL,
    Quality,
    TitleKey,
    exact,
    sides,
    tidy,
    title_keys,
    weak_enough,
    without_season,
    without_year,
)
from kotozoe.identify.names.words import untitling
from kotozoe.identify.verdict.knowledge import Source, TitleRow
from kotozoe.model import MediaKey


class MatchQuality(enum.IntEnum):
    """How a title of a reading meets a known name; the smaller is the surer."""

    STATED = 0  # an id, no title
    WHOLE = 1  # all of the title text is all of the name
    BARE = 2  # but for "the movie", "(2019)"; or one of two titles that the title text gives
    SIDE = 3  # all of the title text is one side of the name
    KIN = 4  # the title text begins as a series does, and goes on as this media of it is called
    CUT = 5  # a side of the title text is all of the name
    PREFIX = 6  # the title text is the first words of the name
    NEAR = 7  # spelt a little otherwise
    PART = 8  # a side of each is the same: they may be of one family


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A media whose name a reading's title meets.

    `season` and `part` are what the reading says; `own` is true if the name itself says them too, so that nothing is
    left to count. `same_text`: they agree in punctuation as well.
    """

    reading: Reading
    media: MediaKey
    agreement: MatchQuality
    length: int
    season: int | None
    part: int | None
    own: bool
    same_text: bool
    as_part: bool  # its "Part 2" is taken for the season 2 that the reading says
    text: str
    source: Source
    anime: bool = True
    exactly: bool = False  # the whole of a title, word for word; a year may stand beside it
    base: str = ""  # the name of the series, where only a relative of the media was met


@dataclass(frozen=True, slots=True)
class Text:
    """One title that a title text gives: all of it, a piece, or a side."""

    text: str
    reading: Reading
    agreement: MatchQuality
    keys: tuple[TitleKey, ...]
    swapped: bool = False  # "Subtitle - Title": the whole of it is a name, or nothing


_MAX_PIECES = 8
# marks by which titles of one series are told apart
_SEPARATORS = tuple(":：-–—~〜～/／|(（")
_MARKS = re.compile(r"['’`´](?!\w)|[+*＊°†\u2190-\u23ff\u25a0-\u27bf]")
# what tells a media from its namesake
KIND_MARK = re.compile(r"[(（](?:tv|ova|oad|ona|movie|specials?)[)）]", re.IGNORECASE)
WORD = re.compile(r"\w+")
_BANGS = re.compile(r"[!?！？]+")
_NUMBER = re.compile(r"[0-9]+")
_CATALOGUE = {"catalogue": 0, "facts": 1, "synonym": 2, "list": 3}


_Title: TypeAlias = tuple[str, MatchQuality, tuple[TitleKey, ...], bool]


@lru_cache(maxsize=512)
def _titles(title_text: str) -> tuple[_Title, ...]:
    """Return the titles that a title text gives, their keys, and whether its sides change places; the whole first."""
    inner = pieces(title_text)[:_MAX_PIECES]
    texts = [(title_text, MatchQuality.WHOLE)]
    texts += [(piece, MatchQuality.BARE) for piece in inner]
    texts += [(side, MatchQuality.CUT) for whole in (title_text, *inner[:2]) for side in sides(whole)]
    found = [(text, how, keys, False) for text, how in texts if (keys := _keyed(text, how))]
    found += [(text, MatchQuality.BARE, title_keys(text)[:1], True) for text in _swapped(title_text)]
    return tuple(found)


def _swapped(title_text: str) -> Iterator[str]:
    """Yield "Title Subtitle" of "Subtitle - Title", where each is a title of its own."""
    both = title_text.split(" - ")
    if len(both) == 2 and all(weak_enough(title_keys(side)[0].key) for side in both if title_keys(side)):
        yield f"{both[1]} {both[0]}"


def _keyed(text: str, how: MatchQuality) -> tuple[TitleKey, ...]:
    keys = title_keys(text)
    if how is MatchQuality.WHOLE:
        return keys
    return tuple(k for k in keys if weak_enough(k.key) and not untitling(k.key))  # "Title - Movie [Group]"


def texts(reading: Reading) -> Iterator[Text]:
    """Yield the titles of a reading; one that was read without a number must hold every number that is there."""
    unread = _NUMBER.findall(tidy(without_year(reading.title_text))) if reading.parsed.place is NumberPlace.NONE else []
    for text, how, keys, swapped in _titles(reading.title_text):
        kept = tuple(k for k in keys if _accounts_for(k, unread))
        if kept:
            yield Text(text, reading, how, kept, swapped)


def _accounts_for(key: TitleKey, numbers: Iterable[str]) -> bool:
    """Say whether a key holds all of these numbers, one of them at most as its season and one as its part."""
    left = [int(n) for n in numbers if n not in key.key]
    for said in (key.season, key.part):
        if said in left:
            left.remove(said)
    return not left


def one_word(text: str) -> bool:
    """Say whether a title is a single word of Latin letters: too little to be known by as a part of a name."""
    return text.isascii() and len(WORD.findall(without_season(without_year(text)))) == 1


def _agreement(text: Text, asked: TitleKey, row: TitleKey) -> MatchQuality | None:
    """Rank one meeting; None if too little of both is left."""
    if text.swapped and row.quality is not Quality.FULL:
        return None
    known = text.reading.parsed.led or not one_word(text.text)
    if row.quality is Quality.BARE and row.season is None and not known:
        return None  # what is called "Title: The Animation" leaves "Title" to something else
    if row.quality is Quality.SIDE:
        if not known or untitling(text.text):
            return None
        return MatchQuality.SIDE if text.agreement < MatchQuality.CUT else MatchQuality.PART
    if text.agreement is MatchQuality.CUT:
        return MatchQuality.CUT if asked.quality < Quality.BARE else None
    bare = Quality.BARE in (asked.quality, row.quality)
    return MatchQuality.BARE if bare else text.agreement


@dataclass(frozen=True, slots=True)
class Said:
    """Season and part as a reading says them, and whether the known name says the same."""

    season: int | None
    part: int | None
    own: bool


def said(claimed: int | None, words: TitleKey, asked: TitleKey, row: TitleKey) -> Said | None:
    """Compare seasons and parts; None if the name is of another part than the reading speaks of.

    `words`: what the whole title says, even where it was met with its season words on.
    """
    if asked.season is None and asked.part is None and row.season is None and row.part is None:
        named = words.season is not None or words.part is not None
        if named and asked.quality is Quality.FULL and claimed in (None, 0, 1, words.season):
            return Said(claimed if claimed == 0 else words.season, words.part, own=True)
        return Said(claimed, None, own=False)
    counts_own = asked.season is not None and claimed not in (None, 0, 1, asked.season)
    if counts_own and (row.season is None or asked.season != FINAL):
        return None  # "Title II S04E07" counts the seasons of "Title II", not those of "Title"
    season = asked.season if claimed in (None, 1) and asked.season is not None else claimed
    if season == 1 and row.season is None:
        season = None if claimed is None else 1
    if row.season is not None and row.season != season and not (season is None and row.season == 1):
        return None
    if row.part not in (None, asked.part):
        second = asked.part is None and row.season is None and season == row.part
        return Said(season, row.part, own=True) if second else None
    satisfied = (row.season is not None or season in (None, 1)) and (row.part is not None or asked.part is None)
    own = satisfied and (row.season is not None or row.part is not None)
    return Said(season, None if row.part is not None else asked.part, own)


def words_of(keys: Iterable[TitleKey]) -> TitleKey:
    keys = tuple(keys)
    return next((k for k in keys if k.season is not None or k.part is not None), keys[0])


@lru_cache(maxsize=4096)
def _spelling(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(WORD.findall(tidy(text))), tuple(sorted(_MARKS.findall(text)))


def _word_for_word(text: str, name: str) -> bool:
    """Say whether two titles have the same words and marks; "!" and "?" count where the first has some."""
    bangs = _BANGS.findall(text)
    return _spelling(text) == _spelling(name) and (not bangs or bangs == _BANGS.findall(name))


def _exactly(text: Text, row: TitleRow) -> bool:
    """Say whether a title is a whole name, but for a year beside it; or a whole side of one, punctuation and all.

    A piece of a title is not where only the list of titles knows it: that names a series in one script, and what part
    of it is meant may stand beside it in another. Nor is an English name of that list, often one of the whole series.
    """
    if row.quality is Quality.SIDE:
        rest = exact(row.text).removeprefix(exact(text.text))
        return rest != exact(row.text) and rest.lstrip()[:1] in _SEPARATORS
    if (
        text.agreement is MatchQuality.BARE
        and KIND_MARK.search(text.reading.title_text)
        and not KIND_MARK.search(text.text)
    ):
        return False
    most = MatchQuality.WHOLE if row.source == "list" else MatchQuality.BARE
    whole = text.agreement <= most and row.quality is Quality.FULL and not (row.source == "list" and row.text.isascii())
    return whole and (_word_for_word(text.text, row.text) or _word_for_word(without_year(text.text), row.text))


def meet(text: Text, rows_of: dict[str, tuple[TitleRow, ...]]) -> Iterator[TitleMatch]:
    words = words_of(text.keys)
    for asked in text.keys:
        for row in rows_of.get(asked.key, ()):
            agreement = _agreement(text, asked, row.key)
            told = said(text.reading.parsed.season, words, asked, row.key)
            if agreement is None or told is None:
                continue
            as_part = told.own and told.season is not None and told.season == told.part and row.key.season is None
            yield TitleMatch(
                text.reading,
                row.media,
                max(agreement, MatchQuality.SIDE) if as_part else agreement,
                len(words.key if asked.quality is not Quality.FULL else asked.key),
                told.season,
                told.part,
                told.own,
                exact(row.text) == exact(text.text),
                as_part,
                row.text,
                row.source,
                row.anime,
                _exactly(text, row),
            )


def order(hit: TitleMatch) -> tuple[object, ...]:
    """Sort hits: the surest first, the longest title text first."""
    folder = hit.reading.folder
    return (
        hit.agreement,
        folder,
        -hit.length,
        hit.reading.parsed.place,
        _CATALOGUE.get(hit.source, 3),
        not hit.same_text,
        str(hit.media),
    )
