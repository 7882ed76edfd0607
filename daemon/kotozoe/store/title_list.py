"""The rows of the list of titles: one for each media, its names among all known names, its ids elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.store import codec
from kotozoe.store.names import forget_listed, index_listed


def write_listed(db: sqlite3.Connection, media: Sequence[ListedMedia]) -> None:
    """Add or overwrite a few media, those alone of which the list says something else than before."""
    texts = {one.anilist_id: codec.dump(one) for one in media}
    kept = {i: text for i in texts for text in _value(db, i)}
    changed = [one for one in media if kept.get(one.anilist_id) != texts[one.anilist_id]]
    forget(db, [one.anilist_id for one in changed if one.anilist_id in kept])
    db.executemany("INSERT INTO listed VALUES (?, ?)", ((one.anilist_id, texts[one.anilist_id]) for one in changed))
    ids = ((*pair, one.anilist_id) for one in changed for pair in one.ids)
    db.executemany("INSERT INTO listed_ids VALUES (?, ?, ?)", ids)
    index_listed(db, changed)


def _value(db: sqlite3.Connection, anilist_id: int) -> Sequence[str]:
    return db.execute("SELECT value FROM listed WHERE anilist_id=?", (anilist_id,)).fetchone() or ()


def listed_ids(db: sqlite3.Connection) -> set[int]:
    return {anilist_id for (anilist_id,) in db.execute("SELECT anilist_id FROM listed")}


def forget(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    keys = [(anilist_id,) for anilist_id in ids]
    db.executemany("DELETE FROM listed WHERE anilist_id=?", keys)
    db.executemany("DELETE FROM listed_ids WHERE anilist_id=?", keys)
    forget_listed(db, (anilist_id for (anilist_id,) in keys))
