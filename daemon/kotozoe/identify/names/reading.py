"""One video name, cut in many ways.

No cut is *the* title: every place that could be the episode number makes a reading (the text before it is its title
text), and so does the name without any number. Which of them is a title is for the index of known titles to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kotozoe.identify.names.numbers import YEAR, NumberPlace, number_of, places
from kotozoe.identify.names.recordings import without_broadcast
from kotozoe.identify.names.words import (
    ABOUT,
    CHECKSUM,
    EXTRA,
    EXTRA_BRACKET,
    MOVIE,
    NOISE,
    SPECIAL,
    TECHNICAL,
    TITLE_TOO,
)

MAX_NAME = 400  # characters of a name that are looked at; real ones end before 255 bytes


@dataclass(frozen=True, slots=True)
class ParsedNumbers:
    """What a reading says beside the title, unchecked."""

    place: NumberPlace = NumberPlace.NONE
    season: int | None = None
    episode: float | None = None
    episode_end: float | None = None
    absolute: float | None = None  # a second number that counts on across seasons
    year: int | None = None
    special: bool = False
    movie: bool = False
    library: bool = False  # a season folder stands above: seasons are counted as TVDB counts them
    followed: bool = False  # words follow a bare number, of the episode's title or of a longer one; a number, "OVA"
    open_ended: bool = False  # the title may go on where it was ended ("Title 2", "Title Web Special")
    among_films: bool = False  # it lies in a folder of films that lies in that of their series
    led: bool = False  # a bracket begins the name or holds the number: anime are named so, other shows hardly ever


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to cut a name: a title text and what the rest says. `folder`: how far up the text is; 0: the name.

    `own`: the title text of the name itself, where that of a folder is tried instead of it. `after`: the title that
    follows the number of a special ("S00E01 - Title"), or the word for it ("OVA - Title").
    """

    title_text: str
    parsed: ParsedNumbers
    folder: int = 0
    own: str = ""
    after: str = ""


_ABSOLUTE = re.compile(r"^ ?(?:\((\d{1,4})\)|- ?(\d{2,4})(?= - |$| ?\[)|第 ?(\d{1,4})[話话回集])")
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}|【[^【】]*】|（[^（）]*）")
_EDGE = " -_.,~–—:;|¦／/·+★&"
_RIGHT_EDGE = " -_,~–—;|¦／/·★&"  # a title may end in a dot, a colon or a plus
# "14 (OVA)", "S01E05 OVA"; in "S01E05 - Special Guest" it begins the episode's title
_SPECIAL_NEXT = re.compile(
    rf" ?[-–—:]? ?[\[(（]?{SPECIAL.pattern}(?: episode)?(?=\s*(?:$|[\[(（\])）¦]))", re.IGNORECASE
)
_LEADING_POSITION = re.compile(r"^\d{1,3}\.? ?(?=\[)")
_COPY = re.compile(r"(?<=\d) ?\(\d\)$")  # a second download of the same file
_LEADING = re.compile(
    r"^\s{0,3}(?:[a-z]\w{1,20}\.)?(?:\[[^\[\]]*\]|【[^【】]*】|\{[^{}]*\})+", re.IGNORECASE
)  # "Bot.[Group]"
# groups without brackets, and the sites that put their name before what is downloaded from them
_BARE_GROUP = re.compile(
    r"^\S{0,40}(?:raws?|fansubs?|subs)[ -]{1,3}(?=\S)|^www\.\S{1,60} (?=\S)"
    r"|^(?:animepahe|gogoanime|9anime|hianime|aniwatch|kickassanime) (?=\S)",
    re.IGNORECASE,
)
# "[Group][Title][01][720P]": what follows is no title
_NUMBERED_RUN = re.compile(r"\s{0,3}(?:\[[^\[\]]*\]|【[^【】]*】){2,8}?(?:\[\d{1,3}(?:v\d)?\]|【\d{1,3}(?:v\d)?】)")
_NUMBER_IN_FRONT = re.compile(r"^\s{0,3}[\[【]\W{0,2}(?:第 ?)?\d{1,4}(?:v\d)?(?:[話话回集]|\W{0,2}[\]】])")
_QUOTED_FRONT = re.compile(r"「[^「」『』]*」\s*(?=[^\s「])")
_QUOTED_END = re.compile(r"(?<=\S) ?[「『][^「」『』]*[」』]$")
_WRAPPED = re.compile(r"[「『《]([^「」『』《》]*)[」』》]")
_FINALE = re.compile(r"最終[話回]")
_ENDED = re.compile(r"[¦\[【]")  # an episode's title ends there
_TITLE_END = re.compile(r"[¦\[【(（]")  # and one that no number precedes
_VERSION_NUMBER = re.compile(r"(?<=[^\W\d_]) \d[. ](?!5 )\d{1,2}(?:\+\d[. ]\d{1,2})?(?: [-–:])? (?=\w)")
_VERSION = re.compile(r" v\d$", re.IGNORECASE)
_WORDS_NEXT = re.compile(r" (?![-–—])(?=[^¦\[(【（「『]{0,40}?[^\W\d_]{2})[^¦\[(【（「『]{1,40}")
_MOVIE_NEXT = re.compile(rf" [-–—] {MOVIE.pattern}\s*(?=$|[¦\[(【（])", re.IGNORECASE)  # "Title 1 - Movie"
_LAST_NUMBER = re.compile(r" \d\d(?:v\d)?(?=$| ?[¦\[])")
_SEASON_ONLY = re.compile(r"(?:season|saison|staffel|temporada|s) ?\d{1,2}", re.IGNORECASE)
_DOT_AS_SPACE = re.compile(r"\.(?!\d(?![\da-z]))|(?<!\d)\.|(?<=\d{3})\.", re.IGNORECASE)


