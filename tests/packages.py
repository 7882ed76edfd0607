"""Builds the .deb for the Debian that this runs on; with --try installs it, plays a video with it, and takes it away.

    ./dev deb            the file, in dist/
    ./dev deb --try      and what comes of it: the whole machine is changed for a minute, by apt-get and sudo

Everything that is tried is the package's: the program with the distribution's Python, the script in mpv's folder for
all users, the service's unit. Exit code 0 only if all went well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.mpv import make_video

ROOT = Path(__file__).parents[1]
PROGRAM = Path("/usr/bin/kotozoe")
VIDEO = "[Hayate] Kaze no Renshuu - 04 (1080p).mkv"
INSTALLED = (
    PROGRAM,
    Path("/usr/lib/systemd/user/kotozoe.service"),
    Path("/etc/mpv/scripts/kotozoe.lua"),
    Path("/etc/systemd/user/default.target.wants/kotozoe.service"),
    Path("/usr/share/man/man1/kotozoe.1.gz"),
)


def main(arguments: Sequence[str]) -> int:
    file = _run(ROOT / "packaging/debian/build.sh", "dist").strip()
    print(f"built {file}, {Path(file).stat().st_size / 1e6:.1f} MB")
    if "--try" not in arguments:
        return 0
    _as_root("apt-get", "install", "-y", "-qq", "--no-install-recommends", str(ROOT / file))
    try:
        missing = [str(path) for path in INSTALLED if not path.exists()]
        if missing:
            raise SystemExit(f"not installed: {', '.join(missing)}")
        print(_run(PROGRAM, "--version").strip())
        with tempfile.TemporaryDirectory(prefix="kotozoe-deb-") as place:
            _play(Path(place))
    finally:
        _as_root("apt-get", "purge", "-y", "-qq", "kotozoe")
    left = [str(path) for path in (*INSTALLED, Path("/usr/lib/kotozoe")) if os.path.lexists(path)]
    if left:
        raise SystemExit(f"left behind: {', '.join(left)}")
    print("purged, and nothing is left")
    return 0


def _play(place: Path) -> None:
    """Play a video with nothing but the package, the distribution's mpv and stand-in servers."""
    with serve(World.small()) as servers:
        home = Home(place / "home", servers)
        video = make_video(home.root / VIDEO)
        told = subprocess.run(
            [PROGRAM, "install", "--dry-run"], env=home.environ, capture_output=True, text=True, check=False
        )
        if "by a package" not in told.stdout or "would be written" in told.stdout:
            raise SystemExit(f"install does not see the package:\n{told.stdout}{told.stderr}")
        daemon = subprocess.Popen([PROGRAM, "run"], env=home.environ)
        player = subprocess.Popen(["mpv", "--vo=null", "--ao=null", "--no-terminal", video], env=home.environ)
        try:
            home.wait_step(VIDEO, "selected")
            print(f"played {VIDEO}: {', '.join(home.steps(VIDEO))}")
        finally:
            for process in (player, daemon):
                process.send_signal(signal.SIGTERM)
                process.wait()


def _as_root(*words: str) -> None:
    print("+", *words, flush=True)
    root = [] if os.geteuid() == 0 else ["sudo"]
    environ = ["env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*root, *environ, *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _run(*words: str | Path) -> str:
    return subprocess.run([*map(str, words)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
