"""Announcements: what is believed of them, and what is removed."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import pytest

from kotozoe.errors import UserError
from kotozoe.player import announcement
from kotozoe.player.announcement import Announcement
from tests.player.fake_mpv import fake_mpv

LATER = 60.0


def _announce(folder: Path, pid: int = 7, path: str = "/run/s", name: str = "") -> Path:
    file = folder / (name or f"{pid}.json")
    file.write_text(json.dumps({"protocol": 1, "pid": pid, "socket": path}))
    return file


def _bind(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    return path


def _files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"XDG_RUNTIME_DIR": "/run/user/1"}, "linux", Path("/run/user/1/kotozoe")),
        ({"XDG_RUNTIME_DIR": "/run/user/1", "TMPDIR": "/t"}, "darwin", Path("/run/user/1/kotozoe")),
        ({"TMPDIR": "/var/folders/x/T/"}, "darwin", Path("/var/folders/x/T/kotozoe")),
        ({"TMPDIR": "/tmp"}, "linux", None),
        ({"XDG_RUNTIME_DIR": ""}, "linux", None),
        ({"XDG_RUNTIME_DIR": "relative"}, "linux", None),
        ({}, "darwin", None),
    ],
)
def test_players_meet_below_the_runtime_folder(
    environ: dict[str, str], platform: str, expected: Path | None, tmp_path: Path
) -> None:
    assert announcement.runtime_folder(environ, platform, tmp_path) == expected


def test_without_a_variable_players_meet_where_systemd_has_them(tmp_path: Path) -> None:
    (tmp_path / str(os.getuid())).mkdir()
    assert announcement.runtime_folder({}, "linux", tmp_path) == tmp_path / str(os.getuid()) / "kotozoe"


def test_players_of_installed_flatpaks_meet_in_what_the_sandbox_shares(tmp_path: Path) -> None:
    (tmp_path / ".var/app/io.mpv.Mpv").mkdir(parents=True)
    found = announcement.sandbox_folders(Path("/run/user/7/kotozoe"), tmp_path)
    assert found == (Path("/run/user/7/app/io.mpv.Mpv/kotozoe"),)


def test_the_folder_is_made_for_us_alone(tmp_path: Path) -> None:
    announcement.prepare(tmp_path / "kotozoe")
    announcement.prepare(tmp_path / "kotozoe")
    assert (tmp_path / "kotozoe").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", ["missing/kotozoe", "file"])
def test_a_runtime_folder_that_cannot_be_made_is_a_user_error(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be used"):
        announcement.prepare(tmp_path / place)


def test_an_announcement_is_read(folder: Path) -> None:
    file = _announce(folder)
    assert announcement.read_all(folder) == {file: Announcement(file, 7, Path("/run/s"))}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("7.json", b""),
        ("7.json", b"[]"),
        ("7.json", b"\xff"),
        ("7.json", b"[" * 4000),
        ("7.json", b'{"pid":7}'),
        ("7.json", b'{"pid":true,"socket":"/s"}'),
        ("7.json", b'{"pid":"7","socket":"/s"}'),
        ("7.json", b'{"pid":7,"socket":"relative"}'),
        ("7.json", b'{"pid":7,"socket":"/a\\u0000b"}'),
        ("7.json", b'{"pid":7,"socket":"/s","x":"' + b"x" * 5000 + b'"}'),
        (".7.json.tmp", b'{"pid":7,"socket":"/s"}'),
        ("x.json", b'{"pid":7,"socket":"/s"}'),
    ],
)
def test_malformed_announcements_are_ignored(name: str, text: bytes, folder: Path) -> None:
    (folder / name).write_bytes(text)
    assert announcement.read_all(folder) == {}


def test_links_pipes_and_files_of_other_users_are_no_announcements(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "7.json").symlink_to(_announce(folder, name="real"))
    os.mkfifo(folder / "8.json")
    (folder / "9.json").mkdir()
    assert announcement.read_all(folder) == {}
    _announce(folder, 10)
    uid = os.getuid()
    monkeypatch.setattr("kotozoe.player.announcement.os.getuid", lambda: uid + 1)
    assert announcement.read_all(folder) == {}


def test_a_missing_runtime_folder_holds_no_announcements(folder: Path) -> None:
    assert announcement.read_all(folder / "none") == {}


def test_a_stale_announcement_is_removed_with_its_socket(folder: Path) -> None:
    file = _announce(folder, path=str(_bind(folder / "mpv-7-0a.sock")))
    announcement.withdraw(Announcement(file, 7, folder / "mpv-7-0a.sock"))
    assert list(folder.iterdir()) == []


def test_a_socket_outside_the_folder_is_not_removed(folder: Path, tmp_path: Path) -> None:
    path = _bind(tmp_path / "users")
    file = _announce(folder, path=str(path))
    announcement.withdraw(Announcement(file, 7, path))
    assert path.exists()
    assert not file.exists()


def test_a_stale_announcement_removes_nothing_but_a_socket(folder: Path) -> None:
    precious = folder / "precious"
    precious.touch()
    announcement.withdraw(Announcement(_announce(folder, path=str(precious)), 7, precious))
    assert precious.exists()


def test_a_new_announcement_of_the_same_name_is_not_removed(folder: Path) -> None:
    file = _announce(folder, path="/run/new")
    announcement.withdraw(Announcement(file, 7, Path("/run/old")))
    assert file.exists()


async def test_sweeping_removes_dead_leftovers_only(folder: Path) -> None:
    kept = {_announce(folder, 5, str(folder / "mpv-5-0a.sock")), _bind(folder / "mpv-5-0a.sock")}
    kept |= {_bind(folder / "mine"), folder / "mpv-6-0a.sock"}
    _bind(folder / "mpv-7-0a.sock")
    (folder / ".7.json.tmp").touch()
    async with fake_mpv(folder / "mpv-6-0a.sock"):
        await announcement.sweep(folder)
        assert len(_files(folder)) == 6, "what is young may be about to be announced"
        await announcement.sweep(folder, lambda: time.time() + LATER)
        assert _files(folder) == kept


def test_this_process_is_alive() -> None:
    assert announcement.alive(os.getpid())
    assert not announcement.alive(2**22 + 1)
    assert not announcement.alive(10**30)
    assert not announcement.alive(0)
