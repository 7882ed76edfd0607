from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import HealthCheck, settings

from kotozoe.service.directory_watcher import DirectoryWatcher


class _LetGo(sqlite3.Connection):
    """Closes itself: tests drop their stores, of which Python warns from 3.13 on, in whatever test runs by then."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):
            self.close()


sqlite3.connect = partial(sqlite3.connect, factory=_LetGo)  # type: ignore[assignment]

# The same examples each time: a test that fails by luck tells nothing about the change that is tried.
settings.register_profile("steady", derandomize=True, database=None, deadline=None)
# For finding what nobody thought of: HYPOTHESIS_PROFILE=fuzz ./dev test tests/hostile --hypothesis-seed=N
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "10000")),
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def root_log() -> Iterator[None]:
    """Leave logging as it was: many tests call what sets it up for the whole process, as the program does."""
    root = logging.getLogger()
    outputs, level = root.handlers[:], root.level
    levels = {
        name: logger.level for name, logger in root.manager.loggerDict.items() if isinstance(logger, logging.Logger)
    }
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = outputs
    root.setLevel(level)
    for name in root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


@pytest.fixture
async def directory_watcher() -> AsyncIterator[DirectoryWatcher]:
    """A running outlook that looks often."""
    directory_watcher = DirectoryWatcher(step_ms=10)
    task = asyncio.create_task(directory_watcher.run())
    yield directory_watcher
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
