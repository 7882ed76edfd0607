"""Families of names, and what their numbers mean for the wanted media."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from kotozoe.decide.listing_names import NameReading
from kotozoe.decide.listing_tags import Tags
from kotozoe.decide.titles import FINAL

_SHAPE_FROM = 10  # a family whose first number is at least this may count on from earlier seasons
_SHORTEST_TITLE = 3  # letters of a key that another one may be seen to go on from
_TWO_COURS = range(22, 27)  # numbers that two blocks of 11 to 13 add up to


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
    """Where the wanted media begins in a longer count: its episode 1 is number `offset` + 1 of `season` (None: of the
    whole series).
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
        return tuple(dict.fromkeys((*ahead, *(s.offset for s in self.starts if s.season is None and s.offset > 0))))


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
    """What the families of a listing say together."""

    continued: frozenset[str]  # titles whose seasons count on: S01E01-13, S02E14-25
    seasons: dict[str, frozenset[int]] = field(default_factory=dict)  # by title
    distances: tuple[int, ...] = ()  # to the series' count, as told by numbers side by side or by where families begin
    counts_on: bool = False  # a family without season words reaches into the media by the series' count
    namings: frozenset[Naming] = frozenset()


@dataclass(frozen=True, slots=True)
class Numbering:
    """The verdict on a family: subtract `offset` from its numbers to count within the media."""

    fit: Fit
    offset: int
    why: str


def sight_of(families: Iterable[Family], wanted: Wanted) -> Sight:
    """Read the families together."""
    families = tuple(families)
    by_title: dict[str, dict[int, set[int]]] = {}
    told: list[int] = []
    begun: list[int] = []
    for family in families:
        if family.key.special or not family.numbers:
            continue
        told += sorted(family.counted_on)
        if family.key.season is not None:
            by_title.setdefault(family.key.title, {}).setdefault(family.key.season, set()).update(family.numbers)
        if _begins_late(family):
            begun.append(family.low - 1)
    continued = frozenset(t for t, seasons in by_title.items() if _continues(seasons))
    distances = tuple(dict.fromkeys((*wanted.offsets, *told, *begun)))
    reach = wanted.offsets[0] if wanted.offsets else (distances[0] if distances and wanted.later else 0)
    counts_on = reach > 0 and any(f.season is None and not f.key.special and f.high > reach for f in families)
    namings = frozenset(naming(f.key, wanted) for f in families if not f.key.special)
    return Sight(continued, {t: frozenset(s) for t, s in by_title.items()}, distances, counts_on, namings)


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
    return how is Naming.SHORTER and Naming.EXACT in sight.namings and bool(called & wanted.own)


def _continues(seasons: dict[int, set[int]]) -> bool:
    pairs = [(s, s + 1) for s in seasons if s > 0 and s + 1 in seasons]
    return bool(pairs) and all(min(seasons[b]) == max(seasons[a]) + 1 for a, b in pairs)


def _begins_late(family: Family) -> bool:
    """Say whether a family looks like the rest of a longer count: it begins late, and goes on without many gaps."""
    wide = family.high - family.low + 1
    return family.low >= _SHAPE_FROM and len(family.numbers) >= 3 and len(family.numbers) * 4 >= wide * 3


