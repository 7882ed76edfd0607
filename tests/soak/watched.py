"""`kotozoe run` that writes, at each SIGUSR1, how many tasks it has into the file that KOTOZOE_SOAK_TASKS names."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from kotozoe.cli import main


def _count() -> None:
    place = Path(os.environ["KOTOZOE_SOAK_TASKS"])
    fresh = place.with_suffix(".new")
    fresh.write_text(str(len(asyncio.all_tasks())))
    fresh.replace(place)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, lambda *_: _count())
    sys.exit(main(["run"]))
