"""Each thing that may be wrong is found, and its fix is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.desktop import doctor
from kotozoe.desktop.doctor import Finding, Network, Process, examine
from kotozoe.errors import Refused, Unavailable
from kotozoe.service.lock import Lock
from kotozoe.service.status import HostStatus, KeyStatus, StatusBoard
from kotozoe.settings.places import Paths, places, prepare


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr(doctor, "_processes", lambda: iter([Process(42, frozenset({42}))]))
    monkeypatch.setattr("kotozoe.desktop.systemd.is_there", lambda: False)
    monkeypatch.setattr("kotozoe.player.announcement._SESSIONS", tmp_path / "no sessions")
    found = places()
    prepare(found)
    return found


def program(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, name: str = "mpv") -> None:
    (folder / "bin").mkdir()
    (folder / "bin" / name).write_text(f"#!/bin/sh\necho '{text}'\n")
    (folder / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")


def findings(at: Paths, network: Network | None = None, **environ: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(at, lambda: network or Network(), environ)}


@pytest.mark.parametrize(
    ("text", "said", "fix"),
    [
        ("mpv 0.35.1 Copyright", "0.35.1", ""),
        ("mpv v0.40.0-12-gabc", "0.40.0", ""),
        ("mpv 0.34.1", "0.34.1 is too old", "install 0.35"),
        ("nothing", "tells no version", "0.35"),
    ],
)
def test_the_version_of_mpv(
    text: str, said: str, fix: str, at: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, text, monkeypatch)
    found = findings(at)["mpv"]
    assert said in found.said
    assert fix in found.fix
    assert bool(found.fix) is bool(fix)


def test_a_machine_on_which_nothing_was_done_yet(at: Paths) -> None:
    found = findings(at, Network(Refused("jimaku.cc", "there is no API key")))
    assert "install" in found["script in mpv"].fix
    assert "XDG_RUNTIME_DIR" in found["sockets"].said
    assert "kotozoe run" in found["daemon"].fix
    assert "mpv 42" in found["players"].said
    assert "kotozoe login" in found["Jimaku"].fix
    assert found["folders"].fix == ""


def test_a_runtime_folder_open_to_others(at: Paths, tmp_path: Path) -> None:
    (tmp_path / "run" / "kotozoe").mkdir(parents=True)
    (tmp_path / "run" / "kotozoe").chmod(0o777)
    assert findings(at, XDG_RUNTIME_DIR=str(tmp_path / "run"))["sockets"].fix.startswith("rm -r ")
    (tmp_path / "run" / "kotozoe").chmod(0o700)
    assert findings(at, XDG_RUNTIME_DIR=str(tmp_path / "run"))["sockets"].fix == ""


def test_a_broken_config_is_told_with_its_lines(at: Paths) -> None:
    at.config.parent.mkdir(parents=True)
    at.config.write_text("[anilist]\nenabled = 1\n")
    found = findings(at)
    assert "line 2: " in found["config"].fix
    assert "Jimaku" not in found


async def test_what_a_running_daemon_says_of_itself(at: Paths) -> None:
    lock = Lock.take(at.lock)
    board = StatusBoard(at.status, "0.1")
    board.key(KeyStatus(trouble="There is no Jimaku API key"))
    jimaku = HostStatus("jimaku.cc", trouble="refused", refused=True, serves="listings")
    board.hosts((jimaku, HostStatus("anilist", trouble="away")))
    board.write()
    found = findings(at, Network(Refused("jimaku.cc", "there is no API key")))
    assert found["daemon"].fix == ""
    assert "login" in found["key"].fix
    assert (found["jimaku.cc, for listings"].grave, found["anilist"].grave) == (True, False)
    found = findings(at)  # tried just now, while the daemon has yet to look
    assert "jimaku.cc, for listings" not in found
    assert "a few seconds" in found["key"].fix
    assert not any(finding.grave and finding.fix for name, finding in found.items() if name in ("key", "Jimaku"))
    lock.release()


@pytest.mark.parametrize(
    ("process", "said", "fix"),
    [
        (Process(900, frozenset({900, 3})), "", ""),
        (Process(901, frozenset({901, 4})), "mpv 901 did not announce itself", "--script="),
        (Process(902, frozenset({902}), "haruna"), "haruna 902 did not announce itself", "mpv itself"),
    ],
)
def test_players_that_nobody_heard_of(
    process: Process, said: str, fix: str, at: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run" / "kotozoe"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "ab.json").write_text('{"pid": 3, "socket": "/s"}')
    monkeypatch.setattr(doctor, "_processes", lambda: iter([process]))
    found = findings(at, XDG_RUNTIME_DIR=str(tmp_path / "run")).get("players")
    assert (found.said if found else "") == said
    assert fix in (found.fix if found else "")


_MAPS = """
import mmap, sys
file = open(sys.argv[1], "rb")
mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
print("mapped", flush=True)
input()
"""


def test_a_program_with_an_mpv_inside_is_recognised(tmp_path: Path) -> None:
    library = tmp_path / "libmpv.so.2"
    library.write_bytes(b"x")
    with subprocess.Popen(
        [sys.executable, "-c", _MAPS, library], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        found = {process.pid: process.pids for process in doctor._processes()}
        program.communicate(b"\n")
    assert program.pid in found[program.pid]


@pytest.mark.parametrize(
    ("listed", "said", "fix"),
    [("Noto Sans CJK JP,Noto Sans CJK JP Bold", "Noto Sans CJK JP has", ""), ("", "boxes", "fonts-noto-cjk")],
)
def test_a_japanese_font(
    listed: str, said: str, fix: str, at: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, listed, monkeypatch, name="fc-list")
    found = findings(at)["font"]
    assert said in found.said
    assert fix in found.fix
    assert bool(found.fix) is bool(fix)


@pytest.mark.parametrize(
    ("network", "name", "fix"),
    [
        (Network(Unavailable("jimaku.cc", "no connection")), "Jimaku", "connection"),
        (Network(skew=3600.0), "clock", "timedatectl"),
        (Network(skew=-3600.0), "clock", "timedatectl"),
        (Network(skew=1.0), "clock", ""),
    ],
)
def test_network_and_clock(network: Network, name: str, fix: str, at: Paths) -> None:
    found = findings(at, network)[name]
    assert fix in found.fix
    assert bool(found.fix) is bool(fix)
