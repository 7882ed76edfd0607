"""The user's systemd, asked by its own program; where there is none, nothing is there to ask."""

from __future__ import annotations

import os
import shutil
import subprocess

from kotozoe.player.announcement import runtime_folder

UNIT = "kotozoe.service"

_SECONDS = 30


def is_there() -> bool:
    """Tell whether this user has a running service manager."""
    return shutil.which("systemctl") is not None and _run("show", "--property=Version") is not None


def is_enabled() -> bool:
    return _run("is-enabled", "--quiet", UNIT) is not None


def reload() -> None:
    _run("daemon-reload")


def start() -> bool:
    """Enable the service and have the present program run; return whether that worked."""
    return _run("enable", UNIT) is not None and _run("restart", UNIT) is not None


def stop() -> None:
    _run("disable", "--now", UNIT)


def encrypted(secret: str, name: str) -> str | None:
    """Return a credential that only this user on this machine can decrypt, None where systemd cannot: before 256."""
    try:
        done = subprocess.run(
            ["systemd-creds", "encrypt", "--user", f"--name={name}", "-", "-"],
            input=secret,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _run(*words: str) -> str | None:
    """Return what systemctl says, None if it fails. After `su`, it has to be told where the user's manager is."""
    folder = runtime_folder()
    environ = os.environ | ({"XDG_RUNTIME_DIR": str(folder.parent)} if folder else {})
    command = ["systemctl", "--user", *words]
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
