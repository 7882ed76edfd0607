"""Polling the entries that lack an awaited episode."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.lookup.listings import Listings
from kotozoe.model import Entry, EpisodeRef, Listing, MediaKey, SubtitleFile, Urgency
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.awaited_poller import AwaitedPoller

DAY = 86_400.0
NINTH = EpisodeRef(MediaKey("anilist", "10"), 9.0)


@dataclass
class Airing:
    """Jimaku's listing of one entry, and who waits for a change of it."""

    catalogue: Catalogue
    path: Path
    now: float = 1_795_000_000.0
    names: tuple[str, ...] = ("Kaze - 08.srt",)
    down: bool = False
    asked: int = 0
    changes: int = 0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin as a daemon that has just started."""
        self.awaited = AwaitedEpisodes(self.path, lambda: self.now, self.wake)
        self.poller = AwaitedPoller(
            self.awaited, Listings(self, self.catalogue), self.catalogue, self.changed, lambda: self.now
        )

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        raise AssertionError

    def wake(self) -> None:
        self.poller.wake()

    def changed(self) -> None:
        self.changes += 1

    async def listing(self, entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        assert urgency is Urgency.REFRESH
        self.asked += 1
        if self.down:
            raise Unavailable("host", "no connection")
        return Listing(entry_id, tuple(SubtitleFile(name) for name in self.names), self.now)

    async def poll_when_due(self) -> None:
        at = self.awaited.next_at()
        assert at is not None
        self.now = at
        await self.poller.poll()


@pytest.fixture
def airing(tmp_path: Path) -> Iterator[Airing]:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    made = Airing(catalogue, tmp_path / "awaited.sqlite")
    listing = Listing(7, (SubtitleFile("Kaze - 08.srt"),), made.now)
    catalogue.keep_listing(listing)
    made.awaited.lacks(NINTH, listing)
    yield made
    made.awaited.close()
    catalogue.close()


async def test_awaited_poller_reads_a_listing_when_due_and_reports_its_change_once(airing: Airing) -> None:
    await airing.poller.poll()
    assert airing.asked == 0
    await airing.poll_when_due()
    assert (airing.asked, airing.changes) == (1, 0)
    airing.names = (*airing.names, "Kaze - 09.srt")
    await airing.poll_when_due()
    assert (airing.asked, airing.changes) == (2, 1)
    kept = airing.catalogue.listing(7)
    assert kept is not None
    assert kept.files[-1].name == "Kaze - 09.srt"


async def test_awaited_poller_keeps_its_schedule_over_a_restart(airing: Airing) -> None:
    at = airing.awaited.next_at()
    airing.awaited.close()
    airing.start()
    await airing.poller.poll()
    assert airing.asked == 0
    assert airing.awaited.next_at() == at
    airing.names = ("Kaze - 09.srt",)
    await airing.poll_when_due()
    assert (airing.asked, airing.changes) == (1, 1)


async def test_awaited_poller_retries_a_failed_listing_when_next_due(airing: Airing) -> None:
    airing.down = True
    await airing.poll_when_due()
    await airing.poller.poll()
    assert airing.asked == 1
    airing.down, airing.names = False, ("Kaze - 09.srt",)
    await airing.poll_when_due()
    assert airing.changes == 1


async def test_hurry_makes_the_awaited_poller_read_at_once(airing: Airing) -> None:
    airing.names = ("Kaze - 09.srt",)
    looking = asyncio.create_task(airing.poller.keep_polling())
    async with asyncio.timeout(60):
        airing.awaited.hurry()
        while not airing.changes:  # noqa: ASYNC110 - only the looking itself tells
            await asyncio.sleep(0.001)
    looking.cancel()
    assert airing.asked == 1


async def test_awaited_poller_skips_an_episode_that_arrived_meanwhile(airing: Airing) -> None:
    other = Listing(8, (), airing.now)
    airing.awaited.lacks(EpisodeRef(MediaKey("anilist", "20"), 1.0), other)
    airing.now += DAY
    read = airing.listing

    async def listing(entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        airing.awaited.holds(EpisodeRef(MediaKey("anilist", "20"), 1.0), other)
        return await read(entry_id, urgency)

    airing.listing = listing  # type: ignore[method-assign]
    await airing.poller.poll()
    assert airing.asked == 1
