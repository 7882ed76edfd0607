"""Where readings meet known names: under exactly their keys, among what a search found, spelt nearly so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kotozoe.identify.names.pieces import pieces
from kotozoe.identify.names.reading import Reading
from kotozoe.identify.names.titles import (
    Quality,
    TitleKey,
    key_of,
    name_rows,
    tidy,
    title_keys,
    weak_enough,
    without_season,
    without_year,
)
from kotozoe.identify.names.words import MOVIE
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.knowledge import Source, TitleRow
from kotozoe.identify.verdict.matching import (
    WORD,
    MatchQuality,
    Said,
    TitleMatch,
    meet,
    one_word,
    order,
    said,
    texts,
    words_of,
)
from kotozoe.identify.verdict.unread import neutral
from kotozoe.model import Facts, MediaKey

_KIND = re.compile(rf"{MOVIE.pattern}|(?<!\w)tv(?!\w)", re.IGNORECASE)
_SHORTEST_NEAR = 13  # Latin letters; shorter titles are a letter or two away from others
_SHORT_WORD = 3  # letters of a word by which the parts of a series are told apart
_ALIKE = 0.5  # of 1
_SCATTERED = 3  # words of a title text that do not stand apart in a long name by chance
_LONG_NAME = 6  # words
_SHORTEST_HELD = 8  # letters of a title text that is looked for inside longer names


def _best(hits: Iterable[TitleMatch]) -> tuple[TitleMatch, ...]:
    """Keep one hit of each reading and media: the surest. It is exact if one of the same agreement is."""
    kept: dict[tuple[Reading, MediaKey, int | None, int | None, bool], TitleMatch] = {}
    for hit in sorted(hits, key=order):
        key = (hit.reading, hit.media, hit.season, hit.part, hit.own)
        held = kept.setdefault(key, hit)
        if hit.exactly and not held.exactly and hit.agreement is held.agreement:
            kept[key] = replace(held, exactly=True, text=hit.text, source=hit.source)
    return tuple(kept.values())


def unclaimed(readings: Iterable[Reading], inquiry: Inquiry) -> tuple[Reading, ...]:
    """Leave out the readings whose bare number, with words behind it, belongs to a known title ("Gundam 00 Rain")."""
    return tuple(r for r in readings if not (r.parsed.followed and _numbered_title(r, inquiry)))


def _numbered_title(reading: Reading, inquiry: Inquiry) -> bool:
    number = reading.parsed.episode or 0
    texts = {f"{reading.title_text} {written}" for written in (f"{number:g}", f"{number:02g}")}
    rows = (row for text in sorted(texts) for row in inquiry.titles(key_of(tidy(text))))
    return any(row.anime and row.quality is Quality.FULL for row in rows)


def exact_hits(readings: Iterable[Reading], inquiry: Inquiry) -> tuple[TitleMatch, ...]:
    """Meet the readings with the names known under exactly their keys."""
    hits: list[TitleMatch] = []
    for reading in readings:
        for text in texts(reading):
            rows = {key.key: found for key in text.keys if (found := inquiry.titles(key.key))}
            if rows:
                hits.extend(meet(text, rows))
    return _best(hits)


def _rows_of(found: Iterable[Facts]) -> Iterator[TitleRow]:
    for facts in found:
        media = MediaKey("anilist", str(facts.anilist_id))
        for name in (*facts.titles, *facts.synonyms):
            source: Source = "facts" if name in facts.titles else "synonym"
            yield from (TitleRow(media, key, name, source) for key in name_rows(name))


def found_hits(readings: Iterable[Reading], found: Iterable[Facts], inquiry: Inquiry) -> tuple[TitleMatch, ...]:
    """Meet the readings with the names of media that a search found; also with names that hold the text's words."""
    rows: dict[str, list[TitleRow]] = {}
    whole: list[TitleRow] = []
    for row in _rows_of(found):
        rows.setdefault(row.key.key, []).append(row)
        if row.quality is Quality.FULL:
            whole.append(row)
    fixed = {key: tuple(these) for key, these in rows.items()}
    readings = tuple(readings)
    exact_ones = [h for reading in readings for text in texts(reading) for h in meet(text, fixed)]
    names = [(row, WORD.findall(tidy(row.text))) for row in whole]
    held = {title_text: _holding(title_text, names) for title_text in dict.fromkeys(r.title_text for r in readings)}
    return _best(
        (*exact_ones, *(h for reading in readings for h in _begun(reading, held[reading.title_text], inquiry)))
    )


