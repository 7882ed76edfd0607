"""The story of time passing: the catalogue and the reference lists are read when they are missing or have grown old,
and what was not there yet is looked for again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from kotozoe.errors import Malformed, ProviderError, StorageError
from kotozoe.identify.counting.seasons import SeasonMap, parse_seasons
from kotozoe.identify.names.title_list import ListedMedia, parse_title_list
from kotozoe.model import Entry, Listing, Urgency
from kotozoe.store.freshness import catalogue_due, reference_due

log = logging.getLogger(__name__)

# How often it is looked whether something is due, in seconds; the due times themselves are days apart.
_LOOK = 3600.0
_RENEWING = 20.0  # seconds for which a command waits for news of what is known


class Fetched(Protocol):
    """A reference list as its server sent it; `etag` may be empty."""

    @property
    def content(self) -> bytes: ...
    @property
    def etag(self) -> str: ...


class Catalogue(Protocol):
    """Who lists all entries. Raises ProviderError."""

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]: ...


class References(Protocol):
    """Who fetches the reference lists; None: it is still the one with `etag`. Raises ProviderError."""

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> Fetched | None: ...


class Kept(Protocol):
    """Where what was read is kept. Raises StorageError."""

    def value(self, name: str) -> str | None: ...
    def keep_value(self, name: str, text: str) -> None: ...
    def replace_entries(self, entries: Iterable[Entry], anime: bool, now: float) -> None: ...
    def upsert_entries(self, entries: Iterable[Entry]) -> None: ...
    def keep_rules(self, text: str, etag: str | None = None) -> None: ...
    def keep_seasons(self, seasons: SeasonMap, etag: str | None = None) -> None: ...
    def keep_titles(self, listed: Iterable[ListedMedia], etag: str | None = None) -> None: ...


class Listings(Protocol):
    """Who knows what an entry holds, and keeps it. Raises ProviderError and StorageError."""

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing: ...


class KeptListings(Protocol):
    """Where listings are kept. Raises StorageError."""

    def listing(self, entry_id: int) -> Listing | None: ...


class Awaited(Protocol):
    """Which entries are to be asked again, as they lacked an episode."""

    def due(self) -> tuple[int, ...]: ...
    def next_at(self) -> float | None: ...
    def asked(self, entry_id: int, at: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the reference lists lie. No `titles`: such a list is not wanted."""

    rules: str
    seasons: str
    titles: str = ""


class Refresh:
    """Keeps the catalogue and the reference lists. `wall` tells the time in unix seconds."""

    def __init__(
        self,
        catalogue: Catalogue,
        references: References,
        kept: Kept,
        addresses: Addresses,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._catalogue = catalogue
        self._references = references
        self._kept = kept
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
        """Read what was never read. What cannot be read is said in the log and lacks; never raises ProviderError.

        The reference lists improve answers but are no condition of them: they are waited for once only.
        """
        missing = []
        if self._time("catalogue-anime") is None:
            missing.append(self._read_entries(urgency, anime=True))
        if not self._tried_references and None in map(self._time, self._lists_at()):
            missing.append(self._read_references(urgency))
        await asyncio.gather(*missing)

    async def renew(self, urgency: Urgency) -> None:
        """Read what is missing or has grown old: for a command, after which nobody does.

        What is known serves where a service keeps it waiting.
        """
        await self.ready(urgency)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RENEWING):
                await asyncio.gather(self._read_references(urgency), self._read_entries(urgency, anime=True))

    async def keep_fresh(self) -> None:
        """Read again what is due, for as long as this runs."""
        while True:
            await self.read_due()
            await asyncio.sleep(_LOOK)

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
                entries = await self._catalogue.catalogue(anime, due.after, urgency)
                if due.after is None:
                    await asyncio.to_thread(self._kept.replace_entries, entries, anime, now)
                else:
                    await asyncio.to_thread(self._kept.upsert_entries, entries)
                    self._kept.keep_value(f"catalogue-{half}-delta", repr(now))
            except (ProviderError, StorageError) as trouble:
                self._trouble = str(trouble)
                log.warning("the catalogue (%s) could not be read: %s", half, trouble)
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
        elif self._kept.value("titles-url"):
            await asyncio.to_thread(self._kept.keep_titles, ())
            self._kept.keep_value("titles-url", "")

    async def _read_reference(self, name: str, url: str, keep: Callable[[bytes, str], None], urgency: Urgency) -> None:
        async with self._reading[name]:
            elsewhere = self._kept.value(f"{name}-url") not in (url, None)
            if not (elsewhere or reference_due(self._wall(), self._time(f"{name}-at"))):
                return
            try:
                etag = None if elsewhere else self._kept.value(f"{name}-etag")
                fetched = await self._references.fetch_reference(url, etag, urgency)
                if fetched is not None:
                    await asyncio.to_thread(keep, fetched.content, fetched.etag)
                self._kept.keep_value(f"{name}-at", repr(self._wall()))
                self._kept.keep_value(f"{name}-url", url)
            except (ProviderError, StorageError) as trouble:
                log.warning("the reference list of %s could not be read: %s", name, trouble)

    def _keep_rules(self, content: bytes, etag: str) -> None:
        self._kept.keep_rules(content.decode("utf-8-sig", "replace"), etag)

    def _keep_seasons(self, content: bytes, etag: str) -> None:
        try:
            seasons = parse_seasons(content)
        except (ValueError, RecursionError) as trouble:
            raise Malformed("the season map's server", f"that is no season map ({trouble})") from None
        self._kept.keep_seasons(seasons, etag)

    def _keep_titles(self, content: bytes, etag: str) -> None:
        try:
            self._kept.keep_titles(parse_title_list(content), etag)
        except ValueError as trouble:
            raise Malformed("the list of titles' server", f"that is no list of titles ({trouble})") from None

    def _time(self, name: str) -> float | None:
        try:
            return float(self._kept.value(name) or "")
        except ValueError:
            return None


class AwaitedPoller:
    """Looks again for episodes that were not there yet; `changed` hears when an entry has other files than before."""

    def __init__(
        self,
        awaited: Awaited,
        listings: Listings,
        kept: KeptListings,
        changed: Callable[[], None],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._awaited = awaited
        self._listings = listings
        self._kept = kept
        self._changed = changed
        self._wall = wall
        self._stirred = asyncio.Event()

    def stir(self) -> None:
        """Look at once at what is awaited: it is other than before."""
        self._stirred.set()

    async def keep_looking(self) -> None:
        """Ask again for each when it is due, for as long as this runs."""
        while True:
            self._stirred.clear()
            await self.look()
            upcoming = self._awaited.next_at()
            pause = None if upcoming is None else min(max(upcoming - self._wall(), 1.0), _LOOK)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stirred.wait()

    async def look(self) -> None:
        """Ask for the listings that are due now; what cannot be asked waits for its next turn."""
        for entry_id in self._awaited.due():
            if entry_id not in self._awaited.due():
                continue  # it came while the others were asked for
            try:
                before = self._kept.listing(entry_id)
                listing = await self._listings.listing(entry_id, Urgency.REFRESH)
            except (ProviderError, StorageError) as trouble:
                log.info("entry %d could not be looked at again: %s", entry_id, trouble)
                self._awaited.asked(entry_id, self._wall())
                continue
            self._awaited.asked(entry_id, listing.read_at)
            if before is None or before.files != listing.files:
                log.info("entry %d has other files than before", entry_id)
                self._changed()
