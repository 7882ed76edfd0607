"""A real mpv without a window, its script and its video, for tests."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kotozoe.desktop.install import share
from kotozoe.player import Player, PlayerDiscovery
from kotozoe.player.announcement import read_all
from kotozoe.player.messages import Loaded, PlayerEvent, ScriptMessage, Unloaded
from kotozoe.service.directory_watcher import DirectoryWatcher

SCRIPT = share() / "mpv-scripts" / "kotozoe.lua"
PATIENCE = 60.0
_T = TypeVar("_T")


def make_video(path: Path, *, title: str = "", seconds: int = 60) -> Path:
    """Make a small video with ffmpeg."""
    source = ["-f", "lavfi", "-i", f"testsrc=size=32x32:rate=2:duration={seconds}"]
    codec = ["-c:v", "mpeg4", "-metadata", f"title={title}"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *codec, path], check=True)
    return path


@dataclass
class Mpv:
    """One mpv process with a runtime folder of its choice; ended by `with`."""

    runtime: Path
    arguments: Sequence[str | bytes | Path] = ()
    script: bool = True
    cwd: Path | None = None
    environ: dict[str, str] = field(default_factory=dict)
    stdin: Path = Path(os.devnull)

    def __enter__(self) -> Mpv:
        fixed = ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-input-terminal", "--term-osd=force", "--idle"]
        script = [f"--script={SCRIPT}"] if self.script else []
        self._printed = tempfile.TemporaryFile()  # a pipe that nobody reads blocks mpv once it is full
        with self.stdin.open("rb") as stdin:
            self.process = subprocess.Popen(
                [*fixed, *script, *self.arguments],
                stdin=stdin,
                stdout=self._printed,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                # mpv believes PWD, as shells set it, before it asks the system where it is
                env={
                    **os.environ,
                    "XDG_RUNTIME_DIR": str(self.runtime),
                    "PWD": str(self.cwd or Path.cwd()),
                    **self.environ,
                },
            )
        self.pid = self.process.pid
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(PATIENCE)
        self._printed.close()

    def output(self) -> str:
        """Wait for the end and return all that it printed."""
        self.process.wait(PATIENCE)
        self._printed.seek(0)
        return self._printed.read().decode(errors="replace")

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def announcement(self) -> Path:
        """The file in which it announces itself; until then a name that nothing has."""
        announced = read_all(self.runtime / "kotozoe").items()
        return next((file for file, found in announced if found.pid == self.pid), self.runtime / "none")

    def is_announced(self) -> bool:
        return self.announcement.exists()


class PlayerLog:
    """What one player tells, read as it comes."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.told: list[PlayerEvent] = []
        self._more = asyncio.Condition()
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for event in self.player.events():
            self.told.append(event)
            async with self._more:
                self._more.notify_all()

    async def _until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(enough)

    async def loaded(self, number: int = 1) -> Loaded:
        """Wait for the nth file that is loaded."""
        await self._until(lambda: len(self.begun()) >= number)
        return self.begun()[number - 1]

    async def unloaded(self, number: int = 1) -> Unloaded:
        await self._until(lambda: len(self._of(Unloaded)) >= number)
        return self._of(Unloaded)[number - 1]

    def begun(self) -> list[Loaded]:
        return self._of(Loaded)

    def ended(self) -> list[str]:
        return [event.playback_id for event in self._of(Unloaded)]

    async def message(self) -> ScriptMessage:
        await self._until(lambda: bool(self._of(ScriptMessage)))
        return self._of(ScriptMessage)[0]

    def _of(self, kind: type[_T]) -> list[_T]:
        return [event for event in self.told if isinstance(event, kind)]


class FoundPlayers:
    """The players that a running discovery found, each with a log of its events."""

    def __init__(self) -> None:
        self.logs: dict[int, PlayerLog] = {}
        self.arrivals: list[int] = []
        self._found: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    def arrived(self, player: Player) -> None:
        self.logs[player.pid] = PlayerLog(player)
        self.arrivals.append(player.pid)
        self._found[player.pid].set()

    async def log(self, pid: int) -> PlayerLog:
        """Wait until this player has been found."""
        async with asyncio.timeout(PATIENCE):
            await self._found[pid].wait()
        return self.logs[pid]


@asynccontextmanager
async def watching(
    runtime: Path, sockets: Sequence[Path] = (), clock: Callable[[], float] = time.time
) -> AsyncIterator[FoundPlayers]:
    """Run a watch over the runtime folder."""
    found_players, directory_watcher = FoundPlayers(), DirectoryWatcher()
    looking = asyncio.create_task(directory_watcher.run())
    task = asyncio.create_task(
        PlayerDiscovery(runtime / "kotozoe", directory_watcher, sockets, clock).run(found_players.arrived)
    )
    try:
        yield found_players
    finally:
        task.cancel()
        looking.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)
        await asyncio.gather(*(log.task for log in found_players.logs.values()))


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that nothing tells of."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110  # files and threads come and go without an event
            await asyncio.sleep(0.01)
