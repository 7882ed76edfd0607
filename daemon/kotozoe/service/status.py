"""What the daemon does now, in a file that `kotozoe status` reads: written whole, on change, a few times a second."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kotozoe.printable import printable

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.3
_PATIENCE = 20  # so many pauses, while the disk refuses
_MAX_PLAYBACKS = 20
_MAX_STEPS = 20
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    pid: int
    since: float
    script: str = ""  # what the script said of itself, or its absence


@dataclass(frozen=True, slots=True)
class PlaybackStep:
    """One sentence about a playback, reported at `at` (unix seconds)."""

    at: float
    step: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlaybackStatus:
    """The last step is the present outcome; `shows` is the path of its subtitle file in the cache."""

    id: str
    player: int
    name: str
    steps: tuple[PlaybackStep, ...] = ()
    ended: bool = False
    shows: str = ""


@dataclass(frozen=True, slots=True)
class HostStatus:
    """`wait`: seconds until the next request may go, at the time of writing. `serves`: what it is asked for."""

    name: str
    waiting: int = 0
    wait: float = 0.0
    trouble: str = ""
    refused: bool = False
    sent: int = 0
    serves: str = ""
    needs_key: bool = False


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Never the key itself."""

    present: bool = False
    origin: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of it. Times are unix seconds."""

    pid: int
    version: str
    started: float
    written: float = 0.0
    players: tuple[PlayerStatus, ...] = ()
    playbacks: tuple[PlaybackStatus, ...] = ()
    hosts: tuple[HostStatus, ...] = ()
    key: KeyStatus = field(default_factory=KeyStatus)
    problems: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


class StatusBoard:
    """Takes what changes, each part whole or as the next step of a playback, and keeps the file up to date."""

    def __init__(
        self,
        file: Path,
        version: str,
        clock: Callable[[], float] = time.time,
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:
        self._file = file
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._changed = asyncio.Event()
        self._trouble = ""
        self.now = Snapshot(pid=os.getpid(), version=version, started=clock())

    def players(self, players: tuple[PlayerStatus, ...]) -> None:
        self._put(players=players)

    def hosts(self, hosts: tuple[HostStatus, ...]) -> None:
        self._put(hosts=hosts)

    def key(self, key: KeyStatus) -> None:
        self._put(key=key)

    def problems(self, problems: tuple[str, ...]) -> None:
        """Set the problems of the config as it is now."""
        self._put(problems=tuple(printable(problem, 500) for problem in problems))

    def counts(self, **counts: int) -> None:
        """Set these counts, keep the others."""
        self._put(counts={**self.now.counts, **counts})

    def playback(self, playback_id: str, player: int, name: str) -> None:
        """Begin a playback; the oldest ones are forgotten. `name` may be untrusted."""
        begun = PlaybackStatus(playback_id, player, printable(name))
        others = tuple(p for p in self.now.playbacks if p.id != playback_id)
        self._put(playbacks=(*others, begun)[-_MAX_PLAYBACKS:])

    def step(self, playback_id: str, step: str, sentence: str) -> None:
        new = PlaybackStep(self._clock(), step, printable(sentence, 500))
        self._playback(playback_id, lambda p: replace(p, steps=(*p.steps, new)[-_MAX_STEPS:]))

    def shows(self, playback_id: str, path: str) -> None:
        self._playback(playback_id, lambda p: replace(p, shows=path))

    def shown(self) -> frozenset[str]:
        """Return the subtitle files that players show now."""
        return shown_by(self.now)

    def ended(self, playback_id: str) -> None:
        self._playback(playback_id, lambda p: replace(p, ended=True))

    async def run(self) -> None:
        """Write on change until cancelled; changes that come close together are written once."""
        while True:
            await self._changed.wait()
            self.write()
            await asyncio.sleep(self._pause_seconds * (_PATIENCE if self._trouble else 1))

    def write(self) -> None:
        """Write now. A failing disk costs the status, nothing else; it is written once the disk works again."""
        self._changed.clear()
        self.now = replace(self.now, written=self._clock())
        fresh = self._file.with_name(f".{self._file.name}.tmp")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump(asdict(self.now), out, ensure_ascii=False)
            fresh.replace(self._file)
            self._trouble = ""
        except OSError as error:
            self._changed.set()
            if self._trouble != (trouble := str(error.strerror)):
                self._trouble = trouble
                _log.warning("cannot write the status file: %s", trouble)

    def _playback(self, playback_id: str, change: Callable[[PlaybackStatus], PlaybackStatus]) -> None:
        self._put(playbacks=tuple(change(p) if p.id == playback_id else p for p in self.now.playbacks))

    def _put(self, **parts: Any) -> None:
        changed = replace(self.now, **parts)
        if changed != self.now:
            self.now = changed
            self._changed.set()


def shown_by(snapshot: Snapshot) -> frozenset[str]:
    """Return the subtitle files that players show."""
    return frozenset(p.shows for p in snapshot.playbacks if p.shows and not p.ended)


def read_status(file: Path) -> Snapshot | None:
    """Return what was last written, None if it is missing, damaged or of another version."""
    try:
        with file.open("rb") as stream:
            data = json.loads(stream.read(_MAX_BYTES))
        playbacks = [p | {"steps": tuple(PlaybackStep(**step) for step in p["steps"])} for p in data["playbacks"]]
        parts = {
            "players": tuple(PlayerStatus(**player) for player in data["players"]),
            "playbacks": tuple(PlaybackStatus(**playback) for playback in playbacks),
            "hosts": tuple(HostStatus(**host) for host in data["hosts"]),
            "key": KeyStatus(**data["key"]),
            "problems": tuple(data["problems"]),
        }
        return Snapshot(**(data | parts))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
