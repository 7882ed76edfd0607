"""What is only told by a running systemd: these tests are for a machine that was booted, by its ordinary user.

They use units of their own names and homes of their own. Elsewhere they are skipped, with the reason.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.booted.systemd import missing
from tests.fakes import Servers, World, serve
from tests.live.home import Home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = missing()
    if reason:
        for item in items:
            if "/booted/" in str(item.path):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def servers() -> Iterator[Servers]:
    with serve(World.small()) as running:
        yield running


@pytest.fixture
def home(servers: Servers) -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield Home(Path(folder) / "home", servers)
