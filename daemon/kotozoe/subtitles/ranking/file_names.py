"""One name of a listing, read fast: where its episode number may stand, and what its tags say.

A folder may hold a thousand names, so each gets a few regular expressions and no more; what one name cannot tell
(which of two bare numbers counts, which season this is) is left to `listing`, which sees all of them.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kotozoe.identify.names.kanji import kanji_number
from kotozoe.model import SubtitleFile

TEXT_FORMATS = frozenset({"srt", "ass", "ssa", "vtt"})
IMAGE_FORMATS = frozenset({"sup", "sub", "idx"})
ARCHIVE_FORMATS = frozenset({"zip", "7z", "rar"})
_FORMATS = TEXT_FORMATS | IMAGE_FORMATS | ARCHIVE_FORMATS
MAX_NAME = 300  # characters of a name that are looked at


class Mark(enum.IntEnum):
    """What makes a number look like an episode; the smaller is the surer."""

    SEASON_EPISODE = 0  # S01E02, 1x02
    WORD = 1  # 第3話, EP03, #3, その3
    RANGE = 2  # 01-12
    DASH = 3  # " - 03"
    BRACKET = 4  # [03]
    BARE = 5  # " 03"
    GLUED = 6  # Title03


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in `flat` that may be the episode: `first` to `last`, in the numbering of the name."""

    mark: Mark
    start: int
    first: float
    last: float
    season: int | None = None
    half: bool = False  # "05a": a part of an episode only
    whole: bool = False  # 全12話, or a season's name alone: everything from `first` on
    special: str = ""  # what stands behind the number, in lower case: "13 (OVA)", "25 [Special 1]"


@dataclass(frozen=True, slots=True)
class NameReading:
    """One name, cut. `flat` is its stem with dots and underscores as spaces; `counted_on` a second number that goes
    on counting across seasons.
    """

    name: str
    stem: str
    flat: str
    extension: str
    group: str
    slots: tuple[Slot, ...]
    counted_on: float | None
    last_one: bool = False  # 最終話

    @property
    def archive(self) -> bool:
        return self.extension in ARCHIVE_FORMATS


