"""All commands and their arguments; help, completions and the man page are made from this parser."""

from __future__ import annotations

import argparse

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

_COMMANDS = (
    *(run, identify, explain, status, choose, fetch, clean, sync),
    *(config, pins, login, install, uninstall, doctor, completion),
)
_EXIT_CODES = (
    "exit codes: 0 done; 1 nothing resolved, or the daemon is not running; 2 mistake in command or config; 3 trouble"
)


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="the config file (else KOTOZOE_CONFIG, else the usual place)")
    common.add_argument("--debug", action="store_true", help="tell every detail on standard error")
    whole = argparse.ArgumentParser(
        "kotozoe", description="The right Japanese subtitle from Jimaku, in mpv.", epilog=_EXIT_CODES, parents=[common]
    )
    whole.add_argument("--version", action="version", version=f"kotozoe {kotozoe.__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add_parser(commands, common).set_defaults(run_command=command.run, whole_parser=whole)
    return whole
