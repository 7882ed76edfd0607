"""`kotozoe sync`: does a subtitle fit its video, and if not, can it be made to?"""

from __future__ import annotations

import argparse

from kotozoe.cli.call import Call, Commands, file_name, print_line

EXIT_CODES = {"fits": 0, "unclear": 1, "retime": 4, "different": 5}
_EPILOG = "exit codes: 0 it fits; 4 it was retimed; 1 could not determine; 5 the subtitle is for a different video"


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        "sync", parents=[common], help="check a subtitle's timing, and correct it", epilog=_EPILOG
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--by-sound", action="store_true", help="rewrite it also where only the voices tell; less sure")
    parser.add_argument("video", type=file_name, metavar="VIDEO")
    parser.add_argument(
        "subtitle", type=file_name, metavar="SUBTITLE", help="rewritten in UTF-8 if that surely helps; .bak keeps it"
    )
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    """Say what was found and done; the exit code says the same."""
    from kotozoe.app.sync import sync

    synced = sync(call.config, args.video, args.subtitle, dry_run=args.dry_run, by_sound=args.by_sound)
    print_line(synced.sentence)
    return EXIT_CODES[synced.status]