_K = "〇零一二三四五六七八九十百壱弐参拾"
# What Japanese shows count instead of 話: 羽 for rabbits, 杯 for ramen ...
_COUNTERS = "話话回集夜幕怪羽皿杯膳食席局駅球訓節"
_SEASONS_TOO = frozenset("幕訓節夜")  # of these, 第2幕 第1話 counts a season
_D = r"\d{1,4}(?:\.\d)?"
_VERSION = r"(?:v\d)?"
_HALF = r"[ab](?![a-z0-9])"
# Between the two numbers of a file that holds several episodes: 05-06, E05-E06, S01E05E06, 05,06
_JOIN = r"(?: ?[-~〜–] ?(?:s\d{1,2})?(?:e|ep|第|#)?| ?(?:s\d{1,2})?e(?:p)?(?=\d)|(?:, ?|&|\+)(?:ep?)?(?=\d\d))"
_AFTER = r"(?![a-z\d])"
_STRONG = re.compile(
    # S01E05, timedS1E20
    r"(?:(?<![a-z0-9])s|(?<=[a-z])(?-i:S)(?=\d\d?E\d))(?:eason ?)?(?P<s>\d{1,2})[ x-]{0,3}(?:ep?|episode) ?"
    rf"(?P<n>{_D})(?:{_JOIN}(?P<m>\d{{1,4}})(?![\d.]*[a-z\d]))?(?P<half>{_HALF})?{_VERSION}{_AFTER}"
    # 2x05
    r"|(?<![a-z\d])(?P<s2>\d{1,2})x(?P<n2>\d{2,3})(?!\d|x)"
    # 第05話, 第十話, その5
    rf"|(?:第|その) ?(?:(?P<n3>{_D})(?: ?[-~〜–] ?第?(?P<m3>\d{{1,4}}))?|(?P<k>[{_K}]{{1,6}})) ?{_VERSION}"
    rf"(?P<word>[{_COUNTERS}]|(?<=\d)(?= |$|[\[「『(_])|(?<=[{_K}])(?= |$))"
    # 全12話, 05話, 12軒目
    rf"|全 ?(?P<all>\d{{1,4}}) ?[話话集回]|(?<![\d.])(?P<n4>{_D}){_VERSION} ?(?:[話话]|[㐀-鿿]{{1,2}}目)"
    # EP05, E05-E06, Episode 5
    rf"|(?<![a-z0-9])(?:episodes?|epis|eps?|e)[ ._-]?(?P<n5>{_D})(?:{_JOIN}(?P<m5>\d{{1,4}}){_AFTER})?"
    rf"(?P<half5>{_HALF})?{_VERSION}(?: ?end)?{_AFTER}"
    # #05
    rf"|[#♯] ?(?P<n6>{_D})(?:{_JOIN}(?P<m6>\d{{1,4}}))?{_VERSION}{_AFTER}",
    re.IGNORECASE,
)
_WEAK = re.compile(
    # 01-12, (01-12), [01-28TV全集]
    rf"(?<![\w.])(?P<n>{_D})(?P<join> ?[-~〜–] ?|[,+&] ?)(?P<m>\d{{1,4}}){_VERSION}(?: ?end)?(?=$|[ \])】(\[「『_]|tv)"
    # " - 05", 風-05
    rf"|(?<=[ \])】ぁ-ヿ㐀-鿿]) ?[-–—] ?(?P<dash>{_D})(?P<half>{_HALF})?{_VERSION}(?:[ -]?(?:end|fin)\b)?"
    r"(?=$|[ \[(【「『._–-])"
    rf"(?![-~〜–]\d{{1,4}}{_VERSION}(?:$|[ \[(【「『]))"
    # [05]
    rf"|[\[(【]#?(?P<bracket>{_D}){_VERSION}(?: ?(?:end|fin|完|終))?[\])】]"
    # " 05 "
    rf"|(?:^|(?<=[ .\]】)]))(?P<bare>{_D})(?P<half2>{_HALF})?{_VERSION}(?:[ -]?(?:end|fin)\b)?(?=$|[ \[(【「『〈<])"
    # Title05, Title-05
    rf"|(?<=[a-zぁ-ヿ㐀-鿿!?])(?:-(?=\d\d))?(?P<glued>\d{{1,4}}){_VERSION}(?=$|[ \[(【「『])",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    # channels of sound first, which are no episodes: DTS-HD MA 5.1, DDP2.0, FLAC 2.0, 7.1
    r"(?<![a-z0-9])(?:(?:dts(?:-?hd)?(?: ?ma)?|ddp?|truehd|atmos|aac|flac|e?ac3|opus|l?pcm)\+? ?[1257]\.[01](?!\d)"
    r"|[57]\.1(?:ch)?(?![a-z\d])|\d{3,4}[pi](?![a-z])|\d{3,4} ?[x×] ?\d{3,4}|[xh] ?26[45]|hevc|avc|av1|e?aac"
    r"|flac|e?ac3|opus"
    r"|web(?:-?dl|-?rip)(?![a-z])|bd(?:-?rip)?(?![a-z])|blu-?ray|dvd(?:-?rip)?(?![a-z])|hdtv|hi10p?|ma10p"
    r"|(?:10|8)-?bits?|track ?\d|full hd|(?<![a-z0-9])big5(?![a-z0-9]))",
    re.IGNORECASE,
)
_GROUP = re.compile(r"^\s*[\[【]([^\[\]【】]{1,60})[\]】]\s*")
_NOT_GROUP = re.compile(r"^(?:\d[\d.~-]*|[0-9A-F]{8}|(?:アニメ|anime|tv|bd|dvd|web)(?: ?bd)?)$", re.IGNORECASE)
_KIND = re.compile(r"^(?:アニメ|anime)$", re.IGNORECASE)
_TECHNICAL_BRACKET = re.compile(r"[\[(【{]([^\[\](){}【】]*)[\])】}]")
_CHECKSUM = re.compile(r"^[0-9A-Fa-f]{8}$")
_DOTS = re.compile(r"(?<!\d)\.|\.(?!\d)|(?<=\d{3})\.|\.(?=\d{2})")
_COPY = re.compile(r"(?: ?\((?:\d|copy)\)| - copy)$", re.IGNORECASE)
_MAX_COPY = 8  # characters
# A day of broadcast or recording, with the time after it; not "2024 05", which may be a year and an episode.
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?P<by>[-. ])(?:1[0-2]|0?[1-9])(?P=by)(?:3[01]|[12]\d|0?[1-9])(?!\d)(?:[ -]\d\d[ :]?\d\d\b)?"
    r"|(?<!\d)(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日(?:\d{1,2}時(?:\d{1,2}分(?:\d{1,2}秒)?)?)?)?"
    r"|(?<!\d)(?:19|20)\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])(?:\d{4,10}|[ _-]\d{4,6})?(?!\d)"
)
_LAST_ONE = re.compile(r"最終[話回]")
# Directly behind the number, and nothing of an episode's title with it.
_BEHIND = re.compile(r" ?[\[(【]? ?(OVA|OAD|OAV|SP|Special)s?(?: ?\d{1,2})?(?:[\])】]|$| [\[(])", re.IGNORECASE)
_COUNTER = (
    "(?:mission|stage|phase|lesson|chapter|karte|track|lv|step|act|scene|round|turn|page|teil|folge|case|file)"
    "[ .:#-]{0,2}"
)
_COUNTED = re.compile(rf"(?<![a-z0-9]){_COUNTER}(?P<n>\d{{1,3}})(?![a-z\d])", re.IGNORECASE)
_COUNTER_AT_END = re.compile(rf"(?<![a-z0-9]){_COUNTER}$", re.IGNORECASE)
# Behind these it is part of the title: "First Stage", "4th Stage".
_WHICH = re.compile(r"(?:\d(?:st|nd|rd|th)|first|second|third|fourth|fifth|extra|final|last|new) $", re.IGNORECASE)
_YEARS = range(1950, 2050)


