"""Families of names, and what their numbers mean for the wanted media."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kotozoe.decide.listing.names import NameReading
from kotozoe.decide.listing.tags import Tags
from kotozoe.decide.names.titles import FINAL

_BLOCK = (10, 13)  # episodes that are broadcast in one go
_LEAST_SEASON = 5  # episodes that a season has, and its first number is above if it counts on
_LEAST_SHAPE = 3  # numbers that make a range worth looking at
_STRAY = 2  # numbers beyond the last episode that may be specials
_WORD = 4  # letters that make a word
_SHORTEST_TITLE = 3  # letters of a key that another one may be seen to go on from
# What a count of two blocks ends at, and how many of it belong to the first.
_TWO_COURS = {22: 11, 23: 12, 24: 12, 25: 12, 26: 13}


class Fit(enum.IntEnum):
    """How surely a family is of the wanted media; OTHER is never offered."""

    OTHER = 0
    DOUBTFUL = 1
    FITS = 2


class Naming(enum.IntEnum):
    """How a family's title stands to the titles that are known."""

    LONGER = 0  # a title of the media, and more: a sequel or side story
    SHORTER = 1  # the beginning only of what the video is called
    UNKNOWN = 2
    OWN = 3
    EXACT = 4  # as the video is called


@dataclass(frozen=True, slots=True)
class Start:
    """Where the wanted media begins in another count: its episode 1 is number `offset` + 1 of `season` (None: of the
    whole series). Below 0 where the media began in a season before.
    """

    season: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a listing.

    `season` and `part` are said by the video's or the entry's names; `claimed` is the video's own number and
    `counted_in` the season it says with it (None: it says none). `own` are keys of titles of the media, `others` those
    of other media of its series; `video_keys` those the video's name has; `named` the keys of what a video without a
    number is called. `count`: its episodes, if known. `single`: the media has one part only.
    """

    video: NameReading
    tags: Tags
    episode: float | None
    episode_end: float | None = None
    season: int | None = None
    part: int | None = None
    claimed: float | None = None
    counted_in: int | None = None
    named: frozenset[str] = frozenset()
    video_keys: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    count: int | None = None
    starts: tuple[Start, ...] = ()
    single: bool = False
    special: bool = False

    @property
    def block(self) -> int | None:
        """The season the names say, a part counting as one where no season is said."""
        return self.season if self.season is not None or (self.part or 1) == 1 else self.part

    @property
    def ahead(self) -> int:
        """By how much the video's own number runs ahead of the episode within the media; 0 if it does not."""
        if self.claimed is None or self.episode is None:
            return 0
        return max(0, int(self.claimed - self.episode))

    @property
    def later(self) -> bool:
        """Say whether the media is known not to be the first of its series."""
        said = (self.season or 1) not in (1, 0) or (self.part or 1) > 1
        return said or self.ahead > 0 or any(s.offset > 0 for s in self.starts)

    @property
    def offsets(self) -> tuple[int, ...]:
        """The known distances to the series' count, surest first."""
        ahead = (self.ahead,) if self.ahead else ()
        return tuple(
            dict.fromkeys((*ahead, *(s.offset for s in self.starts if s.season in (None, 1) and s.offset > 0)))
        )


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


@dataclass(frozen=True, slots=True)
class Sight:
    """What the families of a listing say together. `floors`: by season (None: of names without one), how many numbers
    went before its first; only where they look like earlier seasons.
    """

    continued: frozenset[str]  # titles whose seasons count on: S01E01-13, S02E14-25
    seasons: Mapping[str, frozenset[int]]  # by title
    distances: tuple[int, ...]  # to the series' count, surest first
    floors: Mapping[int | None, int]
    counts_on: bool  # a family without season words reaches into the media by the series' count
    namings: frozenset[Naming]


@dataclass(frozen=True, slots=True)
class Numbering:
    """The verdict on a family: subtract `offset` from its numbers to count within the media."""

    fit: Fit
    offset: int
    why: str


