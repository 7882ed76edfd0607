"""Families of names, and what is seen when all of a listing are looked at together."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from kotozoe.identify.names.titles import key_of, tidy
from kotozoe.subtitles.ranking.target import OtherTitles, RankingTarget

_BLOCK = (10, 13)  # episodes that are broadcast in one go
_MAX_BLOCKS = 8
_MAX_IN_BLOCKS = _MAX_BLOCKS * _BLOCK[1] + _MAX_BLOCKS  # beyond it any number is whole blocks
SECOND = 2  # a season
SHORT_SEASON = 10  # episodes
_MIN_SEASON = 5  # episodes that a season has, and its first number is above if it counts on
MIN_RANGE = 3  # numbers that make a range worth looking at
TWO_COURS = {22: 11, 23: 12, 24: 12, 25: 12, 26: 13}
"""What a count of two blocks ends at, and how many of it belong to the first."""
_WORD = 4  # letters that make a word
_MIN_TITLE_LETTERS = 3  # letters of a key that another one may be seen to go on from


class Naming(enum.IntEnum):
    """How a family's title stands to the titles that are known."""

    LONGER = 0  # a title of the media, and more: a sequel or side story
    SHORTER = 1  # the beginning only of what the video is called
    UNKNOWN = 2
    OWN = 3
    EXACT = 4  # as the video is called


@dataclass(frozen=True, slots=True)
class FamilyKey:
    """What the names of a family have in common."""

    title: str  # the key of the title zone without its season words
    full: str  # the key of the whole zone
    season: int | None
    part: int | None
    special: bool
    group: str
    service: str
    marks: str = ""  # the signs that its title ends in: "!!" tells K-ON!! from K-ON!


@dataclass(frozen=True, slots=True)
class Family:
    """The whole numbers of one family, in its own counting."""

    key: FamilyKey
    numbers: frozenset[int]
    members: int
    counted_on: frozenset[int] = frozenset()  # distances that its names themselves tell, "S02E07.第35話"

    @property
    def low(self) -> int:
        return min(self.numbers, default=0)

    @property
    def high(self) -> int:
        return max(self.numbers, default=0)

    @property
    def season(self) -> int | None:
        """The season its names say, a part counting as one where no season is said."""
        if self.key.season is not None:
            return self.key.season
        return self.key.part if self.key.part and self.key.part > 1 else None

    def complete(self, count: int | None) -> bool:
        """Say whether these are exactly the numbers of a media of `count` episodes, in its own counting."""
        return bool(count) and self.numbers - {0} == frozenset(range(1, (count or 0) + 1))


@dataclass(frozen=True, slots=True)
class ListingOverview:
    """What the families of a listing say together. `floors`: by season (None: of names without one), how many numbers
    went before its first; only where they look like earlier seasons.
    """

    continued: frozenset[str]  # titles whose seasons count on: S01E01-13, S02E14-25
    seasons: Mapping[str, frozenset[int]]  # by title
    distances: tuple[int, ...]  # to the series' count, surest first
    floors: Mapping[int | None, int]
    counts_on: bool  # a family without season words reaches into the media by the series' count
    namings: frozenset[Naming]
    numbers: frozenset[int]  # of all regular families
    all_seasons: frozenset[int]
    whole_seasons: frozenset[int]  # those with enough numbers for a range
    season_ends: Mapping[int, int]  # the last number of each season
    tops: Mapping[str, int]  # the last number of names without a season, by title
    others: OtherTitles  # titles here that are those of other entries
    outdone: frozenset[tuple[str, str]]  # titles and signs beside which the same title stands with more signs
    marked: frozenset[str]  # titles that stand here with the very signs of the media's own
    own_season: bool  # names here say the wanted season, or a title that the media alone has
    firsts: frozenset[str]  # titles with several low numbers and no later season
    several: frozenset[str]  # titles of several numbers
    stems: frozenset[str]  # those that the video's title goes on from

    def before_season(self, season: int) -> frozenset[int]:
        """Return how many episodes may have gone before a season, by the last numbers of those before it: the last
        one's, where that is counted on, or all together. Empty where the one before it is not here.
        """
        ends = [self.season_ends.get(s, 0) for s in range(1, season)]
        if not ends or not ends[-1]:
            return frozenset()
        return frozenset({ends[-1], sum(ends)} if all(ends) else ends[-1:])


