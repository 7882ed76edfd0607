"""`kotozoe completion`: completions for a shell, made from the parser of the commands."""

from __future__ import annotations

import argparse
import sys

from kotozoe.cli.call import Call, Commands


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("completion", parents=[common], help="print completions for a shell")
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
    return parser


def run(args: argparse.Namespace, _: Call) -> int:
    import shtab

    parser: argparse.ArgumentParser = args.whole_parser
    sys.stdout.write(shtab.complete(parser, args.shell))
    return 0
