"""What the watch does about players that are not what they were announced to be."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest

from kotozoe.player import Player, PlayerDiscovery, announcement, probe
from kotozoe.player import discovery as watch
from kotozoe.service.directory_watcher import DirectoryWatcher
from tests.player.fake_mpv import FakeMpv, fake_mpv

PID = os.getpid()
DEAD = 2**22 + 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr("kotozoe.player.discovery._POLL_SECONDS", 0.02)


def _announce(folder: Path, name: int, path: Path, pid: int | None = None) -> Path:
    file = folder / f"{name:x}.json"
    file.write_text(json.dumps({"protocol": 1, "pid": pid or name, "socket": str(path)}))
    return file


@asynccontextmanager
async def _watching(
    folder: Path | None, sockets: Sequence[Path] = (), sandboxes: Sequence[Path] = ()
) -> AsyncIterator[asyncio.Queue[Player]]:
    arrivals: asyncio.Queue[Player] = asyncio.Queue()
    directory_watcher = DirectoryWatcher(step_ms=10)
    looking = asyncio.create_task(directory_watcher.run())
    discovery = PlayerDiscovery(folder, directory_watcher, sockets, sandboxes=sandboxes)
    task = asyncio.create_task(discovery.run(arrivals.put_nowait))
    try:
        yield arrivals
    finally:
        task.cancel()
        looking.cancel()
        await asyncio.gather(task, looking, return_exceptions=True)


async def _arrival(arrivals: asyncio.Queue[Player]) -> Player:
    async with asyncio.timeout(60):
        return await arrivals.get()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  # neither files nor the log have events
            await asyncio.sleep(0.005)


async def test_an_announced_player_is_followed_until_it_withdraws(folder: Path) -> None:
    async with fake_mpv(folder / "s", PID) as fake, _watching(folder) as arrivals:
        file = _announce(folder, PID, fake.path)
        player = await _arrival(arrivals)
        file.unlink()
        async with asyncio.timeout(60):
            await player.gone.wait()


async def test_two_sandboxed_players_of_one_pid_are_both_followed(folder: Path) -> None:
    shared = folder / "app"
    async with (
        fake_mpv(folder / "s", 3) as one,
        fake_mpv(folder / "t", 3) as two,
        _watching(folder, sandboxes=[shared]) as arrivals,
    ):
        shared.mkdir(mode=0o700)
        _announce(shared, 0xA, one.path, pid=3)
        _announce(shared, 0xB, two.path, pid=3)
        players = [await _arrival(arrivals), await _arrival(arrivals)]
        assert {player.player_id for player in players} == {"mpv-3", "mpv-3.2"}


async def test_a_socket_taken_by_another_player_is_logged_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kotozoe.player.discovery._delays", lambda: iter([0.01] * 1000))
    async with fake_mpv(folder / "s", 77) as fake, _watching(folder) as arrivals:
        file = _announce(folder, PID, fake.path)
        await _until(lambda: "taken by another mpv (77)" in caplog.text)
        await _until(lambda: len(fake.seen) >= 5)
        assert caplog.text.count("taken by another") == 1
        assert {str(command) for command in fake.seen} == {"['get_property', 'pid']"}
        assert arrivals.empty()
        assert os.path.lexists(file)


async def test_a_dead_players_announcement_of_anothers_socket_is_removed(folder: Path) -> None:
    async with fake_mpv(folder.parent / "fixed", 77) as fake, _watching(folder):
        file = _announce(folder, DEAD, fake.path)
        await _until(lambda: not file.exists())
        assert os.path.lexists(fake.path)


async def test_a_player_that_does_not_listen_yet_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = asyncio.Event()

    def is_new(found: announcement.Announcement, now: float) -> bool:
        refused.set()
        return found.pid == PID and now > 0

    monkeypatch.setattr(announcement, "is_new", is_new)
    async with fake_mpv(folder / "s", PID, listening=False) as fake, _watching(folder) as arrivals:
        file = _announce(folder, PID, fake.path)
        async with asyncio.timeout(60):
            await refused.wait()
        await fake.listen()
        assert (await _arrival(arrivals)).pid == PID
        assert file.exists()


async def test_an_announcement_that_nobody_listens_to_is_removed_once_it_is_old(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "s"))
    file = _announce(folder, PID, folder / "s")
    os.utime(file, (1.0, 1.0))
    async with _watching(folder):
        await _until(lambda: not file.exists())


async def test_an_announcement_without_a_socket_is_logged_once_and_kept(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "text"
    path.touch()
    async with _watching(folder):
        file = _announce(folder, PID, path)
        await _until(lambda: "is not a socket of yours" in caplog.text)
        assert os.path.lexists(file)


async def test_a_configured_socket_is_reconnected_to(tmp_path: Path) -> None:
    path = tmp_path / "named"
    async with _watching(None, [path]) as arrivals:
        for pid in (11, 12):
            path.unlink(missing_ok=True)
            async with fake_mpv(path, pid):
                player = await _arrival(arrivals)
                assert player.pid == pid
            async with asyncio.timeout(60):
                await player.gone.wait()
        assert arrivals.empty()


async def test_a_configured_socket_of_a_hung_player_is_retried(tmp_path: Path) -> None:
    async with fake_mpv(tmp_path / "named") as fake:
        fake.silent = True
        async with _watching(None, [fake.path]) as arrivals:
            await _until(lambda: len(fake.seen) >= 2)
            fake.silent = False
            assert (await _arrival(arrivals)).pid == 4242


async def test_an_unsafe_configured_socket_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "named"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    tmp_path.chmod(0o777)
    async with _watching(None, [path]):
        await _until(lambda: "not safe" in caplog.text)
        await asyncio.sleep(0.1)
    assert caplog.text.count("not safe") == 1


async def test_a_player_both_configured_and_announced_is_connected_once(folder: Path) -> None:
    async with fake_mpv(folder / "s", PID) as fake:
        _announce(folder, PID, fake.path)
        async with _watching(folder, [fake.path]) as arrivals:
            await _arrival(arrivals)
            await asyncio.sleep(0.1)
            assert arrivals.empty()


def test_a_hung_player_is_retried_with_growing_delays() -> None:
    assert list(islice(watch._delays(), 7)) == [0.5, 1, 2, 4, 8, 15, 15]


async def test_a_player_that_closes_the_connection_is_retried(folder: Path) -> None:
    path = folder / "s"
    fake, calls = FakeMpv(path, PID), 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            writer.close()
        else:
            await fake.serve(reader, writer)

    async with await asyncio.start_unix_server(serve, path):
        announced = _announce(folder, PID, path)
        async with _watching(folder) as arrivals:
            assert (await _arrival(arrivals)).pid == PID
        assert announced.exists()
        await fake.quit()