def overview_of(families: Iterable[Family], wanted: RankingTarget) -> ListingOverview:
    """Read the families together."""
    families = tuple(f for f in families if not f.key.special)
    namings = frozenset(naming(f.key, wanted) for f in families)
    titles = frozenset(f.key.full for f in families if f.key.full)
    families = tuple(
        f for f in families if naming(f.key, wanted) is not Naming.UNKNOWN or not stranger(f, wanted, namings)
    )
    by_title: dict[str, dict[int, set[int]]] = {}
    by_season: dict[int | None, set[int]] = {}
    shown: dict[int, None] = {}
    for family in families:
        shown |= dict.fromkeys(sorted(family.counted_on))
        by_season.setdefault(family.season, set()).update(family.numbers)
        if family.key.season is not None and family.numbers:
            by_title.setdefault(family.key.title, {}).setdefault(family.key.season, set()).update(family.numbers)
    floors = {s: min(n) - 1 for s, n in by_season.items() if s not in (0, 1) and _begins_late(n)}
    distances = tuple(dict.fromkeys((*wanted.offsets, *shown, *floors.values())))
    several = _several(families)
    reach = distances[0] if distances and wanted.later else 0
    return ListingOverview(
        continued=frozenset(t for t, seasons in by_title.items() if _continues(seasons)),
        seasons={t: frozenset(s) for t, s in by_title.items()},
        distances=distances,
        floors=floors,
        counts_on=reach > 0 and _counts_on([f for f in families if not _counts_within(f, wanted)], wanted, reach),
        namings=namings,
        numbers=frozenset().union(*(f.numbers for f in families)),
        all_seasons=frozenset(s for s in by_season if s),
        whole_seasons=frozenset(s for s, n in by_season.items() if s and len(n) >= MIN_RANGE),
        season_ends={s: max(n) for s, n in by_season.items() if s and n},
        tops=_tops(families),
        others=wanted.known_elsewhere(titles),
        outdone=_outdone(families),
        marked=frozenset(f.key.full for f in families if (f.key.full, f.key.marks) in wanted.own_marks),
        own_season=any(_says_the_season(f, wanted) for f in families),
        firsts=_firsts(families),
        several=several,
        stems=frozenset(t for t in several if any(extends(v, t) for v in fullest_names(wanted))),
    )


def _several(families: Iterable[Family]) -> frozenset[str]:
    numbers: dict[str, set[int]] = {}
    for family in families:
        numbers.setdefault(family.key.title, set()).update(family.numbers)
    return frozenset(title for title, found in numbers.items() if title and len(found) >= MIN_RANGE)


def fullest_names(wanted: RankingTarget) -> frozenset[str]:
    """Return the keys of what the video is called, or of the entry's names where these go on from that."""
    more = frozenset(e for e in wanted.entry if any(extends(e, v) for v in wanted.video_keys))
    return more or wanted.video_keys


def _firsts(families: Iterable[Family]) -> frozenset[str]:
    """Return the titles under which a first season stands here: several low numbers, and no later season said."""
    low: dict[str, set[int]] = {}
    for family in families:
        if family.season in (None, 1) and family.numbers:
            low.setdefault(family.key.title, set()).update(n for n in family.numbers if n <= _BLOCK[1])
    return frozenset(title for title, numbers in low.items() if len(numbers) >= MIN_RANGE)


def _says_the_season(family: Family, wanted: RankingTarget) -> bool:
    if len(family.numbers) < MIN_RANGE:
        return False
    if family.season and family.season == wanted.block:
        return True
    return family.season in (None, 1) and speaks_for(family.key, wanted)


def bears_own_title(key: FamilyKey, wanted: RankingTarget) -> bool:
    """Say whether a name is a title of the media to the last sign, or goes on from the series' as the video's does."""
    more = key.full in wanted.video_keys and any(extends(key.full, o) for o in wanted.entry)
    return more or (key.full, key.marks) in wanted.own_marks


def bare_name(key: FamilyKey) -> str:
    """Return the key of a title, or of the bracket in front where nothing else is one: "[Kaze_R2][05]"."""
    return key.full or key_of(tidy(key.group))


def speaks_for(key: FamilyKey, wanted: RankingTarget) -> bool:
    """Say whether a name is a title of the media, or ends as such a title goes on from that of another show of the
    series: "Kaze R2" of "Kaze no Renshuu R2" beside "Kaze no Renshuu".
    """
    if bears_own_title(key, wanted):
        return True
    others = frozenset(title for title, _ in wanted.sibling_marks) | wanted.others
    name = bare_name(key)
    if name in others:
        return False
    rests = {own.removeprefix(o) for own, _ in wanted.own_marks for o in others if extends(own, o)}
    return any(name.endswith(rest) for rest in rests)


def _outdone(families: Iterable[Family]) -> frozenset[tuple[str, str]]:
    """Return the lesser of two series of files whose titles differ in signs alone, "Kaze!" beside "Kaze!!"."""
    by_title: dict[str, dict[str, set[int]]] = {}
    for family in families:
        if family.season is None:
            by_title.setdefault(family.key.full, {}).setdefault(family.key.marks, set()).update(family.numbers)
    return frozenset(
        (title, less)
        for title, marks in by_title.items()
        for less in marks
        for more in marks
        if less != more and more.startswith(less) and len(marks[less] & marks[more]) >= MIN_RANGE
    )


def _tops(families: Iterable[Family]) -> dict[str, int]:
    tops: dict[str, int] = {}
    for family in families:
        if family.season is None:
            tops[family.key.title] = max(family.high, tops.get(family.key.title, 0))
    return tops


def credible(offset: int, family: Family, wanted: RankingTarget) -> bool:
    """Say whether a distance may be that of a family. One that the video's number alone shows may come from a mistake
    in its name, which the user corrected: then the numbers must need it. Otherwise it must be long enough for a season.
    """
    if offset in wanted.known_offsets or family.low > offset:
        return True
    if not wanted.episode_said and (whole_blocks(offset) or offset > _MAX_IN_BLOCKS):
        return True
    return wanted.count is not None and family.high > wanted.count


