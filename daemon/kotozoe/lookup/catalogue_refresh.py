"""Keeps the catalogue and the reference lists fresh: they are read when missing, and again when outdated."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from kotozoe import lanes
from kotozoe.errors import Malformed, ProviderError, StorageError
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.title_list import parse_title_list
from kotozoe.model import Urgency
from kotozoe.providers.ports import EntrySource, ReferenceSource
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
    """Keeps the catalogue and the reference lists. `wall` returns the time in unix seconds."""

    def __init__(
        self,
        entries: EntrySource,
        references: ReferenceSource,
        catalogue: Catalogue,
        addresses: Addresses,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._entries = entries
        self._references = references
        self._catalogue = catalogue
        self._addresses = addresses
        self._wall = wall
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tried_references = False
        self._trouble = ""

    @property
    def lacking(self) -> str:
        """Return why the catalogue is not known at all; empty once it was read, however long ago."""
        return "" if self._time("catalogue-anime") is not None else self._trouble or "the catalogue was not read yet"

    async def ready(self, urgency: Urgency) -> None:
        """Read what was never read. Failures are only logged; never raises ProviderError.

        The reference lists only improve answers, so they are waited for once.
        """
        missing = []
        if self._time("catalogue-anime") is None:
            missing.append(self._read_entries(urgency, anime=True))
        if not self._tried_references and None in map(self._time, self._lists_at()):
            missing.append(self._read_references(urgency))
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
        """Read whatever is due now; nobody waits for it."""
        await self._read_references(Urgency.REFRESH)
        for anime in (True, False):
            await self._read_entries(Urgency.REFRESH, anime=anime)

    async def _read_entries(self, urgency: Urgency, *, anime: bool) -> None:
        half = "anime" if anime else "other"
        async with self._reading[half]:
            now = self._wall()
            due = catalogue_due(now, self._time(f"catalogue-{half}"), self._time(f"catalogue-{half}-delta"))
            if due is None:
                return
            try:
                entries = await self._entries.catalogue(anime, due.after, urgency)
                if due.after is None:
                    await lanes.ANSWERS.run(self._catalogue.replace_entries, entries, anime, now)
                else:
                    await lanes.ANSWERS.run(self._catalogue.upsert_entries, entries)
                    self._catalogue.keep_value(f"catalogue-{half}-delta", repr(now))
            except (ProviderError, StorageError) as trouble:
                self._trouble = str(trouble)
                log.warning("cannot read the catalogue (%s): %s", half, trouble)
            else:
                log.info("catalogue (%s): %d entries %s", half, len(entries), "changed" if due.after else "read")

    async def _read_references(self, urgency: Urgency) -> None:
        self._tried_references = True
        await asyncio.gather(
            self._read_reference("rules", self._addresses.rules, self._keep_rules, urgency),
            self._read_reference("seasons", self._addresses.seasons, self._keep_seasons, urgency),
            self._read_titles(urgency),
        )

    def _lists_at(self) -> tuple[str, ...]:
        return ("rules-at", "seasons-at", *(("titles-at",) if self._addresses.titles else ()))

    async def _read_titles(self, urgency: Urgency) -> None:
        """Read the list of titles if one is wanted, and forget what another said if none is any more."""
        if self._addresses.titles:
            await self._read_reference("titles", self._addresses.titles, self._keep_titles, urgency)
        elif self._catalogue.value("titles-url"):
            await lanes.ANSWERS.run(self._catalogue.keep_titles, ())
            self._catalogue.keep_value("titles-url", "")

    async def _read_reference(self, name: str, url: str, keep: Callable[[bytes, str], None], urgency: Urgency) -> None:
        async with self._reading[name]:
            elsewhere = self._catalogue.value(f"{name}-url") not in (url, None)
            if not (elsewhere or reference_due(self._wall(), self._time(f"{name}-at"))):
                return
            try:
                etag = None if elsewhere else self._catalogue.value(f"{name}-etag")
                fetched = await self._references.fetch_reference(url, etag, urgency)
                if fetched is not None:
                    await lanes.ANSWERS.run(keep, fetched.content, fetched.etag)
                self._catalogue.keep_value(f"{name}-at", repr(self._wall()))
                self._catalogue.keep_value(f"{name}-url", url)
            except (ProviderError, StorageError) as trouble:
                log.warning("cannot read the reference list %r: %s", name, trouble)

    def _keep_rules(self, content: bytes, etag: str) -> None:
        if len(content) > _MAX_RULES:
            raise Malformed("the relation rules' server", f"sent {len(content) // 1_000_000} MB, too many for rules")
        self._catalogue.keep_rules(content.decode("utf-8-sig", "replace"), etag)

    def _keep_seasons(self, content: bytes, etag: str) -> None:
        try:
            seasons = parse_seasons(content)
        except (ValueError, RecursionError) as trouble:
            raise Malformed("the season map's server", f"not a season map ({trouble})") from None
        self._catalogue.keep_seasons(seasons, etag)

    def _keep_titles(self, content: bytes, etag: str) -> None:
        try:
            self._catalogue.keep_titles(parse_title_list(content), etag)
        except ValueError as trouble:
            raise Malformed("the list of titles' server", f"not a list of titles ({trouble})") from None

    def _time(self, name: str) -> float | None:
        try:
            return float(self._catalogue.value(name) or "")
        except ValueError:
            return None
