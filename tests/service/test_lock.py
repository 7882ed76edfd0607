from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.errors import StorageError
from kotozoe.service.lock import AlreadyRunning, Lock, is_held

HOLD = """
import sys
from pathlib import Path
from kotozoe.service.lock import Lock
lock = Lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kotozoe.lock"


def test_a_second_daemon_learns_the_pid_of_the_first_even_after_it_was_killed(file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as caught:
            Lock.take(file)
        assert caught.value.pid == first.pid
        assert is_held(file)
        first.kill()
        first.wait()
    assert not is_held(file)
    Lock.take(file).release()


def test_a_released_lock_can_be_taken_again(file: Path) -> None:
    assert not is_held(file)
    lock = Lock.take(file)
    assert is_held(file)
    assert file.read_text() == f"{os.getpid()}\n"
    lock.release()
    assert not is_held(file)


def test_a_child_process_does_not_keep_the_lock(file: Path) -> None:
    lock = Lock.take(file)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as child:
        lock.release()
        assert not is_held(file)
        child.kill()


def test_an_unreadable_pid_in_the_lock_is_none(file: Path) -> None:
    lock = Lock.take(file)
    file.write_bytes(b"\xff garbage")
    with pytest.raises(AlreadyRunning) as caught:
        Lock.take(file)
    assert caught.value.pid is None
    lock.release()


def test_a_lock_that_cannot_be_opened_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        Lock.take(tmp_path / "none" / "kotozoe.lock")
