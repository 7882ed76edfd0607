"""A stand-in for mpv: speaks its JSON IPC, plays nothing, and knows at any time which subtitles it was given.

What it misdoes is in `ills`; without them it behaves as mpv 0.35 was measured to.
"""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.world import Video

_SCRIPT = "kotozoe"


@dataclass
class Track:
    track_id: int
    path: str
    title: str
    text: bytes
    video: Video  # what was playing when it was added

    def row(self, *, selected: bool) -> dict[str, object]:
        return {
            "id": self.track_id,
            "type": "sub",
            "src-id": 0,
            "title": self.title,
            "lang": "ja",
            "external": True,
            "external-filename": self.path,
            "selected": selected,
            "codec": "subrip",
        }


@dataclass
class Ills:
    """`slow`: seconds before each answer, at most; `noise`, `twice`, `shuffle`: how often (0 to 1) lines of garbage or
    unknown events come between, an event comes twice, answers come in another order; `cut_after`: lines until the
    connection breaks. `switch_on_add`: the next file begins in the very moment in which a subtitle is added.
    """

    slow: float = 0.0
    noise: float = 0.0
    twice: float = 0.0
    shuffle: float = 0.0
    cut_after: int | None = None
    switch_on_add: list[Video] = field(default_factory=list)


class StandIn:
    """One player, from `start` to `quit` or `die`."""

    def __init__(self, runtime: Path, folder: Path, pid: int, dice: random.Random) -> None:
        self.pid = pid
        self.socket = runtime / "kotozoe" / f"mpv-{pid}-{dice.randrange(1 << 32):08x}.sock"
        self.ills = Ills()
        self.met: list[str] = []
        self.alive = False
        self.hung = asyncio.Event()
        self.hung.set()
        self.tracks: list[Track] = []
        self.sid: int | None = None
        self.video: Video | None = None
        self.told: list[str] = []
        self.playback = ""
        self.changed = asyncio.Event()
        self._loaded = False
        self._folder = folder
        self._dice = dice
        self._file = runtime / "kotozoe" / f"{pid}.json"
        self._listener: asyncio.Server | None = None
        self._clients: dict[asyncio.StreamWriter, set[str]] = {}
        self._talks: set[asyncio.Task[None]] = set()
        self._kept: list[tuple[asyncio.StreamWriter, bytes]] = []

    async def start(self) -> None:
        """Listen, and announce it as the script does."""
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listener = await asyncio.start_unix_server(self._converse, self.socket, limit=1 << 20)
        self.alive = True
        # not in the same folder: the daemon's clock is ahead of what files say, and it would sweep it as a leftover
        fresh = self._folder / f".{self._file.name}.tmp"
        fresh.write_text(json.dumps({"pid": self.pid, "socket": str(self.socket)}))
        fresh.replace(self._file)

    async def load(self, video: Video) -> None:
        """Play another file, with the events of the one before."""
        self._end()
        await asyncio.sleep(self._dice.uniform(0, 0.004))
        self._begin(video)

    async def die(self) -> None:
        """Be killed: everything breaks off, and the socket stays behind."""
        self.alive = False
        self.hung.set()
        if self._listener is not None:
            self._listener.close()
        for writer in tuple(self._clients):
            writer.transport.abort()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def quit(self) -> None:
        await self.die()
        for path in (self._file, self.socket):
            path.unlink(missing_ok=True)

    def break_off(self) -> None:
        """Cut every connection; the player lives on."""
        for writer in tuple(self._clients):
            writer.transport.abort()

    def heal(self) -> None:
        self.ills = Ills()
        self.hung.set()

    def say(self, name: str, *words: str) -> None:
        """Send what the user asks for, as the script does."""
        self._event({"event": "client-message", "args": [f"kotozoe-{name}", self.playback, *words]})

    @property
    def shown(self) -> Track | None:
        return next((track for track in self.tracks if track.track_id == self.sid), None)

    # -- playing

    def _end(self) -> None:
        if self.video is not None:
            self.video, self._loaded = None, False
            self.tracks, self.sid = [], None
            self._event({"event": "end-file", "reason": "stop"})
            self.changed.set()

    def _begin(self, video: Video) -> None:
        self.video, self.playback = video, ""
        self._event({"event": "start-file", "playlist_entry_id": 1})
        self._loaded = True
        self._event({"event": "file-loaded"})
        self._select(None)

    def _select(self, track_id: int | None) -> None:
        self.sid = track_id
        self._event({"event": "property-change", "id": 1, "name": "sid", "data": track_id or False}, observed="sid")
        self.changed.set()

    def _add(self, path: str, how: str, title: str) -> bool:
        try:
            text = Path(path).read_bytes()
        except OSError:
            return False
        if self.ills.switch_on_add:
            self.met.append("switched at sub-add")
            upcoming = self.ills.switch_on_add.pop()
            self._end()
            self._begin(upcoming)
        if self.video is None or not text.strip():
            return False
        known = next((t for t in self.tracks if t.path == path), None) if how == "cached" else None
        track = known or Track(len(self.tracks) + 1 + self._dice.randrange(3) * 10, path, title, text, self.video)
        if known is None:
            self.tracks.append(track)
        if how != "auto":
            self._select(track.track_id)
        self.changed.set()
        return True

    # -- talking

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        self._clients[writer] = set()
        try:
            async for line in reader:
                await self._hear(json.loads(line), writer)
        except (OSError, ValueError, asyncio.CancelledError):  # `die` cancels what it then waits for
            pass
        finally:
            del self._clients[writer]
            self._talks.discard(talk)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _hear(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self.hung.wait()
        if self.ills.slow:
            self.met.append("slow answers")
            await asyncio.sleep(self._dice.uniform(0, self.ills.slow))
        match request["command"]:
            case ["script-message-to", "ipc_1", *args]:
                self._event({"event": "client-message", "args": args})
        error, found = self._answer(request["command"], writer)
        answer = {"request_id": request["request_id"], "error": error, "data": found}
        self._send(writer, answer)

    def _answer(self, words: list[Any], writer: asyncio.StreamWriter) -> tuple[str, object]:
        match words:
            case ["get_property", name]:
                found = self._properties().get(name)
                return ("property unavailable" if found is None else "success"), found
            case ["observe_property", _, name]:
                self._clients[writer].add(name)
            case ["sub-add", path, how, title, *_]:
                return ("success" if self._add(path, how, title) else "error running command"), None
            case ["sub-remove", track_id]:
                self.tracks = [track for track in self.tracks if track.track_id != track_id]
                if self.sid == track_id:
                    self._select(None)
                self.changed.set()
            case ["set_property", "sid", value]:
                self._select(value if any(t.track_id == value for t in self.tracks) else None)
            case ["script-message-to", "kotozoe", "playback", content]:
                self.playback = json.loads(content)["playback"]
                self.changed.set()
            case ["raw", "show-text", line, *_]:
                self.told.append(line)
            case ["client_name"]:
                return "success", "ipc_1"
        return "success", None

    def _properties(self) -> dict[str, object]:
        known: dict[str, object] = {"pid": self.pid, "property-list": [], "command-list": [], "slang": []}
        known |= {"sub-visibility": True, "options/sid": "auto", "playlist-pos": -1, "sid": self.sid or False}
        rows = [track.row(selected=track.track_id == self.sid) for track in self.tracks]
        known |= {"track-list": [{"id": 1, "type": "video", "selected": True}, *rows]}
        if self.video is not None and self._loaded:
            path = str(self._folder / self.video.name)
            known |= {"path": path, "media-title": self.video.name, "seeking": False, "demuxer-via-network": False}
            known |= {"working-directory": str(self._folder)}
        return known

    def _event(self, event: dict[str, object], observed: str = "") -> None:
        for writer, names in tuple(self._clients.items()):
            if not observed or observed in names:
                self._send(writer, event)
                if self._dice.random() < self.ills.twice:
                    self.met.append("doubled events")
                    self._send(writer, event)

    def _send(self, writer: asyncio.StreamWriter, content: dict[str, object]) -> None:
        lines = [json.dumps(content).encode() + b"\n"]
        if self._dice.random() < self.ills.noise:
            self.met.append("noise")
            lines.insert(0, self._dice.choice(_NOISE))
        if self._kept and self._dice.random() < 0.7:
            lines += [line for kept, line in self._kept if kept is writer]
            self._kept = [(kept, line) for kept, line in self._kept if kept is not writer]
        elif "request_id" in content and self._dice.random() < self.ills.shuffle:
            self.met.append("shuffled answers")
            late = [(writer, line) for line in lines]
            self._kept += late
            asyncio.get_running_loop().call_later(0.01, self._send_kept, writer)
            return
        self._write(writer, b"".join(lines))

    def _send_kept(self, writer: asyncio.StreamWriter) -> None:
        late = b"".join(line for kept, line in self._kept if kept is writer)
        self._kept = [(kept, line) for kept, line in self._kept if kept is not writer]
        if late:
            self._write(writer, late)

    def _write(self, writer: asyncio.StreamWriter, lines: bytes) -> None:
        if self.ills.cut_after is not None:
            self.ills.cut_after -= 1
            if self.ills.cut_after < 0:
                self.met.append("cut connection")
                self.ills.cut_after = None
                with suppress(OSError):
                    writer.write(lines[: len(lines) // 2])
                writer.transport.abort()
                return
        if not writer.is_closing():
            writer.write(lines)


_NOISE = (
    b"this is no JSON\n",
    b'{"event": "property-change", "id": 1\n',
    b"\xff\xfe\x00 \xc3\x28\n",
    b"[]\n",
    b"null\n",
    b"17\n",
    b'{"event": "something-new", "data": {"deep": [[[1]]]}}\n',
    b'{"event": "property-change", "id": 99999, "name": "sid", "data": "odd"}\n',
    b'{"event": "client-message", "args": "no list"}\n',
    b'{"event": "client-message", "args": ["kotozoe-pick", 7, null]}\n',
    b'{"request_id": 987654321, "error": "success", "data": 1}\n',
    b'{"request_id": "text", "error": "success"}\n',
    b'{"event": "log-message", "text": "' + b"x" * 5000 + b'"}\n',
)


class Nonsense(StandIn):
    """Says who it is, and answers everything else with what makes no sense."""

    async def _hear(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if request["command"][:2] == ["get_property", "pid"]:
            await super()._hear(request, writer)
        elif request["command"][-1] in ("property-list", "command-list"):
            self._send(writer, {"request_id": request["request_id"], "error": "success", "data": [{}]})
        else:
            writer.write(self._dice.choice(_NONSENSE).replace(b"%d", str(request["request_id"]).encode()))


_NONSENSE = (
    b"null\n",
    b"5\n",
    b"[null]\n",
    b"[{}]\n",
    b'{"request_id": []}\n',
    b'{"request_id": %d}\n',
    b'{"request_id": %d, "error": "success", "data": [{}]}\n',
    b'{"request_id": %d, "error": {}, "data": 5}\n',
    b'{"event": []}\n',
    b"x" * 400_000 + b"\n",
)
