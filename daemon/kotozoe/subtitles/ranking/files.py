"""A listing read as a whole: which episodes of the wanted media is each file?

Names come in families: one way of naming, one season, one group, differing in one number. What a number means (counted
within the media, or on from the series' start) is decided once for a family, from its range, never name by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kotozoe.identify.names.titles import TitleKey, key_of, tidy, title_keys
from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.episode_offsets import Numbering, NumberingFit, numbering
from kotozoe.subtitles.ranking.file_names import Mark, NameReading, Slot, flatten, read_name, without_counter, zone_of
from kotozoe.subtitles.ranking.filename_groups import MIN_RANGE, Family, FamilyKey, overview_of
from kotozoe.subtitles.ranking.films import half_of, without_film_word
from kotozoe.subtitles.ranking.tags import (
    Tags,
    extra_words,
    live_action,
    only_languages,
    read_tags,
    service_word,
    special_words,
    stands_beside,
    without_tags,
)
from kotozoe.subtitles.ranking.target import RankingTarget


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one file is. `first` to `last` count within the wanted media; both None: its name does not say."""

    file: SubtitleFile
    name: NameReading
    slot: Slot | None
    key: FamilyKey
    fit: NumberingFit
    first: float | None
    last: float | None
    why: str

    @property
    def tags(self) -> Tags:
        return read_tags(self.name.stem, self.slot.start if self.slot else 0)


@lru_cache(maxsize=2048)
def _zone_keys(zone: str) -> tuple[TitleKey, ...]:
    return title_keys(_ORDINAL.sub(r"\1 Season", _SEASON_GLUED.sub(r"\1 \2", zone)))


_SEASON_GLUED = re.compile(r"(?i)\b(season|part|cour)(\d)")
_ORDINAL = re.compile(r"(?i)(?<=\W)([2-9](?:nd|rd|th))(?: ?シーズン|(?=\W*$))")


def said_by(zone: str) -> tuple[str, str, int | None, int | None]:
    """Return the key of a title zone without its season words and remarks in parentheses, the key of all of it, the
    season and the part it says.
    """
    rows = _zone_keys(zone)
    if not rows:
        return "", "", None, None
    worded = next((r for r in rows if r.season is not None or r.part is not None), rows[0])
    if (particle := _PARTICLE.search(zone)) and said_by(zone[: particle.start()])[2:] == (None, None):
        return rows[0].key, rows[0].key, None, None
    without = _REMARK.sub(" ", zone).strip()
    if without and without != zone and worded is rows[0]:
        title, _, season, part = said_by(without)
        return title or worded.key, rows[0].key, season, part
    return worded.key, rows[0].key, worded.season, worded.part


