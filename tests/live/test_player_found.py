"""Every mpv is found, whichever of the two starts first, and forgotten when it ends."""

from __future__ import annotations

import json
import logging
import socket
import stat
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused, PlayerGone
from kotozoe.player import Player, connection, probe
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, PlayerLog, eventually, watching

pytestmark = pytest.mark.live


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _socket_of(mpv: Mpv) -> Path:
    return Path(json.loads(mpv.announcement.read_text())["socket"])


async def test_an_mpv_that_starts_after_the_daemon_is_found_and_its_file_is_no_old_one(
    runtime: Path, video: Path
) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video]) as mpv:
            loaded = await (await found_players.log(mpv.pid)).loaded()
    assert loaded.video.path == str(video)
    assert loaded.video.media_title == "Invented 05"
    assert not loaded.video.network
    assert not loaded.attached
    assert [track.kind for track in loaded.tracks] == ["video"]
    assert loaded.sid is None


async def test_an_mpv_that_plays_when_the_daemon_starts_is_picked_up(runtime: Path, video: Path) -> None:
    with Mpv(runtime, [video]) as mpv:
        await eventually(mpv.is_announced)
        with closing(Ipc(_socket_of(mpv))) as playing:
            playing.until("seeking", lambda value: value is not None)  # it has one from file-loaded on
        async with watching(runtime, clock=lambda: time.time() + 60) as found_players:
            loaded = await (await found_players.log(mpv.pid)).loaded()
    assert loaded.video.path == str(video)
    assert loaded.attached


async def test_an_announcement_tells_who_where_and_what_to_nobody_else(runtime: Path) -> None:
    with Mpv(runtime) as mpv:
        await eventually(mpv.is_announced)
        told = json.loads(mpv.announcement.read_text())
        opened = Path(told["socket"])
        assert told["protocol"] == 1
        assert told["pid"] == mpv.pid
        assert told["mpv"].startswith("mpv ")
        assert _mode(opened.parent) == 0o700
        assert _mode(opened) == 0o600


async def test_an_mpv_that_quits_leaves_nothing_behind(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video]) as mpv:
            log = await found_players.log(mpv.pid)
            playback = (await log.loaded()).playback_id
            mpv.process.terminate()
            assert (await log.unloaded()).playback_id == playback
            await log.task
            mpv.process.wait()
            await eventually(lambda: not list((runtime / "kotozoe").iterdir()))


async def test_what_a_killed_mpv_leaves_behind_is_removed_and_the_others_play_on(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video]) as killed, Mpv(runtime, [video]) as other:
            log, survivor = await found_players.log(killed.pid), await found_players.log(other.pid)
            await log.loaded()
            killed.process.kill()
            await log.task
            await eventually(lambda: not killed.announcement.exists() and not log.player.socket.exists())
            await survivor.player.say("still here")
            assert other.announcement.exists()


async def test_what_was_left_behind_before_the_daemon_started_is_removed(runtime: Path) -> None:
    with Mpv(runtime) as mpv:
        await eventually(mpv.is_announced)
    unannounced = runtime / "kotozoe" / "mpv-1-0123456789abcdef.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(unannounced))
    async with watching(runtime, clock=lambda: time.time() + 60):
        await eventually(lambda: not list((runtime / "kotozoe").iterdir()))


async def test_eight_players_are_all_followed_and_none_is_taken_for_another(
    runtime: Path, tmp_path: Path, video: Path
) -> None:
    videos = [tmp_path / f"{number}.mkv" for number in range(8)]
    for path in videos:
        path.symlink_to(video)
    async with watching(runtime) as found_players:
        with ExitStack() as stack:
            players = [stack.enter_context(Mpv(runtime, [path])) for path in videos]
            for mpv, path in zip(players, videos, strict=True):
                assert (await (await found_players.log(mpv.pid)).loaded()).video.path == str(path)


async def test_a_socket_of_the_user_is_kept_and_announced(runtime: Path, tmp_path: Path, video: Path) -> None:
    path = tmp_path / "mine"
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video, f"--input-ipc-server={path}"]) as mpv:
            log = await found_players.log(mpv.pid)
            await log.loaded()
            assert log.player.socket == path
            mpv.process.terminate()
            mpv.process.wait()
    assert path.exists(), "what mpv made for the user is not ours to remove"


