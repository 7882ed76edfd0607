"""Fixtures for tests that play a real video in a real mpv."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import Servers, World, serve
from tests.live.home import Home
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
def servers() -> Iterator[Servers]:
    """Stand-ins for all services, with a small world."""
    with serve(World.small()) as running:
        yield running


@pytest.fixture
def home_root() -> Iterator[Path]:
    """A home for the daemon, with a short path too: the sockets of its players lie below it."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield Path(folder) / "home"


@pytest.fixture
def home(home_root: Path, servers: Servers) -> Home:
    return Home(home_root, servers)
