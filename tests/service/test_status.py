from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from kotozoe.service.status import (
    HostStatus,
    KeyStatus,
    PlaybackStatus,
    PlaybackStep,
    PlayerStatus,
    Snapshot,
    StatusBoard,
    read_status,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "status.json"


def board_at(file: Path) -> StatusBoard:
    return StatusBoard(file, "0.1", clock=lambda: 100.0, pause_seconds=0)


async def test_status_reads_back_as_written(file: Path) -> None:
    board = board_at(file)
    board.players((PlayerStatus(42, 99.0),))
    board.hosts((HostStatus("jimaku.cc", 1, 2.4, "no network"),))
    board.key(KeyStatus(present=True, origin="the file /k"))
    board.problems(("line 3: x\x1b",))
    board.counts(entries=6544)
    board.counts(listings=1)
    board.playback("p1", 42, "a\nb.mkv")
    board.step("p1", "resolved", "by title")
    board.ended("p1")
    board.write()
    read = read_status(file)
    assert read == board.now
    assert read is not None
    assert read.counts == {"entries": 6544, "listings": 1}
    assert read.problems == ("line 3: x\ufffd",)
    assert read.playbacks == (
        PlaybackStatus("p1", 42, "a\ufffdb.mkv", (PlaybackStep(100.0, "resolved", "by title"),), ended=True),
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


async def test_status_is_written_on_change_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = board_at(file)
    written: list[Snapshot] = []
    wrote = asyncio.Event()
    write = board.write

    def watched() -> None:
        write()
        written.append(board.now)
        wrote.set()

    monkeypatch.setattr(board, "write", watched)
    task = asyncio.create_task(board.run())
    board.counts(entries=1)
    board.counts(entries=2)
    await asyncio.wait_for(wrote.wait(), 5)
    wrote.clear()
    board.counts(entries=2)
    board.counts(entries=3)
    await asyncio.wait_for(wrote.wait(), 5)
    task.cancel()
    assert [dict(snapshot.counts) for snapshot in written] == [{"entries": 2}, {"entries": 3}]


async def test_status_forgets_old_playbacks_and_steps(file: Path) -> None:
    board = board_at(file)
    for number in range(50):
        board.playback(f"p{number}", 1, "x")
        board.step("p49", str(number), "")
    for number in range(50):
        board.step("p49", str(number), "")
    assert [p.id for p in board.now.playbacks] == [f"p{n}" for n in range(30, 50)]
    assert [s.step for s in board.now.playbacks[-1].steps] == [str(n) for n in range(30, 50)]


async def test_a_reader_never_sees_half_a_status_file(file: Path) -> None:
    board = board_at(file)
    board.write()
    with file.open("rb") as reading:
        begun = reading.read(10)
        board.counts(entries=10**9)
        board.write()
        rest = reading.read()
    assert json.loads(begun + rest)["counts"] == {}


async def test_a_failing_disk_costs_only_the_status(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    board_at(tmp_path / "none" / "status.json").write()
    assert "cannot write the status file" in caplog.text


async def test_status_is_written_once_the_disk_works_again(tmp_path: Path) -> None:
    file = tmp_path / "later" / "status.json"
    board = StatusBoard(file, "1", pause_seconds=0.001)
    board.counts(entries=5)
    writing = asyncio.create_task(board.run())
    await asyncio.sleep(0)
    file.parent.mkdir()
    while not file.exists():  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(0)
    writing.cancel()
    assert json.loads(file.read_text())["counts"] == {"entries": 5}


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"playbacks": 5}', "\xff", "[" * 100_000])
def test_a_damaged_status_file_reads_as_none(file: Path, content: str) -> None:
    file.write_text(content, encoding="latin-1")
    assert read_status(file) is None


def test_a_status_file_of_another_version_reads_as_none(file: Path) -> None:
    file.write_text(
        '{"pid": 1, "version": "9", "started": 0, "players": [], "playbacks": [], "hosts": [], "key": {}, '
        '"problems": [], "weather": "fine"}'
    )
    assert read_status(file) is None
