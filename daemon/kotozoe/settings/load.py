"""The config file on disk → `Settings` with absolute paths."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kotozoe.errors import UserError
from kotozoe.printable import printable
from kotozoe.safe_files import bounded
from kotozoe.settings.parse import parse
from kotozoe.settings.places import KEY_FILE, places
from kotozoe.settings.schema import Settings

MAX_BYTES = 1 << 20


def config_path(named: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the config file: `--config` before KOTOZOE_CONFIG before the platform's place."""
    found = named or environ.get("KOTOZOE_CONFIG")
    return Path(_home(found)).absolute() if found else places().config


def load(config: Path) -> Settings:
    """Return the settings of the file, the defaults where it is missing. Raises UserError with all its problems."""
    shown = printable(str(config))
    written = _text(config, shown)
    found = parse(written)
    if not isinstance(found, Settings):
        count = "a problem" if len(found) == 1 else f"{len(found)} problems"
        raise UserError(f"The config {shown} has {count}", tuple(map(str, found)))
    return absolute(found, config.parent)


def absolute(settings: Settings, folder: Path) -> Settings:
    """Return the settings with `~` and paths relative to `folder` made absolute. Patterns only lose their `~`."""

    def place(path: str) -> str:
        return str(folder / _home(path))

    key_file = settings.jimaku.api_key_file or KEY_FILE
    watch = settings.watch
    return replace(
        settings,
        jimaku=replace(settings.jimaku, api_key_file=place(key_file)),
        watch=replace(
            watch,
            include=tuple(map(_home, watch.include)),
            exclude=tuple(map(_home, watch.exclude)),
            private=tuple(map(_home, watch.private)),
        ),
        player=replace(settings.player, sockets=tuple(map(place, settings.player.sockets))),
        folders=replace(settings.folders, paths=tuple(map(place, settings.folders.paths))),
    )


def _home(path: str) -> str:
    return os.path.expanduser(path)  # noqa: PTH111 - a pattern's trailing slash and an unknown user stay as they are


def _text(config: Path, shown: str) -> str:
    try:
        content = bounded(config, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        if config.is_dir():
            raise UserError(f"The config {shown} is a folder: name the file in it") from None
        if error.errno == errno.EFBIG:
            raise UserError(f"The config {shown} is larger than 1 MB: is it the right file?") from None
        raise UserError(
            f"The config {shown} cannot be read ({error.strerror}): mend its permissions or name another"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"line {line}: this is not UTF-8: save the file as UTF-8"
        raise UserError(f"The config {shown} has a problem", (problem,)) from None