def _spaced(name: str) -> str:
    """Return `name` with dots and underscores that stand for spaces turned into spaces."""
    name = _COPY.sub("", name.replace("_", " "))
    if " " not in name and name.count("-") > 1:
        name = name.replace("-", " ")
    if name.count(" ") <= 1 < name.count(".") or name.count(".") > 2 * name.count(" ") > 0:
        name = _DOT_AS_SPACE.sub(" ", name)
    return " ".join(name.split())


def _technical(inside: str) -> bool:
    return bool(CHECKSUM.match(inside) or TECHNICAL.search(inside))


@dataclass(frozen=True, slots=True)
class _Chunks:
    """A name without its group and its technical brackets; `bracketed` are the texts in brackets, first to last."""

    flat: str
    bracketed: tuple[str, ...]
    group_led: bool


def _chunks(name: str) -> _Chunks:
    """Blank out what is technical; each blank becomes the boundary mark ¦."""
    bracketed = tuple(m[0][1:-1].strip() for m in _BRACKETS.finditer(name))
    flat = NOISE.sub(" ", name)
    leading = None if _NUMBER_IN_FRONT.match(flat) else _LEADING.match(flat)
    rest = flat[leading.end() :] if leading else flat
    group_led = leading is not None and not _NUMBERED_RUN.match(leading[0]) and _titled(rest)
    if group_led:
        flat = rest
    elif not leading and (group := _BARE_GROUP.match(flat)):
        flat = flat[group.end() :]
    flat = _BRACKETS.sub(lambda m: "¦" if _technical(m[0][1:-1]) else m[0], flat)
    return _Chunks(" ".join(flat.split()), bracketed, group_led)


def _titled(rest: str) -> bool:
    """Say whether a title stands in what follows the leading brackets: letters before any surely marked number."""
    rest = _BRACKETS.sub("", TECHNICAL.sub("", rest))
    return bool(re.search(r"[^\W\d_]", _SEASON_ONLY.sub("", rest[: _marked(rest)])))


def _marked(text: str) -> int:
    """Return where a number stands that is surely marked as an episode's; what follows is the episode's own title."""
    return min((m.start() for p, m in places(text) if p <= NumberPlace.DASH), default=len(text))


