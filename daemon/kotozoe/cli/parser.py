"""The commands and their arguments; help, completions and the man page are made from it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import kotozoe

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # the type has no public name

_EXIT_CODES = "exit codes: 0 done; 1 nothing resolved, or no daemon runs; 2 mistake in command or config; 3 trouble"
_SYNC_CODES = "exit codes: 0 it fits; 4 it was retimed; 1 that cannot be told; 5 it is not of this video"


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="the config file (else KOTOZOE_CONFIG, else the usual place)")
    common.add_argument("--debug", action="store_true", help="tell every detail on standard error")
    parser = argparse.ArgumentParser(
        "kotozoe", description="The right Japanese subtitle from Jimaku, in mpv.", epilog=_EXIT_CODES, parents=[common]
    )
    parser.add_argument("--version", action="version", version=f"kotozoe {kotozoe.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("run", parents=[common], help="watch mpv and load subtitles, until stopped")
    _asking(commands, common)
    _fetching(commands, common)
    _keeping(commands, common)
    _installing(commands, common)
    return parser


def _asking(commands: Commands, common: argparse.ArgumentParser) -> None:
    identify = commands.add_parser("identify", parents=[common], help="say which episode a video file is")
    identify.add_argument("--json", action="store_true", help="one JSON object a line, in the order of the paths")
    identify.add_argument("paths", nargs="+", metavar="PATH", help="a video file; - reads paths from standard input")
    explain = commands.add_parser("explain", parents=[common], help="tell how the answer for one file comes about")
    explain.add_argument("path", metavar="PATH")
    status = commands.add_parser("status", parents=[common], help="say what the daemon does now")
    shape = status.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="all of it, as one JSON object")
    shape.add_argument("--watch", action="store_true", help="go on showing it until interrupted")
    choose = commands.add_parser("choose", parents=[common], help="rank given subtitle files for given episodes")
    choose.add_argument("--json", action="store_true", required=True, help="requests and answers are JSON, one a line")
    choose.add_argument("source", choices=["-"], metavar="-", help="requests come from standard input")


def _fetching(commands: Commands, common: argparse.ArgumentParser) -> None:
    fetch = commands.add_parser("fetch", parents=[common], help="fetch the subtitles of files and whole folders")
    fetch.add_argument("--sidecar", action="store_true", help="put them beside the videos; never replaces anything")
    fetch.add_argument("--dry-run", action="store_true", help="say what would be asked for; fetch nothing")
    fetch.add_argument("--json", action="store_true", help="one JSON object a line, one for each video")
    fetch.add_argument("paths", nargs="+", metavar="PATH", help="a video file or a folder")
    clean = commands.add_parser("clean", parents=[common], help="remove subtitle files that no player shows")
    clean.add_argument("--unused", type=_days, default=0.0, metavar="DAYS", help="only those unused for so many days")
    sync = commands.add_parser(
        "sync", parents=[common], help="check a subtitle's timing, and mend it", epilog=_SYNC_CODES
    )
    sync.add_argument("--dry-run", action="store_true", help="only say what would be done")
    sync.add_argument("--by-sound", action="store_true", help="rewrite it also where only the voices tell; less sure")
    sync.add_argument("video", metavar="VIDEO")
    sync.add_argument("subtitle", metavar="SUBTITLE", help="rewritten in UTF-8 if that is sure to help; .bak keeps it")


def _keeping(commands: Commands, common: argparse.ArgumentParser) -> None:
    config = commands.add_parser("config", parents=[common], help="show and check the settings, or write a config")
    config.add_argument(
        "action",
        choices=("init", "check", "show", "path"),
        help="init: write one with every default; check: name its mistakes; show: what is in force; path: where it is",
    )
    pins = commands.add_parser("pins", help="list, export, import or remove what you said in the menu")
    actions = pins.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", parents=[common], help="what is pinned, rejected and left alone")
    actions.add_parser("export", parents=[common], help="print all of it as JSON")
    take = actions.add_parser(
        "import", parents=[common], help="add what another export holds; it wins over what is here"
    )
    take.add_argument("file", metavar="FILE", help="- reads standard input")
    remove = actions.add_parser("remove", parents=[common], help="forget pins")
    remove.add_argument("ids", nargs="+", metavar="ID", help="as kotozoe pins list names it")


def _installing(commands: Commands, common: argparse.ArgumentParser) -> None:
    login = commands.add_parser("login", parents=[common], help="take the Jimaku API key, try it and store it")
    login.add_argument("--encrypted", action="store_true", help="have systemd encrypt it, for you on this machine")
    install = commands.add_parser("install", parents=[common], help="put mpv's script and the user service in place")
    install.add_argument("--no-start", action="store_true", help="neither enable nor start the service")
    uninstall = commands.add_parser("uninstall", parents=[common], help="take away what install put there")
    uninstall.add_argument("--purge", action="store_true", help="and what is known, subtitle files and state")
    for command in (install, uninstall):
        command.add_argument("--dry-run", action="store_true", help="only say what would be done")
    commands.add_parser("doctor", parents=[common], help="look for what is wrong, and say what mends it")
    completion = commands.add_parser("completion", parents=[common], help="print completions for a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days < 100_000:
        raise ValueError(text)
    return days
