"""The catalogue and the reference lists: read when missing, again when due, and never lost for a failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.lookup.catalogue_refresh import Addresses, Refresh
from kotozoe.model import Entry, Listing, SubtitleFile, Urgency
from kotozoe.providers.reference_lists import ReferenceList
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.freshness import listing_holds

DAY = 86_400.0
RULES = b"::rules\n- 1|1|10:13-24 -> 2|2|20:1-12!\n"
TITLES = '{"items": [{"title": "風の練習", "sites": [{"site": "aniList", "id": "10"}]}]}'.encode()
SEASONS = b'{"10": {"tvdb_id": 5, "tvdb_mappings": {"s1": ""}}}'


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

    async def whole_catalogue(self, anime: bool, urgency: Urgency) -> bytes:
        self._note(f"catalogue {anime} None")
        rows = [{"id": e.entry_id, "name": e.name, "anilist_id": e.anilist_id} for e in self.entries if anime]
        return json.dumps(rows).encode()

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> ReferenceList | None:
        self._note(f"{url} {etag}")
        lists = {"rules": RULES, "seasons": self.seasons, "titles": self.titles}
        return None if etag else ReferenceList(lists[url.rpartition(" ")[2]], '"1"')

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


async def test_a_playback_need_not_wait_for_the_list_of_titles(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN, titles=False)
    assert stage.catalogue.entry(7) is not None
    assert "titles None" not in stage.services.asked
    assert not stage.refresh.knows_titles
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked[-1] == "titles None"
    assert stage.refresh.knows_titles


async def test_unavailable_reference_lists_are_waited_for_once(stage: Stage) -> None:
    stage.services.down = {"rules", "seasons", "titles"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.services.asked.clear()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []
    assert stage.catalogue.entry(7) is not None


async def test_an_unavailable_catalogue_is_requested_again(stage: Stage) -> None:
    stage.services.down = {"catalogue"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.entry(7) is None
    stage.services.down = set()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.entry(7) is not None


async def test_concurrent_playbacks_read_the_catalogue_once(stage: Stage) -> None:
    await asyncio.gather(*(stage.refresh.ready(Urgency.ON_SCREEN) for _ in range(5)))
    assert stage.services.asked.count("catalogue True None") == 1


@pytest.mark.parametrize("sent", [b"<html>", TITLES[:-5], b"{}"])
async def test_a_malformed_title_list_is_not_stored(stage: Stage, sent: bytes) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.services.titles, stage.addresses = sent, Addresses("rules", "seasons", "new titles")
    await stage.one_round()
    assert stage.catalogue.value("titles-url") == "titles"
    assert stage.catalogue.titles(["風の練習"])["風の練習"] != ()


async def test_a_title_list_that_is_no_longer_configured_is_forgotten(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.addresses = Addresses("rules", "seasons", "")
    assert "titles None" not in await stage.one_round()
    assert stage.catalogue.titles(["風の練習"])["風の練習"] == ()
    stage.addresses = HERE
    assert await stage.one_round() == ["titles None"]
    assert stage.catalogue.titles(["風の練習"])["風の練習"] != ()


async def test_a_malformed_season_map_is_not_stored(stage: Stage) -> None:
    stage.services.seasons = b"<html>"
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.catalogue.value("seasons-at") is None
    assert stage.catalogue.value("rules-at") is not None


async def test_refresh_reads_deltas_daily_everything_weekly_and_lists_by_etag(stage: Stage) -> None:
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


async def test_a_reference_list_with_a_new_url_is_read_at_once(stage: Stage) -> None:
    await stage.one_round()
    stage.addresses = Addresses("rules", "other seasons", "titles")
    assert await stage.one_round() == ["other seasons None"]
    assert await stage.one_round() == []


async def test_renew_reads_outdated_data_and_tolerates_failures(stage: Stage) -> None:
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


async def test_outdated_reference_lists_do_not_delay_a_playback(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.now += 30 * DAY
    stage.services.asked.clear()
    await stage.restarted().ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []


async def test_lacking_says_why_there_is_no_catalogue(stage: Stage) -> None:
    stage.services.down = {"catalogue"}
    assert stage.refresh.lacking == "the catalogue was not read yet"
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.refresh.lacking == "host: no connection"
    stage.services.down = set()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.refresh.lacking == ""


async def test_a_delta_with_a_modified_entry_invalidates_its_listing(stage: Stage) -> None:
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
