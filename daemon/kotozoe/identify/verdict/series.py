"""The media around a media: its stretches in the season map, and its sequels and prequels in order."""

from __future__ import annotations

from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.titles import title_keys
from kotozoe.identify.verdict.inquiry import Inquiry

_MAX_PARTS = 24  # of one series; a longer walk has gone astray
_CHAIN = ("SEQUEL", "PREQUEL")
_AROUND = ("SIDE_STORY", "SEQUEL", "PREQUEL", "PARENT", "OTHER", "SPIN_OFF", "SUMMARY", "ALTERNATIVE")


def rows_of(inquiry: Inquiry, anilist_id: int) -> tuple[SeasonRow, ...]:
    return tuple(r for r in inquiry.seasons(anilist_id) if r.anilist_id == anilist_id)


def is_head(inquiry: Inquiry, anilist_id: int) -> bool:
    """Say whether the season map begins its series with this media."""
    return any(r.season == 1 and r.begin == 1 for r in rows_of(inquiry, anilist_id))


def mapped(inquiry: Inquiry, anilist_id: int, season: int, number: float) -> tuple[int, float, bool] | None:
    """Return the media and episode of the series' episode `number` of `season`, and whether the map bounds it there.

    A stretch with an end wins over an open one, a later beginning over an earlier one.
    """
    rows = [r for r in inquiry.seasons(anilist_id) if r.season == season and r.episode(number) is not None]
    if season > 0:
        rows = [r for r in rows if inquiry.tv_like(r.anilist_id)] or rows
    rows.sort(key=lambda r: (r.end is None, -r.begin, r.anilist_id))
    if not rows or (len(rows) > 1 and rows[0].begin == rows[1].begin and rows[0].end == rows[1].end):
        return None
    episode = rows[0].episode(number)
    return None if episode is None else (rows[0].anilist_id, episode, rows[0].end is not None)


def mapped_parts(inquiry: Inquiry, anilist_id: int) -> tuple[int, ...]:
    """Return the series' TV parts in the map's order; empty if the map does not place this media among them."""
    rows = sorted(
        (r for r in inquiry.seasons(anilist_id) if r.season > 0), key=lambda r: (r.season, r.begin, r.anilist_id)
    )
    places = [(r.season, r.begin) for r in rows]
    ids = tuple(dict.fromkeys(r.anilist_id for r in rows if inquiry.tv_like(r.anilist_id)))
    doubled = len(set(places)) < len(places)
    if anilist_id not in ids or (
        doubled and len({(r.season, r.begin) for r in rows if r.anilist_id in ids}) < len(ids)
    ):
        return ()
    return ids


def chained_parts(inquiry: Inquiry, anilist_id: int) -> tuple[int, ...]:
    """Return the TV parts joined to this media by sequel edges, in order of their beginning."""
    seen: dict[int, None] = {anilist_id: None}
    ahead = [anilist_id]
    while ahead and len(seen) < _MAX_PARTS:
        for relation in inquiry.relations(ahead.pop(0)):
            if relation.kind in _CHAIN and relation.anilist_id not in seen:
                seen[relation.anilist_id] = None
                ahead.append(relation.anilist_id)
    known = [i for i in seen if i == anilist_id or (inquiry.facts(i) is not None and inquiry.tv_like(i))]
    return tuple(sorted(known, key=lambda i: (inquiry.begun(i), i)))


def specials_of(inquiry: Inquiry, anilist_id: int) -> tuple[int, ...]:
    """Return the OVAs and specials that AniList joins to this media."""
    around = [r.anilist_id for r in inquiry.relations(anilist_id) if r.kind in _AROUND]
    return tuple(i for i in dict.fromkeys(around) if inquiry.special_like(i))


def onward(inquiry: Inquiry, parts: tuple[int, ...], start: int, number: float) -> tuple[int, float] | None:
    """Count `number` on from `start` along `parts`; None where a count on the way is not known or the parts end."""
    if start not in parts:
        return None
    left = number
    for part in parts[parts.index(start) :]:
        count = inquiry.count(part)
        if count is None:
            bound = inquiry.aired(part)
            return (part, left) if bound is not None and left <= bound + 1 else None
        if left <= count:
            return (part, left)
        left -= count
    return None


def before(inquiry: Inquiry, parts: tuple[int, ...], media: int) -> int | None:
    """Return how many episodes the parts before `media` have; None if one of them is not known or there is none."""
    if media not in parts or parts[0] == media:
        return None
    counts = [inquiry.count(part) for part in parts[: parts.index(media)]]
    return None if None in counts else sum(c for c in counts if c is not None)


def seasons_of(inquiry: Inquiry, parts: tuple[int, ...], by_map: bool) -> tuple[tuple[int, ...], ...]:
    """Group parts into seasons: as the map counts them, or each part without "Part 2" in its name begins one."""
    groups: list[list[int]] = []
    last: int | None = None
    for part in parts:
        season = next((r.season for r in rows_of(inquiry, part) if r.season > 0), None) if by_map else None
        if groups and ((season is not None and season == last) or (season is None and _later_part(inquiry, part))):
            groups[-1].append(part)
        else:
            groups.append([part])
        last = season
    return tuple(tuple(g) for g in groups)


def _later_part(inquiry: Inquiry, anilist_id: int) -> bool:
    facts = inquiry.facts(anilist_id)
    names = facts.titles if facts is not None else ()
    return any((key.part or 1) > 1 for name in names for key in title_keys(name))
