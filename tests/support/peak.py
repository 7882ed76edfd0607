"""What a piece of work costs in a process of its own: memory as the system counts it, not as Python does."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COUNTED = Path("/proc/self/clear_refs")
ROOT = Path(__file__).parents[2]
_CHILD = """
import pickle, sys, time
from pathlib import Path
work, arguments = pickle.load(sys.stdin.buffer)
state, said = Path('/proc/self/status'), ''
def kilobytes(name):
    return next(int(line.split()[1]) for line in state.read_text().splitlines() if line.startswith(name))
Path('/proc/self/clear_refs').write_text('5')
before, begun = kilobytes('VmRSS'), time.process_time()
try:
    said = repr(work(*arguments))[:500]
except Exception as trouble:
    said = f'{type(trouble).__name__}: {trouble}'
print(kilobytes('VmHWM') - before, time.process_time() - begun, said, sep='\\n', end='')
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Megabytes beyond what was held before, seconds of a processor, and what came of it."""

    megabytes: float
    seconds: float
    said: str


def cost(work: Callable[..., object], *arguments: object) -> Cost:
    """Do it in another process, which holds the arguments already. `work` must be a function of a module."""
    if not COUNTED.exists():
        pytest.skip("this system does not count a process's peak anew")
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], input=pickle.dumps((work, arguments)), capture_output=True, check=True, cwd=ROOT
    )
    peak, seconds, said = done.stdout.decode("utf-8", "replace").split("\n", 2)
    return Cost(int(peak) / 1024, float(seconds), said)


def quick(shapes: Iterable[str], *quick_ones: str) -> list[Any]:
    """Return the shapes for a test; those that take seconds are tried where more is tried than in each run."""
    slow = pytest.mark.skipif("HYPOTHESIS_PROFILE" not in os.environ, reason="takes seconds")
    return [pytest.param(shape, marks=() if shape in quick_ones else slow) for shape in shapes]
