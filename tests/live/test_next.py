"""What is made ready before it is played, and what is waited for: the real daemon and a real mpv."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.fakes import Fault, Servers, WorldFile
from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

LAST = 20  # of the second season, counted through, as far as the small world lists it


def name_of(episode: int) -> str:
    return f"[Hayate] Kaze no Renshuu - {episode:02} (1080p).mkv"


class Room:
    """A home, a folder of videos, and one mpv at a time."""

    def __init__(self, home: Home, servers: Servers, video: Path) -> None:
        self.home = home
        self.servers = servers
        self.folder = home.root / "Anime"
        self.folder.mkdir()
        self._video = video

    def put(self, *episodes: int) -> list[Path]:
        paths = [self.folder / name_of(episode) for episode in episodes]
        for path in paths:
            path.hardlink_to(self._video)
        return paths

    def playing(self, *arguments: str | Path) -> contextlib.AbstractContextManager[Ipc]:
        return self.home.playing("--keep-open=yes", *arguments)

    def wait_log(self, text: str) -> None:
        self.home.wait(lambda _: text in self.home.log())

    @property
    def asked(self) -> list[str]:
        return [asked.path for asked in self.servers.jimaku.requests]

    def downloads(self, episode: int) -> int:
        return sum(f"-%20{episode}." in path for path in self.asked)

    def listings(self) -> int:
        return sum(path.endswith("/files") for path in self.asked)

    def playback(self, episode: int) -> str:
        return next(str(p["id"]) for p in self.home.status()["playbacks"] if p["name"] == name_of(episode))


@pytest.fixture
def room(home: Home, servers: Servers, video: Path) -> Room:
    return Room(home, servers, video)


def test_the_next_of_the_folder_costs_no_request_when_it_is_played(room: Room) -> None:
    first, second, _ = room.put(15, 16, 17)
    with room.home.daemon(), room.playing(first) as player:
        player.wait_selected("15")
        room.wait_log("next is ready: [Hayate] Kaze no Renshuu - 16")
        room.servers.jimaku.fault = Fault("hang")
        player.command("loadfile", str(second))
        player.wait_selected("16")


def test_the_playlist_comes_before_the_folder(room: Room) -> None:
    first, _, third = room.put(15, 16, 17)
    with room.home.daemon(), room.playing(first, third):
        room.wait_log("next is ready: [Hayate] Kaze no Renshuu - 17")
        assert room.downloads(16) == 0


def test_moving_on_loses_nothing_that_was_on_its_way(room: Room) -> None:
    first, second = room.put(15, 16)
    with room.home.daemon(), room.playing(first) as player:
        player.wait_selected("15")
        room.servers.jimaku.fault = Fault("slow", seconds=1.0, path="16", times=1)
        player.command("loadfile", str(second))
        player.wait_selected("16")
        assert room.downloads(16) == 1


def test_what_is_private_is_not_made_ready(room: Room) -> None:
    first, _ = room.put(15, 16)
    room.home.configure(room.servers, f'[watch]\nprivate = ["{room.folder}/*16*"]\n')
    with room.home.daemon(), room.playing(first) as player:
        player.wait_selected("15")
        time.sleep(0.5)  # for what must not happen there is no event
        assert room.downloads(16) == 0


def test_what_is_not_there_yet_comes_at_once_on_retry(room: Room) -> None:
    (path,) = room.put(LAST + 1)
    with room.home.daemon(), room.playing(path) as player:
        room.home.wait_step(path.name, "waiting")
        assert room.listings() == 1
        appear(room.servers)
        player.command("script-message", "kotozoe-retry", room.playback(LAST + 1))
        player.wait_selected(str(LAST + 1))
        assert room.listings() == 2


def test_it_loads_by_itself_when_its_time_has_come_after_a_restart(room: Room) -> None:
    (path,) = room.put(LAST + 1)
    with room.playing(path) as player:
        with room.home.daemon():
            room.home.wait_step(path.name, "waiting")
        appear(room.servers)
        with room.home.daemon():
            room.home.wait_step(path.name, "waiting")
            assert room.listings() == 1
        let_time_pass(room.home)
        with room.home.daemon():
            player.wait_selected(str(LAST + 1))
        assert room.listings() == 2


def test_the_user_is_told_what_takes_so_long(room: Room) -> None:
    (path,) = room.put(15)
    with room.home.daemon():
        room.wait_log("catalogue (anime)")
        room.servers.jimaku.fault = Fault("status", 502, path="/files$")
        with room.playing(path) as player:
            room.home.wait_step(path.name, "waiting")
            steps = room.home.status()["playbacks"][-1]["steps"]
            assert "answered with status 502, next request in" in steps[-1]["sentence"]
            room.servers.jimaku.fault = None
            player.wait_selected("15")


def test_the_cache_keeps_what_is_shown(room: Room) -> None:
    (path,) = room.put(15)
    with room.home.daemon(), room.playing(path) as player:
        player.wait_selected("15")
        room.home.wait(lambda told: bool(told["playbacks"] and told["playbacks"][-1]["shows"]))
        assert room.home.command("clean").stdout.startswith("0 files removed")
        player.command("stop")
        room.home.wait(lambda told: told["playbacks"][-1]["ended"])
        assert room.home.command("clean").stdout.startswith("1 file removed")


def appear(servers: Servers) -> None:
    servers.world.entries[1235].files.append(WorldFile(f"[Hayate] Kaze no Renshuu - {LAST + 1}.ja.srt"))


def known(folder: Path, name: str) -> Path:
    """Return the one database of this name; the rest of its file's name stands for the server."""
    (path,) = folder.glob(f"{name}*.sqlite")
    return path


def let_time_pass(home: Home) -> None:
    """Let what is awaited be due, as if an hour had passed."""
    with contextlib.closing(sqlite3.connect(known(home.root / "state" / "kotozoe", "awaited"))) as opened:
        opened.execute("update awaited set asked = asked - 3600")
        opened.commit()


def test_without_a_network_what_is_known_is_played(room: Room) -> None:
    (path,) = room.put(15)
    with room.home.daemon(), room.playing(path) as player:
        player.wait_selected("15")
    let_everything_grow_old(room.home)
    for server in room.servers.all:
        server.fault = Fault("drop")
    with room.home.daemon(), room.playing(path) as player:
        player.wait_selected("15")


def let_everything_grow_old(home: Home) -> None:
    """Let a month pass for all that is known."""
    with contextlib.closing(sqlite3.connect(known(home.root / "cache" / "kotozoe", "catalogue"))) as opened:
        for entry_id, text in opened.execute("select entry_id, value from listings").fetchall():
            _, files, read_at, modified = json.loads(text)
            older = json.dumps([entry_id, files, read_at - 2_600_000, modified])
            opened.execute("update listings set value = ? where entry_id = ?", (older, entry_id))
        opened.execute("update named set value = value - 2600000 where name like '%-at' or name like 'catalogue-%'")
        opened.commit()
