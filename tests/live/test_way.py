"""The whole way: a real mpv, the real daemon as a process, and stand-in servers over real sockets."""

from __future__ import annotations

import signal
import subprocess
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.fakes import Fault, Servers
from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

EPISODE = "[Hayate] Kaze no Renshuu - 15 (1080p).mkv"  # the third of the second season, counted through
NEXT = "[Hayate] Kaze no Renshuu - 16 (1080p).mkv"


def playing(home: Home, *arguments: str | Path) -> AbstractContextManager[Ipc]:
    return home.playing("--keep-open=yes", *arguments)


def api_requests(servers: Servers) -> list[str]:
    return [asked.path for asked in servers.jimaku.requests]


def test_from_play_to_the_right_subtitle(home: Home, servers: Servers, video: Path) -> None:
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        track = player.wait_selected("(Jimaku)")
        assert track["title"] == "[Hayate] Kaze no Renshuu - 15.ja.srt (Jimaku)"
        assert track["lang"] == "ja"
        home.wait_step(EPISODE, "selected")
        assert home.steps(EPISODE) == ["resolved", "obtained", "selected"]
        downloads = [path for path in api_requests(servers) if "/download/" in path]
        assert len(downloads) == 1
        player.command("loadfile", str(home.put(video, NEXT)))
        player.wait_selected("Renshuu - 16")
        listings = [path for path in api_requests(servers) if path.endswith("/files")]
        assert listings == ["/api/entries/1235/files"]
    assert servers.jimaku_key not in home.log()


def test_downloads_carry_no_key_and_every_request_says_who_asks(home: Home, servers: Servers, video: Path) -> None:
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        player.wait_selected("(Jimaku)")
    for server in servers.all:
        for asked in server.requests:
            assert asked.headers["user-agent"].startswith("kotozoe/")
            assert ("authorization" in asked.headers) is asked.path.startswith("/api/")
    assert all("referer" in asked.headers for asked in servers.anilist.requests)


def test_the_same_file_in_two_players_is_fetched_once(home: Home, servers: Servers, video: Path) -> None:
    path = home.put(video, EPISODE)
    with home.daemon(), playing(home, path) as one, playing(home, path) as other:
        one.wait_selected("(Jimaku)")
        other.wait_selected("(Jimaku)")
    assert len([path for path in api_requests(servers) if "/download/" in path]) == 1


_READ = ("catalogue (anime)", "catalogue (other)", "list 'rules' read", "list 'seasons' read", "list 'titles' read")


def test_a_restarted_daemon_goes_on_without_a_request(home: Home, servers: Servers, video: Path) -> None:
    path = home.put(video, EPISODE)
    with home.daemon():
        with playing(home, path) as player:
            player.wait_selected("(Jimaku)")
            servers.anilist.wait_for(1)  # before the subtitle, or after it
            home.wait(lambda told: all(host["sent"] and not host["waiting"] for host in told["hosts"]))
            home.wait(lambda _: all(line in home.log() for line in _READ))
        home.wait(lambda told: not told["players"])
    asked = sum(len(server.requests) for server in servers.all)
    with home.daemon(), playing(home, path) as player:
        player.wait_selected("(Jimaku)")
    assert sum(len(server.requests) for server in servers.all) == asked


def test_a_daemon_that_comes_later_serves_what_plays_already(home: Home, video: Path) -> None:
    with playing(home, home.put(video, EPISODE)) as player:
        player.until("seeking", lambda value: value is not None)
        with home.daemon():
            player.wait_selected("(Jimaku)")


def test_a_killed_daemon_leaves_nothing_behind_that_hinders(home: Home, video: Path) -> None:
    path = home.put(video, EPISODE)
    with home.daemon() as daemon, playing(home, path):
        home.wait_step(EPISODE, "resolved")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    with home.daemon(), playing(home, path) as player:
        player.wait_selected("(Jimaku)")


