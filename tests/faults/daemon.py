"""The daemons under test: forked from one process that has everything imported, killed, stopped, limited at will."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FACTOR = 20.0  # how much faster its time runs
READY = 20.0  # seconds, real ones, after which a daemon that does not start has failed


class Zygote:
    """Forks daemons; ended by `with`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@contextmanager
def zygote() -> Iterator[Zygote]:
    running = Zygote()
    try:
        yield running
    finally:
        running.close()


class Home:
    """The folders of one daemon, below a short root, and what it is told."""

    def __init__(self, root: Path, urls: dict[str, str], key: str) -> None:
        self.root = root
        self.runtime = root / "run"
        self.videos = root / "Anime"
        self.cache, self.state, self.data = (root / name / "kotozoe" for name in ("cache", "state", "data"))
        self.config = root / "config" / "kotozoe" / "config.toml"
        self._key, self._urls = key, urls
        for folder in (self.runtime, self.videos, self.cache, self.state, self.data, self.config.parent):
            folder.mkdir(mode=0o700, parents=True)
        self.configure()

    def configure(self, note: str = "") -> None:
        """Write the config; another `note` makes it one that is taken up."""
        text = f"# {note}\n" + "".join(f'[{name}]\nurl = "{url}"\n' for name, url in self._urls.items())
        text = text.replace("[jimaku]\n", f'[jimaku]\napi_key = "{self._key}"\n')
        fresh = self.config.with_name("fresh")
        fresh.write_text(text + '[timing]\ntext = "off"\nsound = "off"\n')
        fresh.chmod(0o600)
        fresh.replace(self.config)

    @property
    def environ(self) -> dict[str, str]:
        named = {f"XDG_{name.upper()}_HOME": str(self.root / name) for name in ("config", "cache", "state", "data")}
        return {"HOME": str(self.root), "XDG_RUNTIME_DIR": str(self.runtime), **named}

    @property
    def status_file(self) -> Path:
        return self.state / "status.json"

    @property
    def subtitle_cache(self) -> Path:
        return self.cache / "subtitles"

    @property
    def pins(self) -> Path:
        return self.data / "pins.json"

    def log(self) -> str:
        try:
            return (self.root / "log").read_text("utf-8", "replace")
        except OSError:
            return ""


class Daemon:
    """`kotozoe run`, or another command, in a home; `origin` is when its hurried time began."""

    def __init__(self, home: Home, forks: Zygote, origin: float, broken: str = "", factor: float = FACTOR) -> None:
        self.home = home
        self.pid = 0
        self.ended_by_us = False
        self._forks = forks
        self._order = {
            "root": str(home.root),
            "environ": home.environ,
            "origin": origin,
            "factor": factor,
            "broken": broken,
        }

    def begin(self, arguments: Sequence[str] = ("run",)) -> None:
        self.ended_by_us = False
        (self.home.root / "exit").unlink(missing_ok=True)
        self.pid = self._forks.fork({**self._order, "arguments": list(arguments)})

    @property
    def runs(self) -> bool:
        if not self.pid:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def exit_code(self) -> int | None:
        """Return its exit code; None if it runs, or was killed."""
        try:
            return int((self.home.root / "exit").read_text())
        except (OSError, ValueError):
            return None

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> bool:
        """Ask it to stop; return whether it did."""
        return await self._end(signal.SIGTERM)

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def limit_files(self, size: int) -> None:
        """Let no file of its grow beyond so many bytes; -1 for no limit."""
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def _end(self, number: int) -> bool:
        self.ended_by_us = True
        self.signal(number)
        return await until(lambda: not self.runs, READY)


async def until(true: Callable[[], bool], seconds: float) -> bool:
    """Return whether it came true within so many seconds; other processes tell of nothing."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while not true():
        if loop.time() > limit:
            return False
        await asyncio.sleep(0.004)
    return True
