"""Titles as keys: the same function reads the names of the catalogue and the title text of a video's name.

A key is the words of a title, joined, in one spelling. Season and part words are read out of it, so that
"Overlord III", "Overlord 3rd Season" and "Overlord S3" all meet as ("overlord", season 3).
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from kotozoe.identify.names.kanji import kanji_number

KEYS_VERSION = 9  # raise when any rule below changes: the rows on disk are then made anew

_BATCH = 1000  # names read at once
_MIN_SIDE = 4  # letters of a key that may stand for a name of which it is a part
FINAL = -1  # the season number of "Final Season"


class Quality(enum.IntEnum):
    """How much of a name a key stands for; the smaller says more."""

    FULL = 0  # all of it
    STRIPPED = 1  # without its season and part words, which the key carries as numbers
    BARE = 2  # without "the movie", "TV", "(2019)"
    SIDE = 3  # one side of a subtitle separator


@dataclass(frozen=True, slots=True)
class TitleKey:
    """One key of one name, with the season and part that the name's own words say."""

    key: str
    season: int | None
    part: int | None
    quality: Quality


_FULL, _STRIPPED, _BARE, _SIDE = Quality  # looked up a hundred thousand times for one catalogue

KeyRow: TypeAlias = tuple[str, int | None, int | None, Quality]  # the fields of a TitleKey
_Piece: TypeAlias = tuple[str, int | None, int | None, Quality]  # likewise, with a tidied text for the key

_WORD_NUMBERS = {
    **{w: i for i, w in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), 1)},
    **{w: i for i, w in enumerate(("one", "two", "three", "four", "five", "six", "seven"), 1)},
    **{w: i for i, w in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)},
}
_KANJI = frozenset("一二三四五六七八九十")
_NUMBER = r"(\d{1,2}|[ivx]{1,4}|first|second|third|fourth|fifth|sixth|seventh|one|two|three|four|five|six|seven)"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)|(first|second|third|fourth|fifth|sixth|seventh)"
_SEASON = re.compile(
    rf"\b(?:(?:{_ORDINAL}) (?:season|sea|series|stage)\b"
    rf"|(?:season|saison|staffel|temporada)(?:(\d{{1,2}})| {_NUMBER})\b|s0?(\d{{1,2}})(?:(?= ?p0?\d\b)|\b))"
    r"|第 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[期季シ](?:ーズン)?|シーズン ?(\d{1,2})|(?<!\d)(\d{1,2})期"
    r"|(?<= )([一二三四五六七八九十]{1,3})期"
)
_FINAL = re.compile(r"\b(?:the )?final season\b|最終[季章]|ファイナルシーズン")
_PART = re.compile(
    rf"(?<=\d)p0?(\d)\b|\b(?:part|cour|partie|pt) ?{_NUMBER}\b|\b(?:{_ORDINAL}) (?:part|cour)\b|第 ?(\d{{1,2}}"
    rf"|[一二三四五六七八九十]) ?クール"
    r"|パート ?(\d{1,2})"
)
_TRAILING = re.compile(
    r"(?<=\S) (ii|iii|iv|v|vi|vii|viii|ix|ni|zwei|[2-9]|[12]\d)(?=[!?.]*(?: -? ?(?:ova|oad|ona|specials?|movie).*)?$)"
)
_TRAILING_WORDS = {"ni": 2, "zwei": 2}
_DECORATION = re.compile(
    r"\b(?:the movie|movie|film|eiga|gekijouban|gekijoban|the animation|animation|tv animation|the tv|anime|tv|ova|oad"
    r"|ona|specials?)\b"
    r"|\((?:19|20)\d\d\)|劇場版|映画|特別編"
)
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
# "Title: 2.0 Subtitle", "Title 2.22 Subtitle": films are sold under numbers like those of versions
_VERSION_NUMBER = re.compile(r"(?<=[^\W\d_])[:：]? \d\.\d{1,2}(?:\+\d\.\d{1,2})?[:：]? (?=[^\W\d_])")
_SEPARATOR = re.compile(r" [-–—~〜～:]{1,4} ?| ?[:：~〜～／/|｜] ?|(?<![-–—~〜～])[-–—~〜～]{1,4} ")
_PARENTHESES = re.compile(r"[(（\[【][^(（\[【)）\]】]*[)）\]】]")
_EMPTY_PARENTHESES = re.compile(r"\(\s*\)")
_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
_DOT = re.compile(r"\.(?:(?<!\d\.)|(?!\d))")
_WORDS = re.compile(r"\w+")
_BETWEEN_WORDS = re.compile(r"[^\w\n ]+")
# Each begins with its word, which is looked for faster than a boundary.
_RESPELT = re.compile(r"the\b(?<!\wthe)|he\b(?<!\whe)|wo\b(?<!\wwo)|vs\b(?<!\wvs)|and\b(?<!\wand)")
_LONG_O = re.compile(r"o[ou]+")
_LONG_U = re.compile(r"uu+")
# One look for what most names lack spares them the patterns above: a whole catalogue is read in a fifth of the time.
_MAYBE_UNTIDY = re.compile(r"[×&_.'’‘`´ʼ＇]")
_MAYBE_ACCENTED = re.compile(r"[\x80-\u2fff\u3099\u309a]")  # or is composed with a mark; most kana and kanji are not
_MAYBE_SEPARATED = re.compile(r"[-–—~〜～:：／/|｜]")
# Where all alternatives begin with a letter, no other place is tried: hence no set among them.
_DIGIT = re.compile(r"\d")
_MAYBE_NUMBERED = re.compile(
    r"season|sea\b|series|stage|saison|staffel|temporada|part|cour|pt|第|期|季|最終|ファイナル|シーズン|パート"
    r"| (?:[ivx]{1,4}|ni|zwei)(?!\w)"
)
_BRACKET = re.compile(r"[(（\[【]")
_MAYBE_DECORATED = re.compile(r"movie|film|eiga|geki|animation|anime|tv|ova|oad|ona|special|劇場版|映画|特別編")
# "&" is an "and", and names with dots for spaces leave it out.
_SPELLINGS = {"the": "", "and": "", "wo": "o", "he": "e", "vs": "versus"}


