"""^C, where the caller has it ignored: as under `nohup ... &` in a script, and on some machines that run tests."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes import Fault, Servers
from tests.live.home import PATIENCE, Home


@contextmanager
def ignoring(home: Home, *words: str, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    """Start a command as such a caller does, away from our terminal; afterwards SIGINT has ended it as it should."""
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "kotozoe", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=home.environ, stdin=stdin, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as running:
        try:
            yield running
            running.send_signal(signal.SIGINT)
            _, complaint = running.communicate(timeout=PATIENCE)
            assert (running.returncode, "Traceback" in complaint) == (130, False)
        finally:
            running.kill()


def test_watching_the_status_is_interrupted(home: Home) -> None:
    with ignoring(home, "status", "--watch") as watching:
        assert watching.stdout is not None
        assert "The daemon is not running" in watching.stdout.readline()


def test_fetching_is_interrupted(home: Home, servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "[Hayate] Kaze no Renshuu - 13 (1080p).mkv").touch()
    servers.jimaku.fault = Fault("hang", until=threading.Event())
    with ignoring(home, "fetch", str(tmp_path)):
        servers.jimaku.wait_for(1)


def test_logging_in_is_interrupted(home: Home) -> None:
    ours, theirs = pty.openpty()
    try:
        with ignoring(home, "login", stdin=theirs) as asking:
            assert asking.stderr is not None
            told = asking.stderr.read(len("Jimaku API key: "))
            assert told == "Jimaku API key: "
    finally:
        os.close(ours)
        os.close(theirs)
