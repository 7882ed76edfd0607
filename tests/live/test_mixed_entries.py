"""Entries that hold more than their media, or another one by now: what a real mpv shows, and what it never does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import Servers, WorldEntry, WorldFile
from tests.live.home import Home

pytestmark = pytest.mark.live

SERIES, SECOND, FILM, OTHER = 1234, 1235, 1236, 1240  # entries of the small world
EPISODE = "[Hayate] Kaze no Renshuu - {:02d} (1080p).mkv"
OVER = {"selected", "added", "none", "unknown", "ambiguous", "skipped", "waiting"}


def put_in(servers: Servers, entry: int, *names: str) -> None:
    """Put files first in an entry."""
    servers.world.entries[entry].files[:0] = [WorldFile(name) for name in names]


def wait_over(home: Home, name: str) -> None:
    home.wait(lambda _: not OVER.isdisjoint(home.steps(name)))


def shown(home: Home, video: Path, *names: str) -> list[str]:
    """Play these one after the other; return which subtitle is shown with each, "" for none."""
    first, *later = (home.put(video, name) for name in names)
    tracks = []
    with home.daemon(), home.playing("--keep-open=yes", first) as player:
        for path in (first, *later):
            if path is not first:
                player.command("loadfile", str(path))
            wait_over(home, path.name)
            track = player.selected_subtitle()
            tracks.append(track["title"].removesuffix(" (Jimaku)") if track else "")
    return tracks


def test_a_film_and_its_series_in_one_entry_are_told_apart(home: Home, servers: Servers, video: Path) -> None:
    series = [f.name for f in servers.world.entries[SERIES].files if "Hayate" in f.name]
    film = servers.world.entries[FILM].files[0].name
    put_in(servers, FILM, *series)
    put_in(servers, SERIES, film)
    names = ("Kaze no Renshuu - Umi no Uta (2025) [BD 1080p].mkv", EPISODE.format(1))
    assert shown(home, video, *names) == [film, series[0]]


def test_a_file_of_another_show_fills_no_gap(home: Home, servers: Servers, video: Path) -> None:
    foreign = [f"[Hayate] Hoshikuzu Ryokan - {n:02d} [1080p].ja.ass" for n in range(1, 13)]
    entry = servers.world.entries[SERIES]
    entry.files[:] = [f for f in entry.files if "07" not in f.name]
    put_in(servers, SERIES, *foreign)
    fifth = "[Hayate] Kaze no Renshuu - 05 [1080p].ja.ass"
    assert shown(home, video, EPISODE.format(5), EPISODE.format(7)) == [fifth, ""]


def test_an_id_that_was_given_to_another_show_shows_nothing_of_it(home: Home, servers: Servers, video: Path) -> None:
    with home.daemon(), home.playing("--keep-open=yes", home.put(video, EPISODE.format(3))) as player:
        player.wait_selected("Kaze no Renshuu - 03")
        old = servers.world.entries[SERIES]
        names = [f"[Hayate] Zarathin Bravo - {n:02d} [1080p].ja.ass" for n in range(1, 13)]
        row = {**old.row, "name": "Zarathin Bravo", "english_name": "", "japanese_name": "", "anilist_id": 990000}
        servers.world.entries[SERIES] = WorldEntry(row, [WorldFile(name) for name in names])
        name = EPISODE.format(9)
        player.command("loadfile", str(home.put(video, name)))
        wait_over(home, name)
        assert player.selected_subtitle() is None
    assert not [a.path for a in servers.jimaku.requests if "Zarathin" in a.path]
