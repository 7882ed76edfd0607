"""jimaku-dl 0.1.6 beside ours: from PyPI into an environment of its own, at the same stand-in servers."""

from __future__ import annotations

import json
import os
import subprocess
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fakes import Servers

_PACKAGE = "jimaku-dl"
_INSTALL = Path(__file__).parents[2] / "requirements" / "install.py"
_RUNNER = Path(__file__).with_name("peer_runner.py")


class PeerMissing(Exception):
    """It could not be installed; the text says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A video's name, and the id where it is told rather than searched."""

    name: str
    anilist_id: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What it made of a name: its own number, the media and the files that its menus offered (first one first)."""

    episode: int | None
    media: tuple[int, ...]
    files: tuple[str, ...]
    saved: str  # the file that it downloaded; empty: none


@dataclass(frozen=True)
class Peer:
    python: Path

    @classmethod
    def installed(cls, folder: Path) -> Peer:
        venv.create(folder, with_pip=True)
        python = folder / "bin" / "python"
        words: list[str | Path] = [python, _INSTALL, "peer"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise PeerMissing(f"{_PACKAGE}: {done.stderr.strip().splitlines()[-1]}")
        return cls(python)

    def _run(self, servers: Servers, *words: str, told: str = "") -> subprocess.CompletedProcess[str]:
        urls = {"PEER_JIMAKU": servers.jimaku.url, "PEER_ANILIST": servers.anilist.url}
        given = {**os.environ, **urls, "JIMAKU_API_TOKEN": servers.jimaku_key}
        command = [str(self.python), str(_RUNNER), *words]
        return subprocess.run(command, env=given, input=told, capture_output=True, text=True, check=False)

    def ask(self, servers: Servers, folder: Path, wishes: Sequence[Wish], *, fetch: bool) -> Iterator[Told]:
        """Give it names, one after the other in one process; the first of each menu is picked.

        Every name has a folder of its own, so that the id that it keeps in a folder serves no other show.
        """
        folder.mkdir()
        rows = [{"name": wish.name, "anilist_id": wish.anilist_id} for wish in wishes]
        done = self._run(servers, "names", str(folder), str(int(fetch)), told=json.dumps(rows))
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        for row in json.loads(done.stdout.splitlines()[-1]):
            yield Told(row["episode"], tuple(row["media"]), tuple(row["files"]), row["saved"])

    def command(self, servers: Servers, video: Path) -> tuple[float, float]:
        """Run its command for one video; return the seconds of all of it, and of its own work without Python's start.

        Raises RuntimeError if no subtitle came.
        """
        began = time.monotonic()
        done = self._run(servers, "command", str(video))
        took = time.monotonic() - began
        if done.returncode:
            raise RuntimeError(f"jimaku-dl: {done.stderr[-2000:]}")
        return took, float(done.stdout.splitlines()[-1])
