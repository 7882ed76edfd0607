"""The story of time passing: the catalogue and the reference lists are read when they are missing or have grown old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from kotozoe.decide.freshness import catalogue_due, reference_due
from kotozoe.decide.seasons import SeasonMap, parse_seasons
from kotozoe.errors import Malformed, ProviderError, StorageError
from kotozoe.model import Entry, Urgency

log = logging.getLogger(__name__)

# How often it is looked whether something is due, in seconds; the due times themselves are days apart.
_LOOK = 3600.0


class Fetched(Protocol):
    """A reference list as its server sent it."""

    @property
    def text(self) -> str: ...
    @property
    def etag(self) -> str: ...


class Catalogue(Protocol):
    """Who lists all entries. Raises ProviderError."""

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]: ...


class References(Protocol):
    """Who has the reference lists; None: it is as it was. Raises ProviderError."""

    async def rules(self, etag: str, urgency: Urgency) -> Fetched | None: ...
    async def seasons(self, etag: str, urgency: Urgency) -> Fetched | None: ...


class Kept(Protocol):
    """Where what was read is kept. Raises StorageError."""

    def value(self, name: str) -> str | None: ...
    def keep_value(self, name: str, text: str) -> None: ...
    def replace_entries(self, entries: Iterable[Entry], anime: bool, now: float) -> None: ...
    def upsert_entries(self, entries: Iterable[Entry], now: float) -> None: ...
    def keep_rules(self, text: str, etag: str | None = None) -> None: ...
    def keep_seasons(self, seasons: SeasonMap, etag: str | None = None) -> None: ...


class Refresh:
    """Keeps the catalogue and the reference lists. `wall` tells the time in unix seconds."""

    def __init__(self, catalogue: Catalogue, references: References, kept: Kept, wall: Callable[[], float]) -> None:
        self._catalogue = catalogue
        self._references = references
        self._kept = kept
        self._wall = wall
        self._one_at_a_time = asyncio.Lock()

    async def ready(self, urgency: Urgency) -> str:
        """Read what was never read; return why something still lacks, or an empty text. Never raises ProviderError."""
        if self._time("catalogue-anime") is not None and self._time("rules-at") is not None:
            return ""
        async with self._one_at_a_time:
            first = self._time("catalogue-anime") is None
            steps = [self._read_entries(urgency, anime=True)] if first else []
            told = await asyncio.gather(*steps, self._read_references(urgency))
            return "; ".join(filter(None, told))

    async def keep_fresh(self) -> None:
        """Read again what is due, for as long as this runs."""
        while True:
            async with self._one_at_a_time:
                for anime in (True, False):
                    await self._read_entries(Urgency.REFRESH, anime=anime)
                await self._read_references(Urgency.REFRESH)
            await asyncio.sleep(_LOOK)

    async def _read_entries(self, urgency: Urgency, *, anime: bool) -> str:
        half = "anime" if anime else "other"
        now = self._wall()
        due = catalogue_due(now, self._time(f"catalogue-{half}"), self._time(f"catalogue-{half}-delta"))
        if due is None:
            return ""
        try:
            entries = await self._catalogue.catalogue(anime, due.after, urgency)
            if due.after is None:
                await asyncio.to_thread(self._kept.replace_entries, entries, anime, now)
            else:
                await asyncio.to_thread(self._kept.upsert_entries, entries, now)
                self._kept.keep_value(f"catalogue-{half}-delta", repr(now))
        except (ProviderError, StorageError) as trouble:
            log.warning("the catalogue (%s) could not be read: %s", half, trouble)
            return f"the catalogue could not be read: {trouble}"
        log.info("catalogue (%s): %d entries %s", half, len(entries), "read" if due.after is None else "changed")
        return ""

    async def _read_references(self, urgency: Urgency) -> str:
        told = await asyncio.gather(
            self._read_reference("rules", "the relation rules", self._references.rules, self._kept.keep_rules, urgency),
            self._read_reference("seasons", "the season map", self._references.seasons, self._keep_seasons, urgency),
        )
        return "; ".join(filter(None, told))

    async def _read_reference(
        self,
        name: str,
        words: str,
        fetch: Callable[[str, Urgency], Awaitable[Fetched | None]],
        keep: Callable[[str, str], None],
        urgency: Urgency,
    ) -> str:
        if not reference_due(self._wall(), self._time(f"{name}-at")):
            return ""
        try:
            fetched = await fetch(self._kept.value(f"{name}-etag") or "", urgency)
            if fetched is not None:
                await asyncio.to_thread(keep, fetched.text, fetched.etag)
        except (ProviderError, StorageError) as trouble:
            log.warning("%s could not be read: %s", words, trouble)
            return f"{words} could not be read: {trouble}"
        self._kept.keep_value(f"{name}-at", repr(self._wall()))
        return ""

    def _keep_seasons(self, text: str, etag: str) -> None:
        try:
            seasons = parse_seasons(text)
        except ValueError as trouble:
            raise Malformed("the season map's server", f"not a season map ({trouble})", text[:200]) from None
        self._kept.keep_seasons(seasons, etag)

    def _time(self, name: str) -> float | None:
        try:
            return float(self._kept.value(name) or "")
        except ValueError:
            return None
