"""What the numbers of a family mean for the wanted media."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from kotozoe.identify.names.titles import FINAL
from kotozoe.subtitles.ranking.filename_groups import (
    LEAST_SHAPE,
    Family,
    Naming,
    Sight,
    extends,
    in_its_own_name,
    naming,
    whole_blocks,
)
from kotozoe.subtitles.ranking.target import Wanted

_STRAY = 2  # numbers beyond the last episode that may be specials
_WORD = 4  # letters that make a word
# What a count of two blocks ends at, and how many of it belong to the first.
_TWO_COURS = {22: 11, 23: 12, 24: 12, 25: 12, 26: 13}


class Fit(enum.IntEnum):
    """How surely a family is of the wanted media; OTHER is never offered."""

    OTHER = 0
    DOUBTFUL = 1
    FITS = 2


@dataclass(frozen=True, slots=True)
class Numbering:
    """The verdict on a family: subtract `offset` from its numbers to count within the media."""

    fit: Fit
    offset: int
    why: str


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
    if in_its_own_name(family, wanted) or (count and family.high <= count and own):
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
        if whole_blocks(family.high - count):
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


def _of_another(family: Family, wanted: Wanted, sight: Sight) -> bool:
    """Say whether a family's title is told to be another media's, by what is known or by how others here are named."""
    called = {family.key.title, family.key.full}
    if called & wanted.others and not called & (wanted.own | wanted.video_keys):
        # the first season's title beside the number of this one: the series is named, where nobody here names the media
        later = (wanted.block or 0) > 1 and family.season == wanted.block
        return not later or not sight.namings.isdisjoint({Naming.EXACT, Naming.OWN})
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
    few = len(family.numbers) < LEAST_SHAPE and bool(family.key.title)
    if not few or sight.namings.isdisjoint({Naming.EXACT, Naming.OWN}):
        return False
    alike = [k for k in known if k.isascii() == family.key.title.isascii()]
    return bool(alike) and not any(_shares(family.key.title, k) for k in alike)


def _shares(one: str, other: str) -> bool:
    """Say whether two keys have letters in common, in a row long enough for a word."""
    length = _WORD if one.isascii() else 1
    return any(one[i : i + length] in other for i in range(max(1, len(one) - length + 1)))
