"""install and uninstall, as typed, on a machine without systemd."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kotozoe.cli import install, main
from kotozoe.desktop import systemd
from kotozoe.settings.places import places, prepare
from kotozoe.store.pins import PinStore


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("XDG_", "KOTOZOE_", "MPV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(systemd, "is_there", lambda: False)
    monkeypatch.setattr(install, "program", lambda: ["/opt/kotozoe"])
    return tmp_path


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


def test_a_dry_run_of_install_and_uninstall_changes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--dry-run"]) == 0
    assert files(home) == set()
    assert "kotozoe.lua: would be written" in capsys.readouterr().out
    main(["install"])
    before = files(home)
    assert ".config/mpv/scripts/kotozoe.lua" in before
    assert main(["uninstall", "--dry-run"]) == 0
    assert files(home) == before
    assert "kotozoe.lua: would be removed" in capsys.readouterr().out
    assert main(["uninstall", "--purge", "--dry-run"]) == 0
    assert f"{places().state}: would be removed" in capsys.readouterr().out
    assert files(home) == before


def test_uninstall_leaves_what_is_yours_and_with_purge_takes_cache_and_state(home: Path) -> None:
    assert main(["uninstall"]) == 1
    at = places()
    prepare(at)
    main(["config", "init"])
    main(["install"])
    PinStore(at.pins).change(lambda told: told)
    key, subtitle = at.config.with_name("jimaku.key"), at.subtitle_cache / "1" / "a.srt"
    subtitle.parent.mkdir(parents=True)
    for file in (key, subtitle, at.rate_limits, at.pins):
        file.touch()
    assert main(["uninstall"]) == 0
    assert not {file for file in files(home) if "mpv" in file or "systemd" in file}
    assert all(file.exists() for file in (at.config, key, subtitle, at.rate_limits, at.pins))
    assert main(["uninstall", "--purge"]) == 0
    assert all(file.exists() for file in (at.config, key, at.pins))
    assert not at.cache.exists()
    assert not at.state.exists()
