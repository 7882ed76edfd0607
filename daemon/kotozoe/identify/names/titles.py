"""Titles as keys: the same function reads the names of the catalogue and the title text of a video's name.

A key is the words of a title, joined, in one spelling. Season and part words are read out of it, so that
"Overlord III", "Overlord 3rd Season" and "Overlord S3" all meet as ("overlord", season 3).
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kotozoe.identify.names.numbers import kanji_number

KEYS_VERSION = 8  # raise when any rule below changes: the rows on disk are then made anew

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
_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_WORDS = re.compile(r"\w+")
_LONG_O = re.compile(r"o[ou]+")
_LONG_U = re.compile(r"uu+")
# One look for what most names lack spares them the patterns above: a whole catalogue is read in a fifth of the time.
_MAYBE_UNTIDY = re.compile(r"[×&_.'’‘`´ʼ＇]")
_MAYBE_ACCENTED = re.compile(r"[\x80-\u2fff\u3099\u309a]")  # or is composed with a mark; most kana and kanji are not
_MAYBE_SEPARATED = re.compile(r"[-–—~〜～:：／/|｜]")
_MAYBE_NUMBERED = re.compile(
    r"\d|season|sea\b|series|stage|saison|staffel|temporada|part|cour|pt|[第期季]|最終|ファイナル|シーズン|パート"
    r"| (?:[ivx]{1,4}|ni|zwei)(?!\w)"
)
_MAYBE_DECORATED = re.compile(
    r"\d|[(（\[【]|movie|film|eiga|geki|animation|anime|tv|ova|oad|ona|special|劇場版|映画|特別編"
)
_SPELLINGS = {"wo": "o", "he": "e", "vs": "versus"}


@lru_cache(maxsize=1024)
def tidy(text: str) -> str:
    """Return `text` in one case and width, symbols that stand for letters or spaces replaced, punctuation kept."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if _MAYBE_UNTIDY.search(text):
        text = text.replace("×", "x").replace("&", " and ").replace("_", " ")
        text = _DOT.sub(" ", _APOSTROPHES.sub("", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def exact(text: str) -> str:
    """Return `text` for comparing names that differ in punctuation only."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("_", " ").split())


def _without_accents(text: str) -> str:
    if not _MAYBE_ACCENTED.search(text):
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in parts if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def key_of(tidied: str) -> str:
    """Return the key of a tidied text: its words joined, long vowels folded."""
    words = _WORDS.findall(_without_accents(tidied))
    spelt = " ".join([_SPELLINGS.get(w, w) for w in words if w != "the" or len(words) == 1])
    spelt = _LONG_O.sub("o", spelt) if "oo" in spelt or "ou" in spelt else spelt
    spelt = _LONG_U.sub("u", spelt) if "uu" in spelt else spelt
    return spelt.replace("ei", "e").replace("mb", "nb").replace("mp", "np").replace(" ", "")


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


@lru_cache(maxsize=512)
def _season_words(text: str) -> _Words | None:
    """Read season and part out of a tidied text; None if it says neither."""
    if not _MAYBE_NUMBERED.search(text):
        return None
    season = part = None
    spans: list[tuple[int, int]] = []
    if final := _FINAL.search(text):
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
    return " ".join(re.sub(r"\(\s*\)", " ", text).split()).strip(" -:,~")


def _bare(text: str) -> str:
    return " ".join(_DECORATION.sub(" ", text).split()).strip(" -:,~")


@lru_cache(maxsize=2048)
def title_keys(name: str) -> tuple[TitleKey, ...]:
    """Return the keys of a whole name, best first; never an empty key."""
    text = tidy(name)
    pieces: list[tuple[str, int | None, int | None, Quality]] = [(text, None, None, Quality.FULL)]
    words = _season_words(text)
    season, part, stem = (words.season, words.part, words.without) if words else (None, None, text)
    if words:
        pieces += ((stem, season, part, Quality.STRIPPED), (words.before, season, part, Quality.BARE))
    if _MAYBE_DECORATED.search(stem):
        bare = (_bare(stem), _YEAR.sub(" ", stem), _PARENTHESES.sub(" ", stem), _VERSION_NUMBER.sub(" ", stem))
        pieces += ((piece, season, part, Quality.BARE) for piece in bare if piece != stem)
    rows: dict[tuple[str, int | None, int | None], TitleKey] = {}
    for piece, season, part, quality in pieces:
        if key := key_of(piece):
            rows.setdefault((key, season, part), TitleKey(key, season, part, quality))
    return tuple(rows.values())


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
    rows = {(r.key, r.season, r.part): r for r in title_keys(name)}
    whole = _season_words(tidy(name))
    for side in sides(name):
        text = tidy(side)
        words = _season_words(text)
        key = key_of(words.without if words else text)
        if len(key) >= (_MIN_SIDE if key.isascii() else 2):
            season = (words and words.season) or (whole and whole.season) or None
            part = (words and words.part) or (whole and whole.part) or None
            rows.setdefault((key, season, part), TitleKey(key, season, part, Quality.SIDE))
    return tuple(rows.values())


def digits(key: str) -> str:
    """Return the digits of a key; near keys must have the same."""
    return "".join(c for c in key if c.isdigit())