def sight_of(families: Iterable[Family], wanted: Wanted) -> Sight:
    """Read the families together."""
    families = tuple(f for f in families if not f.key.special)
    namings = frozenset(naming(f.key, wanted) for f in families)
    by_title: dict[str, dict[int, set[int]]] = {}
    by_season: dict[int | None, set[int]] = {}
    told: dict[int, None] = {}
    for family in families:
        told |= dict.fromkeys(sorted(family.counted_on))
        by_season.setdefault(family.season, set()).update(family.numbers)
        if family.key.season is not None:
            by_title.setdefault(family.key.title, {}).setdefault(family.key.season, set()).update(family.numbers)
    floors = {s: min(n) - 1 for s, n in by_season.items() if s not in (0, 1) and _begins_late(n)}
    distances = tuple(dict.fromkeys((*wanted.offsets, *told, *floors.values())))
    reach = distances[0] if distances and wanted.later else 0
    return Sight(
        continued=frozenset(t for t, seasons in by_title.items() if _continues(seasons)),
        seasons={t: frozenset(s) for t, s in by_title.items()},
        distances=distances,
        floors=floors,
        counts_on=reach > 0 and (any(n > reach for n in by_season.get(None, ())) or _same_hand(families, wanted)),
        namings=namings,
    )


def _same_hand(families: Iterable[Family], wanted: Wanted) -> bool:
    """Say whether the group that counts the video on from the series' start has numbered files here, too."""
    group = wanted.video.group.casefold()
    return (
        wanted.ahead > 0
        and wanted.counted_in is None
        and any(group and f.key.group == group and f.season is None and f.numbers for f in families)
    )


def _begins_late(numbers: AbstractSet[int]) -> bool:
    """Say whether numbers look like the rest of a longer count: they begin where blocks of 10 to 13 episodes end, and
    go on without many gaps.
    """
    if len(numbers) < _LEAST_SHAPE:
        return False
    wide = max(numbers) - min(numbers) + 1
    return _blocks(min(numbers) - 1) and len(numbers) * 4 >= wide * 3


def _blocks(number: int) -> bool:
    """Say whether so many episodes can be whole blocks of 10 to 13, or one more each."""
    return number >= _BLOCK[0] and any(k * _BLOCK[0] <= number <= k * _BLOCK[1] + k for k in range(1, 9))


def naming(key: FamilyKey, wanted: Wanted) -> Naming:
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
    return longer != shorter and len(shorter) >= _SHORTEST_TITLE and longer.startswith(shorter)


def _of_another(family: Family, wanted: Wanted, sight: Sight) -> bool:
    """Say whether a family's title is told to be another media's, by what is known or by how others here are named."""
    called = {family.key.title, family.key.full}
    if called & wanted.others and not called & (wanted.own | wanted.video_keys):
        return True
    how = naming(family.key, wanted)
    if how is Naming.LONGER:
        return not sight.namings <= {Naming.LONGER}
    if how is Naming.SHORTER:
        return Naming.EXACT in sight.namings and bool(called & wanted.own)
    return how is Naming.UNKNOWN and _stranger(family, wanted, sight)


def _stranger(family: Family, wanted: Wanted, sight: Sight) -> bool:
    """Say whether a title that is not known has no place here: the entry is named as less than the video is, and others
    are named as the video; or it is a file or two among others with a known title, and shares nothing with that.
    """
    known = wanted.video_keys | wanted.own
    more = not wanted.video_keys & wanted.own and any(extends(v, o) for v in wanted.video_keys for o in wanted.own)
    if more and Naming.EXACT in sight.namings:
        return True
    if wanted.block and family.season == wanted.block > 1:
        return False
    few = len(family.numbers) < _LEAST_SHAPE and bool(family.key.title)
    if not few or sight.namings.isdisjoint({Naming.EXACT, Naming.OWN}):
        return False
    alike = [k for k in known if k.isascii() == family.key.title.isascii()]
    return bool(alike) and not any(_shares(family.key.title, k) for k in alike)


def _shares(one: str, other: str) -> bool:
    """Say whether two keys have letters in common, in a row long enough for a word."""
    length = _WORD if one.isascii() else 1
    return any(one[i : i + length] in other for i in range(max(1, len(one) - length + 1)))


def _continues(seasons: dict[int, set[int]]) -> bool:
    pairs = [(s, s + 1) for s in seasons if s > 0 and s + 1 in seasons]
    return bool(pairs) and all(min(seasons[b]) > max(*seasons[a], _LEAST_SEASON) for a, b in pairs)


