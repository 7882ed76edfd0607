"""Whatever answers at a socket harms nobody else, and costs little."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused, PlayerGone
from kotozoe.player import Loaded, Player, PlayerDiscovery, connection, inbox
from kotozoe.player import discovery as discovery_module
from kotozoe.player.connection import Connection
from kotozoe.service.directory_watcher import DirectoryWatcher
from tests.player.fake_mpv import FakeMpv, fake_mpv
from tests.player.test_connection import lasting

PID = os.getpid()
ODD = [
    b"null",
    b"5",
    b"[null]",
    b"[{}]",
    b'"request_id"',
    b'["request_id"]',
    b'{"request_id": []}',
    b'{"request_id": %d}',
    b'{"request_id": %d, "error": null, "data": [{}]}',
    b'{"request_id": %d, "error": {}, "data": 5}',
    b'{"event": []}',
    b'{"event": "property-change"}',
    b'{"event": "client-message", "args": {}}',
    b"no JSON",
    b"[" * 100_000,
    b"9" * 5000,
]
LISTS: list[object] = [
    None,
    5,
    [None],
    [{}],
    {"name": 1},
    [{"name": "command_async"}, {"name": "terminate"}],
    ["mpv-inter"],
]


class OddMpv(FakeMpv):
    """Says who it is, and answers everything else with `line`."""

    line = b""

    def _line(self, request: dict[str, object]) -> bytes:
        if request["command"] == ["get_property", "pid"]:
            return super()._line(request)
        return self.line.replace(b"%d", str(request["request_id"]).encode())


@asynccontextmanager
async def flooding(path: Path, lines: bytes, times: int) -> AsyncIterator[asyncio.Event]:
    """Answer as mpv does, and send `lines` many times once the event is set."""
    fake, start = FakeMpv(path, PID), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send() -> None:
            await start.wait()
            with suppress(ConnectionError):
                for _ in range(times):
                    writer.write(lines)
                    await writer.drain()

        sending = asyncio.create_task(send())
        await fake.serve(reader, writer)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    async with await asyncio.start_unix_server(serve, path):
        yield start
        await fake.quit()


async def _until_no_threads_but(most: int) -> None:
    async with asyncio.timeout(60):
        while lasting() > most:  # noqa: ASYNC110 - threads end without an event
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("line", ODD, ids=lambda line: line[:40].decode())
async def test_an_odd_peer_ends_nobody_elses_service(
    line: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(discovery_module, "_delays", lambda: iter([0.01] * 10_000))
    arrivals: asyncio.Queue[Player] = asyncio.Queue()
    good, parent = folder.parent / "good", os.getppid()
    async with fake_mpv(folder / "odd", PID, OddMpv) as odd, fake_mpv(good, parent):
        assert isinstance(odd, OddMpv)
        odd.line = line
        watcher = DirectoryWatcher(step_ms=10)
        looking = asyncio.create_task(watcher.run())
        (folder / f"{PID}.json").write_text(json.dumps({"pid": PID, "socket": str(odd.path)}))
        task = asyncio.create_task(PlayerDiscovery(folder, watcher).run(arrivals.put_nowait))
        async with asyncio.timeout(60):
            while len(odd.seen) < 9:  # noqa: ASYNC110 - it is tried again and again
                await asyncio.sleep(0.005)
            (folder / f"{parent}.json").write_text(json.dumps({"pid": parent, "socket": str(good)}))
            while (await arrivals.get()).pid != parent:
                pass
        assert not task.done()
        task.cancel()
        looking.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)


@pytest.mark.parametrize("listed", LISTS, ids=str)
async def test_what_a_peer_calls_its_commands_makes_nothing_of_the_client(listed: object, folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        fake.properties |= {"command-list": listed, "property-list": listed}
        player = await Player.connect(fake.path)
        assert await player.read("pid") == 4242
        player.close()


@pytest.mark.parametrize("value", [5, [], {}, [None], [[]], "\udc80", True, -1, [{"id": 1, "type": []}]], ids=repr)
async def test_properties_that_make_no_sense_are_read_without_harm(value: object, folder: Path) -> None:
    names = ("working-directory", "media-title", "demuxer-via-network", "duration", "track-list", "sid", "slang")
    async with fake_mpv(folder / "s") as fake:
        fake.properties |= {"path": "/Show - 05.mkv", "seeking": False} | dict.fromkeys(names, value)
        player = await Player.connect(fake.path)
        async with asyncio.timeout(60):
            assert isinstance(await anext(player.events()), Loaded)
        player.close()


async def test_no_thread_to_be_had_concerns_one_attempt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_mpv(folder / "s") as fake:
        with monkeypatch.context() as patch:

            def refuse(_: object) -> None:
                raise RuntimeError("can't start new thread")

            patch.setattr(threading.Thread, "start", refuse)
            with pytest.raises(CommandRefused, match="can't start new thread"):
                await Player.connect(fake.path)
        (await Player.connect(fake.path)).close()


async def test_a_player_costs_one_thread(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        await _until_no_threads_but(1)
        players = [await Player.connect(fake.path) for _ in range(5)]
        await _until_no_threads_but(1 + len(players))
        for player in players:
            player.close()
        await _until_no_threads_but(1)


async def test_a_flood_of_one_property_is_one_callback_at_a_time(folder: Path) -> None:
    change = b'{"event":"property-change","id":1,"name":"sid","data":%d}\n'
    seen: list[object] = []
    gone = asyncio.Event()
    async with flooding(folder / "s", b"".join(change % n for n in range(1000)), 100) as start:
        loop = asyncio.get_running_loop()
        waiting = most = 0
        schedule = loop.call_soon_threadsafe

        def counted(call, *args, **kwargs):  # type: ignore[no-untyped-def]
            nonlocal waiting, most
            waiting += 1
            most = max(most, waiting)

            def run() -> None:
                nonlocal waiting
                waiting -= 1
                call(*args)

            return schedule(run, **kwargs)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign,assignment]
        opened = await Connection.open(
            folder / "s", (), ("sid",), lambda _, event: seen.append(event["data"]), gone.set
        )
        start.set()
        async with asyncio.timeout(60):
            while not seen or seen[-1] != 999:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        opened.close()
        await _until_no_threads_but(1)
        assert most <= 5


async def test_only_the_latest_value_of_a_property_waits_and_files_keep_theirs_apart() -> None:
    got: list[tuple[str, object]] = []
    box = inbox.Inbox(
        asyncio.get_running_loop(), lambda name, event: got.append((name, event.get("data"))), lambda: None
    )
    for number in range(5000):
        box.put("property-change", {"name": "sid", "data": number})
    box.put("end-file", {"reason": "x" * 100})
    box.put("property-change", {"name": "sid", "data": False})
    assert len(box._waiting) == 3
    await asyncio.sleep(0)
    assert got == [("property-change", 4999), ("end-file", None), ("property-change", False)]


async def test_more_events_than_can_wait_end_the_connection() -> None:
    ended = asyncio.Event()
    box = inbox.Inbox(asyncio.get_running_loop(), lambda *_: None, ended.set)
    for _ in range(inbox.MAX_WAITING + 5000):
        box.put("start-file", {})
    assert len(box._waiting) == inbox.MAX_WAITING
    async with asyncio.timeout(60):
        await ended.wait()


async def test_messages_of_others_and_of_a_hurry_are_dropped(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        player = await Player.connect(fake.path)
        for _ in range(10_000):
            player._on_event("client-message", {"args": ["kotozoe-retry"]})
        assert len(player._backlog) <= 64
        box = inbox.Inbox(asyncio.get_running_loop(), lambda *_: None, lambda: None)
        box.put("client-message", {"args": ["uosc-button", "x" * 1000]})
        assert not box._waiting
        player.close()


async def test_files_that_go_by_faster_than_they_can_be_followed_end_the_connection(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        player = await Player.connect(fake.path)
        for _ in range(inbox.MAX_WAITING + 1):
            player._on_event("start-file", {})
        assert player.gone.is_set()


@pytest.mark.parametrize("line", [b"x" * 65536, b'{"event":"' + b"x" * 65536])
async def test_a_line_without_end_ends_the_connection(line: bytes, folder: Path) -> None:
    gone = asyncio.Event()
    async with flooding(folder / "s", line, 1000) as start:
        opened = await Connection.open(folder / "s", (), ("sid",), lambda *_: None, gone.set)
        start.set()
        async with asyncio.timeout(60):
            await gone.wait()
        with pytest.raises(PlayerGone):
            await opened.get("pid")
        opened.close()


@pytest.mark.parametrize("trouble", ["chmod", "missing", "file"])
async def test_an_unsafe_folder_is_said_once_and_waited_for(
    trouble: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arrivals: asyncio.Queue[Player] = asyncio.Queue()
    place = folder / "deep" / "kotozoe" if trouble == "missing" else folder
    if trouble == "chmod":
        folder.chmod(0o755)
    elif trouble == "file":
        folder.rmdir()
        folder.touch()
    async with fake_mpv(folder.parent / "s", PID) as fake:
        watcher = DirectoryWatcher(step_ms=10)
        looking = asyncio.create_task(watcher.run())
        task = asyncio.create_task(PlayerDiscovery(place, watcher).run(arrivals.put_nowait))
        async with asyncio.timeout(60):
            while "Waiting until it can be used" not in caplog.text:  # noqa: ASYNC110 - a log has no events
                await asyncio.sleep(0.005)
        if trouble == "chmod":
            folder.chmod(0o700)
        elif trouble == "file":
            folder.unlink()
        else:
            place.parent.mkdir()
        async with asyncio.timeout(60):
            while not place.is_dir():  # noqa: ASYNC110 - made by the one who waited
                await asyncio.sleep(0.005)
            (place / f"{PID}.json").write_text(json.dumps({"pid": PID, "socket": str(fake.path)}))
            await arrivals.get()
        place.chmod(0o755)  # while it is in use
        async with asyncio.timeout(60):
            while caplog.text.count("Waiting until") < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        place.chmod(0o700)
        assert not task.done()
        task.cancel()
        looking.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)
