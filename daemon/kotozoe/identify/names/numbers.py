"""Where in a name a number may be the episode's."""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from kotozoe.identify.names.kanji import kanji_number

_MAX_CANDIDATES = 12  # places of a number in one name that are looked at


class NumberPlace(enum.IntEnum):
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
        return self <= NumberPlace.WORD


_N = r"(?P<n>\d{1,4}(?:\.\d{1,2}(?![\da-uw-z]))?)"
_N_OF_SEASON = r"(?P<n>\d{1,4}(?:\.(?:5|25|75)(?![\da-uw-z]))?)"  # what else follows a dot there is the next word
_K = r"(?P<k>[〇零一二三四五六七八九十百壱弐参拾]{1,6})"
_V = r"(?:v\d)?"
_HALF = r"(?:[a-d](?![a-z\d]))?"  # "09a": the first half of an episode
_TOTAL = r"(?: ?(?:of|из|de|von|sur) ?\d{1,3}|[(（](?P<a>\d{1,4})[)）])"  # "20 of 25", "02(57)"
_EPISODE_WORD = r"episodes?|epis|eps?|e|épisode|episodio|cap[ií]tulo|folge|bölüm|tập|эпизод|серия|エピソード|[#＃♯]"
_EDGE = r"(?=$|[\s\[(（【「『〈<_.,、。!！?？:：…¦~〜～-])"
# After 第 stands the counter of whatever the show counts its episodes in (羽, 夜, 訓, 滴); these count something else.
_NOT_COUNTER = r"(?![期季部章巻弾位クシパ年月日次世代作])"
_COUNTER = r"[^\W\da-z_]{1,2}"
_PATTERNS: tuple[tuple[NumberPlace, re.Pattern[str]], ...] = tuple(
    (place, re.compile(pattern, re.IGNORECASE))
    for place, pattern in (
        (
            NumberPlace.SEASON_EPISODE,
            (
                rf"(?<![a-z0-9])(?:s|season ?)(?P<s>\d{{1,4}})[ ._x;,-]{{0,3}}(?:ep?|episode ?){_N_OF_SEASON}"
                rf"(?:(?:-e?p?|[ ._]-[ ._]ep?|e)(?P<m>\d{{1,4}})(?![\d.]*[a-z\d]))?{_HALF}{_V}(?![a-z\d])"
            ),
        ),
        (
            NumberPlace.SEASON_EPISODE,
            rf"(?<![a-z0-9])(?P<s>\d{{1,2}})x(?P<n>\d{{2,3}})(?:-(?:\d+x)?(?P<m>\d{{2,3}}))?{_V}(?![a-z\d])",
        ),
        (NumberPlace.SEASON_EPISODE, rf"シーズン ?(?P<s>\d{{1,2}}) ?第? ?{_N}[話话]"),
        (NumberPlace.WORD, rf"第 ?{_N}(?: ?[-~,] ?(?P<m>\d{{1,4}}))? ?{_V}[話话回集夜羽]"),
        (NumberPlace.WORD, rf"第 ?{_K}[話话回集夜羽]"),
        (NumberPlace.WORD, rf"(?<![\d.全]){_N}(?:[-~](?P<m>\d{{1,4}}))?{_V} ?(?:[話话](?![題数])|集(?!数))"),
        (NumberPlace.WORD, rf"(?<=[ _]){_K}[話回]{_EDGE}"),
        (
            NumberPlace.WORD,
            (
                rf"(?:(?<![a-z0-9])(?:{_EPISODE_WORD})[ ._-]?|#){_N}"
                rf"(?: ?[-~] ?(?:e|ep|#)?(?P<m>\d{{1,4}}))?{_HALF}{_V}(?: ?end)?(?![a-z\d])"
            ),
        ),
        (
            NumberPlace.DASH,
            (
                rf"(?<=[ \])】_]) ?[-–—] ?{_N}(?: ?[-~,&+] ?(?P<m>\d{{1,4}}))?{_HALF}{_V}(?: ?end)?"
                r"(?=$|[ \[(【「『._¦–:]|(?<=\d\d)-|-(?!\w))"  # " - 4-nin" is a word
            ),
        ),
        # "Title 2-01": of the second Title; "Title 1-12" are several episodes
        (NumberPlace.DASH, rf"(?:(?<= [2-9])-(?=\d\d)|(?<= 1)-(?=0\d)){_N}{_V}(?=$|[ \[(【「『_¦])"),
        (
            NumberPlace.BRACKET,
            (
                rf"[\[(（【「]#?{_N}(?: ?[-~] ?(?P<m>\d{{1,4}}))? ?{_V}{_TOTAL}?"
                rf"(?: ?[(（]? ?(?:end|fin|完|終)? ?[)）]?)?[\])】）」]"
            ),
        ),
        (
            NumberPlace.BARE,
            (
                rf"(?:^|(?<=[ _])(?:(?<!season )|(?=\d\d))|(?<=[^\d]\.)|(?<=[^\s\d]-)(?=\d\d)){_N}"
                rf"(?: ?[-~] ?(?P<m>\d{{1,4}}))?{_V}(?: ?end)?"
                r"(?=$|[ \[(【「『_¦]|\.(?!\d)|\.\d{3,4}[pi])"
            ),
        ),
        (NumberPlace.BARE, rf"(?<=[ぁ-ヿ㐀-鿿!！?？。～~－」』】…])(?=0\d){_N}{_V}(?=$|[ \[(【「『_¦])"),
    )
)
# Words with which shows count their episodes, and which titles hold as well: believed only where no surer number
# stands, and beside the reading that takes them for a part of the title.
_COUNTED = re.compile(
    r"(?:(?<![a-z])(?:mission|stage|karte|lv|level|chapter|ch|teil|track|act|scene|phase|case|file|round|lesson|page|step"
    r"|turn|battle|game|match|trial|quest|operation|log|report|menu|night|day|note|story|tale|trip"
    r"|route|memory|kapitel)"
    r"|その|其の|作戦|任務|事件|ステージ|ミッション|カルテ|レッスン|チャプター|ステップ|フェーズ|ファイル|ケース|ラウンド|ページ"
    rf"|トラック|アクト|シーン|レベル|メニュー|ターン)[ .．:：_－-]{{0,2}}(?:no\.? ?)?(?:{_N}|{_K}){_V}(?![a-z\d.])"
    rf"|(?:第 ?(?:{_N.replace('<n>', '<n2>')}|{_K.replace('<k>', '<k2>')})|(?<![\d.第])(?P<n3>\d{{1,3}}))"
    rf" ?(?:{_NOT_COUNTER}{_COUNTER}目|(?<=[\d十百])[羽夜皿杯球局訓膳曲頁品射歩滴首]){_EDGE}"
    rf"|(?<=[ _])(?:{_K.replace('<k>', '<k5>')}[のノ之]{_COUNTER}|巻[のノ之]{_K.replace('<k>', '<k6>')}){_EDGE}"
    rf"|第 ?(?:{_N.replace('<n>', '<n4>')}|{_K.replace('<k>', '<k4>')}) ?{_NOT_COUNTER}(?:{_COUNTER}|[A-Za-z]{{1,2}})"
    rf"{_EDGE}",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<![\dp])((?:19[5-9]|20[0-4])\d)(?![\dpi])")
