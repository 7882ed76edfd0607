"""What a real mpv tells of its file, and what it does with a subtitle."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused, MovedOn, PlayerError, PlayerGone
from kotozoe.player import Player, ScriptMessage, connection, probe
from kotozoe.player.messages import Loaded
from tests.live.mpv import Mpv, PlayerLog, eventually, watching

pytestmark = pytest.mark.live

CUE = "1\n00:00:00,000 --> 00:00:50,000\n{}\n"


class Scene:
    """One mpv that plays, and its story."""

    def __init__(self, mpv: Mpv, log: PlayerLog, loaded: Loaded) -> None:
        self.mpv, self.log, self.player, self.loaded = mpv, log, log.player, loaded

    async def add(self, path: Path, *, select: bool = True, playback: str = "") -> None:
        await self.player.add_subtitle(
            str(path), "A title", "ja", select=select, playback_id=playback or self.loaded.playback_id
        )

    async def order(self, *words: object) -> None:
        """Act as the user does."""
        await self.player._connection.command(*words)

    async def shown(self) -> list[tuple[str, bool]]:
        """Return name and selection of every subtitle track."""
        tracks, _ = await self.player.current()
        return [(Path(t.external_filename).name, t.selected) for t in tracks if t.kind == "sub"]


@pytest.fixture
async def scene(runtime: Path, video: Path) -> AsyncIterator[Scene]:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video]) as mpv:
            log = await found_players.log(mpv.pid)
            yield Scene(mpv, log, await log.loaded())


@pytest.fixture
def subtitle(tmp_path: Path) -> Path:
    return _subtitle(tmp_path / "first.srt")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return _subtitle(tmp_path / "other.srt")


def _subtitle(path: Path) -> Path:
    path.write_text(CUE.format("字幕"), encoding="utf-8")
    return path


async def test_a_relative_path_is_joined_with_the_folder_mpv_runs_in(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime, [f"./{video.name}"], cwd=video.parent) as mpv:
            assert (await (await found_players.log(mpv.pid)).loaded()).video.path == str(video)


async def test_a_path_that_is_not_utf8_keeps_its_bytes(runtime: Path, tmp_path: Path, video: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\x93\xfa\x96{ - 01.mkv"
    os.symlink(video, path)  # noqa: PTH211  # a Path holds no bytes
    async with watching(runtime) as found_players:
        with Mpv(runtime, [path]) as mpv:
            loaded = await (await found_players.log(mpv.pid)).loaded()
    assert os.fsencode(loaded.video.path) == path


async def test_a_url_is_kept_as_it_is(runtime: Path) -> None:
    url = "av://lavfi:testsrc=size=32x32"
    async with watching(runtime) as found_players:
        with Mpv(runtime, [url]) as mpv:
            assert (await (await found_players.log(mpv.pid)).loaded()).video.path == url


async def test_every_file_of_a_playlist_has_its_own_playback(runtime: Path, tmp_path: Path, video: Path) -> None:
    second = tmp_path / "second.mkv"
    second.symlink_to(video)
    async with watching(runtime) as found_players:
        with Mpv(runtime, [video, second]) as mpv:
            log = await found_players.log(mpv.pid)
            first = await log.loaded()
            await log.player._connection.command("playlist-next")
            assert (await log.unloaded()).playback_id == first.playback_id
            following = await log.loaded(2)
            assert following.video.path == str(second)
            assert following.playback_id != first.playback_id
            assert not following.attached


async def test_a_file_opened_after_an_idle_start_is_told(runtime: Path, video: Path) -> None:
    async with watching(runtime) as found_players:
        with Mpv(runtime) as mpv:
            log = await found_players.log(mpv.pid)
            await log.player._connection.command("loadfile", str(video))
            assert (await log.loaded()).video.path == str(video)


async def test_files_that_rush_by_end_as_they_began_and_the_last_is_told(
    runtime: Path, tmp_path: Path, video: Path
) -> None:
    videos = [tmp_path / f"{number}.mkv" for number in range(20)]
    for path in videos:
        path.symlink_to(video)
    async with watching(runtime) as found_players:
        with Mpv(runtime) as mpv:
            log = await found_players.log(mpv.pid)
            for path in videos:
                await log.player._connection.command("loadfile", str(path))
            await eventually(lambda: [loaded.video.path for loaded in log.begun()[-1:]] == [str(videos[-1])])
            assert log.ended() == [loaded.playback_id for loaded in log.begun()[:-1]]


async def test_a_subtitle_is_added_and_selected(scene: Scene, subtitle: Path) -> None:
    await scene.add(subtitle)
    tracks, sid = await scene.player.current()
    (track,) = [track for track in tracks if track.kind == "sub"]
    assert (track.title, track.language, track.external_filename) == ("A title", "ja", str(subtitle))
    assert track.track_id == sid
    assert not scene.player.user_changed_track(scene.loaded.playback_id)


async def test_a_subtitle_can_be_added_without_being_selected(scene: Scene, subtitle: Path, other: Path) -> None:
    await scene.add(other)
    await scene.add(subtitle, select=False)
    assert await scene.shown() == [("other.srt", True), ("first.srt", False)]


@pytest.mark.parametrize("select", [True, False])
async def test_a_subtitle_added_twice_is_one_track(scene: Scene, subtitle: Path, *, select: bool) -> None:
    await scene.add(subtitle, select=select)
    await scene.add(subtitle, select=select)
    assert await scene.shown() == [("first.srt", select)]


async def test_a_subtitle_that_was_added_can_be_selected_later(scene: Scene, subtitle: Path) -> None:
    await scene.add(subtitle, select=False)
    await scene.add(subtitle)
    assert await scene.shown() == [("first.srt", True)]


async def test_a_file_that_mpv_does_not_take_is_refused_in_words(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "broken.srt"
    path.write_bytes(b"<html>502</html>")
    with pytest.raises(CommandRefused, match="mpv refused sub-add"):
        await scene.add(path)
    assert await scene.shown() == []


async def test_a_subtitle_for_a_playback_that_is_over_is_not_added(scene: Scene, subtitle: Path, video: Path) -> None:
    await scene.order("loadfile", str(video))
    following = await scene.log.loaded(2)
    with pytest.raises(MovedOn):
        await scene.add(subtitle)
    await scene.add(subtitle, playback=following.playback_id)


async def test_a_subtitle_that_came_too_late_by_a_hair_is_taken_back(
    scene: Scene, subtitle: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = scene.player._connection.command

    async def overtaken(*words: object) -> object:
        if words[0] == "sub-add":
            await command("loadfile", str(video))
            await scene.log.loaded(2)
        return await command(*words)

    monkeypatch.setattr(scene.player._connection, "command", overtaken)
    with pytest.raises(MovedOn):
        await scene.add(subtitle)
    assert await scene.shown() == []


async def test_the_users_own_choice_since_the_file_was_loaded_is_seen_even_if_undone(
    scene: Scene, subtitle: Path, other: Path
) -> None:
    playback = scene.loaded.playback_id
    await scene.add(subtitle)
    await scene.add(other, select=False)
    assert not scene.player.user_changed_track(playback)
    await scene.order("set_property", "sid", 2)
    await eventually(lambda: scene.player.user_changed_track(playback))
    await scene.order("set_property", "sid", 1)
    assert scene.player.user_changed_track(playback)


async def test_a_text_on_the_osd_is_literal(scene: Scene) -> None:
    line = "${path} $$ {\\b1}『${media-title}』\\n"
    await scene.player.say(line + "\x1b[31m\nnext")
    await asyncio.sleep(0.2)  # mpv draws its terminal line in its own time
    scene.mpv.process.terminate()
    assert f"{line}\ufffd[31m\ufffdnext" in scene.mpv.output()


async def test_a_message_of_the_script_arrives(scene: Scene) -> None:
    await scene.order("script-message", "somebody-else", "x")
    await scene.order("script-message", "kotozoe-retry", "now", "5")
    assert await scene.log.message() == ScriptMessage("retry", ("now", "5"))


async def test_a_player_that_is_killed_in_mid_command_is_gone(scene: Scene, subtitle: Path) -> None:
    scene.mpv.pause()
    adding = asyncio.create_task(scene.add(subtitle))
    await asyncio.sleep(0)
    scene.mpv.process.kill()
    with pytest.raises(PlayerGone):
        await adding
    await scene.log.task
    assert scene.log.ended() == [scene.loaded.playback_id]
    with pytest.raises(PlayerGone):
        await scene.player.say("anybody?")


async def test_a_player_that_hangs_in_mid_command_is_refused_in_time_and_works_when_it_wakes(
    scene: Scene, subtitle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.2)
    scene.mpv.pause()
    with pytest.raises(CommandRefused, match="did not answer"):
        await scene.add(subtitle)
    answers = await asyncio.gather(*(scene.player.read("x" * 200) for _ in range(100)), return_exceptions=True)
    assert all(isinstance(answer, PlayerError) for answer in answers)
    scene.mpv.resume()
    monkeypatch.undo()
    await eventually(lambda: not scene.player._connection._pending)
    await scene.add(subtitle)
    assert await scene.shown() == [("first.srt", True)]


async def test_a_file_loaded_by_a_player_that_hangs_then_is_told_when_it_wakes(
    scene: Scene, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("kotozoe.player.player._RETRY_SECONDS", 0.05)
    names = scene.player._read_names
    hung: list[asyncio.TimerHandle] = []

    async def hang() -> dict[str, object]:
        if not hung:
            scene.mpv.pause()
            hung.append(asyncio.get_running_loop().call_later(0.3, scene.mpv.resume))
        return await names()

    monkeypatch.setattr(scene.player, "_read_names", hang)
    await scene.order("loadfile", str(video))
    assert (await scene.log.loaded(2)).video.path == str(video)


async def test_a_player_that_hangs_just_after_it_was_found_tells_its_file_when_it_wakes(
    runtime: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("kotozoe.player.player._RETRY_SECONDS", 0.05)
    with Mpv(runtime, [video]) as mpv:
        await eventually(mpv.is_announced)
        player = await Player.connect(Path(json.loads(mpv.announcement.read_text())["socket"]), mpv.pid)
        mpv.pause()
        log = PlayerLog(player)
        asyncio.get_running_loop().call_later(0.3, mpv.resume)
        assert (await log.loaded()).video.path == str(video)
        player.close()
        await log.task


async def test_what_a_player_told_before_it_was_let_go_is_ended(scene: Scene) -> None:
    scene.player.close()
    await scene.log.task
    assert scene.log.ended() == [scene.loaded.playback_id]
    assert scene.mpv.process.poll() is None
