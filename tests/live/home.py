"""A home of its own for the real daemon and real players: config, cache, state and runtime folder in one place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.fakes import Servers
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv

PATIENCE = 60.0  # a busy machine is slow; what works does not wait for it


class Home:
    """Everything that kotozoe reads and writes lies below `root`."""

    def __init__(self, root: Path, servers: Servers) -> None:
        self.root = root
        self.runtime = root / "run"
        self.config = root / "config" / "kotozoe" / "config.toml"
        self.status_file = root / "state" / "kotozoe" / "status.json"
        self.runtime.mkdir(mode=0o700, parents=True)
        self.config.parent.mkdir(parents=True)
        self.key_file = root / "key"
        self.key_file.write_text(servers.jimaku_key)
        self.key_file.chmod(0o600)
        self.configure(servers)

    @property
    def environ(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KOTOZOE_"))},
            "HOME": str(self.root),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "XDG_STATE_HOME": str(self.root / "state"),
            "XDG_DATA_HOME": str(self.root / "data"),
            "XDG_RUNTIME_DIR": str(self.runtime),
        }

    def configure(self, servers: Servers, more: str = "") -> None:
        """Write a config that knows the stand-in servers only."""
        urls = servers.urls()
        self.config.write_text(
            f'[jimaku]\nurl = "{urls["jimaku"]}"\napi_key_file = "{self.key_file}"\n'
            f'[anilist]\nurl = "{urls["anilist"]}"\n'
            f'[relations]\nurl = "{urls["relations"]}"\n'
            f'[seasons]\nurl = "{urls["seasons"]}"\n'
            f'[titles]\nurl = "{urls["titles"]}"\n{more}'
        )

    @contextmanager
    def daemon(self, *, debug: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """Run the real daemon; it is ready when the block begins. Its log goes to `daemon.log`."""
        arguments = [sys.executable, "-m", "kotozoe", "run", *(["--debug"] if debug else [])]
        with (self.root / "daemon.log").open("ab") as log:
            process = subprocess.Popen(arguments, env=self.environ, stdin=subprocess.DEVNULL, stderr=log, cwd=self.root)
        try:
            self.wait(lambda told: told.get("pid") == process.pid)
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()

    def command(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one kotozoe command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "kotozoe", *arguments],
            env=self.environ,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def put(self, video: Path, name: str) -> Path:
        """Return the test video under a name of its own."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.hardlink_to(video)
        return path

    @contextmanager
    def playing(self, *arguments: str | Path, stdin: Path = Path(os.devnull)) -> Iterator[Ipc]:
        """Run mpv with its script, and a connection of our own to it."""
        socket = self.root / f"test-{len(list(self.root.glob('test-*.sock')))}.sock"
        with Mpv(self.runtime, [f"--input-ipc-server={socket}", *arguments], stdin=stdin):
            player = Ipc(socket)
            try:
                yield player
            finally:
                player.close()

    def status(self) -> dict[str, Any]:
        """Return the daemon's status as it is now; empty while there is none."""
        try:
            told = json.loads(self.status_file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def wait(self, enough: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the status is as wanted; nothing else tells of it across processes."""
        until = time.monotonic() + seconds
        while not enough(told := self.status()):
            if time.monotonic() > until:
                raise AssertionError(f"not in {seconds} s; status: {told}; log: {self.log()[-3000:]}")
            time.sleep(0.01)
        return told

    def steps(self, name: str) -> list[str]:
        """Return the steps told so far of the newest playback of this name."""
        found = [playback for playback in self.status().get("playbacks", ()) if playback["name"] == name]
        return [step["step"] for step in found[-1]["steps"]] if found else []

    def wait_step(self, name: str, step: str, seconds: float = PATIENCE) -> None:
        self.wait(lambda _: step in self.steps(name), seconds)

    def log(self) -> str:
        try:
            return (self.root / "daemon.log").read_text("utf-8", "replace")
        except OSError:
            return ""
