"""What is measured on: a world of media and entries, names and listings with known answers; and its stand-in."""

from __future__ import annotations

import collections
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rapidfuzz import fuzz, process

from kotozoe.identify.counting.seasons import SeasonMap, parse_seasons
from kotozoe.identify.names.title_list import parse_title_list
from kotozoe.identify.names.titles import key_of, tidy
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, Relation, SubtitleFile, Urgency
from kotozoe.store.catalogue import Catalogue
from tests.fakes import World

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """`names`: path, anilist_id (null: must not be matched), episode, kind, accept (further right pairs), why.

    `picks`: anilist_id, entry_name, files, video, episode, accept (right files; none: nothing is right), prefer (the
    best of them), why. `listings`: anilist_id and files of further series.
    """

    told: str
    world: World
    names: list[Row]
    picks: list[Row]
    listings: Sequence[Row] = ()

    @property
    def listed(self) -> set[int]:
        return {entry.row["anilist_id"] for entry in self.world.entries.values() if entry.row.get("anilist_id")}

    @property
    def season_map(self) -> SeasonMap:
        return parse_seasons(self.world.seasons)


def read(folder: Path) -> Data:
    """Read a folder with `dev/video.jsonl`, `dev/subtitle-pick.jsonl`, `dev/listings.jsonl` and `world/`.

    KOTOZOE_TITLES in the environment is the path of a list of titles to be used with them.
    """
    names, picks, listings = (lines(folder / "dev" / f"{n}.jsonl") for n in ("video", "subtitle-pick", "listings"))
    world = World.load(folder / "world")
    if path := os.environ.get("KOTOZOE_TITLES"):
        world.titles = Path(path).read_bytes()
    return Data("real names", world, names, picks, listings)


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


def _entry_of(row: Row) -> Entry:
    return Entry(
        row["id"],
        row["name"],
        row.get("english_name") or "",
        row.get("japanese_name") or "",
        row.get("anilist_id"),
        movie=row["flags"]["movie"],
    )


@dataclass
class Sources:
    """Stands in for AniList and Jimaku within this process; counts what it is asked, and the time that it takes."""

    media: Mapping[int, Facts]
    files: Mapping[int, tuple[str, ...]]
    requests: collections.Counter[str] = field(default_factory=collections.Counter)
    spent: float = 0.0  # seconds of processor time

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
        began = time.process_time()
        found = {t: self._found(t) for t in titles}
        self.spent += time.process_time() - began
        return found

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


def fill(catalogue: Catalogue, data: Data, without: str = "") -> Sources:
    """Put the catalogue and the reference lists into the catalogue, and return who answers the rest."""
    world = data.world
    catalogue.replace_entries((_entry_of(entry.row) for entry in world.entries.values()), True, time.time())
    if without != "rules":
        catalogue.keep_rules(world.rules.decode())
    if world.titles and without != "titles":
        catalogue.keep_titles(parse_title_list(world.titles))
    if without != "seasons":
        catalogue.keep_seasons(data.season_map)
    media = {i: facts_of(row) for i, row in world.media.items()}
    return Sources(media, {i: tuple(f.name for f in entry.files) for i, entry in world.entries.items()})
