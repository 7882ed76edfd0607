"""Seasons and parts that a media's own name does not say: where their numbers lead along the series."""

from __future__ import annotations

from collections.abc import Iterator

from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.titles import FINAL
from kotozoe.identify.verdict.counting_method import CountingMethod, EpisodeCandidate, unbounded, within
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch
from kotozoe.identify.verdict.series import (
    before,
    chained_parts,
    is_head,
    mapped,
    mapped_parts,
    onward,
    rows_of,
    seasons_of,
)


def later_season(hit: TitleMatch, number: float, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number of a season or part that the media's own name does not say."""
    season = hit.season
    by_map = hit.reading.parsed.season == season
    told = {r.anilist_id for r in inquiry.seasons(media) if r.season == season} if is_head(inquiry, media) else set()
    if season is not None and season > 1 and (by_map or len(told) == 1) and told:
        placed = tuple(_on_map(hit, season, number, media, inquiry))
        yield from placed
        if placed:
            return
    for parts in (mapped_parts(inquiry, media), chained_parts(inquiry, media)):
        for way in (True, False):
            group = _nth(hit, seasons_of(inquiry, parts, way), media)
            spot = _in_season(group, number, parts, inquiry)
            if spot is not None and (not by_map or not told or spot.anilist_id in told):
                if not (hit.part and either_count(hit.reading.parsed.season, number, spot.anilist_id, inquiry)):
                    yield spot
                return


def either_count(season: int | None, number: float, media: int, inquiry: Inquiry) -> bool:
    """Say whether a number under a part's own title may count within it, as well as from the series' start: "Part 2 -
    13" of a part of 13. While its length is not known, it may.
    """
    rule = inquiry.rules.find(media, number)
    ruled = rule is not None and rule[0] == media and rule[1] != number
    return ruled and season in (None, 1) and (inquiry.facts(media) is None or within(inquiry, media, number))


def _on_map(hit: TitleMatch, season: int, number: float, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number of a season as the map of the series counts it; or as a media counts that goes on through it."""
    placed = mapped(inquiry, media, season, number)
    if placed is None:
        own = rows_of(inquiry, media)
        if any(r.season == season and r.counts(number) for r in own) or _counted_on(own, season, number):
            yield EpisodeCandidate(media, number, CountingMethod.MAPPED)
    elif placed[2] or within(inquiry, placed[0], placed[1]):
        yield EpisodeCandidate(placed[0], placed[1], CountingMethod.MAPPED)
    elif inquiry.count(placed[0]) is None:
        yield from unbounded(hit, placed[1], placed[0], inquiry)


def _counted_on(rows: tuple[SeasonRow, ...], season: int, number: float) -> bool:
    """Say whether a number is the media's own within a season, though specials among its episodes blur the count."""
    lengths = {s: [_length(r) for r in rows if r.season == s] for s in {r.season for r in rows}}
    earlier = [n for s, some in lengths.items() if 0 < s < season for n in some]
    slack, here = lengths.get(0, []), lengths.get(season, [])
    if not slack or not here or None in (*earlier, *slack):
        return False
    before = sum(n for n in earlier if n is not None)
    last = before + sum(n for n in here if n is not None) + sum(n for n in slack if n is not None)
    high = all(n is not None and number > n for n in here)
    return high and before < number <= last


def _length(row: SeasonRow) -> int | None:
    return None if row.end is None else row.end - row.begin + 1


def _in_season(
    group: tuple[int, ...], number: float, parts: tuple[int, ...], inquiry: Inquiry
) -> EpisodeCandidate | None:
    """Count `number` within a season, or from the series' start if it is too high for that."""
    if not group or number < 1:
        return None
    on = onward(inquiry, group, group[0], number)
    if on is not None:
        return EpisodeCandidate(on[0], on[1], CountingMethod.NTH)
    earlier = before(inquiry, parts, group[0])
    counted = onward(inquiry, group, group[0], number - earlier) if earlier is not None and number > earlier else None
    if counted is not None:
        return EpisodeCandidate(counted[0], counted[1], CountingMethod.BACK)
    rule = inquiry.rules.find(group[0], number)
    return EpisodeCandidate(rule[0], rule[1], CountingMethod.RULE) if rule is not None else None


def _nth(hit: TitleMatch, groups: tuple[tuple[int, ...], ...], media: int) -> tuple[int, ...]:
    """Return the media of the claimed season from the one at which its (or its part's) count begins; () if none."""
    index = next((i for i, group in enumerate(groups) if media in group), None)
    if index is None:
        return ()
    if hit.season == FINAL:
        group = groups[-1]
    elif hit.season in (None, 1) or hit.own:
        group = groups[index]
    elif index == 0 and hit.season <= len(groups):
        group = groups[hit.season - 1]
    elif index == hit.season - 1 and (hit.exactly or hit.agreement is MatchQuality.PREFIX):  # its own, and its season
        group = groups[index]
    elif len(groups) == 1 and hit.part is None and hit.season <= len(groups[0]):  # "S2" of what has a "Part 2" only
        return (groups[0][hit.season - 1],)
    else:
        return ()
    at = (hit.part or 1) - 1
    if at < len(group):
        return group[at:]
    return groups[at] if len(group) == 1 and index == 0 and hit.season in (None, 1) and at < len(groups) else ()