async def test_of_two_players_with_the_same_fixed_socket_neither_is_taken_for_the_other(
    runtime: Path, tmp_path: Path, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fixed, second_video = f"--input-ipc-server={tmp_path / 'fixed'}", tmp_path / "second.mkv"
    second_video.symlink_to(video)
    with Mpv(runtime, [video, fixed]) as first:
        await eventually(first.is_announced)
        with Mpv(runtime, [second_video, fixed]) as second:
            await eventually(second.is_announced)
            async with watching(runtime) as found_players:
                log = await found_players.log(second.pid)
                assert (await log.loaded()).video.path == str(second_video)
                await eventually(lambda: "taken by another mpv" in caplog.text)
                assert list(found_players.logs) == [second.pid]
                assert first.announcement.exists(), "it lives, though nobody reaches it"


async def test_a_player_whose_fixed_socket_is_stolen_later_keeps_its_connection_and_its_own_file(
    runtime: Path, tmp_path: Path, video: Path
) -> None:
    fixed, other_video = f"--input-ipc-server={tmp_path / 'fixed'}", tmp_path / "other.mkv"
    other_video.symlink_to(video)
    async with watching(runtime) as found_players:
        with Mpv(runtime, [fixed]) as first:
            log = await found_players.log(first.pid)
            with Mpv(runtime, [other_video, fixed]) as second:
                await (await found_players.log(second.pid)).loaded()
                await log.player._connection.command("loadfile", str(video))
                assert (await log.loaded()).video.path == str(video)


async def test_a_socket_named_in_the_config_is_followed_without_the_script(
    runtime: Path, tmp_path: Path, video: Path
) -> None:
    path = tmp_path / "named"
    async with watching(runtime, [path]) as found_players:
        with Mpv(runtime, [video, f"--input-ipc-server={path}"], script=False) as mpv:
            assert (await (await found_players.log(mpv.pid)).loaded()).video.path == str(video)


async def test_a_player_both_announced_and_named_has_one_connection(runtime: Path, tmp_path: Path, video: Path) -> None:
    path = tmp_path / "named"
    with Mpv(runtime, [video, f"--input-ipc-server={path}"]) as mpv:
        await eventually(mpv.is_announced)
        async with watching(runtime, [path]) as found_players:
            await (await found_players.log(mpv.pid)).loaded()
            await (await found_players.log(mpv.pid)).player.say("one")
    assert found_players.arrivals == [mpv.pid]


async def test_a_player_that_hangs_when_found_is_followed_once_it_wakes(
    runtime: Path, video: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.2)
    with Mpv(runtime, [video]) as hung, Mpv(runtime, [video]) as other:
        await eventually(hung.is_announced)
        hung.pause()
        async with watching(runtime) as found_players:
            await (await found_players.log(other.pid)).loaded()
            await eventually(lambda: f"mpv-{hung.pid}: does not answer" in caplog.text)
            assert hung.pid not in found_players.logs
            hung.resume()
            await (await found_players.log(hung.pid)).loaded()


async def test_a_script_switched_off_while_running_hides_its_player(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video]) as mpv:
            log = await found_players.log(mpv.pid)
            await log.loaded()
            with suppress(PlayerGone):  # the script may close the socket before mpv has answered
                await log.player._connection.command("change-list", "script-opts", "append", "kotozoe-enabled=no")
            await log.task
            assert not mpv.announcement.exists()
            assert mpv.process.poll() is None


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--o=out.mkv", "--of=matroska", "--ovc=mpeg4"], id="encoder"),
        pytest.param(["--vo=image", "--vo-image-outdir=."], id="thumbnailer"),
        pytest.param(["--vid=no"], id="no video"),
        pytest.param(["--script-opts=kotozoe-enabled=no"], id="switched off"),
    ],
)
async def test_the_script_is_silent_where_nobody_watches(
    arguments: list[str], runtime: Path, tmp_path: Path, video: Path
) -> None:
    with Mpv(runtime, [video, "--length=1", "--idle=no", *arguments], cwd=tmp_path) as mpv:
        assert "kotozoe" not in mpv.output()
    assert _names(runtime) == []


async def test_without_a_runtime_folder_one_line_says_so(tmp_path: Path, video: Path) -> None:
    arguments: list[str | Path] = [video, "--length=1", "--idle=no", "--untimed"]
    with Mpv(tmp_path, arguments, environ={"XDG_RUNTIME_DIR": "relative", "TMPDIR": str(tmp_path)}) as mpv:
        assert mpv.output().count("[kotozoe]") == 1


async def test_a_folder_that_is_open_to_others_is_used_by_neither_script_nor_daemon(
    runtime: Path, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = runtime / "kotozoe"
    folder.mkdir()
    folder.chmod(0o770)
    with Mpv(runtime, [video, "--length=1", "--idle=no", "--untimed"]) as mpv:
        assert mpv.output().count("[kotozoe]") == 1
    assert not list(folder.iterdir())
    (folder / "1.json").write_text(json.dumps({"pid": 1, "socket": str(folder / "s")}))
    async with watching(runtime):
        await eventually(lambda: "chmod 700" in caplog.text)
        folder.chmod(0o700)
        await eventually(lambda: not (folder / "1.json").exists())  # by now it is read, and nobody listens there


async def test_a_folder_removed_under_the_watch_is_made_again(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        await eventually((runtime / "kotozoe").exists)
        (runtime / "kotozoe").rmdir()
        await eventually((runtime / "kotozoe").exists)
        with Mpv(runtime, [video]) as mpv:
            await (await found_players.log(mpv.pid)).loaded()


@pytest.mark.parametrize("protocol", [0, 2])
async def test_a_protocol_that_is_not_shared_is_said_once_by_each_side(
    protocol: int, runtime: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("kotozoe.player.messages.PROTOCOL", protocol)
    caplog.set_level(logging.WARNING)
    with Mpv(runtime) as mpv:
        await eventually(mpv.is_announced)
        for _ in range(2):
            player = await Player.connect(_socket_of(mpv), mpv.pid)
            log = PlayerLog(player)
            await eventually(lambda: "uses protocol" in caplog.text)
            player.close()
            await log.task
        mpv.process.terminate()
        told = mpv.output()
    assert told.count("[kotozoe] kotozoe: ") == 1
    assert ("daemon is older" in told) == (protocol == 0)


async def test_nothing_waits_for_a_player_that_hangs_in_mid_connection(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.2)
    with Mpv(runtime) as mpv:
        await eventually(mpv.is_announced)
        opened = _socket_of(mpv)
        mpv.pause()
        connected = await connection.Connection.open(opened, (), (), lambda name, event: None, lambda: None)
        try:
            with pytest.raises(CommandRefused, match="did not answer"):
                await connected.get("pid")
        finally:
            connected.close()
            mpv.resume()
