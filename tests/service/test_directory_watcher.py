"""Real folders come and go; the views over them are waited on."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from kotozoe.service import directory_watcher as room
from kotozoe.service.directory_watcher import DirectoryWatcher

if TYPE_CHECKING:
    import pytest


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


async def test_directory_watcher_polls_where_no_watch_is_available(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(room, "watch", none_left)
    directory_watcher = DirectoryWatcher(step_ms=10)
    view = directory_watcher.over([tmp_path])
    task = asyncio.create_task(directory_watcher.run())
    for _ in range(3):
        await told(view)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text.count("polling them instead") == 1