def _counts_within(family: Family, wanted: RankingTarget) -> bool:
    return in_its_own_name(family, wanted) or family.complete(wanted.count)


def _counts_on(families: Iterable[Family], wanted: RankingTarget, reach: int) -> bool:
    families = tuple(families)
    reached = any(f.season is None and f.high > reach and credible(reach, f, wanted) for f in families)
    return reached or _same_hand(families, wanted)


def in_its_own_name(family: Family, wanted: RankingTarget) -> bool:
    """Say whether a family counts within the media: it bears a title that the video lacks and only this media has, and
    begins with numbers that the series' count gave to what went before.
    """
    telling = family.key.full in wanted.own - wanted.others - wanted.video_keys
    ahead = min(wanted.offsets, default=0)
    return telling and 0 < family.low <= ahead and family.high <= (wanted.count or 0)


def _continues(seasons: dict[int, set[int]]) -> bool:
    pairs = [(s, s + 1) for s in seasons if s > 0 and s + 1 in seasons]
    return bool(pairs) and all(min(seasons[b]) > max(*seasons[a], _MIN_SEASON) for a, b in pairs)


def _same_hand(families: Iterable[Family], wanted: RankingTarget) -> bool:
    """Say whether the group that counts the video on from the series' start has numbered files here, too."""
    group = wanted.video.group.casefold()
    long_enough = whole_blocks(wanted.ahead) or wanted.ahead > _MAX_IN_BLOCKS
    return (
        ((long_enough and not wanted.episode_said) or wanted.ahead in wanted.known_offsets)
        and wanted.counted_in is None
        and any(group and f.key.group == group and f.season is None and f.numbers for f in families)
    )


def _begins_late(numbers: AbstractSet[int]) -> bool:
    """Say whether numbers look like the rest of a longer count: they begin where blocks of 10 to 13 episodes end, and
    go on without many gaps.
    """
    if len(numbers) < MIN_RANGE:
        return False
    wide = max(numbers) - min(numbers) + 1
    return whole_blocks(min(numbers) - 1) and len(numbers) * 4 >= wide * 3


def whole_blocks(number: int) -> bool:
    """Say whether so many episodes can be whole blocks of 10 to 13, or one more each."""
    return number >= _BLOCK[0] and any(k * _BLOCK[0] <= number <= k * _BLOCK[1] + k for k in range(1, _MAX_BLOCKS + 1))


def naming(key: FamilyKey, wanted: RankingTarget) -> Naming:
    """Compare a family's title with those of the media and of the video."""
    zone = frozenset({key.title, key.full} - {""})
    if zone & wanted.video_keys:
        return Naming.EXACT
    if any(extends(v, z) for v in wanted.video_keys for z in zone):
        return Naming.SHORTER
    if zone & wanted.own:
        return Naming.OWN
    if any(extends(z, o) for z in zone for o in wanted.own):
        return Naming.LONGER
    return Naming.UNKNOWN


def extends(longer: str, shorter: str) -> bool:
    """Say whether one title key goes on from another."""
    return longer != shorter and len(shorter) >= _MIN_TITLE_LETTERS and longer.startswith(shorter)


def shares(one: str, other: str) -> bool:
    """Say whether two keys have letters in common, in a row long enough for a word: a sign of Chinese is one."""
    if not one.isascii():
        return any(c in other for c in one if c >= _FIRST_IDEOGRAM) or any(a + b in other for a, b in pairwise(one))
    return any(one[i : i + _WORD] in other for i in range(max(1, len(one) - _WORD + 1)))


_FIRST_IDEOGRAM = "㐀"


def shortens(short: str, title: str) -> bool:
    """Say whether a key may be short for a title: its letters stand there, in that order."""
    letters = iter(title)
    return short[:1] == title[:1] and all(letter in letters for letter in short)


def stranger(family: Family, wanted: RankingTarget, namings: AbstractSet[Naming]) -> bool:
    """Say whether a title that is not known has no place here: the entry is named as less than the video is, and others
    are named as the video; or it is a file or two among others with a known title, and shares nothing with that.
    """
    known = wanted.video_keys | wanted.own
    more = not wanted.video_keys & wanted.own and any(extends(v, o) for v in wanted.video_keys for o in wanted.own)
    if more and Naming.EXACT in namings:
        return True
    if not family.key.title or namings.isdisjoint({Naming.EXACT, Naming.OWN, Naming.SHORTER}):
        return False
    alike = [k for k in known if k.isascii() == family.key.title.isascii()]
    if not alike or any(shares(family.key.title, k) for k in alike):
        return False
    if len(family.numbers) >= MIN_RANGE or (wanted.block and family.season == wanted.block > 1):
        translated = not _KANA.search(family.key.title) and not family.key.title.isascii()  # into Chinese, maybe
        return wanted.titled and not translated and not any(shortens(family.key.title, k) for k in alike)
    return True


_KANA = re.compile("[ぁ-ヿ]")
