"""install, uninstall, doctor: kotozoe at home on this desktop."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kotozoe.cli.words import NOTHING, Call, print_line
from kotozoe.desktop import systemd
from kotozoe.desktop.doctor import examine
from kotozoe.desktop.install import (
    Step,
    carry_out,
    forget,
    plan,
    plan_removal,
    program,
    read_manifest,
    share,
    wanted,
)
from kotozoe.desktop.mpv_config_dirs import Home, mpv_homes, read_only, snippet
from kotozoe.printable import printable
from kotozoe.settings.places import places

_DONE = {
    "write": "written",
    "replace": "replaced by this version's",
    "keep": "as it should be",
    "remove": "removed",
    "leave": "changed by you, and left as it is",
}
_PLANNED = {"write": "would be written", "replace": "would be replaced by this version's", "remove": "would be removed"}


def settle(args: argparse.Namespace, call: Call) -> int:
    """Run `install` or `uninstall`."""
    return _install(args, call) if args.command == "install" else _uninstall(args)


def _install(args: argparse.Namespace, call: Call) -> int:
    homes, words, kept = mpv_homes(), program(), places().installed
    _tell_homes(homes, words[0])
    manifest = read_manifest(kept)
    starts = [*words, *(["--config", str(call.config)] if call.config != places().config else [])]
    steps = plan(wanted(homes, starts, os.environ, Path.home()), manifest)
    _tell(steps, dry=args.dry_run)
    if args.dry_run:
        return 0
    carry_out(steps, manifest, kept)
    if not systemd.is_there():
        print_line(
            "There is no systemd for this user: have `kotozoe run` started by your desktop, or by mpv itself with"
        )
        print_line("start=yes in script-opts/kotozoe.conf")
    elif not args.no_start:
        systemd.reload()
        print_line(
            "The service runs." if systemd.start() else "The service does not start: journalctl --user -u kotozoe"
        )
    return 0


def _uninstall(args: argparse.Namespace) -> int:
    at = places()
    manifest = read_manifest(at.installed)
    steps = plan_removal(manifest)
    if not manifest.files and not args.purge:
        print_line("Nothing is installed that `kotozoe install` put there")
        return NOTHING
    _tell(steps, dry=args.dry_run)
    if args.dry_run:
        return 0
    if systemd.is_there():
        systemd.stop()
    carry_out(steps, manifest, at.installed)
    forget(manifest, at.installed)
    systemd.reload()
    if args.purge:
        for folder in (at.cache, at.state):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in (at.config.parent, at.data, at.cache, at.state):
        with suppress(OSError):  # it is not empty, or not there
            folder.rmdir()
        if folder.exists():
            print_line(f"left: {printable(str(folder))}")
    return 0


def doctor(_: argparse.Namespace, call: Call) -> int:
    """Print what is found; 1 if something grave is among it."""
    grave = False
    for finding in examine(places(call.config), lambda: call.app().network(call.config)):
        mark = "ok " if not finding.fix else "BAD" if finding.grave else "!  "
        print_line(f"{mark} {finding.name}: {printable(finding.said, 300)}")
        for line in finding.fix.splitlines():
            print_line(f"      {printable(line, 300)}")
        grave = grave or bool(finding.fix and finding.grave)
    return NOTHING if grave else 0


def _tell_homes(homes: Sequence[Home], typed: str) -> None:
    for home in homes:
        if home.folder is None:
            print_line(f"{home.name} is not served: {home.said}")
        elif hindered := read_only(home.folder / "scripts"):
            print_line(f"{home.name} is not served, as {printable(hindered)}. With home-manager, add:")
            print_line(snippet(share(), typed))
        else:
            print_line(f"{home.name} is served{f': {home.said}' if home.said else ''}")


def _tell(steps: Sequence[Step], *, dry: bool) -> None:
    words = _DONE | _PLANNED if dry else _DONE
    for step in steps:
        print_line(f"{printable(str(step.path))}: {words[step.action]}")
        for line in step.diff.splitlines():
            print_line(f"  {printable(line, 200)}")
