"""Where in a name a number may be the episode's."""

from __future__ import annotations

import enum
import re

_MOST_PLACES = 12  # places of a number in one name that are looked at


class Place(enum.IntEnum):
    """What stands around a number that makes it look like an episode; the smaller is the surer."""

    SEASON_EPISODE = 0  # S01E02, 1x02
    WORD = 1  # 第3話, EP03, Episode 3, #3
    DASH = 2  # " - 03"
    BRACKET = 3  # [03], (3)
    BARE = 4  # " 03 "
    LONE = 5  # nothing else in the name
    NONE = 6  # no number at all

    @property
    def strong(self) -> bool:
        return self <= Place.WORD


_N = r"(?P<n>\d{1,4}(?:\.\d)?)"
_V = r"(?:v\d)?"
_PATTERNS: tuple[tuple[Place, re.Pattern[str]], ...] = tuple(
    (place, re.compile(pattern, re.IGNORECASE))
    for place, pattern in (
        (
            Place.SEASON_EPISODE,
            (
                rf"(?<![a-z0-9])(?:s|season ?)(?P<s>\d{{1,4}})[ ._x-]*(?:ep?|episode ?){_N}"
                rf"(?:(?:-e?p?|[ ._]-[ ._]ep?|e)(?P<m>\d{{1,4}})(?![\d.]*[a-z\d]))?{_V}(?![a-z\d])"
            ),
        ),
        (
            Place.SEASON_EPISODE,
            rf"(?<![a-z0-9])(?P<s>\d{{1,2}})x(?P<n>\d{{2,3}})(?:-(?:\d+x)?(?P<m>\d{{2,3}}))?{_V}(?![a-z\d])",
        ),
        (Place.SEASON_EPISODE, rf"シーズン ?(?P<s>\d{{1,2}}) ?第? ?{_N}[話话]"),
        (Place.WORD, rf"第 ?{_N}(?: ?[-~,] ?(?P<m>\d{{1,4}}))? ?{_V}[話话回集夜]"),
        (Place.WORD, r"第(?P<k>[一二三四五六七八九十]{1,3})[話话回集夜]"),
        (
            Place.WORD,
            (
                rf"(?<![a-z0-9])(?:episodes?|epis|eps?|e|#|＃)[ ._-]?{_N}"
                rf"(?: ?[-~] ?(?:e|ep)?(?P<m>\d{{1,4}}))?{_V}(?: ?end)?(?![a-z\d])"
            ),
        ),
        (
            Place.DASH,
            rf"(?<=[ \])】_]) ?[-–—] ?{_N}(?: ?[-~,&+] ?(?P<m>\d{{1,4}}))?{_V}(?: ?end)?(?=$|[ \[(【「『._¦–-])",
        ),
        (
            Place.BRACKET,
            (
                rf"[\[(【（「]#?{_N}(?: ?[-~] ?(?P<m>\d{{1,4}}))? ?{_V}(?: ?of ?\d{{1,3}})?"
                rf"(?: ?[(（]? ?(?:end|fin|完|終)? ?[)）]?)?[\])】）」]"
            ),
        ),
        (Place.BARE, rf"(?:^|(?<=[ ._])){_N}(?: ?[-~] ?(?P<m>\d{{1,4}}))?{_V}(?: ?end)?(?=$|[ \[(【「『_¦]|\.(?!\d))"),
    )
)
YEAR = re.compile(r"(?<![\dp])((?:19[5-9]|20[0-4])\d)(?![\dpi])")
_YEAR_NEXT = re.compile(rf"[ .(]*{YEAR.pattern}")  # "Title 2 2006": the second film of that name
_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {c: i for i, c in enumerate("零壱弐参")}


def kanji_number(text: str) -> int:
    """Return the value of a kanji numeral below 1,000, written with or without 十 and 百."""
    if not re.search("[十百]", text):
        return int("".join(str(_KANJI[c]) for c in text))
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _KANJI[char]
    return total + digit


def number_of(match: re.Match[str]) -> float:
    groups = match.groupdict()
    return float(kanji_number(groups["k"])) if groups.get("k") else float(groups["n"])


def _is_year(number: float, text: str) -> bool:
    return 1950 <= number < 2050 and "." not in text


def places(flat: str) -> list[tuple[Place, re.Match[str]]]:
    """Find every place of a number, surest kind first; a number found by a surer kind is not found again."""
    found: list[tuple[Place, re.Match[str]]] = []
    for place, pattern in _PATTERNS:
        for match in pattern.finditer(flat):
            span = match.span("k") if match.groupdict().get("k") else match.span("n")
            taken = any(m.start() <= span[0] < m.end() for _, m in found)
            if not taken and not (place > Place.SEASON_EPISODE and _is_year(number_of(match), match[0])):
                found.append((place, match))
    told = min((m.start() for p, m in found if p is Place.SEASON_EPISODE), default=len(flat))
    found = [(p, m) for p, m in found if p is Place.SEASON_EPISODE or m.start() < told]
    found = [(p, m) for p, m in found if p is not Place.BARE or not _YEAR_NEXT.match(flat[m.end() :])]
    surer = max((m.start() for p, m in found if p < Place.BARE), default=-1)
    return [(p, m) for p, m in found if p is not Place.BARE or m.start() > surer or not m.start()][:_MOST_PLACES]
