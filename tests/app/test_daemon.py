"""How the daemon ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kotozoe.app import daemon as daemon_module
from kotozoe.app.daemon import Daemon
from kotozoe.cli import main
from kotozoe.cli.call import TROUBLE

if TYPE_CHECKING:
    import pytest


class _BrokenDiscovery:
    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def run(self, _: object) -> None:
        raise RuntimeError("an error of ours")


def test_an_internal_error_is_an_exit_that_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HOME"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(daemon_module, "PlayerDiscovery", _BrokenDiscovery)
    monkeypatch.setattr(Daemon, "_refresh", lambda self: self._stop.wait())  # asks nobody
    assert main(["run"]) == TROUBLE
    assert "internal error" in capsys.readouterr().err
