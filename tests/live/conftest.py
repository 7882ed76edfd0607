"""Fixtures for tests that play a real video in a real mpv."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.mpv import make_video


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short video."""
    return make_video(tmp_path_factory.mktemp("video") / "[Group] Invented Show - 05 (1080p).mkv", title="Invented 05")


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A runtime folder with nothing of ours in it yet; its path is short, as sockets want."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def home_root() -> Iterator[Path]:
    """A home for the daemon, with a short path too: the sockets of its players lie below it."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield Path(folder) / "home"
