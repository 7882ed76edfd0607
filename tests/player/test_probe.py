"""Before a socket is used, it is known whose it is and that somebody answers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused, PlayerGone, UserError
from kotozoe.player import probe
from tests.player.fake_mpv import fake_mpv


async def test_probe_reads_properties_at_once_and_unavailable_ones_as_none(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        fake.properties["path"] = "/a.mkv"
        assert await probe.ask(fake.path, ("path", "pid", "none")) == {"path": "/a.mkv", "pid": 4242, "none": None}


async def test_probe_ignores_events_and_garbage_between_answers(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        fake.noise = b'{"event":"idle"}\n[]\n\xff\nnull\n{"request_id":99}\n{"request_id":"x"}\n' + b"[" * 5000 + b"\n"
        assert await probe.ask(fake.path, ("pid",)) == {"pid": 4242}


async def test_probe_keeps_the_bytes_of_texts_that_are_not_utf8(folder: Path) -> None:
    async with fake_mpv(folder / "s") as fake:
        fake.properties["path"] = os.fsdecode(b"\x93\xfa")
        (value,) = (await probe.ask(fake.path, ("path",))).values()
        assert isinstance(value, str)
        assert os.fsencode(value) == b"\x93\xfa"


async def test_probe_gives_up_on_a_player_that_does_not_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.05)
    async with fake_mpv(folder / "s") as fake:
        fake.silent = True
        with pytest.raises(CommandRefused, match="does not answer"):
            await probe.ask(fake.path, ("pid",))


async def test_probe_gives_up_on_a_player_whose_backlog_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.1)
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(str(folder / "s"))
        listener.listen(0)
        first.connect(str(folder / "s"))
        with pytest.raises(CommandRefused, match="does not answer"):
            await probe.ask(folder / "s", ("pid",))


async def test_probe_gives_up_on_an_endless_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_MAX_ANSWER", 1000)
    async with fake_mpv(folder / "s") as fake:
        fake.noise = b"x" * 200_000
        with pytest.raises(PlayerGone, match="too long"):
            await probe.ask(fake.path, ("pid",))


def _nothing(path: Path) -> None:
    pass


def _dead_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def _text_file(path: Path) -> None:
    path.write_text("no socket")


def _link_to_a_socket(path: Path) -> None:
    _dead_socket(path.with_name("real"))
    path.symlink_to(path.with_name("real"))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(_nothing, PlayerGone, id="missing"),
        pytest.param(_dead_socket, PlayerGone, id="nobody listens"),
        pytest.param(_text_file, UserError, id="no socket"),
        pytest.param(_link_to_a_socket, UserError, id="symbolic link"),
    ],
)
async def test_probe_refuses_what_is_not_a_live_socket(
    make: Callable[[Path], None], error: type[Exception], folder: Path
) -> None:
    make(folder / "s")
    with pytest.raises(error):
        await probe.ask(folder / "s", ("pid",))


@pytest.mark.parametrize(
    ("mode", "ours", "safe"),
    [
        (0o700, True, True),
        (0o750, True, False),
        (0o705, True, False),
        (0o755, False, True),
        (0o775, False, False),
        (0o757, False, False),
        (0o1777, False, True),
    ],
)
def test_probe_refuses_a_folder_that_others_can_write_to(mode: int, folder: Path, *, ours: bool, safe: bool) -> None:
    folder.chmod(mode)
    if safe:
        probe.check_folder(folder, ours=ours)
    else:
        with pytest.raises(UserError, match="not safe"):
            probe.check_folder(folder, ours=ours)


def test_a_runtime_folder_that_is_a_symbolic_link_is_refused(folder: Path) -> None:
    link = folder.with_name("link")
    link.symlink_to(folder)
    with pytest.raises(UserError, match="not safe"):
        probe.check_folder(link, ours=True)


async def test_probe_refuses_a_socket_of_another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.getuid()
    async with fake_mpv(folder / "s") as fake:
        monkeypatch.setattr("kotozoe.player.probe.os.getuid", lambda: uid + 1)
        with pytest.raises(UserError):
            probe.check_folder(folder, ours=True)
        with pytest.raises(UserError):
            await probe.ask(fake.path, ("pid",))


async def test_probe_sends_nothing_to_a_peer_of_another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_peer_uid", lambda connection: os.getuid() + 1)
    async with fake_mpv(folder / "s") as fake:
        with pytest.raises(UserError, match="belongs to another user"):
            await probe.ask(fake.path, ("pid",))
        assert fake.seen == []
