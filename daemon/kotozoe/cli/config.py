"""`kotozoe config`: shows and checks the settings, or writes a config."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from kotozoe.cli.call import NOTHING, Call, Commands, print_line
from kotozoe.cli.private_file import write_private
from kotozoe.printable import printable
from kotozoe.settings.load import load
from kotozoe.settings.written import commented, shown


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("config", parents=[common], help="show and check the settings, or write a config")
    parser.add_argument(
        "action",
        choices=("init", "check", "show", "path"),
        help="init: write one with every default; check: name its mistakes; show: what is in force; path: where it is",
    )
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    """Run `config init|check|show|path`."""
    if args.action == "path":
        print_line(str(call.config))
    elif args.action == "init":
        return _init(call.config)
    else:
        settings = load(call.config)
        said = "is fine" if call.config.exists() else "does not exist: the defaults are in force"
        print_line(shown(settings).rstrip() if args.action == "show" else f"{printable(str(call.config))} {said}")
    return 0


def _init(file: Path) -> int:
    if os.path.lexists(file):
        print_line(f"{printable(str(file))} is there already, and left as it is")
        return NOTHING
    write_private(file, commented())
    print_line(f"{printable(str(file))} is written: every key with its default, nothing changed yet")
    return 0
