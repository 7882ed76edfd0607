"""Fixtures for tests that play a real video in a real mpv."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.mpv import make_video


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short video."""
    return make_video(tmp_path_factory.mktemp("video") / "[Group] Invented Show - 05 (1080p).mkv", title="Invented 05")


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A runtime folder as the session gives it, with no folder of ours in it yet."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return folder
