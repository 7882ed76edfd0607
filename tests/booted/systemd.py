"""The user's own systemd: programs that run with some lines of a unit, and units that come and go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.live.home import Home

UNIT = Path(__file__).parents[2] / "systemd" / "kotozoe.service"
PROGRAM = "%h/.local/bin/kotozoe"


@cache
def missing() -> str:
    """Return why nothing of this can be told here, or ""."""
    if shutil.which("systemd-run") is None:
        return "systemd is not here"
    asked = ["systemctl", "--user", "show", "--property=Version"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
    return "" if done.returncode == 0 else f"this user has no running systemd ({done.stderr.strip()[:80]})"


def controllers() -> set[str]:
    """Return what the user's systemd may bound; nothing where the machine has the old control groups."""
    told = Path(f"/sys/fs/cgroup/user.slice/user-{os.getuid()}.slice/user@{os.getuid()}.service/cgroup.controllers")
    return set(told.read_text().split()) if told.exists() else set()


def lines() -> list[str]:
    """Return what the unit says of the service, line by line."""
    told = [line for line in UNIT.read_text().splitlines() if "=" in line and not line.startswith("#")]
    begin = next(i for i, line in enumerate(told) if line.startswith("Type="))
    return [line for line in told[begin:] if not line.startswith("WantedBy=")]


def run(properties: Sequence[str], *words: str, seconds: float = 60.0) -> tuple[int, str]:
    """Run a program as a unit with these properties; return its exit code and what it printed."""
    chosen = [f"--property={line}" for line in properties]
    done = subprocess.run(
        ["systemd-run", "--user", "--wait", "--pipe", "--collect", "--quiet", *chosen, "--", *words],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def python(properties: Sequence[str], code: str) -> str:
    """Run a piece of Python so; return what it printed, or how it ended."""
    code_of_end, told = run(properties, sys.executable, "-c", code)
    return told.strip() if code_of_end == 0 else f"ended by {code_of_end}: {told.strip()[-200:]}"


def ask(*words: str) -> str:
    return subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False).stdout.strip()


def journal() -> str:
    return subprocess.run(["journalctl", "--user", "-n30"], capture_output=True, text=True, check=False).stdout


def environment(home: Home) -> list[str]:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    return [f"Environment={name}={home.environ[name]}" for name in (*names, "PATH")]


def installed(home: Home) -> str:
    """Return the unit as it is installed, but for a home of its own."""
    told = UNIT.read_text().replace(f"{PROGRAM} run", f"{sys.executable} -m kotozoe run")
    return told.replace("[Install]", "\n".join([*environment(home), "", "[Install]"]))


@contextmanager
def unit(name: str, text: str) -> Iterator[Callable[[str], str]]:
    """Have systemd know a unit; yields what asks for one of its properties. It is stopped and gone at the end."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.service"
    file.write_text(text)
    try:
        ask("daemon-reload")
        yield lambda wanted: ask("show", "--value", f"--property={wanted}", file.name)
    finally:
        ask("stop", file.name)
        ask("reset-failed", file.name)
        file.unlink()
        ask("daemon-reload")


def wait(enough: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not enough():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.02)
