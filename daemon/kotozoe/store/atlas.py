"""Everything that is known and may be asked for again: one SQLite file, any thread, one lock."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from kotozoe.decide.counting.numbering import Rules, parse_rules
from kotozoe.decide.counting.seasons import SeasonMap, SeasonRow
from kotozoe.decide.freshness import facts_fresh, search_fresh
from kotozoe.decide.names.identify import READER_VERSION, Identified
from kotozoe.decide.names.titles import KEYS_VERSION, Quality
from kotozoe.decide.verdict.knowledge import NearRow, TitleRow
from kotozoe.errors import StorageError
from kotozoe.model import Entry, Facts, Listing, MediaKey, VideoFile
from kotozoe.store import codec
from kotozoe.store.maps import read_series, write_seasons
from kotozoe.store.names import (
    COLUMNS,
    begins,
    index_entry,
    index_facts,
    near_lengths,
    nearest,
    stable,
    title_row,
    write_entry,
)
from kotozoe.store.schema import SCHEMA_VERSION, TABLES

T = TypeVar("T")

_MOST_PREFIXED = 200  # names that begin alike; more say nothing
_CHUNK = 400  # values of one SQL list; SQLite allows 999


class Atlas:
    """The store of entries, title keys, facts, listings, readings, rules, the season map and small named values.

    Every method takes its own short transaction. A damaged file is thrown away and begun anew. Raises StorageError when
    the disk refuses.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._lock = threading.RLock()
        self._rules: Rules | None = None
        with self._lock:
            try:
                self._db = self._open()
            except sqlite3.DatabaseError as trouble:
                if isinstance(trouble, sqlite3.OperationalError):
                    raise StorageError(f"cannot open {self._path}: {trouble}") from trouble
                self._discard()
                self._db = self._open()

    # -- the file itself

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA cache_size=-2000")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                self._create(db)
            self._rekey(db)
        except BaseException:
            db.close()
            raise
        return db

    def _create(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
                db.execute(f'DROP TABLE "{name}"')
            for statement in TABLES.split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            db.execute("INSERT INTO named VALUES ('keys-version', ?)", (str(KEYS_VERSION),))
        db.execute("COMMIT")

    def _rekey(self, db: sqlite3.Connection) -> None:
        """Make the title rows anew when the rules for keys have changed."""
        kept = db.execute("SELECT value FROM named WHERE name='keys-version'").fetchone()
        if kept is not None and kept[0] == str(KEYS_VERSION):
            return
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM titles")
        for (text,) in db.execute("SELECT value FROM entries").fetchall():
            index_entry(db, codec.load_entry(text))
        for (text,) in db.execute("SELECT value FROM facts WHERE value IS NOT NULL").fetchall():
            index_facts(db, codec.load_facts(text))
        db.execute("REPLACE INTO named VALUES ('keys-version', ?)", (str(KEYS_VERSION),))
        db.execute("COMMIT")

    def _discard(self) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(self._path + ending).unlink(missing_ok=True)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _safely(self, act: Callable[[], T]) -> T:
        """Run `act` under the lock; once more on a new file if this one is damaged."""
        with self._lock:
            try:
                return act()
            except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.IntegrityError) as trouble:
                raise StorageError(f"{self._path}: {trouble}") from trouble
            except (sqlite3.DatabaseError, ValueError, TypeError, KeyError):
                self._db.close()
                self._discard()
                self._rules = None
                self._db = self._open()
                return act()

    def _read(self, load: Callable[[str], T], sql: str, values: Sequence[object]) -> T | None:
        """Return what the first column of the first row holds; None if there is no row."""

        def act() -> T | None:
            found = self._db.execute(sql, values).fetchone()
            return load(found[0]) if found else None

        return self._safely(act)

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self._safely(lambda: self._db.execute(sql, values).fetchall())

    # -- entries

    def replace_entries(self, entries: Iterable[Entry], anime: bool, now: float) -> None:
        """Make `entries` the whole catalogue of its half (anime or live action)."""

        def act() -> None:
            with self._writing() as db:
                owners = [f"entry:{i}" for (i,) in db.execute("SELECT entry_id FROM entries WHERE anime=?", (anime,))]
                db.executemany("DELETE FROM titles WHERE owner=?", ((o,) for o in owners))
                db.execute("DELETE FROM entries WHERE anime=?", (anime,))
                for entry in entries:
                    write_entry(db, entry)
                db.execute(
                    "REPLACE INTO named VALUES (?, ?)", (f"catalogue-{'anime' if anime else 'other'}", repr(now))
                )

        entries = tuple(entries)
        self._safely(act)

    def upsert_entries(self, entries: Iterable[Entry], now: float) -> None:
        """Add or overwrite the given entries and leave the others."""

        def act() -> None:
            with self._writing() as db:
                for entry in entries:
                    write_entry(db, entry)
                db.execute("REPLACE INTO named VALUES ('catalogue-delta', ?)", (repr(now),))

        entries = tuple(entries)
        self._safely(act)

    def entry(self, entry_id: int) -> Entry | None:
        return self._read(codec.load_entry, "SELECT value FROM entries WHERE entry_id=?", (entry_id,))

    def entry_of(self, media: MediaKey) -> Entry | None:
        """Return the entry of a media; the lowest id if the catalogue has several."""
        return self._read(codec.load_entry, "SELECT value FROM entries WHERE media=? ORDER BY entry_id", (str(media),))

    def entries_of(self, media: Sequence[MediaKey]) -> dict[MediaKey, Entry | None]:
        """Return the entry of each media, as `entry_of` does."""

        def act() -> dict[str, Entry]:
            found: dict[str, Entry] = {}
            for part in _chunked([str(m) for m in media], _CHUNK):
                marks = ",".join("?" * len(part))
                sql = f"SELECT media, value FROM entries WHERE media IN ({marks}) ORDER BY entry_id DESC"  # noqa: S608 - marks
                found |= {named: codec.load_entry(text) for named, text in self._db.execute(sql, part)}
            return found

        found = self._safely(act)
        return {m: found.get(str(m)) for m in media}

    def entries_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM entries")[0][0])

    # -- titles

    def titles(self, keys: Sequence[str]) -> dict[str, tuple[TitleRow, ...]]:
        """Return the rows of every key; keys without rows have an empty tuple."""
        found: dict[str, list[TitleRow]] = {key: [] for key in keys}
        for part in _chunked(keys, _CHUNK):
            marks = ",".join("?" * len(part))
            for row in self._rows(f"SELECT {COLUMNS} FROM titles WHERE key IN ({marks})", part):  # noqa: S608 - only marks
                found[row[0]].append(title_row(row))
        return {key: tuple(sorted(rows, key=stable)) for key, rows in found.items()}

    def prefixed(self, key: str) -> tuple[TitleRow, ...]:
        """Return the rows of the names whose first words make `key`; none if too many begin so."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM titles WHERE key > ? AND key < ? AND quality=0 LIMIT ?",  # noqa: S608 - a constant
            (key, key + "\U0010ffff", _MOST_PREFIXED),
        )
        if len(rows) == _MOST_PREFIXED:
            return ()
        return tuple(sorted((r for r in map(title_row, rows) if begins(r.text, key)), key=stable))

    def holding(self, keys: Sequence[str]) -> tuple[TitleRow, ...]:
        """Return the catalogue's rows of the names that hold all of these keys of words, the shortest names first."""
        holds = " AND instr(key, ?) > 0" * len(keys)
        rows = self._rows(
            f"SELECT {COLUMNS} FROM titles WHERE source='catalogue' AND quality=0{holds} "  # noqa: S608 - only marks
            "ORDER BY length(text), text LIMIT ?",
            (*keys, _MOST_PREFIXED),
        )
        return tuple(map(title_row, rows))

    def near(self, keys: Sequence[str]) -> dict[str, tuple[NearRow, ...]]:
        """Return the catalogue's rows of the keys spelt nearly as each of `keys`, best first.

        Looks through all keys, loaded for this and dropped after; the answer is kept until the catalogue changes.
        """
        near = {}
        for key in keys:
            for (text,) in self._rows("SELECT value FROM near WHERE key=?", (key,)):
                near[key] = [(other, ratio) for other, ratio in json.loads(text)]
        missing = [key for key in keys if key not in near]
        if missing:
            sql = (
                "SELECT DISTINCT key FROM titles"
                " WHERE quality <= 1 AND source='catalogue' AND length(key) BETWEEN ? AND ?"
            )
            known = [k for (k,) in self._rows(sql, near_lengths(missing))]
            near |= {key: nearest(key, known) for key in missing}
            self._write("REPLACE INTO near VALUES (?, ?)", [(key, json.dumps(near[key])) for key in missing])
        rows = self.titles(sorted({k for found in near.values() for k, _ in found}))
        return {
            key: tuple(NearRow(row, ratio) for k, ratio in found for row in rows[k] if row.quality <= Quality.STRIPPED)
            for key, found in near.items()
        }

    # -- facts and searches

    def facts(self, ids: Sequence[int]) -> dict[int, Facts]:
        """Return what is kept of these media, whatever its age."""
        return {i: facts for i, (facts, _) in self._kept_facts(ids).items() if facts is not None}

    def fresh_facts(self, ids: Sequence[int], now: float) -> dict[int, Facts | None]:
        """Return what is kept of these media and still holds; None: there is no such anime."""
        return {i: facts for i, (facts, at) in self._kept_facts(ids).items() if facts_fresh(facts, at, now)}

    def _kept_facts(self, ids: Sequence[int]) -> dict[int, tuple[Facts | None, float]]:
        def act() -> dict[int, tuple[Facts | None, float]]:
            kept: dict[int, tuple[Facts | None, float]] = {}
            for part in _chunked(ids, _CHUNK):
                marks = ",".join("?" * len(part))
                sql = f"SELECT anilist_id, value, read_at FROM facts WHERE anilist_id IN ({marks})"  # noqa: S608 - marks
                for anilist_id, text, at in self._db.execute(sql, part):
                    kept[anilist_id] = (codec.load_facts(text) if text is not None else None, at)
            return kept

        return self._safely(act)

    def keep_facts(self, facts: Iterable[Facts], now: float, absent: Iterable[int] = ()) -> None:
        """Keep what AniList said, and which of the asked ids it does not have."""

        def act() -> None:
            with self._writing() as db:
                for one in facts:
                    db.execute("REPLACE INTO facts VALUES (?, ?, ?)", (one.anilist_id, codec.dump(one), now))
                    index_facts(db, one)
                db.executemany("REPLACE INTO facts VALUES (?, NULL, ?)", ((i, now) for i in absent))

        facts, absent = tuple(facts), tuple(absent)
        self._safely(act)

    def searches(self, titles: Sequence[str], now: float) -> dict[str, tuple[Facts, ...]]:
        """Return the kept answers of these searches that still hold."""
        kept: dict[str, tuple[Facts, ...]] = {}
        for title in titles:
            for text, at in self._rows("SELECT value, read_at FROM searches WHERE title=?", (title,)):
                found = tuple(codec.load_facts(one) for one in json.loads(text))
                if search_fresh(bool(found), at, now):
                    kept[title] = found
        return kept

    def keep_searches(self, found: Mapping[str, Sequence[Facts]], now: float) -> None:
        """Keep what was found for each title. It is no substitute for facts: a search's answer has no relations."""
        rows = [(title, json.dumps([codec.dump(f) for f in facts]), now) for title, facts in found.items()]
        self._write("REPLACE INTO searches VALUES (?, ?, ?)", rows)

    # -- listings

    def listing(self, entry_id: int) -> Listing | None:
        return self._read(codec.load_listing, "SELECT value FROM listings WHERE entry_id=?", (entry_id,))

    def keep_listing(self, listing: Listing) -> None:
        """Keep what an entry holds, and with it when the catalogue says that the entry was last modified."""
        entry = self.entry(listing.entry_id)
        listing = replace(listing, entry_modified=entry.last_modified if entry else 0.0)
        row = (listing.entry_id, codec.dump(listing), listing.read_at)
        self._write("REPLACE INTO listings VALUES (?, ?, ?)", [row])

    # -- readings

    def reading(self, video: VideoFile) -> Identified | None:
        """Return how this video's name was read before, by the present reader."""
        sql = "SELECT value FROM readings WHERE path=? AND version=?"
        return self._read(codec.load_identified, sql, (_path_key(video), READER_VERSION))

    def keep_readings(self, read: Iterable[tuple[VideoFile, Identified]]) -> None:
        rows = [(_path_key(video), READER_VERSION, codec.dump(identified)) for video, identified in read]
        self._write("REPLACE INTO readings VALUES (?, ?, ?)", rows)

    # -- reference texts

    def keep_rules(self, text: str, etag: str | None = None) -> None:
        """Keep the whole text of the relation rules."""
        self._write("REPLACE INTO named VALUES (?, ?)", [("rules", text), ("rules-etag", etag or "")])
        self._rules = None

    def rules(self) -> Rules:
        """Return the rules, parsed once; none if no text was kept."""
        if self._rules is None:
            self._rules = parse_rules(self.value("rules") or "")
        return self._rules

    def keep_seasons(self, seasons: SeasonMap, etag: str | None = None) -> None:
        """Make `seasons` the whole season map."""

        def act() -> None:
            with self._writing() as db:
                write_seasons(db, seasons, etag or "")

        self._safely(act)

    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        """Return the season map's rows of all media that share a TVDB series with this one, in the map's order."""
        return self.series_of((anilist_id,))[anilist_id]

    def series_of(self, media: Sequence[int]) -> dict[int, tuple[SeasonRow, ...]]:
        """Return for each of a few media what `series_rows` gives."""
        return self._safely(lambda: read_series(self._db, media))

    def stated(self, scheme: str, value: str) -> tuple[int, ...]:
        """Return the media for which the season map knows this foreign id."""
        rows = self._rows(
            "SELECT DISTINCT anilist_id FROM other_ids WHERE scheme=? AND value=? ORDER BY 1", (scheme, value)
        )
        return tuple(row[0] for row in rows)

    # -- small named values

    def value(self, name: str) -> str | None:
        found = self._rows("SELECT value FROM named WHERE name=?", (name,))
        return found[0][0] if found else None

    def keep_value(self, name: str, text: str) -> None:
        self._write("REPLACE INTO named VALUES (?, ?)", [(name, text)])

    def _write(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        def act() -> None:
            with self._writing() as db:
                db.executemany(sql, rows)

        self._safely(act)


def _chunked(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _path_key(video: VideoFile) -> str:
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    told = f"{video.path}\0{video.media_title if video.network else ''}\0{video.network}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
