"""The other media of a series, as what a name in a listing may mean instead of the wanted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kotozoe.model import Facts
from kotozoe.subtitles.ranking.filename_groups import (
    MIN_RANGE,
    Family,
    ListingOverview,
    speaks_for,
)
from kotozoe.subtitles.ranking.target import RankingTarget

MarkedTitle: TypeAlias = tuple[str, str]
"""The key of a whole title, and the signs that it ends in."""

_EPISODIC = frozenset({"TV", "TV_SHORT", "ONA"})
MAX_CHAIN = 20
"""Media before one, by prequels; the longest series have fewer."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another media of the wanted one's series. `titles` are its own, `synonyms` may be those of the whole series;
    `count`: its episodes, if known; `format`: AniList's word.
    """

    titles: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    count: int | None = None
    format: str | None = None


def siblings_of(ids: Iterable[int], facts: Mapping[int, Facts]) -> tuple[Sibling, ...]:
    """Return what is known of these media."""
    known = (facts[i] for i in sorted(ids) if i in facts)
    return tuple(Sibling(f.titles, f.synonyms, f.episodes, f.format) for f in known)


def episodes_before(anilist_id: int, facts: Mapping[int, Facts]) -> int | None:
    """Return how many episodes the series has before this media, by its chain of prequels; None if a length in it is
    not known. Films and specials between them have no place in the count.
    """
    total, seen, own = 0, {anilist_id}, facts.get(anilist_id)
    for _ in range(MAX_CHAIN):
        if own is None:
            return None
        before = {r.anilist_id for r in own.relations if r.kind == "PREQUEL"} - seen
        if not before:
            return total
        own = _preceding(before, facts)
        if own is None or own.format is None:
            return None
        seen.add(own.anilist_id)
        if own.format in _EPISODIC:
            if not own.episodes:
                return None
            total += own.episodes
    return None


def _preceding(ids: Iterable[int], facts: Mapping[int, Facts]) -> Facts | None:
    """Return the one of several prequels that the count goes through: the show, if there is just one."""
    known = [facts[i] for i in ids if i in facts]
    shows = [f for f in known if f.format in _EPISODIC]
    if len(shows) == 1:
        return shows[0]
    return known[0] if len(known) == 1 and not shows else None


def numbered_as_the_media(family: Family, wanted: RankingTarget) -> bool:
    """Say whether the season of a family, and how far it goes, are those of a later media."""
    season = family.season or 0
    if season > 1 and season in wanted.own_seasons:
        return True
    starts = (s.offset for s in wanted.starts if s.season == season > 0)
    mapped = any(0 <= offset < family.high and (season > 1 or offset > 0) for offset in starts)
    return mapped or (season > 1 and season == wanted.block)


def of_another_season(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family is of another season than the wanted one, in a listing whose seasons count on: each begins
    where the one before it ended, and the wanted one is here under its own number.
    """
    season, block = family.season, wanted.block
    if season is None or block is None or season == block or family.key.title not in overview.continued:
        return False
    return block in overview.floors or block in overview.season_ends


def of_the_host(family: Family, wanted: RankingTarget) -> bool:
    """Say whether a family in the entry of another media of the series is that one's: nothing in its names or numbers
    speaks for the wanted one.
    """
    if not wanted.borrowed or wanted.single or not family.numbers:
        return False
    if speaks_for(family.key, wanted) or numbered_as_the_media(family, wanted):
        return False
    if family.season not in (None, 1) or (family.season == 1 and not (wanted.later or wanted.before)):
        return False  # read by seasons
    seasons = (None, 1) if family.season is None else (1,)
    offsets = [s.offset for s in wanted.starts if s.season in seasons and s.offset > 0]
    if family.season is None and wanted.ahead:
        offsets.append(wanted.ahead)
    went_before = min(offsets, default=wanted.before or wanted.host_count)
    return went_before is None or not _reaches(family, went_before)


def as_long_as_a_sibling(family: Family, wanted: RankingTarget) -> bool:
    """Say whether a family that is named as another show of the series holds just the episodes of that one, and the
    wanted media has another number of them.
    """
    if family.key.full in wanted.own_titles or family.complete(wanted.count) or not wanted.count:
        return False
    return any(title == family.key.full and family.complete(count) for title, count in wanted.sibling_lengths)


def reaches_past(family: Family, wanted: RankingTarget) -> bool:
    """Say whether the numbers of a family go on from what went before into the wanted media."""
    return any(len([n for n in family.numbers if n > offset]) >= MIN_RANGE for offset in wanted.offsets)


def _reaches(family: Family, went_before: int) -> bool:
    """Say whether a family holds episodes after those that went before; the one number after these, in a family that
    has some of them, is their special.
    """
    return family.low > went_before or family.high > went_before + 1


def rather_a_siblings(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family is named as another show of the series where others name the wanted media, or its season."""
    named = any(family.key.full == title for title, _ in wanted.sibling_marks)
    return named and family.season is None and overview.own_season and not speaks_for(family.key, wanted)
