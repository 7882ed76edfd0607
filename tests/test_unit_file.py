"""The user unit is one that systemd has nothing to say about."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.cli.call import MISTAKE, TROUBLE
from tests.booted.systemd import lines
from tests.booted.test_hardening import EFFECTS, OTHERS, TOGETHER

UNIT = Path(__file__).parent.parent / "systemd" / "kotozoe.service"


def verify(folder: Path, text: str) -> str:
    """Return what systemd complains about. It needs a runtime folder, and a program that exists."""
    unit = folder / "kotozoe.service"
    unit.write_text(text.replace("%h/.local/bin/kotozoe", sys.executable))
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr + (f"exit {done.returncode}" if done.returncode else "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_accepts_the_unit_without_a_word(tmp_path: Path) -> None:
    assert verify(tmp_path, UNIT.read_text()) == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_check_sees_a_misspelt_key(tmp_path: Path) -> None:
    assert "Restrt" in verify(tmp_path, UNIT.read_text().replace("Restart=", "Restrt="))


def service_section() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys have capitals
    unit.read(UNIT)
    assert unit["Install"]["WantedBy"] == "default.target"
    return unit["Service"]


def test_fifty_players_fit_into_the_unit() -> None:
    # tests/player/test_odd_peers.py counts the threads of a player: one, and another while it connects
    players, executor, children = 50, 32, 48
    assert int(service_section()["TasksMax"]) >= 1 + 2 * players + executor + children


def test_what_may_be_mended_by_itself_is_tried_again() -> None:
    service = service_section()
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == str(MISTAKE)
    assert TROUBLE not in {0, MISTAKE}


def test_the_unit_hides_no_players_socket() -> None:
    service = service_section()
    assert service["Type"] == "notify"
    assert service["ExecStart"] == "%h/.local/bin/kotozoe run"
    assert not {"PrivateTmp", "RuntimeDirectory", "ProtectHome", "PrivateUsers"} & set(service)


def test_no_line_is_without_a_proof_of_its_effect() -> None:
    told = {line for line in lines() if line.split("=")[0] not in OTHERS}
    assert told == {line for line, *_ in EFFECTS} | TOGETHER
