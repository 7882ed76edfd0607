"""Names that follow from what is known of series, for the classes of evidence that collected names seldom show.

Seasons and counts come from the season map, so that they say something of what is counted along sequels; a title that
stands twice, or with half of another of its names, shows what a part of a title is worth.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping

from benchmarks.support.world import Row
from kotozoe.identify.counting.seasons import SeasonMap, SeasonRow
from kotozoe.identify.names.titles import sides
from kotozoe.model import Facts

_NUMBER = 5
_EVERY = 10  # one series in so many, to stay within a minute


def derived_rows(media: Mapping[int, Facts], told: SeasonMap, listed: set[int]) -> list[Row]:
    """Return the same names every time; `why` says from what they follow."""
    rows = [*_titles(media, listed), *_seasons(media, told, listed)]
    counts = collections.Counter(row["path"] for row in rows)  # what two media are called says nothing
    return [row for row in rows if counts[row["path"]] == 1]


def _titles(media: Mapping[int, Facts], listed: set[int]) -> Iterator[Row]:
    for facts in media.values():
        if facts.anilist_id not in listed or facts.anilist_id % _EVERY or facts.format != "TV" or len(facts.titles) < 2:
            continue
        if (facts.episodes or 0) < _NUMBER:
            continue
        romaji, english = facts.titles[:2]
        half = next((side for side in sides(english)), "")
        yield _row(f"[Group] {romaji} - {english} - {_NUMBER:02d}.mkv", facts.anilist_id, _NUMBER, "two titles")
        if half:
            path = f"[Group] {romaji} - {half} - {_NUMBER:02d}.mkv"
            yield _row(path, facts.anilist_id, _NUMBER, "a title and a half")


def _seasons(media: Mapping[int, Facts], told: SeasonMap, listed: set[int]) -> Iterator[Row]:
    series: dict[int, list[SeasonRow]] = {}
    for row in told.rows:
        if row.season > 0 and row.anilist_id in media:
            series.setdefault(row.tvdb_id, []).append(row)
    for tvdb_id, rows in series.items():
        rows.sort(key=lambda r: (r.season, r.begin))
        whole = [r.season for r in rows] == list(range(1, len(rows) + 1)) and all(r.begin == r.first == 1 for r in rows)
        if whole and len(rows) > 1 and tvdb_id % _EVERY == 0:
            yield from _season_names([media[r.anilist_id] for r in rows], listed)


def _season_names(parts: list[Facts], listed: set[int]) -> Iterator[Row]:
    """Yield names of each later season, by its number and by the number that counts on."""
    before = 0
    for number, facts in enumerate(parts, 1):
        count, title = facts.episodes, parts[0].titles[0] if parts[0].titles else ""
        if count is None or count < _NUMBER or not title:
            return
        if number > 1 and facts.anilist_id in listed:
            for name in (f"{title} S{number}", f"{title} Season {number}"):
                yield _row(f"[Group] {name} - {_NUMBER:02d}.mkv", facts.anilist_id, _NUMBER, "season by number")
            yield _row(f"{title}.S{number:02d}E{_NUMBER:02d}.mkv", facts.anilist_id, _NUMBER, "season and episode")
            counted = before + _NUMBER
            yield _row(f"[Group] {title} - {counted:02d}.mkv", facts.anilist_id, _NUMBER, "counted on")
            own = facts.titles[0]
            if own != title:
                yield _row(f"[Group] {own} - {counted:02d}.mkv", facts.anilist_id, _NUMBER, "counted on, own title")
        before += count


def _row(path: str, anilist_id: int, episode: int, why: str) -> Row:
    return {"path": path, "anilist_id": anilist_id, "episode": episode, "kind": "tv", "why": why}