@pytest.fixture(scope="module")
def japanese(tmp_path_factory: pytest.TempPathFactory, video: Path) -> Path:
    """A video with a Japanese text track in it."""
    folder = tmp_path_factory.mktemp("japanese")
    lines = folder / "lines.srt"
    lines.write_text("1\n00:00:01,000 --> 00:00:50,000\nはい\n", "utf-8")
    made = folder / "made.mkv"
    tracks = ["-map", "0", "-map", "1", "-c", "copy", "-metadata:s:s:0", "language=jpn", "-disposition:s:0", "default"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-i", lines, *tracks, made], check=True)
    return made


def test_beside_a_japanese_text_track_ours_is_added_but_not_selected(home: Home, japanese: Path) -> None:
    with home.daemon(), playing(home, home.put(japanese, EPISODE)) as player:
        home.wait_step(EPISODE, "added")
        shown = player.selected_subtitle()
        assert shown is not None
        assert not shown["external"]


def test_a_track_that_the_user_takes_during_the_fetch_stays(
    home: Home, servers: Servers, japanese: Path, video: Path
) -> None:
    english = home.root / "english.srt"
    english.write_text("1\n00:00:01,000 --> 00:00:50,000\nyes\n", "utf-8")
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/download/")
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        home.wait_step(EPISODE, "resolved")
        player.command("sub-add", str(english), "select", "mine", "en")
        go.set()
        home.wait_step(EPISODE, "added")
        shown = player.selected_subtitle()
        assert shown is not None
        assert shown["title"] == "mine"


def test_a_file_that_went_by_gets_nothing(home: Home, servers: Servers, video: Path) -> None:
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/download/", times=1)
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        home.wait_step(EPISODE, "resolved")
        player.command("loadfile", str(home.put(video, "[Hayate] Kaze no Renshuu - NCOP1.mkv")))
        home.wait_step("[Hayate] Kaze no Renshuu - NCOP1.mkv", "skipped")
        go.set()
        player.command("loadfile", str(home.put(video, NEXT)))
        player.wait_selected("Renshuu - 16")
        titles = [t.get("title", "") for t in player.get("track-list") if t["type"] == "sub"]
        assert not any("Renshuu - 15" in title for title in titles)


def test_without_a_key_it_says_where_to_get_one_and_takes_it_up_when_it_comes(
    home: Home, servers: Servers, video: Path
) -> None:
    home.key_file.unlink()
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        home.wait(lambda told: bool(home.steps(EPISODE)))
        assert servers.jimaku.requests == []
        assert not home.status()["key"]["present"]
        home.key_file.write_text(servers.jimaku_key)
        player.wait_selected("(Jimaku)")


def test_a_wrong_key_is_tried_once(home: Home, servers: Servers, video: Path) -> None:
    home.key_file.write_text("A" * 58)
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        home.wait(lambda told: any(host["refused"] for host in told.get("hosts", ())))
        home.wait(lambda told: bool(home.steps(EPISODE)))
        player.command("loadfile", str(home.put(video, NEXT)))
        home.wait(lambda told: bool(home.steps(NEXT)))
        assert len(servers.jimaku.requests) == 1
        home.key_file.write_text(servers.jimaku_key)
        player.wait_selected("Renshuu - 16")


def test_sighup_reads_the_config_again_although_nothing_changed(home: Home) -> None:
    with home.daemon() as daemon:
        daemon.send_signal(signal.SIGHUP)
        home.wait(lambda _: "new settings applied" in home.log())


def test_an_edited_config_takes_effect_while_a_video_plays(home: Home, servers: Servers, video: Path) -> None:
    home.configure(servers, '[watch]\nexclude = ["*"]\n')
    with home.daemon(), playing(home, home.put(video, EPISODE)) as player:
        home.wait_step(EPISODE, "skipped")
        home.configure(servers, "[watch]\nexclud = []\n")
        home.wait(lambda told: bool(told["problems"]))
        assert "exclude" in " ".join(home.status()["problems"])
        home.configure(servers)
        home.wait(lambda told: not told["problems"])
        player.command("loadfile", str(home.put(video, NEXT)))
        player.wait_selected("Renshuu - 16")


@pytest.mark.parametrize(
    "fault",
    [Fault("html", 502, times=1), Fault("html", 403, times=1), Fault("cut", times=1), Fault("garbage", times=1)],
)
def test_a_service_in_trouble_is_asked_again(home: Home, servers: Servers, video: Path, fault: Fault) -> None:
    with home.daemon():
        home.wait(lambda told: "catalogue (anime)" in home.log())
        servers.jimaku.fault = fault
        with playing(home, home.put(video, EPISODE)) as player:
            player.wait_selected("(Jimaku)")


def test_a_second_daemon_leaves_the_first_alone(home: Home) -> None:
    with home.daemon() as daemon:
        second = home.command("run")
        assert second.returncode == 0
        assert str(daemon.pid) in second.stderr
