"""`kotozoe clean`: removes cached subtitle files that no player shows."""

from __future__ import annotations

import argparse

from kotozoe.cli.call import Call, Commands, print_line

_MAX_DAYS = 100_000


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("clean", parents=[common], help="remove subtitle files that no player shows")
    parser.add_argument("--unused", type=days, default=0.0, metavar="DAYS", help="only those unused for so many days")
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    from kotozoe.app.fetch import clean

    cleaned = clean(call.config, args.unused * 86_400)
    files = "1 file" if cleaned.files == 1 else f"{cleaned.files} files"
    print_line(f"{files} removed, {_megabytes(cleaned.size)}; {_megabytes(cleaned.left)} are left")
    return 0


def days(text: str) -> float:
    """Return a number of days that makes sense. Raises ArgumentTypeError."""
    try:
        count = float(text)
    except ValueError:
        count = -1.0
    if not 0 <= count < _MAX_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 0 to {_MAX_DAYS:,}")
    return count


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
