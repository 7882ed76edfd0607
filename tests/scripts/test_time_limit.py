"""A test that hangs fails after a while and says where it hung; the others go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """
import asyncio
import threading

async def forever():
    await asyncio.Event().wait()

async def test_that_awaits():
    await forever()

def test_that_waits():
    threading.Event().wait()

def test_that_passes():
    pass
"""


def test_who_hangs_is_ended_and_shows_where(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    (tmp_path / "test_hangs.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.stacks", "-p", "no:cacheprovider", "-p", "no:randomly", tmp_path],
        env={**os.environ, "PYTEST_TIMEOUT": "1", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 1 passed" in done.stdout
    assert "await asyncio.Event().wait()" in done.stdout
    assert "threading.Event().wait()" in done.stdout
    assert done.stdout.count("Timeout (>1.0s)") >= 2
