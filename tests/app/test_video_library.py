"""The user's own folders: what is found there, and that nothing there is ever replaced."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kotozoe.app.video_library import SidecarWriter, videos_of
from kotozoe.errors import StorageError, UserError


def names(root: Path, *paths: str) -> list[str]:
    return [os.path.relpath(found, root) for found in videos_of([str(root / path) for path in paths])]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b/Show 10.mkv", "b/Show 2.mkv", "b/Show 2.srt", "b/.hidden.mkv", "a/1.mp4", ".x/1.mkv", "file.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    return tmp_path


def test_folders_are_walked_in_order(root: Path) -> None:
    assert names(root, ".") == ["a/1.mp4", "b/Show 2.mkv", "b/Show 10.mkv"]


def test_what_is_named_is_taken_as_it_is_and_once(root: Path) -> None:
    assert names(root, "file.bin", "b/Show 10.mkv", "b") == ["file.bin", "b/Show 10.mkv", "b/Show 2.mkv"]


def test_a_name_that_is_no_utf8_stays_what_it_is(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff - 01.mkv"
    Path(os.fsdecode(name)).touch()
    assert [os.fsencode(found) for found in videos_of([str(tmp_path)])] == [name]


def test_what_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no .*nowhere"):
        list(videos_of([str(tmp_path / "nowhere")]))


@pytest.fixture
def subtitle(tmp_path: Path) -> Path:
    made = tmp_path / "cache.srt"
    made.write_bytes(b"ours")
    return made


def test_a_subtitle_lies_beside_its_video(tmp_path: Path, subtitle: Path) -> None:
    beside, video = SidecarWriter("ja"), str(tmp_path / "Show - 01.v2.mkv")
    assert beside.present(video) is None
    assert beside.put(video, str(subtitle)) == str(tmp_path / "Show - 01.v2.ja.srt")
    assert beside.present(video) == str(tmp_path / "Show - 01.v2.ja.srt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Show - 01.v2.ja.srt", "cache.srt"]


@pytest.mark.parametrize("error", [None, errno.EPERM])
def test_what_lies_there_is_never_replaced(
    tmp_path: Path, subtitle: Path, monkeypatch: pytest.MonkeyPatch, error: int | None
) -> None:
    if error is not None:
        monkeypatch.setattr(os, "link", refusing(error))
    theirs = tmp_path / "Show.ja.srt"
    theirs.write_bytes(b"theirs")
    SidecarWriter("ja").put(str(tmp_path / "Show.mkv"), str(subtitle))
    assert theirs.read_bytes() == b"theirs"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_disk_without_links_takes_it_too(tmp_path: Path, subtitle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", refusing(errno.EPERM))
    place = SidecarWriter("ja").put(str(tmp_path / "Show.mkv"), str(subtitle))
    assert Path(place).read_bytes() == b"ours"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_index_brings_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "cache.idx").write_bytes(b"index")
    (tmp_path / "cache.sub").write_bytes(b"pictures")
    SidecarWriter("ja").put(str(tmp_path / "Show.mkv"), str(tmp_path / "cache.idx"))
    assert (tmp_path / "Show.ja.sub").read_bytes() == b"pictures"


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path, subtitle: Path) -> None:
    with pytest.raises(StorageError, match="beside the video"):
        SidecarWriter("ja").put(str(tmp_path / "gone" / "Show.mkv"), str(subtitle))


def refusing(number: int) -> object:
    def link(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return link
