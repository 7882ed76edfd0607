"""Words and exit codes.

0 it is done; 1 nothing could be resolved, or no daemon runs; 2 the command or the config has a mistake; 3 trouble that
no other command would mend; 130 interrupted; 141 nobody reads what we print any more.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kotozoe.cli.parser import parser
from kotozoe.cli.words import INTERRUPTED, MISTAKE, TROUBLE, UNREAD, App, Call
from kotozoe.decide.printable import printable
from kotozoe.errors import KotozoeError, UserError
from kotozoe.service import log
from kotozoe.settings.load import config_path

_log = logging.getLogger(__name__)


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


def _command(args: argparse.Namespace, call: Call) -> int:
    match args.command:
        case "run":
            return call.app().run(call.config, call.masks)
        case "identify" | "explain" | "choose":
            from kotozoe.cli.questions import answer

            return answer(args, call)
        case "fetch" | "clean":
            from kotozoe.cli.library import tend

            return tend(args, call)
        case "sync":
            from kotozoe.cli.timing import sync

            return sync(args, call)
        case "config" | "login":
            from kotozoe.cli import setting

            return setting.config(args, call) if args.command == "config" else setting.login(call)
        case "pins":
            from kotozoe.cli.pins import pins

            return pins(args)
        case "install" | "uninstall":
            from kotozoe.cli.installing import settle

            return settle(args, call)
        case "doctor":
            from kotozoe.cli.installing import doctor

            return doctor(call)
        case "completion":
            import shtab

            print(shtab.complete(parser(), args.shell))
            return 0
        case _:
            from kotozoe.cli.seeing import status

            return status(as_json=args.json)


def _config(args: argparse.Namespace) -> Path:
    named = getattr(args, "config", None)
    config = config_path(named)
    if named and not config.exists() and getattr(args, "action", "") not in {"init", "path"}:
        raise UserError(f"There is no config {printable(str(config))}: check the name, or leave --config out")
    return config


def _app() -> App:
    from kotozoe import app

    return app


def _complain(error: KotozoeError) -> None:
    print(f"kotozoe: {error}", file=sys.stderr)
    for problem in error.problems if isinstance(error, UserError) else ():
        print(f"  {problem}", file=sys.stderr)
