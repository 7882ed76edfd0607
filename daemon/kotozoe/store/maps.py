"""The season map's rows in the catalogue database: written as a whole, read for the series around a media."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from kotozoe.identify.counting.seasons import SeasonMap, SeasonRow

_SERIES = "SELECT DISTINCT anilist_id, tvdb_id FROM seasons WHERE anilist_id IN ({}) ORDER BY tvdb_id"
_ROWS = """
SELECT anilist_id, tvdb_id, season, begin, end, first FROM seasons WHERE tvdb_id IN ({})
ORDER BY season, begin, anilist_id
"""


def write_seasons(db: sqlite3.Connection, seasons: SeasonMap, etag: str) -> None:
    db.execute("DELETE FROM seasons")
    db.execute("DELETE FROM other_ids")
    db.executemany(
        "INSERT INTO seasons VALUES (?, ?, ?, ?, ?, ?)",
        ((r.anilist_id, r.tvdb_id, r.season, r.begin, r.end, r.first) for r in seasons.rows),
    )
    db.executemany("INSERT INTO other_ids VALUES (?, ?, ?)", ((i.scheme, i.value, i.anilist_id) for i in seasons.ids))
    db.execute("REPLACE INTO named VALUES ('seasons-etag', ?)", (etag,))


def read_series(db: sqlite3.Connection, media: Sequence[int]) -> dict[int, tuple[SeasonRow, ...]]:
    """Return for each of a few media the rows of all that share a TVDB series with it, in the map's order."""
    series = db.execute(_SERIES.format(_marks(media)), media).fetchall()
    rows: dict[int, list[SeasonRow]] = {tvdb_id: [] for _, tvdb_id in series}
    for row in db.execute(_ROWS.format(_marks(rows)), tuple(rows)):
        rows[row[1]].append(SeasonRow(*row))
    found: dict[int, list[SeasonRow]] = {one: [] for one in media}
    for one, tvdb_id in series:
        found[one] += rows[tvdb_id]
    return {one: tuple(its) for one, its in found.items()}


def _marks(values: Collection[int]) -> str:
    return ",".join("?" * len(values))
