"""Reads the listing of an entry again, ever less often, until an episode that was not there yet arrives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from kotozoe.errors import ProviderError, StorageError
from kotozoe.model import Urgency
from kotozoe.providers.ports import ListingSource
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.awaited import AwaitedEpisodes

log = logging.getLogger(__name__)

_MAX_PAUSE = 3600.0  # seconds between two looks at what is due


class AwaitedPoller:
    """Polls the entries that lack an awaited episode; `changed` is called when one has other files than before."""

    def __init__(
        self,
        awaited: AwaitedEpisodes,
        listings: ListingSource,
        catalogue: Catalogue,
        changed: Callable[[], None],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._awaited = awaited
        self._listings = listings
        self._catalogue = catalogue
        self._changed = changed
        self._wall = wall
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Poll at once: what is awaited has changed."""
        self._woken.set()

    async def keep_polling(self) -> None:
        """Ask again for each when it is due, for as long as this runs."""
        while True:
            self._woken.clear()
            await self.poll()
            upcoming = self._awaited.next_at()
            pause = None if upcoming is None else min(max(upcoming - self._wall(), 1.0), _MAX_PAUSE)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def poll(self) -> None:
        """Read the listings that are due now; one that cannot be read waits for its next turn."""
        for entry_id in self._awaited.due():
            if entry_id not in self._awaited.due():
                continue  # it arrived while the others were read
            try:
                before = self._catalogue.listing(entry_id)
                listing = await self._listings.listing(entry_id, Urgency.REFRESH)
            except (ProviderError, StorageError) as trouble:
                log.info("entry %d: could not refresh the file list: %s", entry_id, trouble)
                self._awaited.asked(entry_id, self._wall())
                continue
            self._awaited.asked(entry_id, listing.read_at)
            if before is None or before.files != listing.files:
                log.info("entry %d: the file list has changed", entry_id)
                self._changed()
