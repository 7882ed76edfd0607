"""The catalogue and the reference lists: read when missing, again when due, and never lost for a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.errors import Unavailable
from kotozoe.model import Entry, Urgency
from kotozoe.refresh import Addresses, Refresh
from kotozoe.store.atlas import Atlas

DAY = 86_400.0
RULES = b"::rules\n- 1|1|10:13-24 -> 2|2|20:1-12!\n"
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

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]:
        self._note(f"catalogue {anime} {after}")
        return self.entries if anime else ()

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> Sent | None:
        self._note(f"{url} {etag}")
        return None if etag else Sent(RULES if url == "rules" else self.seasons)

    def _note(self, asked: str) -> None:
        self.asked.append(asked)
        if asked.split(maxsplit=1)[0] in self.down:
            raise Unavailable("host", "no connection")


@dataclass
class Stage:
    atlas: Atlas
    services: Services = field(default_factory=Services)
    now: float = 1_795_000_000.0

    def __post_init__(self) -> None:
        self.refresh = self.restarted()

    def restarted(self) -> Refresh:
        return Refresh(self.services, self.services, self.atlas, Addresses("rules", "seasons"), lambda: self.now)

    async def one_round(self) -> list[str]:
        """Let a daemon that has just started read what is due; return what was asked."""
        self.services.asked.clear()
        await self.restarted().read_due()
        return list(self.services.asked)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    atlas = Atlas(tmp_path / "atlas.sqlite")
    yield Stage(atlas)
    atlas.close()


async def test_the_first_playback_waits_for_the_catalogue_and_the_lists(stage: Stage) -> None:
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.atlas.entry(7) is not None
    assert stage.atlas.rules().find(10, 13) == (20, 1)
    assert stage.atlas.series_rows(10) != ()
    stage.services.asked.clear()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []


async def test_lists_that_cannot_be_had_are_waited_for_once(stage: Stage) -> None:
    stage.services.down = {"rules", "seasons"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    stage.services.asked.clear()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.services.asked == []
    assert stage.atlas.entries_count() == 1


async def test_a_catalogue_that_cannot_be_had_is_asked_for_again(stage: Stage) -> None:
    stage.services.down = {"catalogue"}
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.atlas.entries_count() == 0
    stage.services.down = set()
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.atlas.entries_count() == 1


async def test_playbacks_that_begin_together_read_it_once(stage: Stage) -> None:
    await asyncio.gather(*(stage.refresh.ready(Urgency.ON_SCREEN) for _ in range(5)))
    assert stage.services.asked.count("catalogue True None") == 1


async def test_a_season_map_that_is_none_is_not_kept(stage: Stage) -> None:
    stage.services.seasons = b"<html>"
    await stage.refresh.ready(Urgency.ON_SCREEN)
    assert stage.atlas.value("seasons-at") is None
    assert stage.atlas.value("rules-at") is not None


async def test_time_brings_deltas_daily_everything_weekly_and_lists_by_their_etag(stage: Stage) -> None:
    began = stage.now
    first = await stage.one_round()
    assert sorted(first) == ["catalogue False None", "catalogue True None", "rules None", "seasons None"]
    assert await stage.one_round() == []
    stage.now = began + DAY
    assert await stage.one_round() == [f"catalogue True {began - 2 * DAY}", f"catalogue False {began - 2 * DAY}"]
    stage.now = began + 1.5 * DAY
    assert await stage.one_round() == []
    stage.now = began + 7 * DAY
    again = await stage.one_round()
    assert sorted(again) == ["catalogue False None", "catalogue True None", 'rules "1"', 'seasons "1"']
