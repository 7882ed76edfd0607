"""The catalogue database: everything that services said and can be asked for again. Safe to use from any thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from kotozoe.identify.counting.numbering import Rules, parse_rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.identify import READER_VERSION, Identified
from kotozoe.identify.names.titles import Quality
from kotozoe.identify.verdict.knowledge import NearRow, TitleRow
from kotozoe.model import Entry, Facts, Listing, MediaKey, VideoFile
from kotozoe.store import codec
from kotozoe.store.freshness import facts_fresh, search_fresh
from kotozoe.store.lists import ListStore
from kotozoe.store.maps import read_series
from kotozoe.store.readings import load_identified
from kotozoe.store.title_rows import COLUMNS, begins, near_lengths, nearest, stable, title_row

T = TypeVar("T")

_MAX_PREFIXED = 200  # names that begin alike; more say nothing
_CHUNK = 400  # values of one SQL list; SQLite allows 999


class Catalogue(ListStore):
    """The store of entries, title keys, facts, listings, readings, rules, the season map and small named values."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._rules: Rules | None = None

    # -- entries

    def entry(self, entry_id: int) -> Entry | None:
        return self._file.one(codec.load_entry, "SELECT value FROM entries WHERE entry_id=?", (entry_id,))

    def entry_of(self, media: MediaKey) -> Entry | None:
        """Return the entry of a media; the lowest id if the catalogue has several."""
        return self._file.one(
            codec.load_entry, "SELECT value FROM entries WHERE media=? ORDER BY entry_id", (str(media),)
        )

    def entries_of(self, media: Sequence[MediaKey]) -> dict[MediaKey, Entry | None]:
        """Return the entry of each media, as `entry_of` does."""

        def act(db: sqlite3.Connection) -> dict[str, Entry]:
            found: dict[str, Entry] = {}
            for part in _chunked([str(m) for m in media], _CHUNK):
                marks = ",".join("?" * len(part))
                sql = f"SELECT media, value FROM entries WHERE media IN ({marks}) ORDER BY entry_id DESC"  # noqa: S608 - marks
                found |= {named: codec.load_entry(text) for named, text in db.execute(sql, part)}
            return found

        found = self._file.read(act)
        return {m: found.get(str(m)) for m in media}

    # -- titles

    def titles(self, keys: Sequence[str]) -> dict[str, tuple[TitleRow, ...]]:
        """Return the rows of every key; keys without rows have an empty tuple."""
        found: dict[str, list[TitleRow]] = {key: [] for key in keys}
        for part in _chunked(keys, _CHUNK):
            marks = ",".join("?" * len(part))
            for row in self._file.rows(f"SELECT {COLUMNS} FROM titles WHERE key IN ({marks})", part):  # noqa: S608 - only marks
                found[row[0]].append(title_row(row))
        return {key: tuple(sorted(rows, key=stable)) for key, rows in found.items()}

    def prefixed(self, key: str) -> tuple[TitleRow, ...]:
        """Return the rows of the names whose first words make `key`; none if too many begin so."""
        rows = self._file.rows(
            f"SELECT {COLUMNS} FROM titles WHERE key > ? AND key < ? AND quality=0 AND source<>'list' LIMIT ?",  # noqa: S608 - a constant
            (key, key + "\U0010ffff", _MAX_PREFIXED),
        )
        if len(rows) == _MAX_PREFIXED:
            return ()
        return tuple(sorted((r for r in map(title_row, rows) if begins(r.text, key)), key=stable))

    def holding(self, keys: Sequence[str]) -> tuple[TitleRow, ...]:
        """Return the catalogue's rows of the names that hold all of these keys of words, the shortest names first."""
        holds = " AND instr(key, ?) > 0" * len(keys)
        rows = self._file.rows(
            f"SELECT {COLUMNS} FROM titles WHERE source='catalogue' AND quality=0{holds} "  # noqa: S608 - only marks
            "ORDER BY length(text), text LIMIT ?",
            (*keys, _MAX_PREFIXED),
        )
        return tuple(map(title_row, rows))

    def near(self, keys: Sequence[str]) -> dict[str, tuple[NearRow, ...]]:
        """Return the catalogue's rows of the keys spelt nearly as each of `keys`, best first.

        Looks through all keys, loaded for this and dropped after; the answer is kept until the catalogue changes.
        """
        near = {}
        for key in keys:
            for (text,) in self._file.rows("SELECT value FROM near WHERE key=?", (key,)):
                near[key] = [(other, ratio) for other, ratio in json.loads(text)]
        missing = [key for key in keys if key not in near]
        if missing:
            sql = (
                "SELECT DISTINCT key FROM titles"
                " WHERE quality <= 1 AND source='catalogue' AND length(key) BETWEEN ? AND ?"
            )
            known = [k for (k,) in self._file.rows(sql, near_lengths(missing))]
            near |= {key: nearest(key, known) for key in missing}
            self._file.put("REPLACE INTO near VALUES (?, ?)", [(key, json.dumps(near[key])) for key in missing])
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
        def act(db: sqlite3.Connection) -> dict[int, tuple[Facts | None, float]]:
            kept: dict[int, tuple[Facts | None, float]] = {}
            for part in _chunked(ids, _CHUNK):
                marks = ",".join("?" * len(part))
                sql = f"SELECT anilist_id, value, read_at FROM facts WHERE anilist_id IN ({marks})"  # noqa: S608 - marks
                for anilist_id, text, at in db.execute(sql, part):
                    kept[anilist_id] = (codec.load_facts(text) if text is not None else None, at)
            return kept

        return self._file.read(act)

    def keep_facts(self, facts: Iterable[Facts], now: float, absent: Iterable[int] = ()) -> None:
        """Keep what AniList said, and which of the asked ids it does not have.

        The names in it are not indexed: what a name means may not depend on which other names were asked for before.
        """

        def act(db: sqlite3.Connection) -> None:
            for one in facts:
                db.execute("REPLACE INTO facts VALUES (?, ?, ?)", (one.anilist_id, codec.dump(one), now))
            db.executemany("REPLACE INTO facts VALUES (?, NULL, ?)", ((i, now) for i in absent))

        facts, absent = tuple(facts), tuple(absent)
        self._file.write(act)

    def searches(self, titles: Sequence[str], now: float) -> dict[str, tuple[Facts, ...]]:
        """Return the kept answers of these searches that still hold."""
        kept: dict[str, tuple[Facts, ...]] = {}
        for title in titles:
            for text, at in self._file.rows("SELECT value, read_at FROM searches WHERE title=?", (title,)):
                found = tuple(codec.load_facts(one) for one in json.loads(text))
                if search_fresh(bool(found), at, now):
                    kept[title] = found
        return kept

    def keep_searches(self, found: Mapping[str, Sequence[Facts]], now: float) -> None:
        """Keep what was found for each title. It is no substitute for facts: a search's answer has no relations."""
        rows = [(title, json.dumps([codec.dump(f) for f in facts]), now) for title, facts in found.items()]
        self._file.put("REPLACE INTO searches VALUES (?, ?, ?)", rows)

    # -- listings

    def listing(self, entry_id: int) -> Listing | None:
        return self._file.one(codec.load_listing, "SELECT value FROM listings WHERE entry_id=?", (entry_id,))

    def listing_read_at(self, entry_id: int) -> float | None:
        """Return when the stored listing was read, in unix seconds; None if there is none."""
        found = self._file.rows("SELECT read_at FROM listings WHERE entry_id=?", (entry_id,))
        return float(found[0][0]) if found else None

    def keep_listing(self, listing: Listing) -> None:
        """Keep what an entry holds, and with it when the catalogue says that the entry was last modified."""
        entry = self.entry(listing.entry_id)
        listing = replace(listing, entry_modified=entry.last_modified if entry else 0.0)
        row = (listing.entry_id, codec.dump(listing), listing.read_at)
        self._file.put("REPLACE INTO listings VALUES (?, ?, ?)", [row])

    # -- readings

    def reading(self, video: VideoFile) -> Identified | None:
        """Return how this video's name was read before, by the present reader."""
        sql = "SELECT value FROM readings WHERE path=? AND version=?"
        return self._file.one(load_identified, sql, (_path_key(video), READER_VERSION))

    def keep_readings(self, read: Iterable[tuple[VideoFile, Identified]]) -> None:
        rows = [(_path_key(video), READER_VERSION, codec.dump(identified)) for video, identified in read]
        self._file.put("REPLACE INTO readings VALUES (?, ?, ?)", rows)

    # -- reference texts

    def keep_rules(self, text: str, etag: str | None = None) -> None:
        """Keep the whole text of the relation rules."""
        self._file.put("REPLACE INTO named VALUES (?, ?)", [("rules", text), ("rules-etag", etag or "")])
        self._rules = None

    def rules(self) -> Rules:
        """Return the rules, parsed once; none if no text was kept."""
        if self._rules is None:
            self._rules = parse_rules(self.value("rules") or "")
        return self._rules

    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        """Return the season map's rows of all media that share a TVDB series with this one, in the map's order."""
        return self.series_of((anilist_id,))[anilist_id]

    def series_of(self, media: Sequence[int]) -> dict[int, tuple[SeasonRow, ...]]:
        """Return for each of a few media what `series_rows` gives."""
        return self._file.read(lambda db: read_series(db, media))

    def stated(self, scheme: str, value: str) -> tuple[int, ...]:
        """Return the media for which the season map, or else the list of titles, knows this foreign id."""
        for table in ("other_ids", "listed_ids"):
            sql = f"SELECT DISTINCT anilist_id FROM {table} WHERE scheme=? AND value=? ORDER BY 1"  # noqa: S608 - ours
            if rows := self._file.rows(sql, (scheme, value)):
                return tuple(row[0] for row in rows)
        return ()


def _chunked(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _path_key(video: VideoFile) -> str:
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    told = (video.media_title, video.source_path) if video.is_stream else ()
    name = "\0".join((video.path, *told, str(video.network)))
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
