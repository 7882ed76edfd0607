"""What has no path of its own is known by the title that its client gives it, and by none that was another's."""

from __future__ import annotations

import functools
import http.server
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

TITLE = "Kaze no Renshuu"
NOTHING = ("skipped", "unknown")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, video: Path) -> Iterator[str]:
    """A web server with a video under a name that says nothing, as a file and as HLS."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "stream.mkv").hardlink_to(video)
    torrent = folder / "webtorrent" / "5f2d" / f"[Hayate] {TITLE} - 05 (1080p).mkv"
    torrent.parent.mkdir(parents=True)
    torrent.hardlink_to(video)
    hls = ("-f", "hls", "-hls_time", "20", "-hls_list_size", "0")
    subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-c", "copy", *hls, folder / "master.m3u8"], check=True)
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def _is_told(player: Ipc, number: int) -> dict[str, object]:
    """Wait for this episode's subtitle; none of another was seen meanwhile."""

    def arrived(tracks: object) -> bool:
        titles = [t.get("title", "") for t in tracks or () if t["type"] == "sub"]  # type: ignore[attr-defined]
        assert all(f"- {number:02}" in title for title in titles), titles
        return bool(titles)

    player.until("track-list", arrived)
    return player.wait_selected(f"- {number:02}")


def _ends_with(end: str, path: object) -> bool:
    return str(path).endswith(end)


COMMAND_LINES: dict[str, Callable[[str], list[str]]] = {
    "ani-cli": lambda site: [f"--force-media-title={TITLE} Episode 5", f"{site}/stream.mkv"],
    "ani-cli, HLS": lambda site: [f"--force-media-title={TITLE} Episode 5", f"{site}/master.m3u8"],
    "anipy-cli": lambda site: [
        f"{site}/stream.mkv",
        f"--force-media-title=[PROVIDER] {TITLE} E5",
        "--sub-files=",
        "--force-window=immediate",
    ],
    "lobster": lambda site: [f"--force-media-title={TITLE} - Season 1 - Eps 5: A Storm", f"{site}/master.m3u8"],
    "viu, fastanime": lambda site: [f"--title={TITLE}; Episode 5", f"{site}/stream.mkv?x=y"],
    "viu, a stream's own title": lambda site: [f"--title={TITLE} - Episode 5", f"{site}/master.m3u8"],
    "yt-dlp": lambda site: [f"--force-media-title={TITLE} Season 1 Episode 5 - A Storm", f"{site}/stream.mkv"],
    "webtorrent": lambda site: [f"{site}/webtorrent/5f2d/{quote(f'[Hayate] {TITLE} - 05 (1080p).mkv')}"],
    "edl": lambda site: [f"--force-media-title=[G] {TITLE} - 05 (1080p)", f"edl://{site}/stream.mkv"],
    "a pipe": lambda _: [f"--force-media-title=[G] {TITLE} - 05 (1080p)", "-"],
    "a descriptor": lambda _: [f"--force-media-title=[G] {TITLE} - 05 (1080p)", "fd://0"],
}


def test_the_title_on_the_command_line_tells_the_episode(home: Home, site: str, video: Path) -> None:
    with home.daemon():
        for client, arguments in COMMAND_LINES.items():
            print(client)  # seen where it fails
            with home.playing("--keep-open=yes", *arguments(site), stdin=video) as player:
                _is_told(player, 5)


def test_a_title_that_comes_after_its_file_is_followed_and_never_kept_for_the_next(home: Home, site: str) -> None:
    with home.daemon(), home.playing("--keep-open=yes", "--idle") as player:
        for number in (5, 6, 2):
            player.command("loadfile", f"{site}/stream.mkv?episode={number}")
            player.until("path", functools.partial(_ends_with, str(number)))
            player.until("duration", bool)
            player.command("set_property", "force-media-title", f"{TITLE} - s1e{number:02} - A Storm")
            _is_told(player, number)


def test_a_title_that_is_set_before_its_file_is_believed(home: Home, site: str) -> None:
    with home.daemon(), home.playing("--keep-open=yes", "--idle") as player:
        for number in (5, 6, 2):
            player.command("set_property", "force-media-title", f"{TITLE} - s1e{number:02} - A Storm")
            player.command("loadfile", f"{site}/stream.mkv?episode={number}")
            player.until("path", functools.partial(_ends_with, str(number)))
            _is_told(player, number)


def test_a_file_that_nobody_names_gets_nothing_of_the_file_before(home: Home, site: str) -> None:
    with home.daemon(), home.playing("--keep-open=yes", f"--force-media-title={TITLE} - 05") as player:
        player.command("loadfile", f"{site}/stream.mkv?first")
        _is_told(player, 5)
        player.command("loadfile", f"{site}/stream.mkv?second")
        home.wait(lambda status: any(s["step"] in NOTHING for p in status["playbacks"] for s in p["steps"]))
        assert not [t for t in player.get("track-list") if t["type"] == "sub"]


def test_the_file_that_a_client_streams_names_it_and_never_the_next(home: Home, site: str) -> None:
    name = "user-data/media-source/Path"
    with home.daemon(), home.playing("--keep-open=yes", "--idle") as player:
        try:
            player.command("set", name, "/srv/nothing.mkv")
        except RuntimeError:
            pytest.skip("this mpv has no user-data")
        for number in (5, 6):
            player.command("set", name, f"/srv/{TITLE}/[Hayate] {TITLE} - {number:02} (1080p).mkv")
            player.command("loadfile", f"{site}/stream.mkv?episode={number}")
            player.until("path", functools.partial(_ends_with, str(number)))
            _is_told(player, number)
        player.command("loadfile", f"{site}/stream.mkv?another")
        home.wait(lambda status: any(s["step"] in NOTHING for p in status["playbacks"] for s in p["steps"]))
        assert not [t for t in player.get("track-list") if t["type"] == "sub"]
