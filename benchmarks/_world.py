"""A world of media and catalogue entries from files, standing in for AniList and Jimaku."""

from __future__ import annotations

import collections
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from kotozoe.decide.counting.seasons import SeasonMap, parse_seasons
from kotozoe.decide.names.titles import key_of, tidy
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, Relation, SubtitleFile, Urgency
from kotozoe.store.atlas import Atlas

Row = dict[str, Any]


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def facts_of(media: Row) -> Facts:
    title, start = media["title"], media.get("startDate") or {}
    names = tuple(dict.fromkeys(n for n in (title.get("romaji"), title.get("english"), title.get("native")) if n))
    return Facts(
        media["id"],
        names,
        tuple(media.get("synonyms") or ()),
        media.get("format"),
        "FINISHED",
        media.get("episodes"),
        media.get("seasonYear"),
        FuzzyDate(start.get("year"), start.get("month"), start.get("day")),
        None,
        tuple(Relation(r["relationType"], r["id"]) for r in media.get("relations") or ()),
    )


def entry_of(row: Row) -> Entry:
    return Entry(
        row["id"],
        row["name"],
        row.get("english_name") or "",
        row.get("japanese_name") or "",
        row["anilist_id"],
        movie=row["flags"]["movie"],
        external=row["flags"]["external"],
    )


@dataclass
class World:
    """Stands in for AniList and Jimaku, and counts what it is asked."""

    media: Mapping[int, Facts]
    files: Mapping[int, tuple[str, ...]]
    requests: collections.Counter[str] = field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        self._names = [(key_of(tidy(n)), i) for i, f in self.media.items() for n in (*f.titles, *f.synonyms)]
        self._keys = [k for k, _ in self._names]

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:  # noqa: ARG002 - a Protocol
        assert len(ids) <= 50
        self.requests["facts"] += 1
        self.requests["media"] += len(ids)
        return tuple(self.media[i] for i in ids if i in self.media)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> dict[str, tuple[Facts, ...]]:  # noqa: ARG002 - a Protocol
        assert len(titles) <= 30
        self.requests["search"] += 1
        self.requests["titles"] += len(titles)
        return {t: self._found(t) for t in titles}

    def _found(self, title: str) -> tuple[Facts, ...]:
        hits = process.extract(key_of(tidy(title)), self._keys, scorer=fuzz.WRatio, score_cutoff=70, limit=24)
        ids = list(dict.fromkeys(self._names[at][1] for _, _, at in hits))[:8]
        return tuple(self.media[i] for i in ids)

    def nearest(self, title: str) -> int | None:
        """Return the media whose name is spelt most like `title`."""
        found = process.extractOne(key_of(tidy(title)), self._keys, scorer=fuzz.ratio, score_cutoff=85)
        return self._names[found[2]][1] if found else None

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:  # noqa: ARG002 - a Protocol
        self.requests["listing"] += 1
        return Listing(entry_id, tuple(SubtitleFile(n) for n in self.files.get(entry_id, ())), time.time())


def season_map(data: Path) -> SeasonMap:
    return parse_seasons((data / "world/seasons.json").read_bytes())


def fill(atlas: Atlas, data: Path, without: str) -> World:
    rows = lines(data / "world/entries.jsonl")
    atlas.replace_entries((entry_of(r) for r in rows), True, time.time())
    if without != "rules":
        atlas.keep_rules((data / "world/anime-relations.txt").read_text(encoding="utf-8"))
    if without != "seasons":
        atlas.keep_seasons(season_map(data))
    media = {m["id"]: facts_of(m) for m in lines(data / "world/media.jsonl")}
    return World(media, {r["id"]: tuple(r["files"]) for r in rows})
