"""A listing is read once for all who want it anew, whether they share a process or only the disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.lookup.listings import Listings
from kotozoe.model import Entry, Facts, Listing, SubtitleFile, Urgency
from kotozoe.store.catalogue import Catalogue

OLD = Listing(7, (SubtitleFile("Kaze - 08.srt"),), 100.0)
SHOW = Entry(7, "Kaze no Uta", "Song of the Wind", "風の歌", 100, last_modified=50.0)
OTHER = Entry(7, "Umi no Ie", anilist_id=200, last_modified=150.0)
NEW = Listing(7, (SubtitleFile("Kaze - 08.srt"), SubtitleFile("Kaze - 09.srt")), 200.0)


class Queue:
    """Jimaku behind a queue: what is asked waits for `turn`."""

    def __init__(self, answer: Listing = NEW) -> None:
        self.answer = answer
        self.turn = asyncio.Event()
        self.sent = self.looked = 0
        self.now_is = SHOW
        self.down = False

    async def listing(self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None]) -> Listing:
        await self.turn.wait()
        if (found := known()) is not None:
            return found
        self.sent += 1
        if self.down:
            raise Unavailable("jimaku.cc", "no connection")
        return self.answer

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        self.looked += 1
        if self.down:
            raise Unavailable("jimaku.cc", "no connection")
        return self.now_is


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite")
    made.keep_listing(OLD)
    yield made
    made.close()


@pytest.fixture
def queue() -> Queue:
    return Queue()


async def test_a_listing_is_stored_once_read(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    assert await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN) == NEW
    assert catalogue.listing(7) == NEW


async def test_a_listing_that_is_read_and_not_stored_yet_answers_who_waits(
    catalogue: Catalogue, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    storing, stored, keep = asyncio.Event(), threading.Event(), catalogue.keep_listing
    loop = asyncio.get_running_loop()

    def slow(listing: Listing) -> None:
        loop.call_soon_threadsafe(storing.set)
        assert stored.wait(60)
        keep(listing)

    monkeypatch.setattr(catalogue, "keep_listing", slow)
    queue.turn.set()
    listings = Listings(queue, catalogue)
    first = asyncio.create_task(listings.listing(7, Urgency.REFRESH))
    await storing.wait()
    second = asyncio.create_task(listings.listing(7, Urgency.ON_SCREEN))
    await asyncio.sleep(0)
    stored.set()
    assert await first == await second == NEW
    assert queue.sent == 1


async def test_a_stored_listing_does_not_answer_a_refresh(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    queue.answer = OLD
    assert await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN) == OLD
    assert queue.sent == 1


async def test_a_listing_stored_by_another_process_meanwhile_is_returned(
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


async def test_a_failed_listing_request_keeps_the_stored_one(catalogue: Catalogue, queue: Queue) -> None:
    queue.turn.set()
    queue.down = True
    with pytest.raises(Unavailable):
        await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN)
    assert catalogue.listing(7) == OLD


def listing(*names: str, written: float = 40.0) -> Listing:
    return Listing(7, tuple(SubtitleFile(name, 1, written) for name in names), 300.0)


@pytest.mark.parametrize(
    ("before", "names", "written", "looked"),
    [
        (("Kaze - 01.srt", "Kaze - 02.srt"), ("[Group] Umi no Ie - 01.srt",), 40.0, 1),  # nothing is left
        (("Kaze - 01.srt",), ("Kaze - 01.srt", "[Group] Umi no Ie - 01.srt"), 999.0, 0),
        ((), ("[Group] Yama no Kuni - 01.srt", "[Group] Yama no Kuni - 02.srt"), 40.0, 1),  # all bear another's title
        ((), ("[Group] Yama no Kuni - 01.srt", "[Group] Kaze no Uta - 02.srt"), 40.0, 0),
        ((), ("[Group] Yama no Kuni - 01.srt", "[Group] Nobody Knows - 02.srt"), 40.0, 0),
        ((), ("[Group] Nobody Knows - 01.srt", "02.srt"), 999.0, 1),  # all are newer than the catalogue
        ((), ("01.srt", "02.srt"), 999.0, 1),
        ((), ("01.srt", "02.srt"), 40.0, 0),
        ((), ("[Group] Kaze no Uta 2nd Season - 01.srt",), 999.0, 0),
        ((), ("Windsong - 01.srt",), 999.0, 0),  # a synonym
        ((), ("風の歌 第01話.srt",), 999.0, 0),
        ((), (), 999.0, 0),
    ],
)
async def test_an_entry_is_looked_at_if_its_files_may_be_another_shows(
    tmp_path: Path, queue: Queue, before: tuple[str, ...], names: tuple[str, ...], written: float, looked: int
) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries((SHOW, Entry(8, "Yama no Kuni", anilist_id=300)), True, 0.0)
    catalogue.keep_facts((Facts(100, ("Kaze no Uta",), ("Windsong",), "TV"),), 0.0)
    if before:
        catalogue.keep_listing(listing(*before))
        catalogue.keep_listing(Listing(7, listing(*before).files, 200.0))
    queue.turn.set()
    queue.answer, queue.now_is = listing(*names, written=written), OTHER
    assert await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN) == queue.answer
    assert queue.looked == looked
    assert catalogue.entry(7) == (OTHER if looked else SHOW)
    catalogue.close()


async def test_a_listing_is_not_believed_before_its_entry_was_looked_at(catalogue: Catalogue, queue: Queue) -> None:
    catalogue.replace_entries((SHOW,), True, 0.0)
    queue.turn.set()
    queue.answer = listing("[Group] Umi no Ie - 01.srt")

    async def away(entry_id: int, urgency: Urgency) -> Entry:
        raise Unavailable("jimaku.cc", "no connection")

    queue.entry = away  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await Listings(queue, catalogue).listing(7, Urgency.ON_SCREEN)
    assert catalogue.listing(7) == OLD
