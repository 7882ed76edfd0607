"""The command line: one module a command, and the exit codes that all of them share.

0 it is done; 1 nothing could be resolved, or no daemon runs; 2 the command or the config has a mistake; 3 trouble that
no other command would mend; 130 interrupted; 141 nobody reads what we print any more.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kotozoe.cli.call import INTERRUPTED, MISTAKE, TROUBLE, UNREAD, Call
from kotozoe.cli.parser import parser
from kotozoe.errors import KotozoeError, UserError
from kotozoe.printable import printable
from kotozoe.service import log
from kotozoe.settings.load import config_path

_log = logging.getLogger(__name__)
_MAX_COMPLAINT = 1000  # characters of a complaint


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback leaves it unless `--debug` asks for one."""
    args = parser().parse_args(argv)
    debug = getattr(args, "debug", False)
    quiet = logging.INFO if args.command == "run" else logging.ERROR
    masks = log.begin(logging.DEBUG if debug else quiet)
    _take_interrupts()
    try:
        code: int = args.run_command(args, Call(_config(args), masks))
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


def _take_interrupts() -> None:
    """Let ^C interrupt, even where the caller had it ignored: a shell does so for what it starts in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _config(args: argparse.Namespace) -> Path:
    named = getattr(args, "config", None)
    config = config_path(named)
    if named and not config.exists() and getattr(args, "action", "") not in {"init", "path"}:
        raise UserError(f"There is no config {printable(str(config))}: check the name, or leave --config out")
    return config


def _complain(error: KotozoeError) -> None:
    with suppress(OSError):  # where the disk is full, standard error may be a file on it
        print(f"kotozoe: {printable(str(error), _MAX_COMPLAINT)}", file=sys.stderr)
        for problem in error.problems if isinstance(error, UserError) else ():
            print(f"  {printable(problem, _MAX_COMPLAINT)}", file=sys.stderr)