def numbering(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """Decide what the numbers of a family mean."""
    if _of_another(family, wanted, sight):
        return Numbering(Fit.OTHER, 0, "named as another media")
    if family.season is None or family.key.title in sight.continued:
        return _without_season(family, wanted, sight)
    return _with_season(family, wanted, sight)


def _with_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    season = family.season
    if (
        family.key.season is None
        and family.key.part != wanted.part
        and wanted.part is not None
        and wanted.season is None
    ):
        return Numbering(Fit.OTHER, 0, f"part {family.key.part}")
    if wanted.season is not None and season == wanted.season:
        if wanted.part and family.key.part and family.key.part != wanted.part:
            return Numbering(Fit.OTHER, 0, f"part {family.key.part}")
        return _same_season(family, wanted, sight)
    if wanted.ahead:
        if season == 1 and (wanted.counted_in or 1) == 1 and family.high > wanted.ahead:
            return Numbering(Fit.FITS, wanted.ahead, "counts as the video does")
        if season != 1 and wanted.season in (None, 1):
            return _same_season(family, wanted, sight)
    known = next((s for s in wanted.starts if s.season == season), None)
    if known:
        return Numbering(Fit.FITS, known.offset, f"season {season} of the map")
    if wanted.season is None:
        return _season_unsaid(family, wanted, sight)
    return _other_season(family, wanted, sight)


def _same_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    why = f"season {family.season}"
    if wanted.ahead and wanted.counted_in == family.season and family.high >= (wanted.claimed or 0):
        return Numbering(Fit.FITS, wanted.ahead, f"{why}, counts as the video does")
    known = next((s.offset for s in wanted.starts if s.season == family.season and s.offset), None)
    if known is not None and family.high > known and not (wanted.count and family.high <= wanted.count and known):
        return Numbering(Fit.FITS, known, f"{why} of the map")
    if _begins_late(family) and (family.season or 1) > 1 and not _reaches(family, wanted):
        return Numbering(Fit.FITS, family.low - 1, f"{why}, counted on")
    distance = next((d for d in sight.distances if family.low > d > 0), None)
    if distance is not None and (family.season or 1) > 1:
        return Numbering(Fit.FITS, distance, f"{why}, counted on")
    return Numbering(Fit.FITS, 0, why)


def _reaches(family: Family, wanted: Wanted) -> bool:
    """Say whether the numbers can be the media's own although they begin late."""
    return wanted.count is not None and family.high <= wanted.count


def _season_unsaid(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """The video says no season: the only season of a title is taken for its own, of several the first."""
    seasons = sight.seasons.get(family.key.title, frozenset()) - {0}
    if family.season == 1 or len(seasons) <= 1:
        return _same_season(family, wanted, sight)
    return Numbering(Fit.OTHER, 0, f"season {family.season}")


def _other_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    season = family.season
    seasons = sight.seasons.get(family.key.title, frozenset())
    same_title = bool({family.key.title, family.key.full} & wanted.video_keys)
    if same_title or wanted.season in seasons or (season != 1 and wanted.season != FINAL):
        return Numbering(Fit.OTHER, 0, f"season {season}")
    return Numbering(Fit.DOUBTFUL, 0, f"season {season} under a title of its own")


def _without_season(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    if not wanted.later:
        return Numbering(Fit.FITS, 0, "its own numbers")
    if (
        family.key.full in wanted.own
        and family.key.full not in wanted.others
        and wanted.count
        and family.high <= wanted.count
    ):
        return Numbering(Fit.FITS, 0, "its own title and numbers")
    for offset in wanted.offsets:
        if family.high > offset and not (family.high - offset <= 1 and offset != wanted.ahead and family.low <= 1):
            if offset == wanted.ahead and family.high < (wanted.claimed or 0) and not family.high > offset:
                continue
            return Numbering(Fit.FITS, offset, "counts on from the series' start")
    return _by_shape(family, wanted, sight)


def _by_shape(family: Family, wanted: Wanted, sight: Sight) -> Numbering:
    """No known distance explains the family: its own range must."""
    if wanted.count and family.high <= wanted.count and not sight.counts_on:
        return Numbering(Fit.FITS, 0, "its own numbers")
    if wanted.count and family.high > wanted.count and family.low <= 1:
        return Numbering(Fit.FITS, family.high - wanted.count, "more numbers than episodes: counts on")
    if _begins_late(family):
        return Numbering(Fit.FITS, family.low - 1, "begins where an earlier season ends")
    distance = next((d for d in sight.distances if family.low > d > 0), None)
    if distance is not None:
        return Numbering(Fit.FITS, distance, "counts on like others here")
    if (wanted.season == 2 or wanted.part == 2) and family.low <= 2 and family.high in _TWO_COURS and not wanted.ahead:
        return Numbering(Fit.FITS, family.high // 2, "two blocks of episodes in one count")
    if sight.counts_on:
        return Numbering(Fit.OTHER, 0, "an earlier season, counted from the series' start")
    return Numbering(Fit.FITS, 0, "its own numbers")
