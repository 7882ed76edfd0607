"""A listing is read once for all who want it anew, whether they share a process or only the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.lookup.listings import Listings
from kotozoe.model import Listing, SubtitleFile, Urgency
from kotozoe.store.catalogue import Catalogue

OLD = Listing(7, (SubtitleFile("Kaze - 08.srt"),), 100.0)
NEW = Listing(7, (SubtitleFile("Kaze - 08.srt"), SubtitleFile("Kaze - 09.srt")), 200.0)


class Queue:
    """Jimaku behind a queue: what is asked waits for `turn`."""

    def __init__(self, answer: Listing = NEW) -> None:
        self.answer = answer
        self.turn = asyncio.Event()
        self.sent = 0
        self.down = False

    async def listing(self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None]) -> Listing:
        await self.turn.wait()
        if (found := known()) is not None:
            return found
        self.sent += 1
        if self.down:
            raise Unavailable("jimaku.cc", "no connection")
        return self.answer


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite")
    made.keep_listing(OLD)
    yield made
    made.close()


@pytest.fixture
def queue() -> Queue:
    return Queue()


async def test_what_is_read_is_kept(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    assert await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN) == NEW
    assert catalogue.listing(7) == NEW


async def test_what_is_kept_is_no_answer_to_who_wants_it_anew(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    queue.answer = OLD
    assert await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN) == OLD
    assert queue.sent == 1


async def test_what_another_process_kept_while_it_waited_serves(
    catalogue: Catalogue, queue: Queue, tmp_path: Path
) -> None:
    waiting = asyncio.create_task(Listings(queue, catalogue).listing(7, Urgency.BACKFILL))
    await asyncio.sleep(0)
    other = Catalogue(tmp_path / "catalogue.sqlite")
    other.keep_listing(NEW)
    other.close()
    queue.turn.set()
    assert await waiting == NEW
    assert queue.sent == 0


async def test_a_reading_that_failed_leaves_what_was_kept(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    queue.down = True
    with pytest.raises(Unavailable):
        await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN)
    assert catalogue.listing(7) == OLD
