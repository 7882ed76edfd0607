"""The homes of mpv: every place where an mpv of this user looks for scripts, or why it cannot be served."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SNIPPET = """\
home.file."{config}/mpv/scripts/kotozoe.lua".source = {share}/mpv-scripts/kotozoe.lua;
systemd.user.services.kotozoe = {{
  Unit.Description = "Japanese subtitles from Jimaku for mpv";
  Service = {{ Type = "notify"; ExecStart = "{program} run"; Restart = "on-failure"; }};
  Install.WantedBy = [ "default.target" ];
}};"""


_FLATPAKS = {
    "io.mpv.Mpv": "mpv",
    "io.github.celluloid_player.Celluloid": "Celluloid",
    "com.github.iwalton3.jellyfin-mpv-shim": "jellyfin-mpv-shim",
}


@dataclass(frozen=True, slots=True)
class Home:
    """`folder` holds scripts/ and script-opts/, and is None for one that is not served. `said` is one sentence."""

    name: str
    folder: Path | None
    said: str = ""


def config_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return where this user's programs keep their settings: mpv goes by XDG on macOS too."""
    named = environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else home / ".config"


def mpv_homes(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> list[Home]:
    """Return mpv's own home first, then those of what else is there."""
    home = home or Path.home()
    config = config_folder(environ, home)
    return [_own(environ, home, config), *_others(home, config)]


def _own(environ: Mapping[str, str], home: Path, config: Path) -> Home:
    if named := environ.get("MPV_HOME"):
        return Home("MPV_HOME", Path(named), "MPV_HOME must be set for mpv, too, when it starts")
    if (home / ".mpv").is_dir() and not (config / "mpv").is_dir():
        return Home("mpv", home / ".mpv", "the old ~/.mpv is still in use, and served")
    return Home("mpv", config / "mpv", "umpv and what else starts mpv share it")


def _others(home: Path, config: Path) -> Iterator[Home]:
    for app, name in _FLATPAKS.items():
        if (home / ".var" / "app" / app).is_dir():
            yield Home(f"{name} from Flatpak", None, f"its sandbox hides its socket: use the distribution's {name}")
    for snap in ("mpv", "celluloid"):
        if (home / "snap" / snap).is_dir():
            said = "its sandbox may neither show its socket nor read the subtitles: use another"
            yield Home(f"{snap} from Snap", None, said)
    if (config / "celluloid").is_dir():
        yield Home("Celluloid", config / "celluloid", "it loads mpv's scripts from there")
    if (config / "jellyfin-mpv-shim").is_dir():
        yield Home(
            "jellyfin-mpv-shim",
            config / "jellyfin-mpv-shim",
            "it plays addresses: what is played is read from the title that Jellyfin gives (not tried)",
        )


def read_only(folder: Path) -> str:
    """Return why nothing can be put into `folder`, there or not, or ""."""
    at = next(path for path in (folder, *folder.parents) if path.exists())
    if str(at.resolve()).startswith("/nix/store/"):
        return f"{at} belongs to NixOS"
    return "" if os.access(at, os.W_OK | os.X_OK) else f"{at} is read-only"


def snippet(share: Path, program: str) -> str:
    """Return what to add where a home is managed by home-manager."""
    return SNIPPET.format(config=".config", share=share, program=program)
