"""The rows of the list of titles: one for each media, its names among all known names, its ids elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.store import codec
from kotozoe.store.names import forget_listed, index_listed


def write_listed(db: sqlite3.Connection, media: Sequence[ListedMedia]) -> None:
    """Add or overwrite a few media, those alone of which the list says something else than before."""
    for one in media:
        text = codec.dump(one)
        if db.execute("SELECT 1 FROM listed WHERE anilist_id=? AND value=?", (one.anilist_id, text)).fetchone():
            continue
        forget(db, (one.anilist_id,))
        db.execute("INSERT INTO listed VALUES (?, ?)", (one.anilist_id, text))
        db.executemany("INSERT INTO listed_ids VALUES (?, ?, ?)", ((*pair, one.anilist_id) for pair in one.ids))
        index_listed(db, one)


def listed_ids(db: sqlite3.Connection) -> set[int]:
    return {anilist_id for (anilist_id,) in db.execute("SELECT anilist_id FROM listed")}


def forget(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    for anilist_id in ids:
        db.execute("DELETE FROM listed WHERE anilist_id=?", (anilist_id,))
        db.execute("DELETE FROM listed_ids WHERE anilist_id=?", (anilist_id,))
        forget_listed(db, anilist_id)
