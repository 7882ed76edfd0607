"""Real folders come and go; the views over them are waited on."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kotozoe.service import directory_watcher as room
from kotozoe.service.directory_watcher import DirectoryWatcher


async def told(view: asyncio.Event) -> None:
    async with asyncio.timeout(60):
        await view.wait()
    view.clear()


async def quiet(view: asyncio.Event) -> None:
    """Let pass what is told when a watch begins."""
    await told(view)
    await asyncio.sleep(0.1)
    view.clear()


async def test_a_change_in_a_folder_notifies_every_view_of_it(
    directory_watcher: DirectoryWatcher, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    views = [directory_watcher.over([tmp_path / "a"]), directory_watcher.over([tmp_path / "b"])]
    for view in views:
        await quiet(view)
    (tmp_path / "a" / "file").touch()
    for view in views:
        await told(view)


async def test_a_folder_removed_and_created_again_is_watched_again(
    directory_watcher: DirectoryWatcher, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    view = directory_watcher.over([folder])
    for _ in range(3):
        await quiet(view)
        shutil.rmtree(folder.parent)
        await quiet(view)
        folder.mkdir(parents=True)
        await quiet(view)
        (folder / "file").touch()
        await told(view)
        (folder / "file").unlink()


async def test_a_folder_that_is_moved_away_is_watched_at_its_place(
    directory_watcher: DirectoryWatcher, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    view = directory_watcher.over([folder])
    await quiet(view)
    folder.rename(tmp_path / "old")
    folder.mkdir()
    await quiet(view)
    (folder / "file").touch()
    await told(view)


async def test_directory_watcher_without_views_watches_nothing(
    directory_watcher: DirectoryWatcher, tmp_path: Path
) -> None:
    await asyncio.sleep(0.05)
    view = directory_watcher.over([tmp_path])
    await quiet(view)
    (tmp_path / "file").touch()
    await told(view)


@contextlib.asynccontextmanager
async def running(directory_watcher: DirectoryWatcher) -> AsyncIterator[None]:
    task = asyncio.create_task(directory_watcher.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _notices_a_file_in(folder: Path) -> None:
    """Create a folder that was missing, and a file in it."""
    directory_watcher = DirectoryWatcher(step_ms=10)
    view = directory_watcher.over([folder])
    async with running(directory_watcher):
        await quiet(view)
        folder.mkdir()
        await quiet(view)
        (folder / "file").touch()
        await told(view)


@pytest.mark.parametrize("failing", ["__init__", "add_watch"])
@pytest.mark.skipif(sys.platform != "linux", reason="watchfiles serves all elsewhere")
async def test_directory_watcher_polls_where_no_inotify_watch_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failing: str
) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"kotozoe.service.directory_watcher.Inotify.{failing}", none_left)
    await _notices_a_file_in(tmp_path / "folder")
    assert caplog.text.count("polling them instead") == 1


async def test_directory_watcher_goes_on_looking_where_nothing_can_be_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(DirectoryWatcher, "_watch", refuses)
    directory_watcher = DirectoryWatcher(step_ms=10)
    view = directory_watcher.over([tmp_path])
    async with running(directory_watcher):
        for _ in range(3):
            await told(view)
    assert caplog.text.count("polling them instead") == 1


async def test_watchfiles_serves_where_there_is_no_inotify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    await _notices_a_file_in(tmp_path / "folder")


async def test_nothing_is_waited_for_in_folders_that_are_missing(tmp_path: Path) -> None:
    await room.quiet([tmp_path / "none"])
    await room.quiet([tmp_path])
