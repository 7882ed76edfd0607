"""`kotozoe doctor`: looks for what is wrong, and says what mends it."""

from __future__ import annotations

import argparse

from kotozoe.cli.call import NOTHING, Call, Commands, print_line
from kotozoe.printable import printable
from kotozoe.settings.places import places


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    return commands.add_parser("doctor", parents=[common], help="look for problems, and say how to fix each")


def run(_: argparse.Namespace, call: Call) -> int:
    """Print what is found; 1 if something grave is among it."""
    from kotozoe.app.online_checks import network
    from kotozoe.desktop.doctor import examine

    grave = False
    for finding in examine(places(call.config), lambda: network(call.config)):
        mark = "ok " if not finding.fix else "BAD" if finding.grave else "!  "
        print_line(f"{mark} {finding.name}: {printable(finding.said, 300)}")
        for line in finding.fix.splitlines():
            print_line(f"      {printable(line, 300)}")
        grave = grave or bool(finding.fix and finding.grave)
    return NOTHING if grave else 0
