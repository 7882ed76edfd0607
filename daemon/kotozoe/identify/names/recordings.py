"""What recorders and broadcasters put around a title: the time, the station, the slot, marks of programme guides."""

from __future__ import annotations

import re

# Programme guides' marks: new, last, rerun, subtitled, data, commentary, dubbed …; Unicode has them as characters, too
_MARK = re.compile(
    r"[\[【(（〔［<＜](?:[新終再字デ解二多双手映吹他初生無料天販声]|新番組|最終回|再放送|字幕|吹替|無料|先行|先行放送|全話|S{1,2}"
    r"|[HM]V|PPV)[\])）】〕］>＞]|[\U0001f210-\U0001f265]"
)
_TIME = (
    r"(?:[ _T-]{0,3}(?:\(?[日月火水木金土]\)?[ _-]?)?"
    r"(?:\d{1,2}時\d{1,2}分(?:\d{1,2}秒)?|[0-2]\d[0-5]\d(?:[0-5]\d)?(?!\d)|[0-2]?\d[:：._-][0-5]\d(?:[:：._-][0-5]\d)?(?!\d)))?"
)
_DATES = (
    re.compile(
        r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?:(?P<sep>[-._/])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)"
        rf"|(?P<sep2> )(?P<m2>\d\d)(?P=sep2)(?P<d2>\d\d)(?!\d)|年(?P<m3>\d{{1,2}})月(?P<d3>\d{{1,2}})日){_TIME}"
    ),
    re.compile(
        rf"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?P<m>\d\d)(?P<d>\d\d)(?:[0-2]\d[0-5]\d\d{{0,10}})?(?!\d)(?<!\d{{25}}){_TIME}"
    ),
    re.compile(r"(?<!\d)(?<!\d[._-])(?P<d>\d{1,2})(?P<sep>[-._])(?P<m>\d{1,2})(?P=sep)(?:19[5-9]\d|20[0-4]\d)(?![\d])"),
    re.compile(r"(?:^|(?<=^[\[(【]))\d\d(?P<m>\d\d)(?P<d>\d\d)(?:[-_ ]?[0-2]\d[0-5]\d)?(?=[\])】_ -])"),
    re.compile(r"^(?P<m>\d\d)(?P<d>\d\d)[_-](?=[^\x00-\x7f])"),
    re.compile(rf"(?<!\d)(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日{_TIME}"),
)
_STATIONS = (
    r"TOKYO ?MX ?\d?|AT-?X"
    r"|BS-?(?:\d{2,3}|NHK|TBS|フジ|日テレ|朝日|テレ東|テレビ東京|ジャパン|アニマックス|松竹東急|よしもと)(?:イレブン)?"
    r"|NHK ?(?:総合|Eテレ|教育|BS|BSP\d?K?|G|E)?\d?|Eテレ|[A-Z]{2,4}テレビ"
    r"|テレビ(?:東京|朝日|愛知|大阪|北海道|神奈川|埼玉)|テレ[東朝玉]|日テレ|日本テレビ|フジ(?:テレビ)?|TBS|MBS|[A-Z]BC"
    r"|毎日放送|朝日放送|読売テレビ|関西テレビ|カンテレ|サンテレビ\d?|KBS京都|チバテレ|tvk\d?|中京テレビ|東海テレビ|メ[ー~〜]テレ"
    r"|アニマックス|キッズステーション|ANIMAX|WOWOW"
)
_SLOT = (
    r"(?:TV|テレビ|新作|深夜|連続|日曜|土曜|夕方)?アニメ(?:ーション|シリーズ|イズム|ギルド|パーク|ゾーン|タイム|アワー|の時間|劇場|枠"
    r"|プレミアム|セレクション|[+＋])?[A-Z]{0,2}\d{0,2}|ANIME[+＋]"
)
_IN_FRONT = re.compile(
    rf"(?P<slot>{_SLOT})(?:[ _・:：]{{1,3}}|(?=[「『【《]))"
    rf"|(?P<station>{_STATIONS})(?:[ _・:：-]{{1,3}}|(?=[「『【《]))"
    r"|(?P<angled>[<＜≪][^<>＜＞≪≫]{1,24}[>＞≫])[ _]{0,3}|(?P<short>[日月火水木金土深]アニ[!！])[ _]{0,3}",
    re.IGNORECASE,
)
# 日５「Title」 #3
_QUOTED = re.compile(
    r"(?!劇場版|映画)(?:[日月火水木金土]\d{0,2}時?|[^\s「『]{0,12}(?:アニメ|anim|曜|ノイタミナ)[^\s「『]{0,12})[ _]?"
    r"[「『]([^「」『』]{2,})[」』](?=\s{0,3}(?:[#第(（\[]|\d|ep))",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(r"[^\w「『【《]*(?:第|[#＃♯]|\d|ep|$)", re.IGNORECASE)
_MAYBE_DAY = re.compile(r"\d{6}|\d[-._/ 年月]\d|^\d{4}[_-]")
_BRACKETED_DAY = re.compile(r"[\[(（【] ?¦ ?[\])）】]")
_STAMPED = re.compile(r"^\s*(?:¦[ _-]{0,3})+")
_CLOCK = re.compile(r"^\s*(?:[日月火水木金土](?:曜日?)?[ _])?[0-2]?\d[:：][0-5]\d(?:[ _]|～|-[0-2]?\d[:：][0-5]\d[ _])")
_MAX_IN_FRONT = 3  # slots and stations that may stand in front of a title
_WIDE = {ord("\u3000"): " ", ord("♯"): "#", ord("＃"): "#", ord("［"): "[", ord("］"): "]"}
_WIDE |= {code: chr(code - 0xFEE0) for a, b in ("09", "AZ", "az") for code in range(ord(a) + 0xFEE0, ord(b) + 0xFEE1)}


def _day(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    month = next(int(groups[g]) for g in ("m", "m2", "m3") if groups.get(g))
    day = next(int(groups[g]) for g in ("d", "d2", "d3") if groups.get(g))
    return 1 <= month <= 12 and 1 <= day <= 31


def without_dates(name: str) -> str:
    """Return `name` with every calendar day in it, and the time of day behind it, replaced by the boundary mark ¦."""
    if not _MAYBE_DAY.search(name):
        return name
    for pattern in _DATES:
        name = pattern.sub(lambda m: "¦" if _day(m) else m[0], name)
    return _BRACKETED_DAY.sub("¦", name)


def without_broadcast(name: str) -> str:
    """Return a base name without what a recorder or a broadcaster put around its title, if a title is left.

    Digits and Latin letters come back in one width.
    """
    name = _without_slots(without_dates(_MARK.sub(" ", name.translate(_WIDE))))
    quoted = _QUOTED.match(name)
    return f"{quoted[1]} {name[quoted.end() :]}" if quoted else name


def _without_slots(name: str) -> str:
    for _ in range(_MAX_IN_FRONT):
        rest = _CLOCK.sub("", _STAMPED.sub("", name, count=1), count=1).lstrip(" _")
        found = _IN_FRONT.match(rest)
        if found is None or _NO_TITLE.match(rest, found.end()):
            return rest
        if (
            found["station"]
            and found["station"].isascii()
            and rest[found.end() : found.end() + 1].isascii()
            and not _IN_FRONT.match(rest, found.end())
        ):
            return rest  # "NHK ni Youkoso!"
        name = rest[found.end() :]
    return name
