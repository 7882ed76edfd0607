"""`kotozoe fetch`: the subtitles of files and whole folders."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kotozoe.cli.call import NOTHING, Call, Commands, file_name
from kotozoe.cli.progress import Teller, live_display
from kotozoe.cli.verdict_record import verdict_record
from kotozoe.model import Verdict

if TYPE_CHECKING:
    from kotozoe.app.library_fetch import Result


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("fetch", parents=[common], help="fetch the subtitles of files and whole folders")
    parser.add_argument("--sidecar", action="store_true", help="put them beside the videos; never replaces anything")
    parser.add_argument("--dry-run", action="store_true", help="say what would be asked for; fetch nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, one for each video")
    parser.add_argument("paths", nargs="+", type=file_name, metavar="PATH", help="a video file or a folder")
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    from kotozoe.app.fetch import fetch
    from kotozoe.app.library_fetch import Order

    order = Order(args.paths, args.sidecar, args.dry_run)
    teller = Teller(result_record, as_json=args.json, display=live_display())
    whole = False
    try:
        fetch(call.config, order, teller)
        whole = True
    finally:
        teller.close(whole=whole)
    got = sum(count for outcome, count in teller.outcomes.items() if outcome != "left out")
    return 0 if got or not teller.outcomes else NOTHING


def result_record(result: Result) -> dict[str, object]:
    """Return what `fetch --json` says of one video; these keys are a promise."""
    record = verdict_record(result.path, result.verdict or Verdict("skipped", result.why))
    return {**record, "outcome": result.outcome, "file": result.file or None, "why": result.why}
