"""`kotozoe explain`: how the answer for one file comes about."""

from __future__ import annotations

import argparse
from pathlib import Path

from kotozoe.cli.call import NOTHING, Call, Commands, file_name, print_line
from kotozoe.errors import UserError
from kotozoe.printable import printable


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("explain", parents=[common], help="tell how the answer for one file comes about")
    parser.add_argument("path", type=file_name, metavar="PATH")
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    from kotozoe.app.commands import explain

    if Path(args.path).is_dir():
        raise UserError(f"{printable(args.path)} is a folder: name one video; `kotozoe fetch --dry-run` takes folders")
    explanation = explain(call.config, args.path)
    for line in explanation.lines:
        print_line(printable(line, 500))
    return 0 if explanation.verdict.status == "resolved" else NOTHING