@lru_cache(maxsize=1024)
def tidy(text: str) -> str:
    """Return `text` in one case and width, symbols that stand for letters or spaces replaced, punctuation kept."""
    return " ".join(_tidy_lines(unicodedata.normalize("NFKC", text)).split())


def _tidied(texts: Iterable[str]) -> list[str]:
    """Tidy many texts, as lines of one: most steps are then taken once for all of them."""
    lines = "\n".join([unicodedata.normalize("NFKC", text).replace("\n", " ") for text in texts])
    return [" ".join(line.split()) for line in _tidy_lines(lines).split("\n")]


def _tidy_lines(text: str) -> str:
    """Tidy all but the spaces of a text whose width is right. No line has a say in what becomes of another."""
    text = text.casefold()
    if _MAYBE_UNTIDY.search(text):
        text = text.replace("×", "x").replace("&", " and ").replace("_", " ")
        text = _DOT.sub(" ", _APOSTROPHES.sub("", text))
    return text


@lru_cache(maxsize=4096)
def exact(text: str) -> str:
    """Return `text` for comparing names that differ in punctuation only."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("_", " ").split())


def _without_accents(text: str) -> str:
    if text.isascii() or not _MAYBE_ACCENTED.search(text):
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in parts if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def key_of(tidied: str) -> str:
    """Return the key of a tidied text: its words joined, long vowels folded."""
    plain = _without_accents(tidied).replace("\n", " ")
    return _key_lines(plain) or _only_article(plain)


def _keys_of(tidied: Iterable[str]) -> list[str]:
    """Return the keys of many tidied texts, none of which holds a line break."""
    plain = list(map(_without_accents, tidied))
    keys = _key_lines("\n".join(plain)).split("\n")
    return [key or _only_article(text) for key, text in zip(keys, plain, strict=True)]


def _key_lines(text: str) -> str:
    """Return the key of each line, one a line; empty for one that holds no word but "the"."""
    text = _BETWEEN_WORDS.sub(" ", text)
    text = _RESPELT.sub(lambda m: _SPELLINGS[m[0]], text)
    text = _LONG_O.sub("o", text) if "oo" in text or "ou" in text else text
    text = _LONG_U.sub("u", text) if "uu" in text else text
    return text.replace("ei", "e").replace("mb", "nb").replace("mp", "np").replace(" ", "")


def _only_article(text: str) -> str:
    """Return the key of a text without a key of its own: it may be the one word "The"."""
    return "the" if _WORDS.findall(text) == ["the"] else ""


def number_word(text: str) -> int | None:
    """Return the number that digits, a roman numeral, a number word or a kanji numeral stands for."""
    if text.isdecimal():
        return int(text)
    return kanji_number(text) if text[0] in _KANJI else _WORD_NUMBERS.get(text)


def _first_group(match: re.Match[str]) -> int | None:
    return next((number_word(g) for g in match.groups() if g), None)


@dataclass(frozen=True, slots=True)
class _Words:
    season: int | None
    part: int | None
    before: str
    without: str


def _read_season(text: str) -> _Words | None:
    """Read season and part out of a tidied text; None if it says neither."""
    if not (_DIGIT.search(text) or _MAYBE_NUMBERED.search(text)):
        return None
    season = part = None
    spans: list[tuple[int, int]] = []
    if ("final" in text or "最終" in text or "ファイナル" in text) and (final := _FINAL.search(text)):
        season = FINAL
        spans.append(final.span())
    elif found := _SEASON.search(text):
        season = _first_group(found)
        spans.append(found.span())
    if found := _PART.search(text):
        part = _first_group(found)
        spans.append(found.span())
    if season is None and (found := _TRAILING.search(_cut(text, spans))):
        season = _TRAILING_WORDS.get(found[1]) or number_word(found[1])
        if not spans:
            spans.append(found.span())
        else:  # "Foo II Part 2": the roman stands before the part words
            start = text.find(found[0])
            spans.append((start, start + len(found[0])))
    if season is None and part is None:
        return None
    first = min(a for a, _ in spans)
    return _Words(season, part, text[:first].strip(" -:([~,"), _cut(text, spans))


_season_words = lru_cache(maxsize=512)(_read_season)


def says_season_only(text: str) -> bool:
    """Say whether a text consists of season and part words: "Season 3 Part 2", "第二季", "Final Season"."""
    words = _season_words(tidy(text))
    return words is not None and not key_of(words.without)


@lru_cache(maxsize=1024)
def season_words(text: str) -> str:
    """Return the words of a text that say a season or part: "第2期", "season 3 part 2"; a number at its end is none."""
    tidied = tidy(text)
    found = (_FINAL.search(tidied) or _SEASON.search(tidied), _PART.search(tidied))
    return " ".join(m[0].strip() for m in found if m)


def season_of(text: str) -> int | None:
    """Return the season that the words of a text say."""
    words = _season_words(tidy(text))
    return words.season if words else None


@lru_cache(maxsize=1024)
def without_season(name: str) -> str:
    """Return a name, tidied, without what says its season and part."""
    text = tidy(name)
    words = _season_words(text)
    return words.without if words else text


def without_year(name: str) -> str:
    """Return a name without the years in it, if something else is left."""
    rest = " ".join(_YEAR.sub(" ", name).replace("( )", " ").split())
    return rest if _WORDS.search(rest) else name


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    if "(" in text:
        text = _EMPTY_PARENTHESES.sub(" ", text)
    return " ".join(text.split()).strip(" -:,~")


def _bare(text: str) -> str:
    return " ".join(_DECORATION.sub(" ", text).split()).strip(" -:,~")


@lru_cache(maxsize=2048)
def title_keys(name: str) -> tuple[TitleKey, ...]:
    """Return the keys of a whole name, best first; never an empty key."""
    text = tidy(name)
    pieces = _own_pieces(text, _season_words(text))
    return tuple(TitleKey(*row) for row in _rows_of(pieces, (key_of(piece[0]) for piece in pieces)))


def _own_pieces(text: str, words: _Words | None) -> list[_Piece]:
    """Return what may stand for a whole name, tidied, of which `words` are the season and part words."""
    pieces: list[_Piece] = [(text, None, None, _FULL)]
    season, part, stem = (words.season, words.part, words.without) if words else (None, None, text)
    if words:
        pieces += ((stem, season, part, _STRIPPED), (words.before, season, part, _BARE))
    pieces += [(bare, season, part, _BARE) for bare in _bared(stem) if bare != stem]
    return pieces


def _bared(text: str) -> Iterator[str]:
    """Yield a tidied text without its decoration, years, what is in brackets, and a version number; or as it is."""
    digit, bracket = _DIGIT.search(text), _BRACKET.search(text)
    if digit or bracket or _MAYBE_DECORATED.search(text):
        yield _bare(text)
    if digit:
        yield _YEAR.sub(" ", text)
    if bracket:
        yield _PARENTHESES.sub(" ", text)
    if digit and "." in text:
        yield _VERSION_NUMBER.sub(" ", text)


def _rows_of(pieces: Iterable[_Piece], keys: Iterable[str]) -> Iterable[KeyRow]:
    """Return the rows of one name's pieces; of several with the same key the first stands."""
    rows: dict[tuple[str, int | None, int | None], KeyRow] = {}
    for (_, season, part, quality), key in zip(pieces, keys, strict=True):
        if key and (quality < _SIDE or len(key) >= (_MIN_SIDE if key.isascii() else 2)):
            rows.setdefault((key, season, part), (key, season, part, quality))
    return rows.values()


