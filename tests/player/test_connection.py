"""The library's threads and sockets come and go with their player."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from pathlib import Path

import pytest
import python_mpv_jsonipc as library

from kotozoe.errors import CommandRefused, MovedOn, PlayerGone
from kotozoe.player import Loaded, Player, connection
from kotozoe.player.backlog import Backlog
from kotozoe.player.connection import Connection
from kotozoe.player.messages import ScriptMessage
from kotozoe.player.player import Displaced
from tests.player.fake_mpv import FakeMpv, fake_mpv


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def lasting() -> int:
    """Count the threads; those of lanes, which other tests started, stay."""
    return sum(not thread.name.startswith("kotozoe-") for thread in threading.enumerate())


async def _settle(threads: int) -> None:
    async with asyncio.timeout(60):
        while lasting() > threads:  # noqa: ASYNC110  # threads end without an event
            await asyncio.sleep(0.005)


async def _connected(fake: FakeMpv) -> Connection:
    return await Connection.open(fake.path, (), ("sid",), lambda name, event: None, lambda: None)


async def test_a_hundred_connections_leave_no_thread_and_no_open_file(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        (await Player.connect(fake.path, 4242)).close()
        await _settle(1)
        files = _open_files()
        for _ in range(100):
            (await Player.connect(fake.path, 4242)).close()
        await _settle(1)
        await asyncio.sleep(0)
        assert _open_files() <= files + 2


@pytest.mark.filterwarnings("ignore:unclosed <socket")  # the library leaves those it could not connect to the collector
async def test_failed_connections_leave_no_thread_and_no_open_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.05)
    files = _open_files()
    for _ in range(20):
        with pytest.raises(PlayerGone):
            await Connection.open(folder / "none", (), (), lambda name, event: None, lambda: None)
    await _settle(1)
    gc.collect()
    async with fake_mpv(folder / "s") as fake:
        fake.silent = True
        for _ in range(5):
            with pytest.raises(CommandRefused):
                await _connected(fake)
        await _settle(1)
    await asyncio.sleep(0)
    assert _open_files() <= files + 2


def test_a_socket_that_the_library_closed_is_not_closed_twice() -> None:
    wrapper = library.UnixSocket.__new__(library.UnixSocket)

    def break_off(self: object) -> None:
        raise BrokenPipeError

    wrapper.socket = None
    with pytest.raises(BrokenPipeError) as broken:
        break_off(wrapper)
    connection._close_dropped(broken.value)


async def test_a_file_that_begins_right_after_the_first_look_is_not_missed(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        player = await Player.connect(fake.path, 4242)
        look = player._connection.get

        async def get(name: str) -> object:
            found = await look(name)
            if name == "seeking":
                fake.properties["path"] = "/anime/Show - 05.mkv"
                for event in ("start-file", "file-loaded"):
                    player._on_event(event, {})
            return found

        player._connection.get = get  # type: ignore[method-assign]
        async with asyncio.timeout(60):
            loaded = await anext(player.events())
        assert isinstance(loaded, Loaded)
        assert loaded.video.path == "/anime/Show - 05.mkv"
        player.close()
        await _settle(1)


class BusyMpv(FakeMpv):
    """Has begun a file and answers for it, but gets to writing the events of that only after its answers."""

    late = ("start-file", "file-loaded")
    told = False

    def _line(self, request: dict[str, object]) -> bytes:
        line = super()._line(request)
        match request["command"]:
            case ["script-message-to", _, message, *_]:
                events: list[dict[str, object]] = [{"event": name} for name in self.late if not self.told]
                if message == "kotozoe-fence":
                    events.append({"event": "client-message", "args": [message]})
                line = b"\n".join([line, *(json.dumps(event).encode() for event in events)])
                self.told = True
        return line


async def test_events_that_come_after_the_answers_are_not_those_of_another_file(folder: Path) -> None:
    async with fake_mpv(folder / "s", kind=BusyMpv) as fake:
        path = "/anime/Show - 05.mkv"
        fake.properties |= {"path": path, "seeking": False, "track-list": [], "client_name": "ipc-1"}
        player = await Player.connect(fake.path, 4242)
        events = player.events()
        async with asyncio.timeout(60):
            loaded = await anext(events)
            assert isinstance(loaded, Loaded)
            await player.read("path")
            player._on_event("client-message", {"args": ["kotozoe-retry"]})
            assert await anext(events) == ScriptMessage("retry", ())
        player.close()
        await _settle(1)


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        (["start-file", "file-loaded"], []),
        (["file-loaded", "end-file", "start-file"], ["end-file", "start-file"]),
        (["start-file"], ["start-file"]),
    ],
)
async def test_events_before_the_loaded_file_are_ignored(came: list[str], kept: list[str]) -> None:
    backlog = Backlog()
    for name in came:
        backlog.put(name, {})
    assert backlog.drop_before_load() is not bool(kept)
    backlog.end()
    assert [event async for event in backlog] == [(name, {}) for name in kept]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_subtitle_added_to_the_wrong_file_is_removed_again(folder: Path, *, cancelled: bool) -> None:
    ours = {"id": 3, "type": "sub", "external-filename": "/cache/5.srt", "selected": True}
    async with fake_mpv(folder / "s") as fake:
        fake.properties |= {"path": "/anime/Show - 05.mkv", "seeking": False, "track-list": [ours], "sid": 3}
        player = await Player.connect(fake.path, 4242)
        events = player.events()  # whose end is the player's
        async with asyncio.timeout(60):
            loaded = await anext(events)
        assert isinstance(loaded, Loaded)
        send = player._connection.command

        async def command(*words: object) -> object:
            if words[0] == "sub-add":
                fake.properties["path"] = "/anime/Show - 06.mkv"
                if cancelled:
                    adding.cancel()
            return await send(*words)

        player._connection.command = command  # type: ignore[method-assign]
        adding = asyncio.create_task(
            player.add_subtitle("/cache/5.srt", "05", "ja", select=True, playback_id=loaded.playback_id)
        )
        with pytest.raises(asyncio.CancelledError if cancelled else MovedOn):
            await adding
        async with asyncio.timeout(60):
            while ["sub-remove", 3] not in fake.seen:  # noqa: ASYNC110 - nobody waits for it any more
                await asyncio.sleep(0.005)
        player.close()
        await _settle(1)


async def test_another_pid_than_the_announced_one_is_not_connected_to(folder: Path) -> None:
    async with fake_mpv(folder / "s", pid=77) as fake:
        with pytest.raises(Displaced) as displaced:
            await Player.connect(fake.path, 4242)
        assert displaced.value.pid == 77
        assert fake.seen == [["get_property", "pid"]]


@pytest.mark.parametrize("pid", [None, "4242", True, [4242]])
async def test_a_pid_that_is_not_a_number_is_not_connected_to(pid: object, folder: Path) -> None:
    async with fake_mpv(folder / "s", pid=pid) as fake:
        with pytest.raises(Displaced):
            await Player.connect(fake.path)


async def test_closing_does_not_wait_for_a_player_that_is_silent(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        opened = await _connected(fake)
        fake.silent = True
        asked = asyncio.create_task(opened.get("pid"))
        await asyncio.sleep(0)
        opened.close()
        with pytest.raises(PlayerGone):
            await asked
        with pytest.raises(PlayerGone):
            await opened.get("pid")
        await _settle(1)


async def test_a_silent_player_is_not_sent_more_than_its_socket_holds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fake_mpv(folder / "s") as fake:
        opened = await _connected(fake)
        fake.silent = True
        monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.05)
        told = await asyncio.gather(*(opened.get("pid") for _ in range(100)), return_exceptions=True)
        assert {str(error) for error in told} == {
            "mpv did not answer to get_property within 0 s",
            "mpv does not answer; get_property was not sent",
        }
        opened.close()
        await _settle(1)


async def test_a_late_answer_is_not_given_to_the_next_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_mpv(folder / "s") as fake:
        opened = await _connected(fake)
        fake.silent = True
        monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.05)
        with pytest.raises(CommandRefused):
            await opened.get("first")
        monkeypatch.setattr(connection, "ANSWER_SECONDS", 5)
        fake.silent = False
        number = max(opened._client.mpv_inter.cid_async)
        fake.noise = b'{"request_id":%d,"error":"success","data":"first"}\n' % number
        fake.properties["second"] = "second"
        assert await opened.get("second") == "second"
        assert not opened._pending
        opened.close()
        await _settle(1)
