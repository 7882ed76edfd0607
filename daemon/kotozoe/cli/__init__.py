"""Words and exit codes.

0 it is done; 1 nothing could be resolved, or no daemon runs; 2 the command or the config has a mistake; 3 trouble that
no other command would mend; 130 interrupted; 141 nobody reads what we print any more.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from kotozoe.cli.parser import parser
from kotozoe.cli.words import INTERRUPTED, MISTAKE, TROUBLE, UNREAD, App, Call
from kotozoe.errors import KotozoeError, UserError
from kotozoe.printable import printable
from kotozoe.service import log
from kotozoe.settings.load import config_path

_log = logging.getLogger(__name__)
_LONGEST = 1000  # characters of a complaint


def main(argv: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run one command and return its exit code; no traceback leaves it unless `--debug` asks for one."""
    args = parser().parse_args(argv)
    debug = getattr(args, "debug", False)
    quiet = logging.INFO if args.command == "run" else logging.ERROR
    masks = log.begin(logging.DEBUG if debug else quiet)
    try:
        code = _command(args, Call(_config(args), lambda: app or _app(), masks))
        sys.stdout.flush()
    except KotozoeError as error:
        _complain(error)
        return MISTAKE if isinstance(error, UserError) else TROUBLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # or the interpreter would complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:  # noqa: BLE001 - the border to the person: whatever it is, it becomes a sentence
        _log.debug("unexpected", exc_info=True)
        hint = "" if debug else "; run it with --debug for details, and please report it"
        print(f"kotozoe: something unexpected went wrong ({type(error).__name__}){hint}", file=sys.stderr)
        return TROUBLE
    return code


# Each command's function of its arguments and the call, by room: it is imported when it is asked for, so that --help is
# there at once and the daemon carries nothing that only others use.
_COMMANDS = {
    "identify": "questions.answer",
    "explain": "questions.answer",
    "choose": "questions.answer",
    "fetch": "library.tend",
    "clean": "library.tend",
    "sync": "timing.sync",
    "pins": "pins.pins",
    "config": "setting.config",
    "login": "setting.login",
    "install": "installing.settle",
    "uninstall": "installing.settle",
    "doctor": "installing.doctor",
    "completion": "seeing.completion",
    "status": "seeing.status",
}


def _command(args: argparse.Namespace, call: Call) -> int:
    if args.command == "run":
        return call.app().run(call.config, call.masks)
    room, name = _COMMANDS[args.command].split(".")
    command: Callable[[argparse.Namespace, Call], int]
    command = getattr(importlib.import_module(f"kotozoe.cli.{room}"), name)
    return command(args, call)


def _config(args: argparse.Namespace) -> Path:
    named = getattr(args, "config", None)
    config = config_path(named)
    if named and not config.exists() and getattr(args, "action", "") not in {"init", "path"}:
        raise UserError(f"There is no config {printable(str(config))}: check the name, or leave --config out")
    return config


def _app() -> App:
    from kotozoe import app  # noqa: PLC0415 - it brings the heavy libraries; `status` and `--help` go without

    return app


def _complain(error: KotozoeError) -> None:
    with suppress(OSError):  # where the disk is full, standard error may be a file on it
        print(f"kotozoe: {printable(str(error), _LONGEST)}", file=sys.stderr)
        for problem in error.problems if isinstance(error, UserError) else ():
            print(f"  {printable(problem, _LONGEST)}", file=sys.stderr)