def sides(name: str) -> Iterator[str]:
    """Yield the sides of the subtitle separators of a name: prefixes longest first, then rests longest first."""
    if not _MAYBE_SEPARATED.search(name):
        return
    name = " ".join(name.split())
    cuts = [m for m in _SEPARATOR.finditer(name) if m.start() > 0 and m.end() < len(name)][:6]
    for cut in reversed(cuts):
        yield name[: cut.start()]
    for cut in cuts:
        yield name[cut.end() :]


def weak_enough(key: str) -> bool:
    """Say whether a key is long enough to stand for a title when it is only a side of one."""
    return len(key) >= (5 if key.isascii() else 3)


@lru_cache(maxsize=512)
def name_rows(name: str) -> tuple[TitleKey, ...]:
    """Return all rows under which a known name is found: its own keys, then those of its sides."""
    return tuple(TitleKey(*row) for rows in names_rows((name,)) for row in rows)


def names_rows(names: Sequence[str], *, parts: bool = True) -> Iterator[Iterable[KeyRow]]:
    """Yield the rows of each name: what `name_rows` gives; without `parts` those that stand for whole names alone.

    Much of it is done for many names at once, which takes less time.
    """
    for start in range(0, len(names), _BATCH):
        yield from _batch_rows(names[start : start + _BATCH], parts)


def _batch_rows(names: Sequence[str], parts: bool) -> Iterator[Iterable[KeyRow]]:
    cuts = [tuple(sides(name)) if parts else () for name in names]
    tidied = iter(_tidied([text for name, its in zip(names, cuts, strict=True) for text in (name, *its)]))
    pieces: list[list[_Piece]] = []
    for cut in cuts:
        text = next(tidied)
        words = _read_season(text)
        pieces.append([*_own_pieces(text, words), *[_side_piece(next(tidied), words) for _ in cut]])
    keys = iter(_keys_of([piece[0] for its in pieces for piece in its]))
    for its in pieces:
        rows = _rows_of(its, islice(keys, len(its)))
        yield rows if parts else [row for row in rows if row[3] <= _STRIPPED]


def _side_piece(text: str, whole: _Words | None) -> _Piece:
    """Return what a side of a name, tidied, stands for; season and part words of the name are those of its sides."""
    words = _read_season(text)
    season = (words and words.season) or (whole and whole.season) or None
    part = (words and words.part) or (whole and whole.part) or None
    return words.without if words else text, season, part, _SIDE


def digits(key: str) -> str:
    """Return the digits of a key; near keys must have the same."""
    return "".join(c for c in key if c.isdigit())
