"""What the numbers of a family mean for the wanted media."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from kotozoe.identify.names.titles import FINAL
from kotozoe.subtitles.ranking.filename_groups import (
    SECOND,
    SHORT_SEASON,
    TWO_COURS,
    Family,
    FamilyKey,
    ListingOverview,
    Naming,
    bare_name,
    credible,
    extends,
    in_its_own_name,
    naming,
    speaks_for,
    stranger,
    whole_blocks,
)
from kotozoe.subtitles.ranking.films import NOT_HERE, counted_film, series_beside_a_film
from kotozoe.subtitles.ranking.names_alone import of_another_by_names
from kotozoe.subtitles.ranking.siblings import (
    as_long_as_a_sibling,
    numbered_as_the_media,
    of_another_season,
    of_the_host,
    rather_a_siblings,
    reaches_past,
)
from kotozoe.subtitles.ranking.target import RankingTarget, Start

_STRAY = 2  # numbers beyond the last episode that may be specials
_SEASONS = frozenset({12, 13, 24, 25, 26})  # episodes of the usual one


class NumberingFit(enum.IntEnum):
    """How surely a family is of the wanted media; OTHER is never offered."""

    OTHER = 0
    DOUBTFUL = 1
    FITS = 2


@dataclass(frozen=True, slots=True)
class Numbering:
    """The verdict on a family: subtract `offset` from its numbers to count within the media."""

    fit: NumberingFit
    offset: int
    why: str


def numbering(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    """Decide what the numbers of a family mean."""
    if (film := counted_film(family, wanted, overview)) is not None:
        return Numbering(NumberingFit.OTHER if film == NOT_HERE else NumberingFit.FITS, film, "films that are counted")
    if _of_another(family, wanted, overview):
        return Numbering(NumberingFit.OTHER, 0, "named as another media")
    if of_the_host(family, wanted):
        return Numbering(NumberingFit.OTHER, 0, "of the media whose entry this is")
    if why := of_another_by_names(family, wanted, overview):
        return Numbering(NumberingFit.OTHER, 0, why)
    if as_long_as_a_sibling(family, wanted):
        return Numbering(NumberingFit.OTHER, 0, "named and numbered as another show of the series")
    if of_another_season(family, wanted, overview):
        return Numbering(NumberingFit.OTHER, 0, f"season {family.season}, where others say the wanted one")
    if family.season is None or family.key.title in overview.continued:
        found = _of_the_first(family, wanted, overview) or _without_season(family, wanted, overview)
    else:
        found = _with_season(family, wanted, overview)
    if found.fit is NumberingFit.FITS and found.offset == 0 and rather_a_siblings(family, wanted, overview):
        return Numbering(NumberingFit.DOUBTFUL, 0, "named as another show of the series, where others name this one")
    return found


def _of_the_first(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering | None:
    """Leave names without a season to the first, where the entry is the series' and others here say the wanted one. A
    count that runs on through both is read by its numbers.
    """
    if not (wanted.wider and overview.own_season) or speaks_for(family.key, wanted) or family.season is not None:
        return None
    if any(family.high > offset for offset in wanted.offsets) or family.high > _MAX_SEASON:
        return None
    return Numbering(NumberingFit.OTHER, 0, "without a season, where others say the wanted one")


_MAX_SEASON = max(_SEASONS)


def _with_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    part = family.key.part
    if wanted.part and part and part != wanted.part and wanted.season in (None, family.key.season):
        return Numbering(NumberingFit.OTHER, 0, f"part {part}")
    if _named_in_full(family.key, wanted):
        if wanted.count and family.high <= wanted.count:
            return Numbering(NumberingFit.FITS, 0, "its own title and numbers")
        return _same_season(family, wanted, overview)
    return _by_both_numbers(family, wanted) or _by_season(family, wanted, overview)


def _named_in_full(key: FamilyKey, wanted: RankingTarget) -> bool:
    """Say whether the season of a name is part of a whole title of the media: "Title: Final Season", "Title Part 2".
    However the video counts seasons, that is the media.
    """
    others = {title for title, _ in wanted.other_marks}
    if key.season == 1 and key.full in wanted.own_titles - others:
        return True
    own = {title for title, _ in wanted.own_marks} - others
    return wanted.titled and key.full != key.title and key.full in own


def _by_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    season = family.season
    earlier = next((s.offset for s in wanted.starts if s.season == season and s.offset < 0), 0)
    if earlier:  # the media goes on through this season
        counted_on = family.low > -earlier
        return Numbering(NumberingFit.FITS, 0 if counted_on else earlier, f"season {season} of the map")
    if season == 1 and overview.all_seasons == {1} and _within(family, wanted, overview):
        return Numbering(NumberingFit.FITS, 0, "exactly as many numbers as episodes")
    if season == wanted.block:
        return _same_season(family, wanted, overview)
    if wanted.ahead and wanted.block in (None, 1) and _too_late(season or 1, wanted.ahead):
        return Numbering(NumberingFit.OTHER, 0, f"season {season}, which cannot begin so early")
    if wanted.ahead and wanted.block in (None, 1) and (counted := _by_the_videos_count(family, wanted, overview)):
        return counted
    known = next((s for s in wanted.starts if s.season == season and s.offset >= 0), None)
    if known:
        return Numbering(NumberingFit.FITS, known.offset, f"season {season} of the map")
    if wanted.ahead and season != 1 and len(overview.all_seasons - {1}) > 1:
        return Numbering(NumberingFit.OTHER, 0, f"season {season}, and nothing says which one is wanted")
    if wanted.block is None:
        return _season_unsaid(family, wanted, overview)
    return _other_season(family, wanted, overview)


def _too_late(season: int, ahead: int) -> bool:
    return season > SECOND and (season - 1) * SHORT_SEASON > ahead


def _by_the_videos_count(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering | None:
    """Find the place of a season in the count that the video shows: it reaches into it, it is the only later one, or it
    begins where the season before it ended.
    """
    season, reached = family.season or 0, wanted.ahead < family.low <= (wanted.claimed or 0) <= family.high
    if reached or (season == 1 and family.high > wanted.ahead and credible(wanted.ahead, family, wanted)):
        return Numbering(NumberingFit.FITS, wanted.ahead, "counts as the video does")
    if season == 1 or (wanted.episode or 0) > family.high:
        return None
    went_before = overview.before_season(season)
    if wanted.ahead in went_before or (overview.all_seasons - {1} == {season} and not went_before):
        return _same_season(family, wanted, overview)
    return None


def _by_both_numbers(family: Family, wanted: RankingTarget) -> Numbering | None:
    """Read "S02E05 第037話" by the second number where the media is the first of its series and goes on through all.
    What the names of a listing tell of it is surer than a map, as services cut long shows in different ways.
    """
    distance = next(iter(family.counted_on), 0) if len(family.counted_on) == 1 else 0
    first = Start(1, 0) in wanted.starts and not wanted.known_offsets
    shown = wanted.video.counted_on is not None and wanted.video.counted_on == wanted.episode  # by the video's own name
    if not distance or not (first or shown or (not wanted.later and wanted.block is None)):
        return None
    if wanted.count is not None and family.high + distance > wanted.count:
        return None
    return Numbering(NumberingFit.FITS, -distance, "two numbers, the second counts on")


def _within(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family holds exactly the episodes that the media has: then it counts within the media, however
    long what went before was. Season 1 and a part of season 2 would hardly make the same number.
    """
    return family.complete(wanted.count) and not overview.counts_on


