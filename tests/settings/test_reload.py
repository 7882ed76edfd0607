"""Real files change; the iterator is waited on."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from kotozoe.service import directory_watcher as room
from kotozoe.service.directory_watcher import DirectoryWatcher
from kotozoe.settings.load import load
from kotozoe.settings.reload import Change, Reload, folders_of


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "kotozoe").mkdir()
    file = tmp_path / "kotozoe" / "config.toml"
    file.write_text("[anilist]\nenabled = true\n")
    return file


Follow = Callable[[Path], AsyncIterator[Change]]


@pytest.fixture
def follow(directory_watcher: DirectoryWatcher) -> Follow:
    return lambda config: aiter(Reload(config, load(config), directory_watcher))


async def upcoming(changes: AsyncIterator[Change]) -> Change:
    async with asyncio.timeout(60):
        return await anext(changes)


async def test_an_edit_in_place_is_taken_up(follow: Follow, config: Path) -> None:
    changes = follow(config)
    config.write_text("[anilist]\nenabled = false\n")
    change = await upcoming(changes)
    assert change == Change(load(config))
    assert change.settings.anilist.enabled is False


async def test_an_atomic_replacement_is_taken_up_again_and_again(follow: Follow, config: Path) -> None:
    changes = follow(config)
    for enabled in ("false", "true", "false"):
        fresh = config.with_suffix(".new")
        fresh.write_text(f"[anilist]\nenabled = {enabled}\n")
        fresh.replace(config)
        assert (await upcoming(changes)).settings.anilist.enabled is (enabled == "true")


async def test_a_broken_edit_keeps_the_last_good_settings(follow: Follow, config: Path) -> None:
    changes = follow(config)
    config.write_text("[anilist]\nenabled = maybe\n")
    change = await upcoming(changes)
    assert change.settings.anilist.enabled is True
    assert "has a problem" in change.problems[0]
    assert change.problems[1].startswith("line 2: ")
    config.write_text("[anilist]\nenabled = false\n")
    assert await upcoming(changes) == Change(load(config))


async def test_the_target_of_a_symlink_is_followed(follow: Follow, config: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    config.rename(target)
    config.symlink_to(target)
    changes = follow(config)
    target.write_text("[anilist]\nenabled = false\n")
    assert (await upcoming(changes)).settings.anilist.enabled is False


async def test_a_folder_removed_and_made_anew_is_followed(follow: Follow, config: Path) -> None:
    changes = follow(config)
    shutil.rmtree(config.parent)
    assert (await upcoming(changes)).settings.anilist.enabled is True
    config.parent.mkdir()
    config.write_text("[anilist]\nenabled = false\n")
    assert (await upcoming(changes)).settings.anilist.enabled is False


async def test_a_folder_that_is_not_there_yet_may_come(follow: Follow, tmp_path: Path) -> None:
    config = tmp_path / "later" / "config.toml"
    changes = follow(config)
    config.parent.mkdir()
    config.write_text("[anilist]\nenabled = false\n")
    assert (await upcoming(changes)).settings.anilist.enabled is False


async def test_a_changed_key_file_is_a_change_of_the_same_settings(
    follow: Follow, config: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    config.write_text(f'[jimaku]\napi_key_file = "{key}"\n')
    changes = follow(config)
    key.write_text("one")
    assert await upcoming(changes) == Change(load(config))
    key.write_text("two")
    assert await upcoming(changes) == Change(load(config))


async def test_a_key_file_named_while_running_is_followed_from_then_on(
    follow: Follow, config: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    changes = follow(config)
    config.write_text(f'[jimaku]\napi_key_file = "{key}"\n')
    assert (await upcoming(changes)).settings.jimaku.api_key_file == str(key)
    key.write_text("one")
    assert await upcoming(changes) == Change(load(config))


async def test_an_edit_that_keeps_the_time_is_seen(follow: Follow, config: Path) -> None:
    changes = follow(config)
    before = config.stat()
    config.write_text("[anilist]\nenabled = false\n")
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (await upcoming(changes)).settings.anilist.enabled is False


async def test_being_asked_reads_again_although_nothing_changed(follow: Follow, config: Path) -> None:
    reload = Reload(config, load(config), DirectoryWatcher())  # which does not run
    changes = aiter(reload)
    reload.now()
    assert await upcoming(changes) == Change(load(config))


async def test_a_half_written_file_is_waited_out(follow: Follow, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file is a valid config, and what an editor that writes in place leaves for a moment."""

    def changes_of_folder(*_: object, **__: object) -> Iterator[set[Path]]:
        for text in ("[anilist]\n", "[anilist]\nenabled = false\n"):
            config.write_text(text)
            yield {config}
        yield set()

    changes = follow(config)
    config.write_text("")
    monkeypatch.setattr(room, "_changes", changes_of_folder)
    assert (await upcoming(changes)).settings.anilist.enabled is False


async def test_an_edit_takes_effect_within_a_second_by_default(config: Path) -> None:
    directory_watcher = DirectoryWatcher()
    changes = aiter(Reload(config, load(config), directory_watcher))
    task = asyncio.create_task(directory_watcher.run())
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    config.write_text("[anilist]\nenabled = false\n")
    await upcoming(changes)
    assert time.monotonic() - begun < 1.0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_linked_folder_that_is_linked_elsewhere_is_followed(follow: Follow, tmp_path: Path) -> None:
    """As dotfile tools and NixOS do it: the new generation is complete before the link turns."""
    for number, enabled in enumerate(("true", "false")):
        (tmp_path / f"generation{number}").mkdir()
        (tmp_path / f"generation{number}" / "config.toml").write_text(f"[anilist]\nenabled = {enabled}\n")
    (tmp_path / "link").symlink_to("generation0")
    changes = follow(tmp_path / "link" / "config.toml")
    (tmp_path / "fresh").symlink_to("generation1")
    (tmp_path / "fresh").rename(tmp_path / "link")
    assert (await upcoming(changes)).settings.anilist.enabled is False


def test_a_file_is_watched_where_it_and_its_links_lie(tmp_path: Path) -> None:
    (tmp_path / "dotfiles" / "a").mkdir(parents=True)
    (tmp_path / "config").symlink_to("dotfiles/a")
    (tmp_path / "dotfiles" / "a" / "file").symlink_to("../elsewhere/file")
    assert folders_of(tmp_path / "config" / "file") == {
        tmp_path,
        tmp_path / "dotfiles" / "a",
        tmp_path / "dotfiles" / "elsewhere",
    }
    (tmp_path / "loop").symlink_to("loop")
    assert folders_of(tmp_path / "loop") == {tmp_path}