# "Title 2 2006", "Title 2 (TV)": the second of that name
_TITLE_NEXT = re.compile(rf"[ .(]{{0,4}}{YEAR.pattern}|(?<=[ _.]\d) ?\(TV\)", re.IGNORECASE)
_NUMBER_NEXT = re.compile(r" \d\d(?:v\d)?(?=$|[ \[(¦])")  # "Title 2 05": of two bare numbers the last is the episode's


def _number_group(match: re.Match[str]) -> str:
    """Return the name of the group that holds the number."""
    return next(name for name, text in match.groupdict().items() if text and name[0] in "nk")


def number_of(match: re.Match[str]) -> float:
    group = _number_group(match)
    return float(kanji_number(match[group])) if group[0] == "k" else float(match[group])


def _is_year(number: float, text: str) -> bool:
    return 1950 <= number < 2050 and "." not in text and "第" not in text


def _follows_title(match: re.Match[str]) -> bool:
    """Say whether a word with its number stands behind something, or alone; with it a title may begin ("Level 1 …")."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(re.search(r"\w", before)) or not re.search(r"\w", after)


def _of_title(match: re.Match[str]) -> bool:
    """Say whether a bare number is a title's by what follows it."""
    return any(pattern.match(match.string, match.end()) for pattern in (_TITLE_NEXT, _NUMBER_NEXT))


@lru_cache(maxsize=64)
def places(flat: str) -> tuple[tuple[NumberPlace, re.Match[str]], ...]:
    """Find every place of a number, surest kind first; a number found by a surer kind is not found again."""
    found: list[tuple[NumberPlace, re.Match[str]]] = []
    for place, pattern in _PATTERNS:
        for match in pattern.finditer(flat):
            start = match.start(_number_group(match))
            taken = any(m.start() <= start < m.end() for _, m in found)
            if not taken and not (place > NumberPlace.SEASON_EPISODE and _is_year(number_of(match), match[0])):
                found.append((place, match))
    told = min((m.start() for p, m in found if p is NumberPlace.SEASON_EPISODE), default=len(flat))
    found = [(p, m) for p, m in found if p is NumberPlace.SEASON_EPISODE or m.start() < told]
    found = [(p, m) for p, m in found if p is not NumberPlace.BARE or not _of_title(m)]
    surer = max((m.start() for p, m in found if p < NumberPlace.BRACKET), default=-1)
    found = [(p, m) for p, m in found if p is not NumberPlace.BRACKET or m.start() > surer or not _follows_title(m)]
    surer = max((m.start() for p, m in found if p < NumberPlace.BARE), default=-1)
    found = [(p, m) for p, m in found if p is not NumberPlace.BARE or m.start() > surer or not m.start()]
    if surer < 0:
        counted = (m for m in _COUNTED.finditer(flat) if not _is_year(number_of(m), m[0]) and _follows_title(m))
        found = [*((NumberPlace.BARE, m) for m in counted), *found]
    return tuple(found[:_MAX_CANDIDATES])