def _same_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    why = f"season {family.season}"
    alike = wanted.ahead and wanted.counted_in == family.season and family.high >= (wanted.claimed or 0)
    if alike and credible(wanted.ahead, family, wanted):
        return Numbering(NumberingFit.FITS, wanted.ahead, f"{why}, counts as the video does")
    if wanted.count and family.high <= wanted.count:
        return Numbering(NumberingFit.FITS, 0, why)
    known = next((s.offset for s in wanted.starts if s.season == family.season and 0 < s.offset < family.high), None)
    if known is not None:
        return Numbering(NumberingFit.FITS, known, f"{why} of the map")
    if (family.season or 1) > 1:
        distance = next((d for d in overview.distances if d < family.low), None)
        if distance is not None:
            return Numbering(NumberingFit.FITS, distance, f"{why}, counted on")
    return Numbering(NumberingFit.FITS, 0, why)


def _season_unsaid(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    """The video says no season: the only season of a title that is not known is taken for its own, else the first."""
    seasons = (overview.seasons.get(family.key.title, frozenset()) if family.key.title else overview.all_seasons) - {0}
    mapped = {s.season for s in wanted.starts if s.season}
    arc = any(extends(v, o) for v in wanted.video_keys for o in wanted.own)  # named as more than the entry is
    several = len(seasons) > 1
    if wanted.unknown and overview.stems and naming(family.key, wanted) is Naming.UNKNOWN:
        several |= Naming.EXACT in overview.namings or not overview.stems.isdisjoint(wanted.entry)
        arc = True
    if several and family.season not in mapped and (mapped or arc):
        return Numbering(NumberingFit.OTHER, 0, f"season {family.season}, and others stand here")
    later = family.season not in (None, 0, 1)
    if later and wanted.unknown and not wanted.ahead and family.key.title in overview.firsts:
        return Numbering(NumberingFit.OTHER, 0, f"season {family.season}, and the first stands here")
    if later and (_counted_in_own_names(family, wanted, overview) or (not family.key.title and 1 in seasons)):
        return Numbering(NumberingFit.OTHER, 0, f"season {family.season}, and the first stands here")
    renewed = later and (wanted.before == 0 or naming(family.key, wanted) >= Naming.OWN)  # its title, a later season
    if renewed and not family.key.marks and _more_by_its_signs(wanted):
        renewed = False  # "Title!!" is a later season of "Title" itself
    if family.season == 1 or (len(seasons) <= 1 and not renewed):
        return _same_season(family, wanted, overview)
    return Numbering(NumberingFit.OTHER, 0, f"season {family.season}")


def _counted_in_own_names(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether names of the media itself, of which nothing else is known, stand here with this season and with the
    first: then it is that season in other names, too.
    """
    own = [seasons for title, seasons in overview.seasons.items() if title in wanted.own | wanted.video_keys]
    return wanted.unknown and not wanted.ahead and {1, family.season} <= frozenset().union(*own)


def _more_by_its_signs(wanted: RankingTarget) -> bool:
    """Say whether the media may be a later season by the signs at the end of its title."""
    return wanted.before != 0 and any(len(marks) > 1 for _, marks in wanted.own_marks)


def _other_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    season = family.season
    if wanted.block == FINAL:
        return _final_season(family, wanted, overview)
    seasons = overview.seasons.get(family.key.title, frozenset())
    # "Title 2nd Season" in the entry "Title" says the season of the series, in whatever script the files are named
    worded = wanted.counted_in is None and bool(wanted.video_keys & wanted.own)
    series = worded and naming(family.key, wanted) is Naming.UNKNOWN
    called = {family.key.title, family.key.full}
    in_series = wanted.block in wanted.own_seasons and bool(called & wanted.own)  # its titles say the season themselves
    same_title = series or in_series or bool(called & wanted.video_keys)
    too_many = wanted.count is not None and family.high > wanted.count + _STRAY
    # where others are named as the entry is, without a season, this is the first of the same show in another script
    first = not wanted.titled and not overview.namings.isdisjoint({Naming.EXACT, Naming.OWN})
    if same_title or too_many or wanted.block in seasons or season != 1 or first:
        return Numbering(NumberingFit.OTHER, 0, f"season {season}")
    return Numbering(NumberingFit.DOUBTFUL, 0, f"season {season} under a title of its own")


def _final_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    """The final season goes by a number, too: one that the media's titles say, else the only one that is here."""
    if family.season in wanted.own_seasons:
        return _same_season(family, wanted, overview)
    if overview.all_seasons != {family.season}:
        return Numbering(NumberingFit.OTHER, 0, f"season {family.season}")
    return Numbering(NumberingFit.DOUBTFUL, 0, f"season {family.season}, the only one here")


def _without_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    count = wanted.count
    if (offset := _late_special(family, wanted, overview)) is not None:
        return Numbering(NumberingFit.FITS, offset, "goes on where the series ended")
    if not wanted.later and not (count and family.low > count):
        return Numbering(NumberingFit.FITS, 0, "its own numbers")
    if _within(family, wanted, overview):
        return Numbering(NumberingFit.FITS, 0, "exactly as many numbers as episodes")
    if wanted.block == SECOND and any(title == family.key.full for title, _ in overview.outdone):
        return Numbering(NumberingFit.FITS, 0, "its signs are those of the second season")
    own = family.key.full in wanted.own - wanted.others and not overview.counts_on
    if in_its_own_name(family, wanted) or (count and family.high <= count and own):
        return Numbering(NumberingFit.FITS, 0, "its own title and numbers")
    for offset in wanted.offsets:
        barely = family.low <= 1 and family.high == offset + 1  # 13 of its own beside 12 before
        if family.high > offset and (offset == wanted.ahead or not barely) and credible(offset, family, wanted):
            return Numbering(NumberingFit.FITS, offset, "counts on from the series' start")
    return _by_shape(family, wanted, overview)


def _late_special(family: Family, wanted: RankingTarget, overview: ListingOverview) -> int | None:
    """Return what to subtract where an OVA is listed as the episode after the series' last, alone in its entry."""
    if not family.numbers or overview.numbers != family.numbers:
        return None
    if not wanted.special:
        sole = wanted.episode == 1 and family.low == family.high and family.low - 1 in _SEASONS
        own = any(extends(o, family.key.full) for o in wanted.own)
        return family.low - 1 if sole and own and naming(family.key, wanted) is Naming.SHORTER else None
    wide = family.high - family.low + 1
    return family.low - 1 if whole_blocks(family.low - 1) and wide <= (wanted.count or 1) else None


def _by_shape(family: Family, wanted: RankingTarget, overview: ListingOverview) -> Numbering:
    """No known distance explains the family: its own range must."""
    count = wanted.count
    if Start(1, 0) in wanted.starts and not wanted.later and count and family.low > count:
        return Numbering(NumberingFit.OTHER, 0, "after the last episode of the first season")
    distances = (overview.floors.get(family.key.season, 0), *overview.distances)
    distance = next((d for d in distances if 0 < d < family.low), None)
    if distance is not None and not (count and family.high <= count):
        return Numbering(NumberingFit.FITS, distance, "begins after what went before")
    film = count == 1 and not wanted.special  # whose number is no count of episodes
    if count and not film and family.high > count + _STRAY:
        return _more_than_episodes(family, wanted, overview, count)
    if overview.counts_on:
        return Numbering(NumberingFit.OTHER, 0, "an earlier season, counted from the series' start")
    others = {s for s in overview.whole_seasons if s != 1} - {wanted.block}
    if (wanted.block or 1) > 1 and (others or (wanted.block in overview.all_seasons and len(overview.all_seasons) > 1)):
        return Numbering(NumberingFit.OTHER, 0, "without a season, where others say theirs")
    if (wanted.block or 1) > 1 and not family.numbers and overview.all_seasons - {1}:
        return Numbering(NumberingFit.OTHER, 0, "without a season, where others say theirs")
    if count is None and not wanted.ahead and family.low <= 2 and family.high > max(TWO_COURS):
        return Numbering(NumberingFit.OTHER, 0, "counts on from a start that is not known")
    second = 2 in (wanted.season, wanted.part) and not wanted.ahead
    if count is None and second and family.low <= 2 and family.high in TWO_COURS:
        return Numbering(NumberingFit.FITS, TWO_COURS[family.high], "two blocks of episodes in one count")
    return Numbering(NumberingFit.FITS, 0, "its own numbers")


def _more_than_episodes(family: Family, wanted: RankingTarget, overview: ListingOverview, count: int) -> Numbering:
    if family.high <= min(wanted.known_offsets, default=wanted.before or 0):
        return Numbering(NumberingFit.OTHER, 0, "an earlier season, counted from the series' start")
    if overview.own_season and not speaks_for(family.key, wanted):
        return Numbering(NumberingFit.OTHER, 0, "without a season, where others say the wanted one")
    before = max(family.high, overview.tops.get(family.key.title, 0)) - count
    if whole_blocks(before):
        return Numbering(NumberingFit.FITS, before, "more numbers than episodes: counts on")
    return Numbering(NumberingFit.OTHER, 0, "counts on from a start that is not known")


def _of_another(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family's title is another media's, by what is known or by how others here are named."""
    called = {family.key.title, family.key.full}
    if called & (wanted.others | overview.others.series) and not called & (wanted.own | wanted.video_keys):
        if wanted.borrowed and reaches_past(family, wanted):
            return False
        # the first season's title beside the number of this one: the series is named, where nobody here names the media
        if (family.season or 0) > 1 and family.season in wanted.own_seasons:
            return False
        return not numbered_as_the_media(family, wanted) or not overview.namings.isdisjoint({Naming.EXACT, Naming.OWN})
    if _marked_as_another(family.key, wanted, overview) or _known_elsewhere(family.key, wanted, overview):
        return True
    how = naming(family.key, wanted)
    if _goes_on_as_another(family.key, wanted) or series_beside_a_film(family, wanted, overview):
        return True
    if how is Naming.LONGER:
        unnumbered_film = wanted.single and not family.numbers  # a year, an edition, who made it
        return not unnumbered_film and (wanted.titled or not overview.namings <= {Naming.LONGER})
    if how is Naming.SHORTER:
        return Naming.EXACT in overview.namings and bool(called & wanted.own)
    return how is Naming.UNKNOWN and stranger(family, wanted, overview.namings)


def _goes_on_as_another(key: FamilyKey, wanted: RankingTarget) -> bool:
    """Say whether a name is short for a title of the media, and goes on from it as that of another media does:
    "Kaze R2" beside "Kaze no Renshuu" and "Kaze no Renshuu R2".
    """
    name = bare_name(key)
    rests = ((o, x.removeprefix(o)) for o in wanted.own for x in wanted.others if extends(x, o))
    ours = wanted.own | wanted.video_keys
    return any(
        name.endswith(rest) and extends(o, name.removesuffix(rest)) and not any(k.endswith(rest) for k in ours)
        for o, rest in rests
    )


def _marked_as_another(key: FamilyKey, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a title differs from the media's in its last signs alone, and is with them another media's: where a
    file here has the right signs, or where there are more of them than the media's, which nobody adds by mistake.
    """
    if not wanted.other_marks and wanted.block == SECOND and (key.full, key.marks) in overview.outdone:
        return True
    own = [marks for title, marks in wanted.own_marks if title == key.full]
    more = bool(own) and all(key.marks != m and key.marks.startswith(m) for m in own)
    if (key.full, key.marks) not in wanted.other_marks:
        return more and all(own) and key.full in overview.marked
    return more or key.full in overview.marked


def _known_elsewhere(key: FamilyKey, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a name is the very title of another entry, and neither goes on from this media's nor the reverse:
    such names count in seasons of one show, which other rules read.
    """
    ours = wanted.own | wanted.video_keys
    if key.full not in overview.others.foreign or {key.full, key.title} & ours:
        return False
    return not any(extends(key.full, o) or extends(o, key.full) for o in ours)
