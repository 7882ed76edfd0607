"""Keeps the catalogue and the reference lists fresh: they are read when missing, and again when outdated."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kotozoe import lanes
from kotozoe.errors import Malformed, ProviderError, StorageError
from kotozoe.lookup.kept_lists import keep_apart
from kotozoe.lookup.list_reader import Kind
from kotozoe.model import Urgency
from kotozoe.providers.ports import EntrySource, ReferenceSource
from kotozoe.providers.reference_lists import ReferenceList
from kotozoe.service.memory import give_back
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.freshness import catalogue_due, reference_due

log = logging.getLogger(__name__)

# Seconds between two checks whether something is due; the due times themselves are days apart.
_CHECK_SECONDS = 3600.0
_MAX_RULES = 4_000_000  # bytes; they have 0.1 MB
_RENEW_SECONDS = 20.0  # for which a command waits for newer data than it has


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the reference lists lie. No `titles`: such a list is not wanted."""

    rules: str
    seasons: str
    titles: str = ""


class Refresh:
    """Keeps the catalogue and the reference lists. `wall` returns the time in unix seconds.

    With `apart`, the catalogue's file, whole lists are read in a process of their own.
    """

    def __init__(
        self,
        entries: EntrySource,
        references: ReferenceSource,
        catalogue: Catalogue,
        addresses: Addresses,
        wall: Callable[[], float] = time.time,
        *,
        apart: Path | None = None,
    ) -> None:
        self._entries = entries
        self._references = references
        self._catalogue = catalogue
        self._addresses = addresses
        self._wall = wall
        self._apart = apart
        self._keeping = asyncio.Lock()
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tried_maps = self._tried_titles = False
        self._trouble = ""

    @property
    def lacking(self) -> str:
        """Return why the catalogue is not known at all; empty once it was read, however long ago."""
        return "" if self._time("catalogue-anime") is not None else self._trouble or "the catalogue was not read yet"

    @property
    def knows_titles(self) -> bool:
        """Whether the list of titles was read, or none is wanted, or it was tried in vain."""
        return not self._addresses.titles or self._tried_titles or self._time("titles-at") is not None

    async def ready(self, urgency: Urgency, *, titles: bool = True) -> None:
        """Read what was never read; with `titles` false all but the list of titles, the largest.

        Failures are only logged; never raises ProviderError. The reference lists only improve answers, so they are
        waited for once.
        """
        missing = []
        if self._time("catalogue-anime") is None:
            missing.append(self._read_entries(urgency, anime=True))
        if not self._tried_maps and None in map(self._time, ("rules-at", "seasons-at")):
            missing.append(self._read_maps(urgency))
        if titles and not self.knows_titles:
            missing.append(self._read_titles(urgency))
        await asyncio.gather(*missing)

    async def renew(self, urgency: Urgency) -> None:
        """Read what is missing or has grown old: for a command, after which nobody does.

        Where a service is slow, what is known already has to do.
        """
        await self.ready(urgency)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RENEW_SECONDS):
                await asyncio.gather(self._read_references(urgency), self._read_entries(urgency, anime=True))

    async def keep_fresh(self) -> None:
        """Read again what is due, for as long as this runs."""
        while True:
            await self.read_due()
            await asyncio.sleep(_CHECK_SECONDS)

    async def read_due(self) -> None:
        """Read whatever is due now, what answers most questions first; nobody waits for it."""
        urgency = Urgency.REFRESH
        await asyncio.gather(self._read_entries(urgency, anime=True), self._read_maps(urgency))
        await self._read_entries(urgency, anime=False)
        await self._read_titles(urgency)

    async def _read_entries(self, urgency: Urgency, *, anime: bool) -> None:
        half: Kind = "anime" if anime else "other"
        async with self._reading[half]:
            now = self._wall()
            due = catalogue_due(now, self._time(f"catalogue-{half}"), self._time(f"catalogue-{half}-delta"))
            if due is None:
                return
            try:
                if due.after is None:
                    count = await self._keep(half, await self._entries.whole_catalogue(anime, urgency), "", now)
                else:
                    entries = await self._entries.catalogue(anime, due.after, urgency)
                    await lanes.ANSWERS.run(self._catalogue.upsert_entries, entries)
                    self._catalogue.keep_value(f"catalogue-{half}-delta", repr(now))
                    count = len(entries)
            except (ProviderError, StorageError) as trouble:
                self._trouble = str(trouble)
                log.warning("cannot read the catalogue (%s): %s", half, trouble)
            else:
                log.info("catalogue (%s): %d entries %s", half, count, "changed" if due.after else "read")

    async def _read_references(self, urgency: Urgency) -> None:
        await asyncio.gather(self._read_maps(urgency), self._read_titles(urgency))

    async def _read_maps(self, urgency: Urgency) -> None:
        await asyncio.gather(
            self._read_reference("rules", self._addresses.rules, urgency),
            self._read_reference("seasons", self._addresses.seasons, urgency),
        )
        self._tried_maps = True

    async def _read_titles(self, urgency: Urgency) -> None:
        """Read the list of titles if one is wanted, and forget what another said if none is any more."""
        if self._addresses.titles:
            await self._read_reference("titles", self._addresses.titles, urgency)
            self._tried_titles = True
        elif self._catalogue.value("titles-url"):
            await lanes.ANSWERS.run(self._catalogue.keep_titles, ())
            self._catalogue.keep_value("titles-url", "")

    async def _read_reference(self, name: Literal["rules", "seasons", "titles"], url: str, urgency: Urgency) -> None:
        async with self._reading[name]:
            elsewhere = self._catalogue.value(f"{name}-url") not in (url, None)
            if not (elsewhere or reference_due(self._wall(), self._time(f"{name}-at"))):
                return
            try:
                etag = None if elsewhere else self._catalogue.value(f"{name}-etag")
                fetched = await self._references.fetch_reference(url, etag, urgency)
                if fetched is not None:
                    await self._keep_reference(name, fetched)
                    log.info("reference list %r read", name)
                self._catalogue.keep_value(f"{name}-at", repr(self._wall()))
                self._catalogue.keep_value(f"{name}-url", url)
            except (ProviderError, StorageError) as trouble:
                log.warning("cannot read the reference list %r: %s", name, trouble)

    async def _keep_reference(self, name: Literal["rules", "seasons", "titles"], fetched: ReferenceList) -> None:
        if name == "rules":
            if len(fetched.content) > _MAX_RULES:
                size = len(fetched.content) // 1_000_000
                raise Malformed("the relation rules' server", f"sent {size} MB, too many for rules")
            self._catalogue.keep_rules(fetched.content.decode("utf-8-sig", "replace"), fetched.etag)
        else:
            await self._keep(name, fetched.content, fetched.etag, self._wall())

    async def _keep(self, kind: Kind, content: bytes, etag: str, now: float) -> int:
        """Store a whole list, one at a time; return how many entries it has."""
        async with self._keeping:
            count = await keep_apart(self._catalogue, self._apart, kind, content, etag, now)
        if self._apart is not None:
            del content
            give_back()
        return count

    def _time(self, name: str) -> float | None:
        try:
            return float(self._catalogue.value(name) or "")
        except ValueError:
            return None
