"""The folders in which every mpv announces itself: one small file a player, named at random.

Not by its pid: sandboxed players have pids of their own namespace, which repeat.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kotozoe.errors import PlayerError, PlayerGone, UserError
from kotozoe.player.messages import text, track_id
from kotozoe.player.probe import ask, check_folder
from kotozoe.printable import printable
from kotozoe.safe_files import opened

_MAX_BYTES = 4096
_ANNOUNCEMENT = re.compile(r"[0-9a-f]{1,32}\.json")
_LEFTOVER = re.compile(r"mpv-[0-9]+-[0-9a-f]+\.sock|\.[0-9a-f]+\.json\.tmp")
_NEW_SECONDS = 1.0
_SETTLED_SECONDS = 10.0
_SESSIONS = Path("/run/user")

FLATPAKS = {
    "io.mpv.Mpv": "mpv",
    "io.github.celluloid_player.Celluloid": "Celluloid",
    "com.github.iwalton3.jellyfin-mpv-shim": "jellyfin-mpv-shim",
}
"""Players on Flathub that load scripts, by the id of the application."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An mpv and its socket, as announced in `file`; whether it is so is found out at the socket."""

    file: Path
    pid: int
    socket: Path


def runtime_folder(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform, run: Path | None = None
) -> Path | None:
    """Return where players announce themselves, None where there is no place for it; kotozoe.lua has the same rule.

    Without XDG_RUNTIME_DIR, as after `su`, it is in the folder that systemd makes for a user, in `run` or /run/user.
    """
    named = environ.get("XDG_RUNTIME_DIR") or (environ.get("TMPDIR") if platform == "darwin" else None)
    base = Path(named) if named else (run or _SESSIONS) / str(os.getuid())
    return base / "kotozoe" if base.is_absolute() and (named or _is_ours(base)) else None


def sandbox_folders(runtime: Path | None, home: Path) -> tuple[Path, ...]:
    """Return where the players of installed Flatpaks announce themselves.

    Flatpak shares app/ID in the runtime folder with the sandbox, whatever the application's permissions.
    """
    if runtime is None:
        return ()
    return tuple(runtime.parent / "app" / app / runtime.name for app in FLATPAKS if flatpak_is_installed(app, home))


def flatpak_is_installed(app: str, home: Path) -> bool:
    """Tell whether it is installed for this user or for all, or was started once."""
    places = (home / ".var/app", home / ".local/share/flatpak/app", Path("/var/lib/flatpak/app"))
    return any((place / app).is_dir() for place in places)


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def prepare(folder: Path, *, make: bool = True) -> None:
    """Make the folder if it is missing. Raises UserError if it cannot be, or is not ours alone.

    Without `make`, a missing one is left to whoever announces itself there.
    """
    if not make and not folder.exists():
        return
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        check_folder(folder, ours=True)
    except (OSError, PlayerGone) as error:
        raise UserError(f"The folder {printable(str(folder))}, for mpv's sockets, cannot be used: {error}") from None


def read_all(folder: Path) -> dict[Path, Announcement]:
    """Return what is announced now, by file; what is no announcement is passed over."""
    try:
        files = [file for file in folder.iterdir() if _ANNOUNCEMENT.fullmatch(file.name)]
    except OSError:
        return {}
    return {file: found for file in files if (found := _read(file))}


def _read(file: Path) -> Announcement | None:
    try:
        with opened(file, links=False) as stream:
            if os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            data = json.loads(stream.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    pid, path = (track_id(data.get("pid")), text(data.get("socket"))) if isinstance(data, dict) else (None, "")
    if pid is None or not path.startswith("/") or not _is_name(path):
        return None
    return Announcement(file, pid, Path(path))


def _is_name(path: str) -> bool:
    """Tell whether the system can have a file of that name."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def alive(pid: int) -> bool:
    """Tell whether the process exists."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return pid > 0


def is_new(found: Announcement, now: float) -> bool:
    """Tell whether this was announced within the last second."""
    return now - _modified(found.file) < _NEW_SECONDS


def withdraw(stale: Announcement) -> None:
    """Remove the announcement of a player that is no more, and its socket if it is in our folder."""
    if _read(stale.file) != stale:  # another has written its own there
        return
    with suppress(OSError):
        stale.file.unlink()
        if stale.socket.parent == stale.file.parent and stat.S_ISSOCK(stale.socket.lstat().st_mode):
            stale.socket.unlink()


async def sweep(folder: Path, clock: Callable[[], float] = time.time) -> None:
    """Remove the leftovers of players that were killed before, or while, they announced themselves."""
    for path in _leftovers(folder, clock() - _SETTLED_SECONDS):
        if path.suffix != ".sock" or not await listens(path):
            with suppress(OSError):
                path.unlink()


def _leftovers(folder: Path, before: float) -> list[Path]:
    announced = {found.socket for found in read_all(folder).values()}
    found = [path for path in folder.iterdir() if _LEFTOVER.fullmatch(path.name) and path not in announced]
    return [path for path in found if _modified(path) < before]


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:  # its owner was quicker
        return math.inf


async def listens(path: Path) -> bool:
    """Tell whether a process listens at a socket, even if it refuses us."""
    try:
        await ask(path, ())
    except PlayerGone:
        return False
    except (PlayerError, UserError):
        pass
    return True
