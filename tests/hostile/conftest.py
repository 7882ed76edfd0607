from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, one for all examples; what is written elsewhere by a relative name would be seen in it."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOSTILE", str(folder))
        yield folder
    assert [path.name for path in folder.iterdir() if not path.name.startswith("own-")] == []
