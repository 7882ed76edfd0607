"""Many real players at once, each loading one video after the other."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.live.mpv import SCRIPT

_ARGUMENTS = ("--no-config", "--vo=null", "--ao=null", "--no-terminal", "--idle", "--pause", "--keep-open=yes")
_START = 120.0  # seconds; fifty at once are slow to start
_LOAD = 180.0  # a subtitle that is not there yet is fetched at the pace that is permitted


class Late(Exception):
    """The right subtitle did not come."""


class Mpv:
    """One mpv with the script, and a connection of our own."""

    def __init__(self, place: Path, environ: dict[str, str]) -> None:
        self._place = place
        self._process = subprocess.Popen(
            ["mpv", *_ARGUMENTS, f"--script={SCRIPT}", f"--input-ipc-server={place}"],
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def connect(self) -> None:
        async with asyncio.timeout(_START):
            while True:
                try:
                    self._reader, self._writer = await asyncio.open_unix_connection(self._place, limit=1 << 22)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    break
        self._send("observe_property", 1, "track-list")

    async def load(self, video: Path, right: Callable[[str], bool]) -> float:
        """Load a video; return the seconds from file-loaded until a subtitle is shown that is right. Raises Late."""
        self._send("loadfile", str(video))
        loaded = 0.0
        try:
            async with asyncio.timeout(_LOAD):
                while True:
                    told = await self._next()
                    if told.get("event") == "start-file":
                        loaded = 0.0
                    elif told.get("event") == "file-loaded":
                        loaded = time.monotonic()
                    elif loaded and told.get("name") == "track-list" and (shown := _shown(told.get("data"))):
                        if not right(shown):
                            raise Late(f"{video.name} was given {shown}")
                        return time.monotonic() - loaded
        except TimeoutError:
            raise Late(f"{video.name} was given nothing") from None

    def close(self) -> None:
        self._writer.close()
        self._process.kill()
        self._process.wait()

    def _send(self, *words: object) -> None:
        self._writer.write(json.dumps({"command": words}).encode() + b"\n")

    async def _next(self) -> dict[str, Any]:
        line = await self._reader.readline()
        if not line:
            raise Late("mpv is gone")
        told = json.loads(line.decode("utf-8", "surrogateescape"))
        assert isinstance(told, dict)
        return told


def _shown(tracks: object) -> str:
    """Return the file of the external subtitle that is shown, empty if none is."""
    rows = tracks if isinstance(tracks, list) else []
    found = (row for row in rows if row.get("type") == "sub" and row.get("selected") and row.get("external"))
    return next((str(row["external-filename"]) for row in found), "")