def split_extension(name: str) -> tuple[str, str]:
    """Return stem and lower-case extension; "" for an extension that no subtitle has."""
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower()
    return (stem, extension) if dot and extension in _FORMATS else (name, "")


def flatten(stem: str) -> str:
    """Return a stem with dots and underscores that stand for spaces as spaces, in one width."""
    return " ".join(_DOTS.sub(" ", stem.replace("_", " ")).split())


def _strong(match: re.Match[str]) -> Slot:
    found = match.groupdict()
    season = found["s"] or found["s2"]
    number = found["n"] or found["n2"] or found["n3"] or found["n4"] or found["n5"] or found["n6"]
    if found["all"]:
        return Slot(Mark.WORD, match.start(), 1, float(found["all"]), whole=True)
    first = float(number) if number else _word_number(match)
    last = float(found["m"] or found["m3"] or found["m5"] or found["m6"] or first)
    mark = Mark.SEASON_EPISODE if season else Mark.WORD
    half = bool(found["half"] or found["half5"])
    return Slot(mark, match.start(), first, max(first, last), int(season) if season else None, half)


def _spaced_range(match: re.Match[str], archive: bool) -> bool:
    """Say whether "01 - 12" is a range: in an archive's name, if both are written in one width; "2 - 05" is not."""
    first, last = match["n"], match["m"]
    if len(first) == 1 and len(last) > 1 and match["join"].strip() != "-":
        return True
    spaced = match["join"] != match["join"].strip()
    wide = len(first) == len(last) and len(first) > 1
    return (wide and (archive or not spaced)) or (archive and not spaced)


