"""One mpv: what it plays, and the commands to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from kotozoe.errors import CommandRefused, MovedOn, PlayerError, PlayerGone, Unanswered, UserError
from kotozoe.identify.names.identify import is_named
from kotozoe.model import Track, VideoFile
from kotozoe.player import messages
from kotozoe.player.backlog import Backlog
from kotozoe.player.connection import Connection
from kotozoe.player.messages import Loaded, PlayerEvent, Renamed, Unloaded
from kotozoe.player.osd import OsdLines
from kotozoe.player.playing import Playing, track_of
from kotozoe.player.probe import ask
from kotozoe.player.script_link import ScriptLink
from kotozoe.player.titles import BRIEF, NameHistory
from kotozoe.printable import printable

log = logging.getLogger(__name__)

_EVENTS = ("start-file", "file-loaded", "end-file", "client-message")
_FRESH_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_RENAMED = "renamed"  # our own event: what names the file may have changed

_T = TypeVar("_T")


class Displaced(PlayerGone):
    """Another mpv listens at the socket that this one had; `pid` is the other's."""

    def __init__(self, pid: int | None) -> None:
        super().__init__("its socket belongs to another mpv now")
        self.pid = pid


class Player:
    """A connected mpv. `gone` is set when the connection has ended, from whichever side."""

    def __init__(self, path: Path, pid: int, *, fresh: bool) -> None:
        self.socket = path
        self.pid = pid
        self.player_id = _free_id(pid)
        _players[self.player_id] = self
        self.gone = asyncio.Event()
        self._fresh = fresh
        self._connection: Connection
        self._script: ScriptLink
        self._backlog = Backlog()
        self._playback: Playing | None = None
        self._count = 0
        self._adding = asyncio.Lock()
        self._names = NameHistory(time.monotonic)
        self._rename_waits = False
        self._osd = OsdLines(self._show_line)

    @classmethod
    async def connect(cls, path: Path, pid: int | None = None, clock: Callable[[], float] = time.time) -> Player:
        """Connect to the mpv with this pid, or to whichever listens there.

        Raises UserError if the socket is not safe, PlayerGone if nobody listens, Displaced if it is another's,
        CommandRefused if mpv hangs.
        """
        found = messages.track_id((await ask(path, ("pid",)))["pid"])
        if found is None or pid not in (None, found):
            raise Displaced(found)
        player = cls(path, found, fresh=_age(path, clock) < _FRESH_SECONDS)
        player._connection = await Connection.open(path, _EVENTS, messages.OBSERVED, player._on_event, player._on_gone)
        player._script = ScriptLink(player._connection, player.player_id)
        try:
            await player._check_pid()
        except BaseException:
            player.close()
            raise
        return player

    async def events(self) -> AsyncIterator[PlayerEvent]:
        """Yield what happens, first what plays already, until the player is gone; to be read by one reader."""
        try:
            loaded = await self._find_playing()
            await self._script.greet()
            if loaded:
                yield loaded
            async for raw in self._backlog:
                for event in await self._translate(*raw):
                    yield event
        except PlayerGone:
            pass
        finally:
            self.close()
        for event in self._unload():
            yield event

    async def current(self) -> tuple[tuple[Track, ...], int | None]:
        """Return the tracks and the selected subtitle track as they are now."""
        found = await self._connection.get("track-list")
        return messages.tracks(found), messages.track_id(await self._connection.get("sid"))

    async def upcoming(self) -> VideoFile | None:
        """Return what the playlist has next; None at its end. Raises PlayerError."""
        position = messages.track_id((await ask(self.socket, ("playlist-pos",)))["playlist-pos"])
        if position is None or position < 0:
            return None
        item = (f"playlist/{position + 1}/filename", f"playlist/{position + 1}/title")
        return messages.next_video(await ask(self.socket, (*item, "working-directory")), position + 1)

    def user_changed_track(self, playback_id: str) -> bool:
        """Tell whether the subtitle track was changed since file-loaded by anybody but us, even if changed back."""
        playback = self._playback
        return playback is not None and playback.playback_id == playback_id and playback.changed

    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None:
        """Add a subtitle file, once, and see that it is there; `select` shows it.

        Raises MovedOn if this playback is over, CommandRefused if mpv does not take it, PlayerGone.
        """
        # cancelled in its middle, which a new file does, it would leave the track with that file
        adding = asyncio.create_task(self._add_here(path, title, language, select=select, playback_id=playback_id))
        adding.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(adding)

    async def _add_here(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None:
        async with self._adding:
            playback = self._playback
            if playback is None or playback.playback_id != playback_id or playback.turn != self._backlog.turns:
                raise MovedOn("mpv is playing another file by now")
            playback.held = set()
            ours = None
            try:
                ours, sid = await self._add(path, printable(title), language, select=select)
            finally:
                playback.end_change(ours.track_id if ours and select else playback.sid)
            if await self._went_on(playback):
                await self._take_back(ours)
                raise MovedOn("mpv went on to another file while the subtitle was added")
            if ours is None:
                raise CommandRefused("mpv loaded the subtitle but lists no track for it")
            if select and sid != ours.track_id:
                raise CommandRefused("mpv loaded the subtitle but selected another track")

    async def show_track(self, track_id: int | None, playback_id: str) -> None:
        """Show this subtitle track, or none. Raises MovedOn, CommandRefused, PlayerGone."""
        async with self._changing(playback_id):
            await self._connection.command("set_property", "sid", track_id or "no")

    async def show_second(self, track_id: int, playback_id: str) -> bool:
        """Show this track as mpv's second subtitle, unless there is one; return whether it did."""
        async with self._changing(playback_id):
            if messages.track_id(await self._connection.get("secondary-sid")) is not None:
                return False
            await self._connection.command("set_property", "secondary-sid", track_id)
            return True

    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None:
        """Remove tracks that were added."""
        async with self._changing(playback_id):
            for track_id in track_ids:
                await self._connection.command("sub-remove", track_id)

    async def read(self, name: str) -> object:
        """Return a property's present value, None if it has none now. Raises CommandRefused, PlayerGone."""
        return await self._connection.get(name)

    async def set_delay(self, seconds: float, playback_id: str) -> None:
        """Show subtitles so much later. Raises MovedOn, CommandRefused, PlayerGone."""
        async with self._changing(playback_id):
            await self._connection.command("set_property", "sub-delay", seconds)

    @asynccontextmanager
    async def _changing(self, playback_id: str) -> AsyncIterator[None]:
        """What changes within is our own doing; nobody else's changes of ours come in between."""
        async with self._adding:
            playback = self._playback
            if playback is None or playback.playback_id != playback_id or await self._went_on(playback):
                raise MovedOn("mpv is playing another file by now")
            playback.held = set()
            sid = playback.sid
            try:
                yield
                sid = messages.track_id(await self._connection.get("sid"))
            finally:
                playback.end_change(sid)

    async def _went_on(self, playback: Playing) -> bool:
        """Tell whether mpv plays another file by now; its answers come in order, its events may come after them."""
        return await self._connection.get("path") != playback.path or playback.turn != self._backlog.turns

    async def send_to_script(self, name: str, content: Mapping[str, object]) -> None:
        """Send one message to the script; without the script it is lost."""
        await self._script.send(name, content)

    async def say(self, line: str) -> None:
        """Show one short line on the OSD, literally: mpv expands nothing in it. It waits for the line before it."""
        await self._osd.say(printable(line))

    def make_way(self) -> None:
        """Let the next line on the OSD appear at once, instead of all that waits."""
        self._osd.make_way()

    async def _show_line(self, line: str, seconds: float) -> None:
        await self._connection.command("raw", "show-text", line, round(seconds * 1000))

    def close(self) -> None:
        """Close the connection; the player keeps running."""
        self._connection.close()
        self._on_gone()

    def _on_event(self, name: str, event: dict[str, object]) -> None:
        if name == "property-change":
            self._on_change(messages.text(event.get("name")), event.get("data"))
            return
        if name in messages.BOUNDARIES:
            self._names.boundary()
        elif name == "file-loaded":
            self._names.file_loaded()
        if not self._backlog.put(name, event):
            log.warning("%s sends more events than can be followed", self.player_id)
            self.close()

    def _on_change(self, name: str, value: object) -> None:
        if name == "sid":
            if self._playback:
                self._playback.observe(messages.track_id(value))
            return
        self._names.change(name, messages.text(value))
        if self._rename_waits:
            return
        self._rename_waits = True
        if self._names.is_settled:
            asyncio.get_running_loop().call_later(BRIEF, self._backlog.put, _RENAMED, {})
        else:
            self._backlog.put(_RENAMED, {})

    def _on_gone(self) -> None:
        if not self.gone.is_set():
            self.gone.set()
            self._osd.make_way()
            self._backlog.end()

    async def _find_playing(self) -> Loaded | None:
        # mpv has a value for "seeking" from the very moment of file-loaded to the end of the file
        if await self._retry_while_hung(lambda: self._connection.get("seeking")) is None:
            return None  # whatever came meanwhile may have come after that answer
        await self._retry_while_hung(lambda: self._backlog.fence(self._connection))
        self._rename_waits = False
        if not self._backlog.drop_before_load():
            return None  # its events tell what it plays now
        return await self._load(attached=not self._fresh)

    async def _translate(self, name: str, event: dict[str, object]) -> list[PlayerEvent]:
        if name == "client-message":
            message = messages.script_message(event.get("args"))
            if message and message.name == "hello":
                self._script.check(message)
                return []
            return [message] if message else []
        if name == _RENAMED:
            return await self._rename()
        if name != "file-loaded":
            return self._unload()
        if self._playback:  # already found when we connected
            return []
        if not self._script.greeted:
            await self._script.greet()
        loaded = await self._load(attached=False)
        return [loaded] if loaded else []

    async def _load(self, *, attached: bool) -> Loaded | None:
        turn, path = self._backlog.turns, await self._retry_while_hung(lambda: self._connection.get("path"))
        names = await self._retry_while_hung(self._read_names)
        tracks, sid = await self._retry_while_hung(self.current)
        requested = messages.requested_sid(await self._retry_while_hung(lambda: self._connection.get("options/sid")))
        slang = messages.slang(await self._retry_while_hung(lambda: self._connection.get("slang")))
        if turn != self._backlog.turns or not names.get("path"):  # it was over before it was read
            return None
        own = self._names.of_file(messages.text(path), messages.lasting(names), attached=attached)
        video = messages.video_file(names, own.names)
        self._count += 1
        self._playback = Playing(f"{self.player_id}-{self._count}", turn, path, sid, video)
        unsettled = video.is_stream and (own.unsettled or not (own.names or is_named(video)))
        return Loaded(self._playback.playback_id, video, tracks, sid, attached, requested, slang, unsettled)

    async def _rename(self) -> list[PlayerEvent]:
        """Read again what names the file; return the event if that has changed."""
        self._rename_waits = False
        playback = self._playback
        if playback is None or playback.video is None or not playback.video.is_stream:
            return []
        try:
            names = await self._read_names()
        except CommandRefused as refused:
            log.info("%s: cannot read what its file is called now: %s", self.player_id, refused)
            return []
        if playback.turn != self._backlog.turns or names.get("path") is None:
            return []
        video = messages.video_file(names, self._names.renamed(messages.lasting(names)).names)
        if video == playback.video:
            return []
        playback.video = video
        return [Renamed(playback.playback_id, video)]

    async def _retry_while_hung(self, read: Callable[[], Awaitable[_T]]) -> _T:
        """Read again and again while mpv hangs: it may wake with this very file."""
        while True:
            try:
                return await read()
            except CommandRefused as refused:
                log.info("%s: cannot read which file it plays: %s", self.player_id, refused)
                await asyncio.sleep(_RETRY_SECONDS)

    def _unload(self) -> list[PlayerEvent]:
        playback, self._playback = self._playback, None
        self._osd.make_way()
        return [Unloaded(playback.playback_id)] if playback else []

    async def _read_names(self) -> dict[str, object]:
        """Read what names the file, over a connection of its own: the library drops bytes that are not UTF-8."""
        try:
            names = await ask(self.socket, (*messages.NAMES, "pid"))
        except (PlayerError, UserError):
            names = {}
        if names.get("pid") != self.pid:  # another listens there now, or nobody: our connection is to the right one
            names = {name: await self._value(name) for name in messages.NAMES}
        return names

    async def _value(self, name: str) -> object:
        """Return a property's value, None if it has none, or if this mpv is too old to know it."""
        try:
            return await self._connection.get(name)
        except Unanswered:
            raise
        except CommandRefused:
            return None

    async def _add(self, path: str, title: str, language: str, *, select: bool) -> tuple[Track | None, int | None]:
        tracks, sid = await self.current()
        if select or not track_of(path, tracks):
            # "cached" selects the track of this file, adding it if there is none; "auto" would add a second one
            await self._connection.command("sub-add", path, "cached" if select else "auto", title, language)
            tracks, sid = await self.current()
        return track_of(path, tracks), sid

    async def _take_back(self, track: Track | None) -> None:
        """Remove a track that was meant for the file before this one."""
        if track:
            await self._connection.command("sub-remove", track.track_id)

    async def _check_pid(self) -> None:
        # the socket may have changed hands between the probe and the connection
        found = messages.track_id(await self._connection.get("pid"))
        if found != self.pid:
            raise Displaced(found)


_players: WeakValueDictionary[str, Player] = WeakValueDictionary()


def _free_id(pid: int) -> str:
    """Return an id that no connected player has: two sandboxes may well have the same pid."""
    names = (f"mpv-{pid}", *(f"mpv-{pid}.{number}" for number in range(2, 1000)))
    return next((name for name in names if name not in _players or _players[name].gone.is_set()), names[0])


def _age(path: Path, clock: Callable[[], float]) -> float:
    """Return the seconds since mpv opened its socket, which it does when it starts."""
    try:
        return clock() - path.lstat().st_mtime
    except OSError as error:
        raise PlayerGone(f"no socket {printable(path.name)} ({error.strerror})") from None
