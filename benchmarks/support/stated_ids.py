"""Paths as Sonarr and Jellyfin lay them out, whose folders state an id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.support.world import Row
from kotozoe.identify.counting.seasons import SeasonMap, SeasonRow
from kotozoe.model import Facts

_SERIES = (
    "/tv/{title} ({year}) {{tvdb-{tvdb}}}/Season {s:02d}/{title} ({year}) - S{s:02d}E{n:02d} - Rain [WEBDL-1080p].mkv",
    "/tv/{title} [tvdbid-{tvdb}]/Season {s:02d}/{title} S{s:02d}E{n:02d}.mkv",
    "/anime/{title} ({year}) [tvdb-{tvdb}]/Season {s}/S{s:02d}E{n:02d}.mkv",
    "/anime/{title} [anilist-{head}]/Season {s:02d}/{title} - S{s:02d}E{n:02d}.mkv",
)
_FILMS = (
    "/films/{title} ({year}) {{tmdb-{tmdb}}}/{title} ({year}) Bluray-1080p.mkv",
    "/films/{title} [tmdbid-{tmdb}]/{title}.mkv",
)
_OF_EACH = (16, 4)


def _series(media: Mapping[int, Facts], told: SeasonMap, listed: set[int]) -> Iterator[tuple[SeasonRow, int]]:
    """Yield stretches whose media is surely meant by their season and number, and the media that heads the series."""
    heads: dict[int, list[int]] = {}
    for row in told.rows:
        if row.season == 1 and row.begin == 1:
            heads.setdefault(row.tvdb_id, []).append(row.anilist_id)
    places = [(r.tvdb_id, r.season) for r in told.rows]
    for row in sorted(told.rows, key=lambda r: (r.anilist_id * 7919) % 10_007):
        alone = row.end is not None or places.count((row.tvdb_id, row.season)) == 1
        facts = media.get(row.anilist_id)
        if alone and row.season > 0 and len(heads.get(row.tvdb_id, ())) == 1 and row.anilist_id in listed and facts:
            yield row, heads[row.tvdb_id][0]


def stated_rows(media: Mapping[int, Facts], told: SeasonMap, listed: set[int]) -> list[Row]:
    """Return twenty paths; the same ones every time."""
    rows: list[Row] = []
    for row, head in _series(media, told, listed):
        facts = media[row.anilist_id]
        if len(rows) == _OF_EACH[0] or not facts.titles or not (facts.episodes or 0) > 1 or head not in media:
            continue
        if row.season == 1 and len(rows) % 2:  # every other one of a later season
            continue
        number = row.begin + len(rows) % min(facts.episodes or 1, 10 if row.end is None else row.end - row.begin + 1)
        fields = {
            "title": _title(media[head]),
            "year": media[head].start.year or 2010,
            "tvdb": row.tvdb_id,
            "head": head,
        }
        path = _SERIES[len(rows) % len(_SERIES)].format(s=row.season, n=number, **fields)
        rows.append(_row(path, row.anilist_id, number - row.begin + row.first))
    films = {i.value: i.anilist_id for i in told.ids if i.scheme == "tmdb-movie"}
    for value, anilist_id in sorted(films.items()):
        facts_of = media.get(anilist_id)
        if (
            len(rows) < sum(_OF_EACH)
            and facts_of
            and facts_of.format == "MOVIE"
            and anilist_id in listed
            and facts_of.titles
        ):
            fields = {"title": _title(facts_of), "year": facts_of.start.year or 2010, "tmdb": value}
            rows.append(_row(_FILMS[len(rows) % len(_FILMS)].format(**fields), anilist_id, 1))
    return rows


def _title(facts: Facts) -> str:
    return facts.titles[0].replace("/", " ")


def _row(path: str, anilist_id: int, episode: int) -> Row:
    return {"path": path, "anilist_id": anilist_id, "episode": episode, "kind": "tv", "why": "stated ids"}
