"""`kotozoe uninstall`: takes away what `install` put there."""

from __future__ import annotations

import argparse
import shutil
from contextlib import suppress

from kotozoe.cli.call import NOTHING, Call, Commands, print_line
from kotozoe.cli.install_steps import print_steps
from kotozoe.desktop import systemd
from kotozoe.desktop.install import carry_out, forget, plan_removal, read_manifest
from kotozoe.printable import printable
from kotozoe.settings.places import places


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("uninstall", parents=[common], help="remove what install put in place")
    parser.add_argument("--purge", action="store_true", help="also remove the cache and the state")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    return parser


def run(args: argparse.Namespace, _: Call) -> int:
    at = places()
    manifest = read_manifest(at.installed)
    steps = plan_removal(manifest)
    if not manifest.files and not args.purge:
        print_line("Nothing is installed that `kotozoe install` put there")
        return NOTHING
    print_steps(steps, dry=args.dry_run)
    purged = [folder for folder in (at.cache, at.state) if args.purge and folder.exists()]
    for folder in purged:
        print_line(f"{printable(str(folder))}: {'would be ' if args.dry_run else ''}removed")
    if args.dry_run:
        return 0
    if systemd.is_there():
        systemd.stop()
    carry_out(steps, manifest, at.installed)
    forget(manifest, at.installed)
    systemd.reload()
    for folder in purged:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (at.config.parent, at.data, at.cache, at.state):
        with suppress(OSError):  # it is not empty, or not there
            folder.rmdir()
        if folder.exists():
            print_line(f"left: {printable(str(folder))}")
    return 0
