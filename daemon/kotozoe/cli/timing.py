"""sync: does a subtitle fit its video, and if not, can it be made to?"""

from __future__ import annotations

import argparse

from kotozoe.cli.words import Call, print_line

_CODES = {"fits": 0, "unclear": 1, "retime": 4, "different": 5}


def sync(args: argparse.Namespace, call: Call) -> int:
    """Say what was found and done; the exit code says the same."""
    synced = call.app().sync(call.config, args.video, args.subtitle, dry_run=args.dry_run, by_sound=args.by_sound)
    print_line(synced.sentence)
    return _CODES[synced.status]
