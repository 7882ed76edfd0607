"""fetch and clean: the subtitles of a whole library."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kotozoe.app.library_fetch import Order
from kotozoe.cli.progress import Teller, live_display
from kotozoe.cli.questions import verdict_record
from kotozoe.cli.words import NOTHING, App, Call, print_line
from kotozoe.model import Verdict

if TYPE_CHECKING:
    from kotozoe.app.library_fetch import Result


def tend(args: argparse.Namespace, call: Call) -> int:
    """Run the one of them that was asked for."""
    if args.command == "fetch":
        return fetch(call.app(), call.config, Order(args.paths, args.sidecar, args.dry_run), as_json=args.json)
    return clean(call.app(), call.config, args.unused)


def fetch(app: App, config: Path, order: Order, *, as_json: bool) -> int:
    teller = Teller(result_record, as_json=as_json, display=live_display())
    whole = False
    try:
        app.fetch(config, order, teller)
        whole = True
    finally:
        teller.close(whole=whole)
    got = sum(count for outcome, count in teller.outcomes.items() if outcome != "left out")
    return 0 if got or not teller.outcomes else NOTHING


def result_record(result: Result) -> dict[str, object]:
    """Return what `fetch --json` says of one video; these keys are a promise."""
    told = verdict_record(result.path, result.verdict or Verdict("skipped", result.why))
    return {**told, "outcome": result.outcome, "file": result.file or None, "why": result.why}


def clean(app: App, config: Path, days: float) -> int:
    cleaned = app.clean(config, days * 86_400)
    print_line(f"{cleaned.files} files removed, {_megabytes(cleaned.size)}; {_megabytes(cleaned.left)} are left")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
