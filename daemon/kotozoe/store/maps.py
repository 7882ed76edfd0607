"""The season map's rows in the atlas: written as a whole, read for the series around a media."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kotozoe.decide.counting.seasons import SeasonMap, SeasonRow

_SERIES = """
SELECT near.anilist_id, s.anilist_id, s.tvdb_id, s.season, s.begin, s.end, s.first, s.whole
FROM (SELECT DISTINCT anilist_id, tvdb_id FROM seasons WHERE anilist_id IN ({})) AS near
JOIN seasons AS s ON s.tvdb_id = near.tvdb_id ORDER BY s.tvdb_id, s.season, s.begin, s.anilist_id
"""


def write_seasons(db: sqlite3.Connection, seasons: SeasonMap, etag: str) -> None:
    db.execute("DELETE FROM seasons")
    db.execute("DELETE FROM other_ids")
    db.executemany(
        "INSERT INTO seasons VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((r.anilist_id, r.tvdb_id, r.season, r.begin, r.end, r.first, r.whole) for r in seasons.rows),
    )
    db.executemany("INSERT INTO other_ids VALUES (?, ?, ?)", ((i.scheme, i.value, i.anilist_id) for i in seasons.ids))
    db.execute("REPLACE INTO named VALUES ('seasons-etag', ?)", (etag,))


def read_series(db: sqlite3.Connection, media: Sequence[int]) -> dict[int, tuple[SeasonRow, ...]]:
    """Return for each of a few media the rows of all that share a TVDB series with it, in the map's order."""
    found: dict[int, list[SeasonRow]] = {one: [] for one in media}
    for asked, *row in db.execute(_SERIES.format(",".join("?" * len(media))), media):
        found[asked].append(SeasonRow(*row))
    return {one: tuple(its) for one, its in found.items()}
