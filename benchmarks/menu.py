"""What the script costs mpv at its start, and how long a key waits for its menu.

    python -m benchmarks.menu [--rounds N]

Start: from the call to file-loaded of a small video, with and without the script in turn, no daemon. Menu: from the key
sent to a window on a screen of its own (Xvfb) to the first change of its picture; the look itself takes some ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from tests.live.ipc import Ipc
from tests.live.mpv import SCRIPT, make_video
from tests.screenshots import FOURTH, Stage, stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    starts(rounds)
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder), (FOURTH,)) as at:
        print(at.player.get("mpv-version"))
        menus(at, rounds)


def starts(rounds: int) -> None:
    """Measure starts in pairs, the order of a pair changing each time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        video = make_video(root / "video.mkv", seconds=5)
        (root / "run").mkdir(mode=0o700)
        pairs: list[tuple[float, float]] = []
        for turn in range(rounds + 1):
            found = {with_script: _start(root, video, with_script) for with_script in _order(turn)}
            pairs.append((found[False], found[True]))
    pairs = pairs[1:]  # the first one warms the disk
    differences = sorted(after - before for before, after in pairs)
    half = statistics.median(differences)
    print(
        f"start to file-loaded, {rounds} pairs: without {statistics.median(b for b, _ in pairs):.1f} ms, "
        f"with {statistics.median(a for _, a in pairs):.1f} ms, median of the differences {half:+.1f} ms "
        f"(quartiles {differences[rounds // 4]:+.1f} to {differences[-rounds // 4 - 1]:+.1f})"
    )


def _order(turn: int) -> tuple[bool, bool]:
    return (False, True) if turn % 2 else (True, False)


def _start(root: Path, video: Path, with_script: bool) -> float:
    socket = root / "mpv.sock"
    socket.unlink(missing_ok=True)
    script = [f"--script={SCRIPT}"] if with_script else []
    fixed = ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", f"--input-ipc-server={socket}"]
    begun = time.monotonic()
    mpv = subprocess.Popen(
        [*fixed, *script, video], env={"XDG_RUNTIME_DIR": str(root / "run"), "PATH": "/usr/bin:/bin"}
    )
    player = Ipc(socket)
    player.until("seeking", lambda value: value is not None)
    took = (time.monotonic() - begun) * 1000
    player.close()
    mpv.kill()
    mpv.wait()
    return took


def menus(at: Stage, rounds: int) -> None:
    at.player.wait_selected("Renshuu - 04")
    at.player.command("set_property", "pause", "yes")
    time.sleep(4)
    looks, waits = [], []
    for _ in range(rounds):
        begun = time.monotonic()
        before = at.pixels()
        looks.append((time.monotonic() - begun) * 1000)
        begun = time.monotonic()
        at.send("k")
        while at.pixels() == before:
            if time.monotonic() > begun + 5:
                raise SystemExit("no menu came")
        waits.append((time.monotonic() - begun) * 1000)
        at.press("Escape")
    print(
        f"key to menu on screen, {rounds} times: median {statistics.median(waits):.0f} ms, "
        f"worst {max(waits):.0f} ms, of which sending and looking {statistics.median(looks):.0f} ms and more"
    )


if __name__ == "__main__":
    main()
