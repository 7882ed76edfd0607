"""The homes of mpv: every place where a player of this user looks for scripts, or why it cannot be served."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kotozoe.player.announcement import FLATPAKS, flatpak_is_installed
from kotozoe.safe_files import opened

SNIPPET = """\
home.file."{config}/mpv/scripts/kotozoe.lua".source = {share}/mpv-scripts/kotozoe.lua;
systemd.user.services.kotozoe = {{
  Unit.Description = "Japanese subtitles from Jimaku for mpv";
  Service = {{ Type = "notify"; ExecStart = "{program} run"; Restart = "on-failure"; }};
  Install.WantedBy = [ "default.target" ];
}};"""


_READS_HOME = frozenset({"io.mpv.Mpv"})  # of the Flatpaks: which may read all of the user's files
_ALL_USERS = Path("/etc/mpv")
_UNITS = (Path("/usr/lib/systemd/user"), Path("/lib/systemd/user"))
_MAX_INI = 1 << 20
# Programs that show video by libmpv without scripts or a socket, by the name of their executable and config folder.
_WITHOUT_IPC = {"haruna": "Haruna"}


@dataclass(frozen=True, slots=True)
class Home:
    """Where one player looks for scripts. `folder` holds scripts/ and script-opts/, and is None where nothing is put.

    `said` is one sentence; where it is not `served`, why not or what the user has to do.
    """

    name: str
    folder: Path | None
    said: str = ""
    served: bool = True
    packaged: bool = False  # what belongs there came with a package, for all users


def config_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return where this user's programs keep their settings: mpv goes by XDG on macOS too."""
    named = environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else home / ".config"


def mpv_homes(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> list[Home]:
    """Return mpv's own home first, then those of what else is there."""
    home = home or Path.home()
    config = config_folder(environ, home)
    return [_own(environ, home, config), *_others(environ, home, config)]


def packaged_unit() -> Path | None:
    """Return the unit that a package of the distribution brought, None if there is none."""
    return next((place / "kotozoe.service" for place in _UNITS if (place / "kotozoe.service").exists()), None)


def _own(environ: Mapping[str, str], home: Path, config: Path) -> Home:
    if (_ALL_USERS / "scripts" / "kotozoe.lua").exists():
        return Home("mpv", _ALL_USERS, "the script came by a package, for all users", packaged=True)
    if named := environ.get("MPV_HOME"):
        return Home("MPV_HOME", Path(named), "MPV_HOME must be set for mpv, too, when it starts")
    if (home / ".mpv").is_dir() and not (config / "mpv").is_dir():
        return Home("mpv", home / ".mpv", "the old ~/.mpv is still in use, and served")
    return Home("mpv", config / "mpv", "umpv and other programs that start mpv use this folder, too")


def _others(environ: Mapping[str, str], home: Path, config: Path) -> Iterator[Home]:
    yield from _sandboxed(home)

    def uses(name: str) -> bool:
        return (config / name).is_dir() or shutil.which(name, path=environ.get("PATH", "")) is not None

    for name, shown in (("celluloid", "Celluloid"), ("memento", "Memento"), ("jellyfin-mpv-shim", "jellyfin-mpv-shim")):
        if uses(name):
            yield Home(shown, config / name, "it loads mpv's scripts from there")
    if uses("smplayer"):
        yield _smplayer(environ, home, config)
    for name, shown in _WITHOUT_IPC.items():
        if uses(name):
            yield Home(shown, None, "it neither loads scripts nor opens a socket: use mpv itself", served=False)


def _sandboxed(home: Path) -> Iterator[Home]:
    for app, name in FLATPAKS.items():
        if flatpak_is_installed(app, home):
            folder = home / ".var" / "app" / app / "config" / ("mpv" if app == "io.mpv.Mpv" else name.lower())
            said = "they meet in what Flatpak shares with it"
            if app not in _READS_HOME:
                said += f"; let it read the subtitles: flatpak override --user --filesystem=xdg-cache/kotozoe:ro {app}"
            yield Home(f"{name} from Flatpak", folder, said)
    for snap in ("mpv", "celluloid"):
        if (home / "snap" / snap).is_dir():
            said = "its sandbox may neither show its socket nor read the subtitles: use another"
            yield Home(f"{snap} from Snap", None, said, served=False)


def _smplayer(environ: Mapping[str, str], home: Path, config: Path) -> Home:
    """SMPlayer starts mpv without its config; its own settings can name a script all the same."""
    own = _own(environ, home, config).folder
    option = f"--script={own}/scripts/kotozoe.lua"
    try:
        with opened(config / "smplayer" / "smplayer.ini") as options:
            served = b"kotozoe.lua" in options.read(_MAX_INI)
    except OSError:
        served = False
    if served:
        return Home("SMPlayer", None, "its options name the script")
    said = f"add {option} to its options: Preferences, Advanced, mpv"
    return Home("SMPlayer", None, said, served=False)


def read_only(folder: Path) -> str:
    """Return why nothing can be put into `folder`, there or not, or ""."""
    at = next(path for path in (folder, *folder.parents) if path.exists())
    if str(at.resolve()).startswith("/nix/store/"):
        return f"{at} belongs to NixOS"
    return "" if os.access(at, os.W_OK | os.X_OK) else f"{at} is read-only"


def snippet(share: Path, program: str) -> str:
    """Return what to add where a home is managed by home-manager."""
    return SNIPPET.format(config=".config", share=share, program=program)
