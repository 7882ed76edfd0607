"""Kills the daemon and mpv (SIGKILL) at random moments of the way; after each, the next play must work.

    python -m benchmarks.crash_recovery [--rounds N] [--seed N]

Checked after each round: the right track is selected for the next file, nothing half-written lies in the cache, and the
databases are whole.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

LAST = 20  # the last episode of the second season that the small world lists


def whole(home: Home) -> None:
    """Raise AssertionError if anything on disk is not as it must be."""
    for database in (*home.root.glob("cache/kotozoe/*.sqlite"), *home.root.glob("state/kotozoe/*.sqlite")):
        with contextlib.closing(sqlite3.connect(database)) as opened:
            assert opened.execute("pragma integrity_check").fetchone() == ("ok",), database
    for file in home.root.glob("cache/kotozoe/subtitles/*/*.srt"):
        assert file.read_text("utf-8").rstrip(), file


def one_round(home: Home, video: Path, number: int, dice: random.Random) -> str:
    """Play, kill somebody, play the next; return what was done."""
    victim, moment = dice.choice(("daemon", "mpv")), dice.uniform(0.0, 0.9)
    first = home.root / f"[Hayate] Kaze no Renshuu - {13 + number % (LAST - 13):02} (1080p).mkv"
    then = home.root / f"[Hayate] Kaze no Renshuu - {14 + number % (LAST - 13):02} (1080p).mkv"
    for path in (first, then):
        if not path.exists():
            path.hardlink_to(video)
    socket = home.root / f"kills-{number}.sock"
    with home.daemon() as daemon, Mpv(home.runtime, [f"--input-ipc-server={socket}", first]) as mpv:
        time.sleep(moment)
        (daemon if victim == "daemon" else mpv.process).send_signal(signal.SIGKILL)
        (daemon if victim == "daemon" else mpv.process).wait()
        if victim == "mpv":
            _play(home, then, number)
    if victim == "daemon":
        with home.daemon():
            _play(home, then, number)
    whole(home)
    return f"{victim} at {moment * 1000:.0f} ms"


def _play(home: Home, path: Path, number: int) -> None:
    socket = home.root / f"after-{number}.sock"
    with Mpv(home.runtime, [f"--input-ipc-server={socket}", path]):
        player = Ipc(socket, patience=20.0)
        track = player.wait_selected("(Jimaku)")
        episode = path.name.partition(" - ")[2][:2]
        assert f"- {episode}.ja" in track["title"], track["title"]
        player.close()


def main() -> int:
    """Tell each round; exit 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    dice, failed = random.Random(asked.seed), 0
    with tempfile.TemporaryDirectory(prefix="kotozoe-crash-") as folder, serve(World.small(), limits=False) as servers:
        home = Home(Path(folder) / "home", servers)
        video = make_video(Path(folder) / "video.mkv", seconds=30)
        for number in range(asked.rounds):
            try:
                print(f"{number + 1:3}: killed {one_round(home, video, number, dice)}: the next play was right")
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                failed += 1
                print(f"{number + 1:3}: FAILED {error}")
    print(f"{asked.rounds - failed} of {asked.rounds} rounds right")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
