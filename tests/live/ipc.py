"""A plain connection to mpv's IPC, for looking at the player from outside, without kotozoe's own code."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Ipc:
    """Commands are answered in order; what else comes is kept in `events`."""

    def __init__(self, path: Path, patience: float = 60.0) -> None:
        self.events: list[dict[str, Any]] = []
        self._patience = patience
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(patience)
        until = time.monotonic() + patience
        while True:
            try:
                self._socket.connect(str(path))
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.005)
        self._lines = self._socket.makefile("rb")
        self._count = 0

    def command(self, *words: object) -> Any:
        """Send one command and return its data; raises RuntimeError with mpv's words if it is refused."""
        self.send(*words)
        while True:
            told = self._next()
            if told.get("request_id") == self._count and "error" in told:
                if told["error"] != "success":
                    raise RuntimeError(told["error"])
                return told.get("data")
            self.events.append(told)

    def send(self, *words: object) -> None:
        """Send one command without waiting for its answer."""
        self._count += 1
        self._socket.sendall(json.dumps({"command": words, "request_id": self._count}).encode() + b"\n")

    def get(self, name: str) -> Any:
        """Return a property, None where mpv has none now."""
        try:
            return self.command("get_property", name)
        except RuntimeError:
            return None

    def until(self, name: str, enough: Callable[[Any], bool]) -> Any:
        """Wait until a property is as wanted; return it."""
        self.command("observe_property", self._count + 1000, name)
        value = self.get(name)
        while not enough(value):
            told = self._next()
            self.events.append(told)
            if told.get("event") == "property-change" and told.get("name") == name:
                value = told.get("data")
        return value

    def wait_event(self, name: str) -> dict[str, Any]:
        """Wait for an event that came since the events were last cleared."""
        for told in self.events:
            if told.get("event") == name:
                return told
        while (told := self._next()).get("event") != name:
            self.events.append(told)
        return told

    def selected_subtitle(self) -> dict[str, Any] | None:
        """Return the subtitle track that is shown."""
        return next((t for t in self.get("track-list") or () if t["type"] == "sub" and t["selected"]), None)

    def wait_selected(self, word: str) -> dict[str, Any]:
        """Wait until a subtitle track is shown whose title holds `word`; return it."""

        def shown(tracks: Any) -> bool:
            return any(t["type"] == "sub" and t["selected"] and word in t.get("title", "") for t in tracks or ())

        self.until("track-list", shown)
        found = self.selected_subtitle()
        assert found is not None
        return found

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _next(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise ConnectionError("mpv closed the connection")
        told = json.loads(line.decode("utf-8", "surrogateescape"))
        assert isinstance(told, dict)
        return told
