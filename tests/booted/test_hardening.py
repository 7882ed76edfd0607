"""Each line of the unit that takes something away does so; with all of them, what kotozoe needs still works."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.booted.systemd import (
    ask,
    controllers,
    environment,
    installed,
    journal,
    lines,
    python,
    run,
    unit,
    wait,
)
from tests.fakes import Servers
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video
from tests.live.test_retime import ENTRY, EPISODE, NAME, offer, srt, video  # noqa: F401 - a fixture
from tests.live.test_retime import lines as cues

_FILTER = "SystemCallFilter=@system-service"
_CALL = "import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.{call}, ctypes.get_errno())"
_SOCKET = """
import socket
try: socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print("opened")
except OSError as error: print(error.errno)
"""
_OLD_CALL = """
import ctypes, mmap  # the 32-bit getpid: mov eax, 20; int 0x80; ret
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex("b814000000cd80c3"))
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
print(call() > 0)
"""
_EAT = """
import subprocess, sys
eat = "import time; held = bytearray({mb} << 20); print('held', flush=True); time.sleep(2)"
eaters = [subprocess.Popen([sys.executable, "-c", eat], stdout=subprocess.PIPE) for _ in range(2)]
print(*(eater.wait() == 0 for eater in eaters))
"""
_FORK = """
import subprocess
held = []
try:
    for _ in range(250): held.append(subprocess.Popen(["sleep", "5"]))
    print("all")