def _weak(flat: str, extension: str) -> list[Slot]:
    archive = extension in ARCHIVE_FORMATS
    slots: list[Slot] = []
    position = 0
    while found := _WEAK.search(flat, position):
        position = found.end()
        groups = found.groupdict()
        if groups["m"]:
            first, last = float(groups["n"]), float(groups["m"])
            if last > first and _spaced_range(found, archive):
                slots.append(Slot(Mark.RANGE, found.start(), first, last))
            else:
                position = found.start("n") + len(groups["n"])
                slots.append(Slot(Mark.BARE, found.start("n"), first, first))
            continue
        for mark, name in _WEAK_MARKS:
            if groups[name] and not _counts_else(flat[: found.start(name)]):
                number = float(groups[name])
                half = bool(groups["half"] or groups["half2"])
                special = _special_behind(flat, found.end())
                slots.append(Slot(mark, found.start(), number, number, half=half, special=special))
        if not groups["bracket"]:
            position = max(found.start() + 1, found.end())
    return [s for s in slots if s.first not in _YEARS or flat.isdigit()]


# What stands before a number that counts volumes or seasons.
_NOT_EPISODE = re.compile(r"(?:(?<![a-z])s|(?:season|part|cour) ?|vol(?:ume)?\.? ?|dis[ck] ?|box ?)$", re.IGNORECASE)
# Its season or part is counted already: "2nd Season 05", "Final Season_05"; what follows is the episode.
_ORDINAL = re.compile(
    r"(?:\d(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|final|last|new) (?:season|part|cour) ?$",
    re.IGNORECASE,
)
_WEAK_MARKS = ((Mark.DASH, "dash"), (Mark.BRACKET, "bracket"), (Mark.BARE, "bare"), (Mark.GLUED, "glued"))


def _counts_else(before: str) -> bool:
    """Say whether what stands before a number makes it a season, a part or a volume."""
    before = before[-_ORDINAL_REACH:]
    return _NOT_EPISODE.search(before) is not None and _ORDINAL.search(before) is None


_ORDINAL_REACH = 24  # characters


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _untechnical(flat: str, *, cut: bool = True) -> str:
    """Blank out technical brackets, and cut before the first technical word outside of them."""

    def blank(match: re.Match[str]) -> str:
        inside = match[1]
        technical = _CHECKSUM.match(inside) or _TECHNICAL.search(inside)
        return _blank(match) if technical else match[0]

    text = _TECHNICAL_BRACKET.sub(blank, flat)
    found = _TECHNICAL.search(text) if cut else None
    return text[: found.start()] if found and found.start() > 0 else text


def read_name(name: str) -> NameReading:
    """Cut one file name."""
    text = name[:MAX_NAME]
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    stem, extension = split_extension(text)
    stem = stem.rstrip(" .")
    without_copy = _without_copies(stem)
    reading = _read_stem(name, without_copy, extension)
    if without_copy != stem and not reading.slots:
        return _read_stem(name, stem, extension)
    return reading


def _without_copies(stem: str) -> str:
    while found := _COPY.search(stem[-_MAX_COPY:]):
        stem = stem[: len(stem) - len(found[0])]
    return stem


def _read_stem(name: str, stem: str, extension: str) -> NameReading:
    led = _GROUP.match(stem)
    group = led[1].strip() if led and not _NOT_GROUP.match(led[1].strip()) and led.end() < len(stem) else ""
    flat = _DATE.sub(_blank, flatten(stem))
    found = [(_strong(m), m) for m in _STRONG.finditer(flat) if not (m["n6"] and float(m["n6"]) in _YEARS)]
    last_one = _LAST_ONE.search(flat) is not None
    if not found:
        whole = _TECHNICAL.sub(_blank, _untechnical(flat, cut=False))
        slots = _weak(_untechnical(flat), extension) or _weak(whole, extension) or _worded(flat)
        return NameReading(name, stem, flat, extension, group, tuple(slots), None, last_one)
    best, match = min(found, key=lambda pair: (pair[0].mark, pair[1]["word"] in _SEASONS_TOO, pair[0].start))
    later = [m for s, m in found if s.start > best.start]
    best = replace(best, special=_special_behind(flat, match.end()))
    return NameReading(name, stem, flat, extension, group, (best,), _counted_on(best, match, later), last_one)


def _special_behind(flat: str, end: int) -> str:
    found = _BEHIND.match(flat, end)
    return found[1].lower() if found else ""


