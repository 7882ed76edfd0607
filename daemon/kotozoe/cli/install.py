"""`kotozoe install`: puts mpv's script and the user service in place."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from kotozoe.cli.call import Call, Commands, print_line
from kotozoe.cli.install_steps import print_steps
from kotozoe.desktop import systemd
from kotozoe.desktop.install import carry_out, plan, program, read_manifest, share, wanted
from kotozoe.desktop.menu_key import menu_lines
from kotozoe.desktop.mpv_config_dirs import Home, mpv_homes, read_only, snippet
from kotozoe.printable import printable
from kotozoe.settings.places import places


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("install", parents=[common], help="put mpv's script and the user service in place")
    parser.add_argument("--no-start", action="store_true", help="neither enable nor start the service")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    homes, words, kept = mpv_homes(), program(), places().installed
    _tell_homes(homes, words[0])
    manifest = read_manifest(kept)
    starts = [*words, *(["--config", str(call.config)] if call.config != places().config else [])]
    steps = plan(wanted(homes, starts, os.environ, Path.home()), manifest)
    print_steps(steps, dry=args.dry_run)
    for line in menu_lines(homes):
        print_line(line)
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


def _tell_homes(homes: Sequence[Home], typed: str) -> None:
    for home in homes:
        if not home.served:
            print_line(f"{home.name} is not served: {home.said}")
        elif home.folder is None or home.packaged:
            print_line(f"{home.name} is served: {home.said}")
        elif hindered := read_only(home.folder / "scripts"):
            print_line(f"{home.name} is not served, as {printable(hindered)}. With home-manager, add:")
            print_line(snippet(share(), typed))
        else:
            print_line(f"{home.name} is served{f': {home.said}' if home.said else ''}")
