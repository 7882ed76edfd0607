"""Puts the man page into the wheel, made from the parser of the commands: it says what this version does."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPage(BuildHookInterface):
    """Not for an editable install, which has no place for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        from argparse_manpage.manpage import Manpage  # noqa: PLC0415 - an editable install goes without it

        package = Path(self.root, "daemon")
        sys.path.insert(0, str(package))
        # by its path: the package of the commands would import what is not there while building
        spec = importlib.util.spec_from_file_location("parser", package / "kotozoe" / "cli" / "parser.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("daemon/kotozoe/cli/parser.py")
        room = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(room)
        self._folder = tempfile.TemporaryDirectory()
        page = Path(self._folder.name, "kotozoe.1")
        page.write_text(str(Manpage(room.parser())), encoding="utf-8")
        build_data["shared_data"][str(page)] = "share/man/man1/kotozoe.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        del build_data, artifact_path
        if version != "editable":
            self._folder.cleanup()
