"""The catalogue and the reference lists: read when missing, again when due, and never lost for a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.lookup.catalogue_refresh import Addresses, AwaitedPoller, Refresh
from kotozoe.lookup.listings import Listings
from kotozoe.model import Entry, EpisodeRef, Listing, MediaKey, SubtitleFile, Urgency
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.freshness import listing_holds
from kotozoe.subtitles.awaited import AwaitedEpisodes

DAY = 86_400.0
RULES = b"::rules\n- 1|1|10:13-24 -> 2|2|20:1-12!\n"
TITLES = '{"items": [{"title": "風の練習", "sites": [{"site": "aniList", "id": "10"}]}]}'.encode()
SEASONS = b'{"10": {"tvdb_id": 5, "tvdb_mappings": {"s1": ""}}}'


@dataclass
class Sent:
    content: bytes
    etag: str = '"1"'


@dataclass
class Services:
    """Jimaku's catalogue and the server of the lists in one; `down` is what fails."""

    down: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    entries: tuple[Entry, ...] = (Entry(7, "Kaze no Renshuu", anilist_id=10),)
    seasons: bytes = SEASONS
    titles: bytes = TITLES

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]:
        self._note(f"catalogue {anime} {after}")
        return self.entries if anime else ()

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> Sent | None:
        self._note(f"{url} {etag}")
        lists = {"rules": RULES, "seasons": self.seasons, "titles": self.titles}
        return None if etag else Sent(lists[url.rpartition(" ")[2]])

    def _note(self, asked: str) -> None:
        self.asked.append(asked)
        if asked.split(maxsplit=1)[0] in self.down:
            raise Unavailable("host", "no connection")


HERE = Addresses("rules", "seasons", "titles")


@dataclass
class Stage:
    catalogue: Catalogue
    services: Services = field(default_factory=Services)
    now: float = 1_795_000_000.0
    addresses: Addresses = HERE

    def __post_init__(self) -> None:
        self.refresh = self.restarted()

    def restarted(self) -> Refresh:
        return Refresh(self.services, self.services, self.catalogue, self.addresses, lambda: self.now)

    async def one_round(self) -> list[str]:
        """Let a daemon that has just started read what is due; return what was asked."""
        self.services.asked.clear()
        await self.restarted().read_due()
        return list(self.services.asked)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    yield Stage(catalogue)
    catalogue.close()