def _holding(title_text: str, names: Iterable[tuple[TitleRow, list[str]]]) -> list[TitleRow]:
    """Return the names that hold all words, at least two, of a title that the title text gives, in their order."""
    asked = [WORD.findall(_KIND.sub(" ", without_season(text))) for text in (title_text, *pieces(title_text))]
    rows = [row for row, told in names if any(_in_order(words, told) for words in asked)]
    return [row for row in rows if not any(_begins_with(row, other) for other in rows)]


def _begins_with(row: TitleRow, other: TitleRow) -> bool:
    """Say whether a name is that of another media and something more ("Title Picture Drama")."""
    return row.media != other.media and tidy(row.text).startswith(f"{tidy(other.text)} ")


def _in_order(words: list[str], told: list[str]) -> bool:
    rest = iter(told)
    enough = len(words) > 1 and sum(map(len, words)) >= _SHORTEST_HELD
    scattered = f" {' '.join(words)} " not in f" {' '.join(told)} " and len(told) >= _LONG_NAME
    by_chance = scattered and sum(len(word) > 1 for word in words) < _SCATTERED
    return enough and not by_chance and all(word in rest for word in words)


def _other_title(reading: Reading, name: str) -> bool:
    """Say whether a name spelt nearly so is another title: short, or with a word more where no group stands before.

    A letter more ("Title X") is always another one.
    """
    title_text = without_year(reading.title_text)
    words, others = (WORD.findall(without_season(t)) for t in (title_text, name))
    left, missing = ([w for w in one if w not in other] for one, other in ((words, others), (others, words)))
    more = () if left and missing else {*left, *missing}
    if not more and not _alike("".join(w for w in WORD.findall(tidy(title_text)) if w not in others), "".join(missing)):
        return True
    if reading.parsed.led:
        return any(len(word) <= _SHORT_WORD and not neutral(word) for word in more)
    return bool(more) or (title_text.isascii() and len(title_text) < _SHORTEST_NEAR)


def _alike(one: str, other: str) -> bool:
    """Say whether what two titles do not share is one text spelt in two ways, not two words ("Z", "UC")."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - hardly any name comes here

    if not one.isascii() or not other.isascii():
        return True
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def near_hits(readings: Iterable[Reading], inquiry: Inquiry) -> tuple[TitleMatch, ...]:
    """Meet the whole zones with names spelt nearly so, and with names that begin so."""
    hits: list[TitleMatch] = []
    for reading in readings:
        asked = words_of(title_keys(without_year(reading.title_text)))
        if not weak_enough(asked.key):
            continue
        for near in inquiry.near(asked.key):
            told = said(reading.parsed.season, asked, asked, _told(near.row))
            if told is not None and not _other_title(reading, near.row.text):
                hits.append(_loose(reading, near.row, MatchQuality.NEAR, int(near.ratio), told))
        if reading.parsed.led or not one_word(reading.title_text):
            hits.extend(_begun(reading, inquiry.prefixed(asked.key), inquiry))
    return _best(hits)


def _told(row: TitleRow) -> TitleKey:
    """Return the key under which a name was found, with what its words say of season and part."""
    words = words_of(title_keys(row.text))
    return TitleKey(row.key.key, words.season, words.part, row.quality)


def _begun(reading: Reading, rows: Iterable[TitleRow], inquiry: Inquiry) -> Iterator[TitleMatch]:
    """Yield hits for names of which the title text is a part, if all of them belong to one series."""
    rows = [r for r in rows if r.anime]
    if not rows or not _one_series({r.media.anilist_id for r in rows}, inquiry):
        return
    asked = words_of(title_keys(without_year(reading.title_text)))
    for row in rows:
        told = said(reading.parsed.season, asked, asked, _told(row))
        if told is not None:
            yield _loose(reading, row, MatchQuality.PREFIX, len(asked.key), told)


def _one_series(media: set[int | None], inquiry: Inquiry) -> bool:
    if len(media) == 1:
        return True
    series = [{r.tvdb_id for r in inquiry.seasons(m)} for m in media if m is not None]
    return bool(series) and bool(set.intersection(*series))


def _loose(reading: Reading, row: TitleRow, agreement: MatchQuality, length: int, told: Said) -> TitleMatch:
    return TitleMatch(
        reading,
        row.media,
        agreement,
        length,
        told.season,
        told.part,
        told.own,
        same_text=False,
        as_part=False,
        text=row.text,
        source=row.source,
        anime=row.anime,
    )
