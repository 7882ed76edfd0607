"""What ours never takes the place of, and what comes back as it was: told in a real mpv."""

from __future__ import annotations

import struct
import subprocess
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.fakes import Fault, Servers
from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

EPISODES = [f"[Hayate] Kaze no Renshuu - {number} (1080p).mkv" for number in ("15", "16", "17")]
FIRST = EPISODES[0]


def named(home: Home, video: Path, name: str = FIRST) -> Path:
    return home.put(video, name)


def playing(home: Home, *arguments: str | Path) -> AbstractContextManager[Ipc]:
    """Run mpv with a config folder, so that it may write what it will watch later."""
    config = home.root / "mpv"
    config.mkdir(exist_ok=True)
    return home.playing("--config", f"--config-dir={config}", "--keep-open=yes", *arguments)


def shown(player: Ipc) -> str:
    track = player.selected_subtitle()
    return "" if track is None else track.get("title") or track.get("lang", "")


def ours(player: Ipc) -> list[dict[str, object]]:
    return [t for t in player.get("track-list") if t["type"] == "sub" and "(Jimaku)" in t.get("title", "")]


def with_tracks(video: Path, made: Path, *tracks: tuple[Path, str]) -> Path:
    """Return the video with these subtitle files in it, each in its language ("" for none)."""
    inputs = [word for file, _ in tracks for word in ("-i", file)]
    maps = [word for i in range(len(tracks) + 1) for word in ("-map", str(i))]
    tags = [w for i, (_, lang) in enumerate(tracks) if lang for w in (f"-metadata:s:s:{i}", f"language={lang}")]
    first = ["-disposition:s:0", "default"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", video, *inputs, *maps, "-c", "copy", *tags, *first, made], check=True
    )
    return made


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:50,000\nはい\n", "utf-8")
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A Blu-ray subtitle of one empty picture."""

    def segment(kind: int, body: bytes) -> bytes:
        return struct.pack(">2sIIBH", b"PG", 90_000, 0, kind, len(body)) + body

    path = tmp_path / "pictures.sup"
    path.write_bytes(segment(0x16, struct.pack(">HHBHBBBB", 1920, 1080, 16, 0, 0x80, 0, 0, 0)) + segment(0x80, b""))
    return path


def test_after_watch_later_our_track_is_shown_as_before_and_its_delay_once(home: Home, video: Path) -> None:
    path = named(home, video)
    with home.daemon():
        with playing(home, path) as player:
            player.wait_selected("(Jimaku)")
            player.command("set_property", "sub-delay", 0.5)
            player.command("quit-watch-later")
        with playing(home, path) as player:
            player.wait_selected("(Jimaku)")
            assert player.get("sub-delay") == 0.5
            assert len(ours(player)) == 1


def test_after_watch_later_a_hidden_track_stays_hidden(home: Home, video: Path) -> None:
    path = named(home, video)
    with home.daemon():
        with playing(home, path) as player:
            player.wait_selected("(Jimaku)")
            player.command("set_property", "sid", "no")
            player.command("quit-watch-later")
        home.wait(lambda told: not told["players"])
        with playing(home, path) as player:
            home.wait_step(FIRST, "added")
            assert shown(player) == ""


def test_each_file_of_a_playlist_gets_its_own(home: Home, video: Path) -> None:
    first, second, third = (named(home, video, name) for name in EPISODES)
    with home.daemon(), playing(home, first, second) as player:
        player.wait_selected("Renshuu - 15")
        player.command("loadfile", str(third), "append")
        player.command("playlist-next")
        player.wait_selected("Renshuu - 16")
        player.command("playlist-next")
        player.wait_selected("Renshuu - 17")
        player.command("playlist-prev")
        player.wait_selected("Renshuu - 16")
        assert len(ours(player)) == 1


def test_a_looping_playlist_shows_ours_each_time(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, "--loop-playlist=inf", named(home, video)) as player:
        player.wait_selected("(Jimaku)")
        for _ in range(2):
            player.events.clear()
            player.command("playlist-next", "force")
            player.wait_event("file-loaded")
            player.wait_selected("(Jimaku)")
            assert len(ours(player)) == 1


def test_no_subtitle_is_shown_where_mpv_was_told_so(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, "--sid=no", named(home, video)) as player:
        home.wait_step(FIRST, "added")
        assert shown(player) == ""
        assert len(ours(player)) == 1


@pytest.mark.parametrize(
    ("languages", "options", "config", "expected"),
    [
        (["jpn"], [], "", "jpn"),
        (["eng"], [], "", "(Jimaku)"),
        (["eng"], ["--slang=en"], "", "eng"),
        (["eng"], ["--slang=ja,en"], "", "(Jimaku)"),
        (["eng"], ["--sid=1"], "", "eng"),
        ([""], [], "", "(Jimaku)"),
        ([""], [], '[subtitles]\nyield_to = ["text", "untagged"]\n', ""),
        (["jpn"], [], "[subtitles]\nyield_to = []\n", "(Jimaku)"),
    ],
)
def test_text_tracks(
    home: Home,
    servers: Servers,
    video: Path,
    lines: Path,
    languages: list[str],
    options: list[str],
    config: str,
    expected: str,
) -> None:
    made = with_tracks(video, home.root / "made.mkv", *((lines, language) for language in languages))
    home.configure(servers, config)
    step = "selected" if expected == "(Jimaku)" else "added"
    with home.daemon(), playing(home, *options, named(home, made)) as player:
        home.wait_step(FIRST, step)
        assert expected in shown(player)
        assert len(ours(player)) == 1


@pytest.mark.parametrize(("config", "expected"), [("", "(Jimaku)"), ('[subtitles]\nyield_to = ["image"]\n', "jpn")])
def test_image_tracks(home: Home, servers: Servers, video: Path, pictures: Path, config: str, expected: str) -> None:
    made = with_tracks(video, home.root / "made.mkv", (pictures, "jpn"))
    home.configure(servers, config)
    with home.daemon(), playing(home, named(home, made)) as player:
        home.wait_step(FIRST, "selected" if expected == "(Jimaku)" else "added")
        codecs = [t["codec"] for t in player.get("track-list") if t["type"] == "sub" and not t["external"]]
        assert codecs == ["hdmv_pgs_subtitle"]
        assert expected in shown(player)


def test_a_track_that_the_user_takes_while_ours_is_on_its_way_stays(
    home: Home, servers: Servers, video: Path, lines: Path
) -> None:
    made = with_tracks(video, home.root / "made.mkv", (lines, "eng"), (lines, "ger"))
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/download/")
    with home.daemon(), playing(home, named(home, made)) as player:
        home.wait_step(FIRST, "resolved")
        player.command("set_property", "sid", 2)
        go.set()
        home.wait_step(FIRST, "added")
        assert shown(player) == "ger"


@pytest.mark.parametrize(("wish", "first", "second"), [("en", "(Jimaku)", "eng"), ("ours", "eng", "(Jimaku)")])
def test_the_second_subtitle(
    home: Home, servers: Servers, video: Path, lines: Path, wish: str, first: str, second: str
) -> None:
    made = with_tracks(video, home.root / "made.mkv", (lines, "eng"))
    home.configure(servers, f'[subtitles]\nsecondary = "{wish}"\n')
    with home.daemon(), playing(home, named(home, made)) as player:
        home.wait_step(FIRST, "second")
        number = player.get("secondary-sid")
        track = next(t for t in player.get("track-list") if t["type"] == "sub" and t["id"] == number)
        assert second in (track.get("title") or track.get("lang"))
        main = next(t for t in player.get("track-list") if t["type"] == "sub" and t["id"] == player.get("sid"))
        assert first in (main.get("title") or main.get("lang"))


def test_a_stream_is_known_by_its_title_and_home_videos_are_left_alone(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, "holiday at the sea.mkv")) as player:
        home.wait_step("holiday at the sea.mkv", "unknown")
        assert ours(player) == []


def test_a_script_option_hides_the_player(home: Home, video: Path) -> None:
    options = home.root / "mpv" / "script-opts"
    with home.daemon(), playing(home, "--script-opts=kotozoe-enabled=no", named(home, video)) as player:
        player.until("seeking", lambda value: value is not None)
        assert home.status()["players"] == []
        options.mkdir()
        (options / "kotozoe.conf").write_text("enabled=yes\n")
        player.command("change-list", "script-opts", "remove", "kotozoe-enabled")
        player.wait_selected("(Jimaku)")


def test_an_edited_option_of_the_script_counts_from_the_next_file_on(home: Home, video: Path) -> None:
    options = home.root / "mpv" / "script-opts" / "kotozoe.conf"
    options.parent.mkdir(parents=True)
    options.write_text("enabled=no\n")
    first, second = (named(home, video, name) for name in EPISODES[:2])
    with home.daemon(), playing(home, first) as player:
        player.until("seeking", lambda value: value is not None)
        options.write_text("enabled=yes\n")
        assert home.status()["players"] == []
        player.command("loadfile", str(second))
        player.wait_selected("(Jimaku)")
