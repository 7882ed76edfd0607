"""The tables of the catalogue database. It may be deleted at any time: all of it can be asked for again."""

from __future__ import annotations

import sqlite3

from kotozoe.identify.names.titles import KEYS_VERSION
from kotozoe.store import codec
from kotozoe.store.names import index_entries, index_listed

SCHEMA_VERSION = 7

TABLES = """
CREATE TABLE entries (
    entry_id INTEGER PRIMARY KEY, anime INTEGER NOT NULL, media TEXT NOT NULL, value TEXT NOT NULL,
    last_modified REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX entries_by_media ON entries (media);
CREATE TABLE titles (
    key TEXT NOT NULL, season INTEGER, part INTEGER, quality INTEGER NOT NULL, media TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, anime INTEGER NOT NULL, owner TEXT NOT NULL
);
CREATE INDEX titles_by_key ON titles (key);
CREATE INDEX titles_near ON titles (quality, key) WHERE source='catalogue' AND quality <= 1;
CREATE INDEX titles_by_owner ON titles (owner);
CREATE TABLE near (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE facts (anilist_id INTEGER PRIMARY KEY, value TEXT, read_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE searches (title TEXT PRIMARY KEY, value TEXT NOT NULL, read_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE listings (entry_id INTEGER PRIMARY KEY, value TEXT NOT NULL, read_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE readings (path TEXT PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seasons (
    anilist_id INTEGER NOT NULL, tvdb_id INTEGER NOT NULL, season INTEGER NOT NULL, begin INTEGER NOT NULL, end INTEGER,
    first INTEGER NOT NULL
);
CREATE INDEX seasons_by_media ON seasons (anilist_id);
CREATE INDEX seasons_by_series ON seasons (tvdb_id);
CREATE TABLE other_ids (scheme TEXT NOT NULL, value TEXT NOT NULL, anilist_id INTEGER NOT NULL);
CREATE INDEX other_ids_by_value ON other_ids (scheme, value);
CREATE TABLE listed (anilist_id INTEGER PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE listed_ids (scheme TEXT NOT NULL, value TEXT NOT NULL, anilist_id INTEGER NOT NULL);
CREATE INDEX listed_ids_by_value ON listed_ids (scheme, value);
CREATE INDEX listed_ids_by_media ON listed_ids (anilist_id);
CREATE TABLE named (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def prepare(db: sqlite3.Connection) -> None:
    """Make the keys of names anew if the rules for them have changed."""
    kept = db.execute("SELECT value FROM named WHERE name='keys-version'").fetchone()
    if kept is not None and kept[0] == str(KEYS_VERSION):
        return
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM titles")
    index_entries(db, (codec.load_entry(text) for (text,) in db.execute("SELECT value FROM entries").fetchall()))
    index_listed(db, (codec.load_listed(text) for (text,) in db.execute("SELECT value FROM listed").fetchall()))
    db.execute("REPLACE INTO named VALUES ('keys-version', ?)", (str(KEYS_VERSION),))
    db.execute("COMMIT")