def _worded(flat: str) -> list[Slot]:
    """Read a number behind a word that a show counts its episodes with, where nothing else looks like an episode."""
    return [Slot(Mark.BARE, m.start(), float(m[1]), float(m[1])) for m in _COUNTED.finditer(flat)]


def _counted_on(best: Slot, match: re.Match[str], later: list[re.Match[str]]) -> float | None:
    """Return the second number of "S02E07.第35話" or "S02E04 (28)"."""
    if best.mark is not Mark.SEASON_EPISODE:
        return None
    counted = next((_word_number(m) for m in later if m["word"] and (m["n3"] or m["k"])), None)
    bracketed = re.match(r" ?\((\d{2,4})\)", match.string[match.end() :])
    return counted or (float(bracketed[1]) if bracketed else None)


def _word_number(match: re.Match[str]) -> float:
    return float(match["n3"] or kanji_number(match["k"].replace("拾", "十")))


def zone_of(reading: NameReading, slot: Slot | None) -> str:
    """Return the text that names the show: before the slot, or, where nothing stands there, the first bracket that
    is neither the group nor technical.
    """
    flat = reading.flat
    text = flat[: slot.start] if slot else _untechnical(flat)
    led = _GROUP.match(text)
    if led and (reading.group or (_KIND.match(led[1]) and re.search(r"[^\W\d_]", text[led.end() :]))):
        text = text[led.end() :]
    zone = _without_range(_SERVICE_ID.sub("", text.replace("¦", " ").strip(_EDGE)))
    if re.search(r"[^\W\d_]", _TECHNICAL_BRACKET.sub("", zone)):
        return _TECHNICAL_BRACKET.sub(_title_bracket, zone).strip(_EDGE)
    inside = [t for t in _TECHNICAL_BRACKET.findall(zone) if re.search(r"[^\W\d_]", t) and not _TECHNICAL.search(t)]
    return inside[0].strip() if inside else zone


# The number of the show that downloads from a service put in front: "81423281 - Title 04".
_SERVICE_ID = re.compile(r"^\d{6,10} ?[-_] ?(?=\D)")


def without_counter(zone: str) -> str:
    """Leave out the word that a show counts its episodes with, in front of the number: "Title - ACT"."""
    found = _COUNTER_AT_END.search(zone)
    return zone[: found.start()].strip(_EDGE) if found and not _WHICH.search(zone[: found.start()]) else zone


def _without_range(zone: str) -> str:
    """Leave out which episodes a pack holds, which its members may repeat before their own number: X 01-12 - 03."""
    rest = _RANGE_AT_END.sub("", zone).strip(_EDGE)
    return rest if re.search(r"[^\W\d_]", rest) else zone


_RANGE_AT_END = re.compile(r"(?<!\d)\d{1,3} ?[-~〜] ?\d{1,3}$")


def _title_bracket(match: re.Match[str]) -> str:
    """Keep a bracket that says which season or edition; drop what is technical."""
    return " " if _TECHNICAL.search(match[1]) or _CHECKSUM.match(match[1]) else match[0]


_EDGE = " -_.,~–—:;|¦／/·+★&[(【「"


def offered(files: Iterable[SubtitleFile]) -> tuple[SubtitleFile, ...]:
    """Leave out what mpv cannot show, and the half of a VobSub pair that the other half brings along."""
    split = [(file, *split_extension(file.name)) for file in files]
    pairs = {stem for _, stem, extension in split if extension == "idx"}
    return tuple(f for f, stem, extension in split if extension and not (extension == "sub" and stem in pairs))


def judged_as(path: str) -> str:
    """Return the name by which a member of an archive is judged: its own, or if that is little more than a number, its
    folder's name before it.
    """
    folder, _, base = path.replace("\\", "/").rpartition("/")
    stem, _ = split_extension(base)
    return (
        base if not folder or sum(c.isalpha() for c in stem) > _FEW_LETTERS else f"{folder.rpartition('/')[2]} {base}"
    )


_FEW_LETTERS = 3