# A title's last "ni" is a particle more often than the number two.
_PARTICLE = re.compile(r"(?<=\w) ni\W*$", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def _prefix(reading: NameReading, slot: Slot) -> str:
    """Return what stands before a slot, digits masked: names of one family share it."""
    return re.sub(r"\d", "0", reading.flat[: slot.start].casefold())


def pick_slots(readings: Sequence[NameReading]) -> list[Slot | None]:
    """Choose, for names with several bare numbers, the one that changes from name to name."""
    varies: dict[str, set[float]] = defaultdict(set)
    for reading in readings:
        if len(reading.slots) > 1:
            for slot in reading.slots:
                varies[_prefix(reading, slot)].add(slot.first)
    chosen: list[Slot | None] = []
    for reading in readings:
        if len(reading.slots) <= 1:
            chosen.append(reading.slots[0] if reading.slots else None)
            continue
        chosen.append(max(reading.slots, key=lambda s: _likeliness(s, len(varies[_prefix(reading, s)]))))
    return _season_packs(readings, chosen)


def _season_packs(readings: Sequence[NameReading], slots: Sequence[Slot | None]) -> list[Slot | None]:
    """Read the digit at an archive's title, "Title2.7z", as its season, unless there are more of them than seasons."""
    packs: dict[str, set[float]] = defaultdict(set)
    digits = [
        slot if slot and r.archive and _season_digit(slot) else None for r, slot in zip(readings, slots, strict=True)
    ]
    for reading, digit in zip(readings, digits, strict=True):
        if digit:
            packs[_prefix(reading, digit)].add(digit.first)
    return [
        replace(digit, first=1, last=1, season=int(digit.first), whole=True)
        if digit and len(packs[_prefix(reading, digit)]) < MIN_RANGE
        else slot
        for reading, digit, slot in zip(readings, digits, slots, strict=True)
    ]


def _season_digit(slot: Slot) -> bool:
    return slot.mark is Mark.GLUED and slot.first == slot.last and 1 < slot.first <= _LAST_SEASON_DIGIT


_LAST_SEASON_DIGIT = 9


def _likeliness(slot: Slot, variety: int) -> tuple[bool, bool, int, int]:
    """Order the bare numbers of one name: marked ones, then those that vary, then the last."""
    return (slot.mark <= Mark.BRACKET, variety > 1, -slot.mark if slot.mark <= Mark.BRACKET else 0, slot.start)


def _special(reading: NameReading, slot: Slot | None, zone: str) -> bool:
    if slot is None:
        return special_words(reading.stem)
    return (
        slot.season == 0 or bool(slot.special) or special_words(reading.flat[: slot.start + 1]) or special_words(zone)
    )


def _extra(reading: NameReading, slot: Slot | None, wanted: RankingTarget) -> bool:
    return extra_words(reading.flat if slot is None else reading.flat[: slot.start + 3], wanted.own)


def _key(reading: NameReading, slot: Slot | None) -> FamilyKey:
    zone = zone_of(reading if slot else replace(reading, flat=flatten(without_tags(reading.stem))), slot)
    zone = _without_language(without_counter(zone) if slot and slot.mark >= Mark.BARE else zone)
    title, full, season, part = said_by(zone)
    season = counted_season(slot, season)
    special = _special(reading, slot, zone)
    if slot is None and (dated := _YEAR_AT_END.sub("", zone)) != zone:
        title = said_by(dated)[0] or title
    if slot is None and (shorter := without_film_word(_SOURCE_AT_END.sub("", zone))) != zone:
        title = said_by(shorter)[0] or title
    if special and slot is None and (bare := _SPECIAL_AT_END.sub("", zone)):
        title = said_by(bare)[0] or title
    tail = reading.flat[slot.start :] if slot else reading.flat
    group, service = reading.group.casefold(), service_word(tail)
    return FamilyKey(title, full, season, part, special, group, service, marks_of(zone))


def _without_language(zone: str) -> str:
    """Leave out a language in capitals that stands before the number, "Title JP 05", or alone there: "简日双语-05"."""
    if only_languages(zone):
        return ""
    rest = _LANGUAGE_AT_END.sub("", zone)
    return rest if rest and not rest.isupper() else zone


_LANGUAGE_AT_END = re.compile(r"(?<=\w) [\[(]?(?:JA|JP|JPN|JAP|CHS|CHT|CHI|ENG|EN)[\])]?$")
_YEAR_AT_END = re.compile(r"(?<=[^\d ]) (?:19|20)\d\d$")
_SOURCE_AT_END = re.compile(r"(?<=\w) (?:web|tv)$", re.IGNORECASE)
_SPECIAL_AT_END = re.compile(r"(?<![ -])[ -]*[\[(]?\b(?:OVA|OAD|SP|Special)[\])]?$", re.IGNORECASE)


def marks_of(title: str) -> str:
    """Return the signs that a title ends in, which alone may tell a season from another: "K-ON!!", "Gintama'"."""
    found = _MARKS.search(title.rstrip(" -_.])】」』")[-_MAX_MARKS:])
    return unicodedata.normalize("NFKC", found[0]).replace("’", "'") if found else ""


_MARK = "[!！?？♪☆★♥°'’+＋*]"
_MARKS = re.compile(rf"(?<!{_MARK}){_MARK}+$")
_MAX_MARKS = 8


def counted_season(slot: Slot | None, said: int | None) -> int | None:
    """Return the season of a name; S01 after a title that itself names a later season counts within that."""
    if slot is None or slot.season is None or (slot.season == 1 and said is not None and said != 1):
        return said
    return slot.season


def _families(
    keys: Sequence[FamilyKey], readings: Sequence[NameReading], slots: Sequence[Slot | None]
) -> dict[FamilyKey, Family]:
    numbers: dict[FamilyKey, set[int]] = defaultdict(set)
    members: dict[FamilyKey, int] = defaultdict(int)
    counted: dict[FamilyKey, set[int]] = defaultdict(set)
    for key, reading, slot in zip(keys, readings, slots, strict=True):
        members[key] += 1
        if slot is None or slot.whole:
            continue
        first, last = int(slot.first), int(slot.last)
        numbers[key].update(range(first, min(last, first + 2000) + 1))
        if reading.counted_on is not None and reading.counted_on > slot.first:
            counted[key].add(int(reading.counted_on - slot.first))
    return {k: Family(k, frozenset(numbers[k]), members[k], frozenset(counted[k])) for k in members}


def read_listing(files: Sequence[SubtitleFile], wanted: RankingTarget) -> tuple[FileReading, ...]:
    """Read all files of an entry, in their order, as seen from the wanted episode."""
    readings = [read_name(f.name) for f in files]
    slots = pick_slots(readings)
    keys = [_key(r, s) for r, s in zip(readings, slots, strict=True)]
    families = _families(keys, readings, slots)
    overview = overview_of(families.values(), wanted)
    verdicts = {k: numbering(f, wanted, overview) for k, f in families.items()}
    specials_only = not wanted.regular and all(k.special for k in families)
    regular = overview.numbers
    read = [
        _file_reading(file, reading, slot, key, verdicts[key], wanted, specials_only or _regular(slot, wanted, regular))
        for file, reading, slot, key in zip(files, readings, slots, keys, strict=True)
    ]
    return _without_live_action(read, wanted)


def _without_live_action(readings: Sequence[FileReading], wanted: RankingTarget) -> tuple[FileReading, ...]:
    """Leave out live action: AniList, which gives the titles, knows none. Where they are not known, all files of an
    entry may be of it, or the video.
    """
    live = [live_action(r.name.flat) for r in readings]
    if not wanted.titled and (all(live) or live_action(wanted.video.flat)):
        return tuple(readings)
    return tuple(
        replace(r, fit=NumberingFit.OTHER, why="live action") if is_live else r
        for r, is_live in zip(readings, live, strict=True)
    )


def _regular(slot: Slot | None, wanted: RankingTarget, numbers: frozenset[int]) -> bool:
    """Say whether "25 (Special 1)" is the 25th of the media: it has so many, and no other file bears that number."""
    return (
        slot is not None
        and slot.special.startswith("s")
        and slot.first <= (wanted.count or 0)
        and int(slot.first) not in numbers
    )


def _file_reading(
    file: SubtitleFile,
    reading: NameReading,
    slot: Slot | None,
    key: FamilyKey,
    verdict: Numbering,
    wanted: RankingTarget,
    specials_only: bool,
) -> FileReading:
    fit, why = verdict.fit, verdict.why
    if fit is NumberingFit.OTHER and called_by(reading, wanted.whole_titles):
        fit, why = NumberingFit.FITS, "the media's whole title"
    if fit is NumberingFit.OTHER and wanted.named and slot and _named_behind(reading, slot, wanted):
        fit, why = NumberingFit.FITS, "its title stands behind the number"
    if _extra(reading, slot, wanted):
        fit, why = NumberingFit.OTHER, "an opening, ending or trailer"
    elif not wanted.minor and stands_beside(reading.flat if slot is None else reading.flat[: slot.start]):
        fit, why = NumberingFit.OTHER, "stands beside the show"
    elif key.special and not (wanted.special or specials_only or _holds_more(reading, slot)):
        fit, why = NumberingFit.OTHER, "a special"
    elif wanted.half and (half_of(zone_of(reading, slot)) or wanted.half) != wanted.half:
        fit, why = NumberingFit.OTHER, "another part of the film"
    if slot is None and reading.last_one and wanted.count:
        return FileReading(file, reading, slot, key, fit, wanted.count, wanted.count, why)
    if slot is None or slot.whole:
        return FileReading(file, reading, slot, key, fit, None, None, why)
    if slot.half and fit is NumberingFit.FITS:
        fit, why = NumberingFit.DOUBTFUL, "half an episode"
    return FileReading(file, reading, slot, key, fit, slot.first - verdict.offset, slot.last - verdict.offset, why)


def _holds_more(reading: NameReading, slot: Slot | None) -> bool:
    """Say whether an archive that names specials holds episodes, too: "Title (01-12) + OVA", "Title TV+SP"."""
    return reading.archive and (slot is not None or _AND_MORE.search(reading.flat) is not None)


_AND_MORE = re.compile(r"[+&,]|(?<![a-z])(?:tv|and|with|complete|all)(?![a-z])", re.IGNORECASE)


def _named_behind(reading: NameReading, slot: Slot, wanted: RankingTarget) -> bool:
    """Say whether what a video without a number is called stands behind a file's number, as titles of episodes do."""
    behind = plain_key(reading.flat[slot.start :])
    return any(n in behind for n in wanted.named)


def covering(readings: Sequence[FileReading], wanted: RankingTarget) -> list[FileReading]:
    """Return the files that hold all of the wanted episode, as far as names tell."""
    numbered = any(r.first is not None and not r.name.archive for r in readings)
    fitting = any(r.first is not None and r.fit is not NumberingFit.OTHER for r in readings)
    alone = len({(r.first, r.last) for r in readings}) == 1
    return [
        r
        for r in readings
        if r.fit is not NumberingFit.OTHER
        and _covers(r, wanted, alone=alone, numbered=numbered and (fitting or not _named_as_the_video(r, wanted)))
    ]


def _named_as_the_video(reading: FileReading, wanted: RankingTarget) -> bool:
    return wanted.unnumbered and not wanted.video_keys.isdisjoint({reading.key.title, reading.key.full})


def called_by(name: NameReading, keys: Collection[str]) -> bool:
    """Say whether a file's name holds one of these keys."""
    return bool(keys) and any(k in plain_key(name.flat) for k in keys)


def _covers(reading: FileReading, wanted: RankingTarget, *, numbered: bool, alone: bool) -> bool:
    if called_by(reading.name, wanted.named | wanted.whole_titles):
        return True
    if reading.first is None or reading.last is None:
        if reading.name.archive:
            return True
        return wanted.single or (not numbered and wanted.episode in (None, 1) and not wanted.regular)
    if wanted.episode is None:
        film = wanted.film and reading.key.season == wanted.film_number is not None
        return alone or (wanted.single and (film or reading.first in wanted.own_numbers))
    if wanted.film and reading.slot and reading.slot.first == wanted.claimed:
        return True
    end = wanted.episode_end or wanted.episode
    return (reading.first <= wanted.episode and end <= reading.last) or (wanted.single and alone)


def keys_of(names: Sequence[str]) -> frozenset[str]:
    """Return the keys under which names of a media are recognised, season words on and off."""
    found: set[str] = set()
    for name in names:
        for row in title_keys(name):
            found.add(row.key)
    return frozenset(found)


def plain_key(text: str) -> str:
    """Return the key of a text as it stands."""
    return key_of(tidy(text))
