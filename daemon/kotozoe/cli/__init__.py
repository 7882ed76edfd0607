"""The command line: one module a command, and the exit codes that all of them share.

0 it is done; 1 nothing could be resolved, or no daemon runs; 2 the command or the config has a mistake; 3 trouble that
no other command would mend; 130 interrupted; 141 nobody reads what we print any more.
"""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import kotozoe.cli.lean  # noqa: F401 - first
from kotozoe.cli.call import INTERRUPTED, MISTAKE, TROUBLE, UNREAD, Call
from kotozoe.cli.parser import parsed
from kotozoe.errors import KotozoeError, StorageError, UserError
from kotozoe.printable import printable
from kotozoe.service import log
from kotozoe.settings.load import config_path

_log = logging.getLogger(__name__)
_MAX_COMPLAINT = 1000  # characters of a complaint
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT, errno.EFBIG})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback leaves it unless `--debug` asks for one."""
    closed = _replace_closed_streams()
    args = parsed(argv)
    debug = getattr(args, "debug", False)
    quiet = logging.INFO if args.command == "run" else logging.ERROR
    masks = log.begin(logging.DEBUG if debug else quiet)
    _take_interrupts()
    try:
        code = _run(args, Call(_config(args), masks))
        _finish_output(closed=closed and args.command != "run")
    except KotozoeError as error:
        _complain(error)
        return MISTAKE if isinstance(error, UserError) else TROUBLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # or the interpreter would complain at its end
        _discard_output()
        return UNREAD
    except Exception as error:  # noqa: BLE001 - the border to the person: whatever it is, it becomes a sentence
        _log.debug("unexpected", exc_info=True)
        _complain(_unexpected(error, debug=debug))
        return TROUBLE
    return code


def _run(args: argparse.Namespace, call: Call) -> int:
    """Run the command; of what goes wrong in several tasks at once, the first counts."""
    try:
        code: int = args.run_command(args, call)
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None
    return code


def _replace_closed_streams() -> bool:
    """Open what the caller closed, or the next file that is opened would be printed into; tell whether output is."""
    closed = sys.stdout is None
    for name in ("stdin", "stdout", "stderr"):  # in the order of their descriptors
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: PTH123, SIM115 - to the end
    return closed


def _finish_output(*, closed: bool) -> None:
    sys.stdout.flush()
    if closed:
        raise StorageError("Standard output is closed: there is nowhere to print to")


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: Exception, *, debug: bool) -> KotozoeError:
    if isinstance(error, OSError) and error.errno in _UNWRITABLE and error.filename is None:
        _discard_output()
        return StorageError(f"Standard output cannot be written: {error.strerror}")
    hint = "" if debug else "; run it with --debug for details, and please report it"
    return KotozoeError(f"something unexpected went wrong ({type(error).__name__}){hint}")


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
