"""How the menu is opened in mpv as this user has set it up: by which key, and from which other menus."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kotozoe.desktop.mpv_config_dirs import Home
from kotozoe.safe_files import opened

KEY = "k"
COMMAND = "script-binding kotozoe/open-menu"
_MAX_BYTES = 1 << 20


def menu_lines(homes: Sequence[Home]) -> Iterator[str]:
    """Yield what to tell about the menu: its key, and what the user may add where another menu is in use."""
    folder = next((home.folder for home in homes if home.folder is not None), None)
    bindings = list(_bindings(_read(folder / "input.conf"))) if folder else []
    own = [key for key, command in bindings if command.startswith(COMMAND) and not key.startswith("#")]
    if own:
        yield f"In mpv, {own[0]} opens kotozoe's menu."
    elif other := next((command for key, command in bindings if key == KEY), ""):
        yield f'Your input.conf has {KEY} for "{other[:60]}": for kotozoe\'s menu, add a line to it such as'
        yield f"  Ctrl+{KEY} {COMMAND}"
    else:
        yield f"In mpv, {KEY} opens kotozoe's menu; a line in input.conf can give {KEY} to something else."
    if folder and _has_uosc_menu(folder) and not any(command.startswith(COMMAND) for _, command in bindings):
        yield "For an entry in uosc's menu, add to input.conf:"
        yield f"  #  {COMMAND}  #! Japanese subtitle"


def _has_uosc_menu(folder: Path) -> bool:
    """Tell whether uosc is there with a menu of the user's own: an entry would do away with its default one."""
    if not any((folder / "scripts" / name).exists() for name in ("uosc", "uosc.lua")):
        return False
    return bool(re.search(r"#(?:!|menu:)", _read(folder / "input.conf")))


def _bindings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if found := re.match(r"\s*(\S+)\s+([^#]*)", line):
            yield found[1], found[2].strip()


def _read(file: Path) -> str:
    try:
        with opened(file) as conf:
            return conf.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
