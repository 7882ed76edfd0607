"""A folder for sockets."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of ours alone."""
    made = tmp_path / "kotozoe"
    made.mkdir(mode=0o700)
    return made
