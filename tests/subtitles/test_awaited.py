from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.model import EpisodeRef, Listing, MediaKey
from kotozoe.subtitles.awaited import AwaitedEpisodes

NINTH = EpisodeRef(MediaKey("anilist", "1"), 9.0)
TENTH = EpisodeRef(MediaKey("anilist", "1"), 10.0)
MINUTE = 60.0
DAY = 86_400.0


@dataclass
class Stage:
    """One store on disk, a clock that tests move, and how often it said that something is to be done sooner."""

    path: Path
    now: float = 1_795_000_000.0
    changes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = self.opened()

    def opened(self) -> AwaitedEpisodes:
        return AwaitedEpisodes(self.path, lambda: self.now, lambda: self.changes.append(self.now))

    def read(self) -> Listing:
        return Listing(7, (), self.now)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "awaited.sqlite")
    yield made
    made.store.close()


def test_what_is_lacking_is_due_ever_more_seldom(stage: Stage) -> None:
    waits = []
    stage.store.lacks(NINTH, stage.read())
    for _ in range(5):
        began = stage.now
        assert stage.store.due() == ()
        at = stage.store.next_at()
        assert at is not None
        stage.now = at
        assert stage.store.due() == (7,)
        waits.append((stage.now - began) / MINUTE)
        stage.store.asked(7, stage.now)
    assert waits == [5, 10, 20, 40, 80]


def test_a_restart_forgets_nothing_and_asks_no_sooner(stage: Stage) -> None:
    stage.store.lacks(NINTH, stage.read())
    before = stage.store.next_at()
    other = stage.opened()
    assert other.next_at() == before
    assert not other.look_again(NINTH, stage.read())
    other.close()


def test_the_same_listing_seen_again_counts_once(stage: Stage) -> None:
    listing = stage.read()
    stage.store.lacks(NINTH, listing)
    at = stage.store.next_at()
    stage.now += MINUTE
    stage.store.lacks(NINTH, listing)
    assert stage.store.next_at() == at


def test_what_came_is_awaited_no_more(stage: Stage) -> None:
    stage.store.lacks(NINTH, stage.read())
    stage.store.lacks(TENTH, stage.read())
    stage.store.holds(NINTH, stage.read())
    stage.store.holds(TENTH, stage.read())
    assert stage.store.next_at() is None


def test_somebody_in_a_hurry_makes_all_of_it_due(stage: Stage) -> None:
    stage.store.lacks(NINTH, stage.read())
    stage.changes.clear()
    stage.store.hurry()
    assert stage.changes == [stage.now]
    assert stage.store.due() == (7,)
    assert stage.store.look_again(NINTH, stage.read())


def test_after_a_fortnight_it_is_forgotten(stage: Stage) -> None:
    stage.store.lacks(NINTH, stage.read())
    stage.now += 14 * DAY
    stage.store.due()
    assert stage.store.next_at() is None


def test_a_damaged_file_is_begun_anew(stage: Stage) -> None:
    stage.store.close()
    stage.path.write_bytes(b"no database" * 500)
    stage.store.lacks(NINTH, stage.read())
    stage.store.lacks(NINTH, stage.read())
    assert stage.store.next_at() is not None


def test_a_damaged_row_is_forgotten(stage: Stage) -> None:
    stage.store.lacks(NINTH, stage.read())
    stage.store._run("update awaited set asked = 'soon'", ())
    assert stage.store.due() == ()
    assert stage.store.next_at() is None


def test_without_a_disk_episodes_are_awaited_in_memory(tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    store = AwaitedEpisodes(tmp_path / "in the way" / "awaited.sqlite")
    assert store.look_again(NINTH, Listing(7, (), 1.0))
    store.lacks(NINTH, Listing(7, (), 1.0))
    assert store.due() == (7,)
    store.close()
