from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.service.notify import Notify


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        yield listening


def test_each_systemd_notification_is_one_datagram(systemd: socket.socket) -> None:
    notify = Notify({"NOTIFY_SOCKET": systemd.getsockname()}, monotonic_ns=lambda: 5_000_999)
    notify.ready("waiting\nREADY=0")
    notify.status("字幕")
    notify.reloading()
    notify.alive()
    notify.stopping()
    assert [systemd.recv(1000).decode() for _ in range(5)] == [
        "READY=1\nSTATUS=waiting\ufffdREADY=0",
        "STATUS=字幕",
        "RELOADING=1\nMONOTONIC_USEC=5000",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


@pytest.mark.skipif("sys.platform != 'linux'", reason="abstract sockets are Linux's own")
def test_the_notify_socket_may_be_abstract() -> None:
    name = f"kotozoe-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(60)
        Notify({"NOTIFY_SOCKET": f"@{name}"}).stopping()
        assert listening.recv(1000) == b"STOPPING=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/no/such/socket"}])
def test_notify_does_nothing_without_systemd(environ: dict[str, str]) -> None:
    Notify(environ).ready("x")


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "90000000"}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": str(os.getpid())}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_of_another_pid_is_ignored(environ: dict[str, str], seconds: float | None) -> None:
    assert Notify(environ).watchdog_seconds == seconds