def _claim(place: NumberPlace, match: re.Match[str], flat: str) -> ParsedNumbers:
    groups = match.groupdict()
    season = int(groups["s"]) if groups.get("s") else None
    end = float(groups["m"]) if groups.get("m") else None
    episode = number_of(match)
    after = _ABSOLUTE.match(flat[match.end() :])
    second = groups.get("a") or (after and (after[1] or after[2] or after[3]))
    absolute = float(second) if second and float(second) != episode else None
    if season is not None and season >= 1950:
        season = None
    end = end if end is not None and end > episode else None
    digit = place is NumberPlace.BARE and end is None and re.fullmatch(r"[2-9]", groups.get("n") or "") is not None
    return ParsedNumbers(place, season, episode, end, absolute, open_ended=digit)


def _clean(title_text: str) -> str:
    """Return a title text without what hangs on its edges: brackets left open, marks, technical words at the end."""
    title_text = title_text.replace("¦", " ")
    found = TECHNICAL.search(title_text)
    if found and found.start() > 0:
        title_text = title_text[: found.start()]
    title_text = title_text.lstrip(_EDGE).rstrip(_RIGHT_EDGE)
    if wrapped := _WRAPPED.fullmatch(title_text):
        title_text = wrapped[1]
    for opening, closing in ("[]", "()", "【】", "（）", "{}", "「」", "『』"):
        if title_text.count(opening) > title_text.count(closing):
            title_text = title_text[: title_text.rfind(opening)] + title_text[title_text.rfind(opening) + 1 :]
    return " ".join(title_text.split()).lstrip(_EDGE).rstrip(_RIGHT_EDGE)


def _going_on(title_text: str) -> str:
    """Return a title text with the technical word that titles may hold ("Title DVD Stories"), "" if it holds none."""
    title_text = title_text.replace("¦", " ")
    held = TITLE_TOO.search(title_text)
    others = [found for found in TECHNICAL.finditer(title_text) if held is None or found.span() != held.span()]
    return " ".join(title_text.split()).lstrip(_EDGE).rstrip(_RIGHT_EDGE) if held and not others else ""


def _bracket_titles(bracketed: Iterable[str]) -> list[str]:
    """Return the bracketed texts that may be titles when nothing stands outside; the first of several is the group."""
    texts = [
        t
        for t in bracketed
        if re.search(r"[^\W\d_]", t)
        and not _technical(t)
        and not NOISE.search(f"{t}]")
        and not re.fullmatch(r"(?i)\d+(?:v\d)?[ (（]*end[)）]*", t)
    ]
    return texts[1:] if len(texts) > 1 else texts


def _outside_titles(flat: str) -> Iterator[tuple[NumberPlace, re.Match[str]]]:
    """Yield the places of numbers but for bare ones of a title that goes on: "Title 2 More Words 01"."""
    for place, match in places(flat):
        goes_on = _WORDS_NEXT.match(flat, match.end()) and _LAST_NUMBER.search(flat, match.end())
        if place is not NumberPlace.BARE or not goes_on:
            yield place, match


def _special_title(parsed: ParsedNumbers, rest: str) -> str:
    """Return the title that follows the number of a special, "" behind other numbers."""
    outside = parsed.season is not None and 0 in (parsed.season, parsed.episode)
    return _clean(_ENDED.split(rest, maxsplit=1)[0]) if outside else ""


def _with_next(reading: Reading, flat: str, end: int) -> Reading:
    """Add to a reading whose number ends at `end` what follows that: "OVA", the title of a special."""
    reading = _with_words(replace(reading, after=_special_title(reading.parsed, flat[end:])), flat)
    special = reading.parsed.special or _SPECIAL_NEXT.match(flat, end) is not None
    return replace(reading, parsed=replace(reading.parsed, special=special))


def _with_following(parsed: ParsedNumbers, flat: str, end: int) -> ParsedNumbers:
    """Add what words behind an unmarked number, which ends at `end`, say of it: "Title 2 The Movie"."""
    if parsed.place is NumberPlace.BARE and (words := _WORDS_NEXT.match(flat, end)):
        return replace(parsed, followed=True, movie=MOVIE.match(words[0].strip()) is not None)
    film = not parsed.place.strong and _MOVIE_NEXT.match(flat, end) is not None
    return replace(parsed, movie=parsed.movie or film)


