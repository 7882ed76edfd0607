"""The whole way of one event, to look at: a real mpv, the real daemon, and stand-ins for Jimaku and AniList.

Everything happens in a temporary folder and on this machine. Exit code 0 only if mpv itself says that the right
subtitle track is selected.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes import Servers, World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import SCRIPT, make_video

# Numbered through from the first season: the first episode of the second season, which is an entry of its own.
VIDEO = "[Hayate] Kaze no Renshuu - 13 (1080p).mkv"
RIGHT = "Kaze no Renshuu - 13"
SECONDS_TO_WATCH = 12.0


def main() -> int:
    """Play, tell, check."""
    with tempfile.TemporaryDirectory(prefix="kotozoe-demo-") as folder, serve(World.small()) as servers:
        home = Home(Path(folder) / "home", servers)
        (home.root / "Anime").mkdir()
        print("making a short video …")
        video = make_video(home.root / "Anime" / VIDEO, title="demo", seconds=30)
        print("starting the daemon (its Jimaku and AniList are stand-ins on this machine) …")
        with home.daemon():
            return _play(home, servers, video)


def _play(home: Home, servers: Servers, video: Path) -> int:
    window = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    print(f"starting mpv {'in a window' if window else 'without a window (there is no screen)'} …\n")
    socket = home.root / "demo.sock"
    with _mpv(home, video, socket, window=window):
        began = time.time()
        player = Ipc(socket)
        player.until("track-list", bool)
        home.wait(lambda _: bool({"selected", "added", "refused"} & set(home.steps(VIDEO))))
        _tell_story(home, servers, began)
        right = _check(player)
        if right and window:
            print("\nthe subtitle is on screen for a few seconds; close the window to end sooner")
            time.sleep(SECONDS_TO_WATCH)
        player.close()
    return 0 if right else 1


@contextmanager
def _mpv(home: Home, video: Path, socket: Path, *, window: bool) -> Iterator[None]:
    headless = [] if window else ["--vo=null", "--ao=null"]
    arguments = ["mpv", "--no-config", *headless, "--no-terminal", "--keep-open=yes", "--geometry=640x360"]
    process = subprocess.Popen(
        [*arguments, f"--script={SCRIPT}", f"--input-ipc-server={socket}", str(video)],
        env=home.environ,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _tell_story(home: Home, servers: Servers, began: float) -> None:
    playback = next(p for p in home.status()["playbacks"] if p["name"] == VIDEO)
    lines = [
        (asked.at, f"  request   {server.name}: {asked.method} {asked.path.partition('?')[0]}")
        for server in servers.all
        for asked in server.requests
    ]
    lines += [(step["at"], f"{step['step']:9} {step['sentence']}") for step in playback["steps"]]
    print(f"     mpv plays {VIDEO}")
    for at, line in sorted(lines):
        print(f"{(at - began) * 1000:6.0f} ms  {line}")
    counts = ", ".join(f"{server.name} {len(server.requests)}" for server in servers.all if server.requests)
    print(f"\nrequests: {counts}")


def _check(player: Ipc) -> bool:
    track = player.selected_subtitle()
    if track is None or RIGHT not in track.get("title", ""):
        print(f"\nWRONG: mpv shows {track and track.get('title')!r}")
        return False
    player.command("seek", 3, "absolute")
    line = player.until("sub-text", bool)
    print(f"mpv's own track list: selected {track['title']!r} [{track.get('lang')}]; on screen at 0:03: {line!r}")
    return True


if __name__ == "__main__":
    sys.exit(main())