async def test_the_first_playback_waits_for_the_catalogue_and_the_lists(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.entry(7) is not None
    assert stage.catalogue.rules().find(10, 13) == (20, 1)
    assert stage.catalogue.series_rows(10) != ()
    assert stage.catalogue.titles(["風の練習"])["風の練習"] != ()
    stage.services.asked.clear()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []


async def test_lists_that_cannot_be_had_are_waited_for_once(stage: Stage) -> None:
    stage.services.down = {"rules", "seasons", "titles"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.services.asked.clear()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []
    assert stage.catalogue.entry(7) is not None


async def test_a_catalogue_that_cannot_be_had_is_asked_for_again(stage: Stage) -> None:
    stage.services.down = {"catalogue"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.entry(7) is None
    stage.services.down = set()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.entry(7) is not None


async def test_playbacks_that_begin_together_read_it_once(stage: Stage) -> None:
    await asyncio.gather(*(stage.refresh.ready(Urgency.ON_SCREEN) for _ in range(5)))
    assert stage.services.asked.count("catalogue True None") == 1


@pytest.mark.parametrize("sent", [b"<html>", TITLES[:-5], b"{}"])
async def test_a_list_of_titles_that_is_none_is_not_kept(stage: Stage, sent: bytes) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.services.titles, stage.addresses = sent, Addresses("rules", "seasons", "new titles")
    await stage.one_round()
    assert stage.catalogue.value("titles-url") == "titles"
    assert stage.catalogue.titles(["風の練習"])["風の練習"] != ()


async def test_a_list_of_titles_that_is_not_wanted_any_more_is_forgotten(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.addresses = Addresses("rules", "seasons", "")
    assert "titles None" not in await stage.one_round()
    assert stage.catalogue.titles(["風の練習"])["風の練習"] == ()
    stage.addresses = HERE
    assert await stage.one_round() == ["titles None"]
    assert stage.catalogue.titles(["風の練習"])["風の練習"] != ()


async def test_a_season_map_that_is_none_is_not_kept(stage: Stage) -> None:
    stage.services.seasons = b"<html>"
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.value("seasons-at") is None
    assert stage.catalogue.value("rules-at") is not None


async def test_time_brings_deltas_daily_everything_weekly_and_lists_by_their_etag(stage: Stage) -> None:
    began = stage.now
    first = await stage.one_round()
    assert sorted(first) == ["catalogue False None", "catalogue True None", "rules None", "seasons None", "titles None"]
    assert await stage.one_round() == []
    stage.now = began + DAY
    assert await stage.one_round() == [f"catalogue True {began - 2 * DAY}", f"catalogue False {began - 2 * DAY}"]
    stage.now = began + 1.5 * DAY
    assert await stage.one_round() == []
    stage.now = began + 7 * DAY
    again = await stage.one_round()
    assert sorted(again) == ["catalogue False None", "catalogue True None", 'rules "1"', 'seasons "1"', 'titles "1"']


async def test_a_list_that_is_to_come_from_elsewhere_is_read_at_once_and_whole(stage: Stage) -> None:
    await stage.one_round()
    stage.addresses = Addresses("rules", "other seasons", "titles")
    assert await stage.one_round() == ["other seasons None"]
    assert await stage.one_round() == []


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
        self.awaited = AwaitedEpisodes(self.path, lambda: self.now, self.stir)
        self.awaited_poller = AwaitedPoller(
            self.awaited, Listings(self, self.catalogue), self.catalogue, self.changed, lambda: self.now
        )

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        raise AssertionError

    def stir(self) -> None:
        self.awaited_poller.stir()

    def changed(self) -> None:
        self.changes += 1

    async def listing(self, entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        assert urgency is Urgency.REFRESH
        self.asked += 1
        if self.down:
            raise Unavailable("host", "no connection")
        return Listing(entry_id, tuple(SubtitleFile(name) for name in self.names), self.now)

    async def look_when_due(self) -> None:
        at = self.awaited.next_at()
        assert at is not None
        self.now = at
        await self.awaited_poller.look()


@pytest.fixture
def airing(tmp_path: Path, stage: Stage) -> Iterator[Airing]:
    made = Airing(stage.catalogue, tmp_path / "wanted.sqlite")
    listing = Listing(7, (SubtitleFile("Kaze - 08.srt"),), made.now)
    stage.catalogue.keep_listing(listing)
    made.awaited.lacks(NINTH, listing)
    yield made
    made.awaited.close()


async def test_what_is_not_there_yet_is_looked_for_when_due_and_told_once_it_came(airing: Airing) -> None:
    await airing.awaited_poller.look()
    assert airing.asked == 0
    await airing.look_when_due()
    assert (airing.asked, airing.changes) == (1, 0)
    airing.names = (*airing.names, "Kaze - 09.srt")
    await airing.look_when_due()
    assert (airing.asked, airing.changes) == (2, 1)
    kept = airing.catalogue.listing(7)
    assert kept is not None
    assert kept.files[-1].name == "Kaze - 09.srt"


async def test_a_restart_in_between_changes_nothing(airing: Airing) -> None:
    at = airing.awaited.next_at()
    airing.awaited.close()
    airing.start()
    await airing.awaited_poller.look()
    assert airing.asked == 0
    assert airing.awaited.next_at() == at
    airing.names = ("Kaze - 09.srt",)
    await airing.look_when_due()
    assert (airing.asked, airing.changes) == (1, 1)


async def test_a_service_in_trouble_is_asked_at_its_next_turn(airing: Airing) -> None:
    airing.down = True
    await airing.look_when_due()
    await airing.awaited_poller.look()
    assert airing.asked == 1
    airing.down, airing.names = False, ("Kaze - 09.srt",)
    await airing.look_when_due()
    assert airing.changes == 1


async def test_somebody_in_a_hurry_need_not_wait(airing: Airing) -> None:
    airing.names = ("Kaze - 09.srt",)
    looking = asyncio.create_task(airing.awaited_poller.keep_looking())
    async with asyncio.timeout(60):
        airing.awaited.hurry()
        while not airing.changes:  # noqa: ASYNC110 - only the looking itself tells
            await asyncio.sleep(0.001)
    looking.cancel()
    assert airing.asked == 1


async def test_a_command_reads_what_has_grown_old_and_does_without_what_it_cannot_have(stage: Stage) -> None:
    await stage.refresh.renew(Urgency.TERMINAL)
    stage.services.asked.clear()
    await stage.restarted().renew(Urgency.TERMINAL)
    assert stage.services.asked == []
    stage.now += DAY
    await stage.restarted().renew(Urgency.TERMINAL)
    assert stage.services.asked == [f"catalogue True {stage.now - 3 * DAY}"]
    stage.now += 8 * DAY
    stage.services.down = {"catalogue", "rules", "seasons", "titles"}
    await stage.restarted().renew(Urgency.TERMINAL)
    assert stage.catalogue.entry(7) is not None


async def test_old_lists_keep_no_playback_waiting(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.now += 30 * DAY
    stage.services.asked.clear()
    await stage.restarted().ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []


async def test_it_is_known_why_there_is_no_catalogue(stage: Stage) -> None:
    stage.services.down = {"catalogue"}
    assert stage.refresh.lacking == "the catalogue was not read yet"
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.refresh.lacking == "host: no connection"
    stage.services.down = set()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.refresh.lacking == ""


async def test_a_delta_that_tells_of_a_change_ends_the_trust_in_a_listing(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.catalogue.keep_listing(Listing(7, (SubtitleFile("Kaze - 08.srt"),), stage.now))
    stage.now += DAY
    assert holds(stage)
    stage.services.entries = (Entry(7, "Kaze no Renshuu", anilist_id=10, last_modified=stage.now - 3600),)
    await stage.one_round()
    assert not holds(stage)
    stage.catalogue.keep_listing(Listing(7, (SubtitleFile("Kaze - 09.srt"),), stage.now))
    assert holds(stage)


def holds(stage: Stage) -> bool:
    listing = stage.catalogue.listing(7)
    assert listing is not None
    return listing_holds(listing, stage.catalogue.entry(7), stage.now)


async def test_what_came_while_another_was_asked_for_is_not_asked_for_again(airing: Airing) -> None:
    other = Listing(8, (), airing.now)
    airing.awaited.lacks(EpisodeRef(MediaKey("anilist", "20"), 1.0), other)
    airing.now += DAY
    read = airing.listing

    async def listing(entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        airing.awaited.holds(EpisodeRef(MediaKey("anilist", "20"), 1.0), other)
        return await read(entry_id, urgency)

    airing.listing = listing  # type: ignore[method-assign]
    await airing.awaited_poller.look()
    assert airing.asked == 1