def _numbered(chunks: _Chunks) -> Iterator[Reading]:
    flat = chunks.flat
    for place, match in _outside_titles(flat):
        parsed = _claim(place, match, flat)
        title_text = _clean(flat[: match.start()])
        alone = not re.search(r"\w", flat[: match.start()] + flat[match.end() :])
        if alone:
            parsed = replace(parsed, place=NumberPlace.LONE)
        parsed = _with_following(parsed, flat, match.end())
        if not chunks.group_led and (not title_text or title_text.startswith(("[", "【"))):
            before = [m[0][1:-1].strip() for m in _BRACKETS.finditer(flat[: match.start()])]
            for title in _bracket_titles(before) or _bracket_titles(chunks.bracketed):
                yield _with_words(Reading(_clean(title), parsed), flat)
            if before and not re.search(r"[^\W\d_]", _BRACKETS.sub("", title_text)):
                title_text = ""
        if title_text != (titled := _QUOTED_END.sub("", title_text)) and titled:  # "Title「The rain」#3"
            yield _with_words(Reading(_clean(titled), parsed), flat)
        if whole := _going_on(flat[: match.start()]):
            yield _with_words(Reading(whole, parsed), flat)
            parsed = replace(parsed, open_ended=True)
        if title_text or alone or place.strong or place in (NumberPlace.BARE, NumberPlace.DASH) or not match.start():
            yield _with_next(Reading(title_text, parsed), flat, match.end())


def _unnumbered(chunks: _Chunks) -> Iterator[Reading]:
    flat = chunks.flat
    ends = [len(flat)]
    ends += [m.start() for m in YEAR.finditer(flat) if m.start() > 0][:2]
    ends += [m.start() for m in re.finditer(r"[¦\[(]", flat) if m.start() > 0][:3]
    seen: set[str] = set()
    spans = [m for _, m in places(flat)]
    last = max((m.start() for m in spans if not m.groupdict().get("m")), default=-1)
    for end in ends:
        if end <= last:  # a number that comes later is not explained
            continue
        title_text = _VERSION.sub("", _clean(flat[:end]))
        titled = re.search(
            r"\w", "".join(c for i, c in enumerate(flat[:end]) if not any(m.start() <= i < m.end() for m in spans))
        )
        if title_text and titled and title_text not in seen:
            seen.add(title_text)
            yield _with_words(Reading(title_text, ParsedNumbers()), flat)
    if not chunks.group_led and last < 0:
        for title in _bracket_titles(chunks.bracketed):
            yield _with_words(Reading(_clean(title), ParsedNumbers()), flat)


def _with_words(reading: Reading, flat: str) -> Reading:
    """Add what words of the whole name claim: a year, OVA or special, movie."""
    title_text, parsed = reading.title_text, reading.parsed
    year = next((int(m[1]) for m in YEAR.finditer(flat) if m.start() > 0), None)
    tail = flat[: _marked(flat)] if parsed.place is NumberPlace.NONE else title_text
    special = SPECIAL.search(tail)
    apart = parsed.season == 0 or (parsed.season is not None and parsed.episode == 0)  # S02E00 is outside the count
    parsed = replace(
        parsed, year=year, special=special is not None or apart, movie=parsed.movie or MOVIE.search(tail) is not None
    )
    if special and parsed.place is NumberPlace.NONE and special["number"]:
        parsed = replace(parsed, episode=float(special["number"]))
    return replace(reading, parsed=parsed)


def _versioned(chunks: _Chunks) -> Iterator[Reading]:
    """Read "Title 1.11 Subtitle" without its number: films are sold under numbers like those of versions."""
    flat = chunks.flat
    found = _VERSION_NUMBER.search(flat)
    if found:
        subtitle = _ENDED.split(flat[found.end() :], maxsplit=1)[0]
        year = YEAR.search(subtitle)
        subtitle = _clean(subtitle[: year.start()] if year else subtitle)
        if len(re.findall(r"[^\W\d_]+", subtitle)) > 1:
            yield _with_words(Reading(f"{_clean(flat[: found.start()])} {subtitle}", ParsedNumbers()), flat)


