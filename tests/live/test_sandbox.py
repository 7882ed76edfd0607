"""mpv in a sandbox as Flatpak makes it: pids of its own, files read-only, app/ID of the runtime folder shared."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.live.home import Home
from tests.live.mpv import SCRIPT

pytestmark = [pytest.mark.live, pytest.mark.skipif(shutil.which("bwrap") is None, reason="there is no bubblewrap")]

APP = "io.mpv.Mpv"
NAMES = ("[Hayate] Kaze no Renshuu - 04 (1080p).mkv", "[Hayate] Kaze no Renshuu - 05 (1080p).mkv")


@contextmanager
def sandboxed_mpv(home: Home, config: Path, video: Path) -> Iterator[None]:
    shared, runtime = home.runtime / "app" / APP, str(home.runtime)
    sandbox = ["bwrap", "--unshare-pid", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    sandbox += ["--tmpfs", runtime, "--perms", "0700", "--dir", f"{runtime}/app", "--bind", str(shared), str(shared)]
    player = ["mpv", "--vo=null", "--ao=null", "--no-terminal", f"--config-dir={config}", str(video)]
    process = subprocess.Popen([*sandbox, *player], env={**home.environ, "FLATPAK_ID": APP})
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_two_sandboxed_players_of_the_same_pid_are_served(home: Home, video: Path) -> None:
    config = home.root / ".var/app" / APP / "config/mpv"
    (config / "scripts").mkdir(parents=True)
    (config / "scripts" / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    with home.daemon(), ExitStack() as players:
        (home.runtime / "app" / APP).mkdir(mode=0o700, parents=True)
        for name in NAMES:
            players.enter_context(sandboxed_mpv(home, config, home.put(video, name)))
        for name in NAMES:
            home.wait_step(name, "selected")
        pids = [player["pid"] for player in home.status()["players"]]
        assert len(set(pids)) == 1
        assert len(pids) == 2
