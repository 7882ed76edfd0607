"""A process that has everything imported, and becomes a daemon by fork: a start in hundredths of a second.

Reads orders, one JSON line each, and answers each with the pid of the child, which runs `kotozoe ARGUMENTS`. What it
prints goes to `log` below its home, its exit code to `exit`; without one it was killed.
"""

from __future__ import annotations

from tests.faults import hurry

hurry.install()

import asyncio  # noqa: E402
import ctypes  # noqa: E402 - whoever takes a clock at import shall take the hurried one
import gc  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from kotozoe.app import daemon  # noqa: E402
from kotozoe.cli import main  # noqa: E402
from kotozoe.service.directory_watcher import DirectoryWatcher  # noqa: E402
from tests.faults.broken import BUILDS  # noqa: E402

_STEP_MS = 10  # of the watch over folders, which keeps real time
# what a daemon imports when it first needs it
_LATER = ("app.running", "app.fetch", "cli.fetch")
_SET_DEATH_SIGNAL = 1
_CAPABILITIES_VERSION = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2


def serve() -> None:
    """Fork for each order until there are no more."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as the program itself does
    for name in ("httpx", "guessit", "httpcore", "anyio", "anyio._backends._asyncio"):
        importlib.import_module(name)
    for name in _LATER:
        importlib.import_module(f"kotozoe.{name}")
    assert threading.active_count() == 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        print(child, flush=True)


def _become(order: dict[str, Any]) -> None:
    root = Path(order["root"])
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(root / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for number, target in ((0, null), (1, log), (2, log)):
            os.dup2(target, number)
        os.setsid()
        if sys.platform == "linux":  # the daemon shall not outlive its zygote
            ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        os.environ.update(order["environ"])
        hurry.begin(order["origin"], order["factor"])
        _give_up_privileges()
        signal.signal(signal.SIGUSR1, lambda *_: _tell_tasks())
        vars(daemon)["DirectoryWatcher"] = partial(DirectoryWatcher, _STEP_MS)
        if order["broken"]:
            BUILDS[order["broken"]].patch()
        code = main(order["arguments"])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it must not go on as the zygote
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        (root / "exit").write_text(str(code))
        os._exit(code)


def _tell_tasks() -> None:
    """Print where every task stands: for the log of a run that failed."""
    for task in asyncio.all_tasks():
        task.print_stack(limit=4)
        sys.stderr.flush()


def _give_up_privileges() -> None:
    """Let permissions hold for root, too: a folder that is read-only shall be so."""
    if os.getuid() != 0 or sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    held = (ctypes.c_uint32 * 6)()
    libc.capget(header, held)
    for at in range(3):  # effective, permitted, inheritable of the first 32
        held[at] &= ~(_CAP_DAC_OVERRIDE | _CAP_DAC_READ_SEARCH)
    if libc.capset(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    serve()