def _own_title(rest: str) -> str:
    """Return the title of its own that follows the word for a special: "Title OVA - More Words"."""
    title = _clean(_TITLE_END.split(rest, maxsplit=1)[0])
    return title if re.search(r"[^\W\d_]{2}", title) and not TECHNICAL.match(title) else ""


def _special_numbered(chunks: _Chunks) -> Iterator[Reading]:
    """Read "Title - OVA 2", "Title SP1", "Title OVA": the title text ends before the word."""
    last = max((m.start() for _, m in places(chunks.flat)), default=-1)
    for match in list(SPECIAL.finditer(chunks.flat, 0, _marked(chunks.flat)))[:2]:
        title_text = _clean(chunks.flat[: match.start()])
        if title_text:
            number = float(match["number"]) if match["number"] else None
            place = NumberPlace.WORD if match["number"] else NumberPlace.NONE
            year = next((int(m[1]) for m in YEAR.finditer(chunks.flat) if m.start() > 0), None)
            numbered = number is None and last > match.start()  # "Title OVA - 02" is not without a number
            after = _own_title(chunks.flat[match.end() :]) if number is None and not numbered else ""
            parsed = ParsedNumbers(place, None, number, year=year, special=True, followed=numbered)
            yield Reading(title_text, parsed, after=after)


def _cleared(name: str) -> _Chunks:
    return _chunks(_LEADING_POSITION.sub("", _spaced(without_broadcast(name[:MAX_NAME]))))


def cut(name: str) -> tuple[Reading, ...]:
    """Return the readings of a base name without its extension, surest places first."""
    chunks = _cleared(name)
    readings = [*_numbered(chunks), *_special_numbered(chunks), *_versioned(chunks)]
    if not readings and (finale := _FINALE.search(name)):  # an episode of a number that it does not say
        readings = [_with_words(Reading(_clean(name[: finale.start()]), ParsedNumbers(NumberPlace.WORD)), chunks.flat)]
    elif not any(r.parsed.place is NumberPlace.SEASON_EPISODE for r in readings):
        readings += _unnumbered(chunks)
    led = name.lstrip().startswith(("[", "【"))
    readings = [
        replace(r, parsed=replace(r.parsed, led=led or r.parsed.place is NumberPlace.BRACKET)) for r in readings
    ]
    return tuple(dict.fromkeys(readings))


def number_first(name: str) -> tuple[Reading, ...]:
    """Return the readings of a name that begins with its number ("05 - Title", "第05話 Title"): the title follows.

    In a folder that bears the title, what follows is the episode's.
    """
    flat = _cleared(name).flat
    for place, match in places(flat):
        if re.search(r"\w", flat[: match.start()]):
            continue
        rest = flat[match.end() :].lstrip(_EDGE + "]】)）")
        ended = re.search(r" - (?=\[)|[¦\[]", rest)
        rest = rest[: ended.start()] if ended else rest
        quoted = _QUOTED_FRONT.match(rest)
        title = _clean(without_broadcast(rest[quoted.end() :] if quoted else rest))
        if re.search(r"[^\W\d_]", title):
            return (_with_words(Reading(title, _claim(place, match, flat)), flat),)
    return ()


def extra(name: str) -> str:
    """Return the word that makes a name an extra (creditless opening, trailer, menu …) or something about an episode
    (reaction, walkthrough …), or "".
    """
    chunks = _cleared(name)
    flat = chunks.flat
    numbers = [(p, m) for p, m in places(flat) if p <= NumberPlace.DASH]
    about = ABOUT.search(flat)
    if about and not any(m.end() < about.start() and "-" in flat[m.end() : about.start()] for _, m in numbers):
        return about[0].strip()
    if not numbers and (marks := [text for text in chunks.bracketed if EXTRA_BRACKET.fullmatch(text)]):
        return marks[0]
    found = EXTRA.search(flat)
    if not found:
        return ""
    if any(m.start() < found.start() for _, m in numbers) or (found.start() == 0 and found[0].islower()):
        return ""
    return found[0].strip()
