"""All commands and their arguments; help, completions and the man page are made from this parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import kotozoe
from kotozoe.cli import (
    choose,
    clean,
    completion,
    config,
    doctor,
    explain,
    fetch,
    identify,
    install,
    login,
    pins,
    run,
    status,
    sync,
    uninstall,
)
from kotozoe.cli.arguments import Parser

_COMMANDS = (
    *(run, identify, explain, status, choose, fetch, clean, sync),
    *(config, pins, login, install, uninstall, doctor, completion),
)
_EXIT_CODES = (
    "exit codes: 0 done; 1 nothing resolved, or the daemon is not running; 2 mistake in command or config; 3 trouble"
)


def parser() -> Parser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="the config file (else KOTOZOE_CONFIG, else the usual place)")
    common.add_argument("--debug", action="store_true", help="log every detail to standard error")
    whole = Parser(
        "kotozoe", description="The right Japanese subtitle from Jimaku, in mpv.", epilog=_EXIT_CODES, parents=[common]
    )
    whole.add_argument("--version", action="version", version=f"kotozoe {kotozoe.__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for command in _COMMANDS:
        own = command.add_parser(commands, common)
        own.set_defaults(run_command=command.run, whole_parser=whole, own_parser=own)
    return whole


def parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of a command line; ends the program where they make no sense, or ask for help."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["help"]:  # as people try it
        words = [*words[1:2], "--help"]
    whole = parser()
    args, rest = whole.parse_known_args(words)
    if rest:
        getattr(args, "own_parser", whole).refuse(rest)
    if args.command is None:
        whole.print_help()
        whole.exit(2)
    return args
