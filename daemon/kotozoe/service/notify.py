"""Notifications to systemd (sd_notify); without systemd nothing happens."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from kotozoe.printable import printable


class Notify:
    """Each message is one datagram; one that cannot be sent is lost, as nobody waits for it."""

    def __init__(
        self, environ: Mapping[str, str] = os.environ, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._monotonic_ns = monotonic_ns
        self.watchdog_seconds = _watchdog_seconds(environ)

    def ready(self, status: str) -> None:
        self._send("READY=1", f"STATUS={printable(status)}")

    def status(self, status: str) -> None:
        self._send(f"STATUS={printable(status)}")

    def reloading(self) -> None:
        """Say that new settings are being applied; `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={self._monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog: more often than every `watchdog_seconds`, if that is not None."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto("\n".join(lines).encode(), self._address)


def _watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    usec, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not usec.isdecimal() or int(usec) == 0 or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1_000_000