except OSError: print("not all")
for process in held: process.kill()
"""
_MODE = """
import os, tempfile
f = tempfile.mktemp()
os.close(os.open(f, os.O_CREAT, 0o666))
print(oct(os.stat(f).st_mode & 0o777))
os.unlink(f)
"""
_STATUS = "print(*(line for line in open('/proc/self/status') if 'NoNewPrivs' in line))"
_SUID = """
import os, tempfile
f = tempfile.NamedTemporaryFile()
try: os.chmod(f.name, 0o4755); print("set")
except PermissionError: print("refused")
"""

# line of the unit, what is tried, what comes of it with the line, and without
EFFECTS = [
    ("Nice=5", "import os; print(os.nice(0))", "5", "0"),
    ("UMask=0077", _MODE, "0o600", "0o6"),
    (
        "NoNewPrivileges=yes",
        "print([l for l in open('/proc/self/status') if 'NoNewPrivs' in l][0].split()[1])",
        "1",
        "0",
    ),
    ("LockPersonality=yes", _CALL.format(call="personality(0x20000)"), "-1 1", "0 0"),
    ("RestrictSUIDSGID=yes", _SUID, "refused", "set"),
    ("RestrictNamespaces=yes", _CALL.format(call="unshare(0x10000000)"), "-1 1", "0 0"),
    # netlink and internet sockets stay; a raw one for all that comes by is not even a matter of rights
    (
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
        _SOCKET.format(family="socket.AF_PACKET"),
        "97",
        "1",
    ),
    ("SystemCallArchitectures=native", _OLD_CALL, "ended by", "True"),
    (_FILTER, _CALL.format(call="ptrace(0, 0, 0, 0)"), "ended by", "0 0"),
]
# These only tell something together with another line, or where memory and tasks can be bounded.
TOGETHER = {"SystemCallErrorNumber=EPERM", "MemoryHigh=400M", "MemoryMax=600M", "TasksMax=192", "OOMPolicy=continue"}
# What is no taking away.
OTHERS = {
    "Type", "NotifyAccess", "ExecStart", "ExecReload", "Restart", "RestartSec", "RestartPreventExitStatus",
    "TimeoutStopSec", "WatchdogSec", "Environment",
}  # fmt: skip


@pytest.mark.parametrize(("line", "code", "within", "without"), EFFECTS, ids=[e[0].split("=")[0] for e in EFFECTS])
def test_each_line_has_an_effect_of_its_own(line: str, code: str, within: str, without: str) -> None:
    plain = python([], code)
    if not plain.startswith(without):
        pytest.skip(f"this machine refuses it to everybody: {plain}")
    found = python([line], code)
    assert found.startswith(within)
    assert found != plain


def test_what_the_filter_refuses_is_an_error_and_no_end() -> None:
    assert python([_FILTER, "SystemCallErrorNumber=EPERM"], EFFECTS[-1][1]) == "-1 1"


@pytest.mark.skipif("memory" not in controllers(), reason="the user's systemd has no say on memory here")
def test_memory_is_bounded_children_included() -> None:
    bounds = ["MemoryMax=150M", "MemorySwapMax=0", "OOMPolicy=continue"]
    assert python(bounds, _EAT.format(mb=40)) == "True True"
    assert "False" in python(bounds, _EAT.format(mb=90))
    assert "ended" in python([*bounds[:2], "OOMPolicy=kill"], _EAT.format(mb=90))


@pytest.mark.skipif("pids" not in controllers(), reason="the user's systemd has no say on tasks here")
def test_tasks_are_bounded() -> None:
    assert python(["TasksMax=192"], _FORK) == "not all"
    assert python([], _FORK) == "all"


def test_with_all_of_them_it_plays_through_a_socket_in_tmp_asks_a_command_for_the_key_and_retimes(
    home: Home,
    servers: Servers,
    video: Path,  # noqa: F811
) -> None:
    offer(servers, late=srt(cues(1), 1.3))
    socket = home.root.parent / "mpv.sock"
    assert str(socket).startswith("/tmp/")
    (home.root / "give-key").write_text(f'#!/bin/sh\ncat "{home.key_file}"\n')
    (home.root / "give-key").chmod(0o700)
    home.configure(servers, f'[player]\nsockets = ["{socket}"]\n')
    told = home.config.read_text().replace(
        f'api_key_file = "{home.key_file}"', f'api_key_command = ["{home.root}/give-key"]'
    )
    home.config.write_text(told)
    path = home.root / EPISODE
    path.write_bytes(video.read_bytes())
    with unit("kotozoe-proof", installed(home)) as shown:
        ask("start", "kotozoe-proof")
        assert shown("ActiveState") == "active", journal()
        home.wait(lambda status: "give-key" in status["key"]["origin"])
        with Mpv(home.runtime, [f"--input-ipc-server={socket}", str(path)], script=False):
            player = Ipc(socket, 30.0)
            player.wait_selected("shifted −1.3 s")
            home.wait_step(EPISODE, "retimed")
            assert NAME in player.selected_subtitle()["title"]  # type: ignore[index]
            player.close()
        before = int(shown("MainPID"))
        ask("reload", "kotozoe-proof")
        ask("kill", "--signal=KILL", "--kill-who=main", "kotozoe-proof")
        wait(lambda: shown("ActiveState") == "active" and int(shown("MainPID")) not in (0, before))
        ask("stop", "kotozoe-proof")
        assert shown("Result") == "success"


def test_with_all_of_them_a_sidecar_is_written_in_a_home(home: Home, servers: Servers) -> None:
    offer(servers, right=srt(cues(1)))
    make_video(home.root / EPISODE)
    bounds = [line for line in lines() if line.split("=")[0] not in OTHERS]
    code, told = run(
        [*bounds, *environment(home)], sys.executable, "-m", "kotozoe", "fetch", "--sidecar", str(home.root / EPISODE)
    )
    assert code == 0, told
    assert (home.root / EPISODE).with_suffix(".ja.srt").exists()


def test_a_daemon_that_hangs_is_started_anew(home: Home) -> None:
    with unit("kotozoe-proof", installed(home).replace("WatchdogSec=90", "WatchdogSec=2")) as shown:
        ask("start", "kotozoe-proof")
        ask("kill", "--signal=STOP", "--kill-who=main", "kotozoe-proof")
        wait(lambda: shown("NRestarts") == "1" and shown("ActiveState") == "active")


def test_a_mistake_in_the_config_is_not_tried_again(home: Home) -> None:
    home.config.write_text("[jimaku]\nurl = 5\n")
    with unit("kotozoe-proof", installed(home)) as shown:
        ask("start", "kotozoe-proof")
        wait(lambda: shown("ActiveState") == "failed")
        assert (shown("ExecMainStatus"), shown("NRestarts")) == ("2", "0")