def numbering(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """Decide what the numbers of a family mean."""
    if _of_another(family, wanted, sight):
        return Numbering(Fit.OTHER, 0, "named as another media")
    if family.season is None or family.key.title in sight.continued:
        return _without_season(family, wanted, sight)
    return _with_season(family, wanted, sight)


def _with_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    season, part = family.season, family.key.part
    if wanted.part and part and part != wanted.part and wanted.season in (None, family.key.season):
        return Numbering(Fit.OTHER, 0, f"part {part}")
    earlier = next((s.offset for s in wanted.starts if s.season == season and s.offset < 0), 0)
    if earlier:  # the media goes on through this season
        counted_on = family.low > -earlier
        return Numbering(Fit.FITS, 0 if counted_on else earlier, f"season {season} of the map")
    if season == wanted.block:
        return _same_season(family, wanted, sight)
    if wanted.ahead and wanted.block in (None, 1):
        if season == 1 and family.high > wanted.ahead:
            return Numbering(Fit.FITS, wanted.ahead, "counts as the video does")
        if season != 1:
            return _same_season(family, wanted, sight)
    known = next((s for s in wanted.starts if s.season == season and s.offset >= 0), None)
    if known:
        return Numbering(Fit.FITS, known.offset, f"season {season} of the map")
    if wanted.block is None:
        return _season_unsaid(family, wanted, sight)
    return _other_season(family, wanted, sight)


def _same_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    why = f"season {family.season}"
    if wanted.ahead and wanted.counted_in == family.season and family.high >= (wanted.claimed or 0):
        return Numbering(Fit.FITS, wanted.ahead, f"{why}, counts as the video does")
    if wanted.count and family.high <= wanted.count:
        return Numbering(Fit.FITS, 0, why)
    known = next((s.offset for s in wanted.starts if s.season == family.season and 0 < s.offset < family.high), None)
    if known is not None:
        return Numbering(Fit.FITS, known, f"{why} of the map")
    if (family.season or 1) > 1:
        distance = next((d for d in sight.distances if d < family.low), None)
        if distance is not None:
            return Numbering(Fit.FITS, distance, f"{why}, counted on")
    return Numbering(Fit.FITS, 0, why)


def _season_unsaid(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """The video says no season: the only season of a title that is not known is taken for its own, else the first."""
    seasons = sight.seasons.get(family.key.title, frozenset()) - {0}
    renewed = (family.season or 1) > 1 and naming(family.key, wanted) >= Naming.OWN  # its title, and a later season
    if family.season == 1 or (len(seasons) <= 1 and not renewed):
        return _same_season(family, wanted, sight)
    return Numbering(Fit.OTHER, 0, f"season {family.season}")


def _other_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    season = family.season
    seasons = sight.seasons.get(family.key.title, frozenset())
    same_title = bool({family.key.title, family.key.full} & wanted.video_keys)
    if same_title or wanted.block in seasons or (season != 1 and wanted.block != FINAL):
        return Numbering(Fit.OTHER, 0, f"season {season}")
    return Numbering(Fit.DOUBTFUL, 0, f"season {season} under a title of its own")


def _without_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    count = wanted.count
    if not wanted.later and not (count and family.low > count):
        return Numbering(Fit.FITS, 0, "its own numbers")
    own = family.key.full in wanted.own - wanted.others and not sight.counts_on
    if count and family.high <= count and own:
        return Numbering(Fit.FITS, 0, "its own title and numbers")
    for offset in wanted.offsets:
        barely = family.low <= 1 and family.high == offset + 1  # 13 of its own beside 12 before
        if family.high > offset and (offset == wanted.ahead or not barely):
            return Numbering(Fit.FITS, offset, "counts on from the series' start")
    return _by_shape(family, wanted, sight)


def _by_shape(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """No known distance explains the family: its own range must."""
    count = wanted.count
    distance = next((d for d in sight.distances if 0 < d < family.low), None)
    if distance is not None and not (count and family.high <= count):
        return Numbering(Fit.FITS, distance, "begins after what went before")
    if count and family.high > count + _STRAY:
        if _blocks(family.high - count):
            return Numbering(Fit.FITS, family.high - count, "more numbers than episodes: counts on")
        return Numbering(Fit.OTHER, 0, "counts on from a start that is not known")
    if sight.counts_on:
        return Numbering(Fit.OTHER, 0, "an earlier season, counted from the series' start")
    if count is None and not wanted.ahead and family.low <= 2 and family.high > max(_TWO_COURS):
        return Numbering(Fit.OTHER, 0, "counts on from a start that is not known")
    second = 2 in (wanted.season, wanted.part) and not wanted.ahead
    if count is None and second and family.low <= 2 and family.high in _TWO_COURS:
        return Numbering(Fit.FITS, _TWO_COURS[family.high], "two blocks of episodes in one count")
    return Numbering(Fit.FITS, 0, "its own numbers")
