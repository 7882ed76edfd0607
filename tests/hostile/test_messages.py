"""What mpv, its script, and the files that announce it say."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.errors import PlayerError, UserError
from kotozoe.playback import tracks
from kotozoe.playback.menu import episode_of
from kotozoe.player import messages
from kotozoe.player.announcement import alive, prepare, read_all, sweep, withdraw
from kotozoe.player.probe import ask
from tests.hostile.made import documents, given, numbers, rows, shown, soon, texts, values

_track = rows("id", "type", "lang", "title", "codec", "forced", "selected", "external-filename")
_names = rows(*messages.NAMES, "playlist/1/filename", "playlist/1/title")


@given(values | st.lists(_track | values, max_size=6), values, values, values)
def test_what_mpv_says_of_its_state_becomes_values(listed: object, sid: object, told: object, slang: object) -> None:
    for track in messages.tracks(listed):
        assert track.kind in ("video", "audio", "sub")
        assert len(track.title) <= 4096
    found = messages.tracks(listed)
    tracks.unwanted(found)
    tracks.serving_track(found, ("ja",))
    tracks.second(found, "en")
    assert isinstance(messages.track_id(sid), int | None)
    assert messages.requested_sid(told) in ("auto", "no") or isinstance(messages.requested_sid(told), int)
    assert all(isinstance(item, str) for item in messages.slang(slang))


@given(_names)
def test_what_mpv_says_of_its_file_is_a_video(said: dict[str, object]) -> None:
    video = messages.video_file(said)
    assert len(video.path) <= 2 * 4096 + 1
    assert isinstance(video.network, bool)
    found = messages.next_video(said, 1)
    assert found is None or found.path


@given(values | st.lists(st.sampled_from(["kotozoe-hello", "kotozoe-pick", "kotozoe-", "x"]) | texts, max_size=20))
def test_a_message_is_for_us_or_for_nobody(said: object) -> None:
    message = messages.script_message(said)
    if message is not None:
        assert message.name
        assert len(message.args) <= 16
        messages.protocol_of(message)


@given(documents() | documents(rows("protocol")))
def test_a_greeting_of_any_kind_has_a_number_or_none(said: bytes) -> None:
    hello = messages.ScriptMessage("hello", (said.decode("utf-8", "surrogateescape"),))
    assert isinstance(messages.protocol_of(hello), int | None)


@given(texts | numbers.map(str))
def test_a_typed_episode_is_one_or_none(typed: str) -> None:
    number = episode_of(typed)
    assert number is None or 0 <= number < 10_000


# -- announcements

_places = (
    texts | st.builds("/{}".format, texts) | st.sampled_from(["/\ud800/x", "/dev/null", "/" + "x" * 4000, "/a\0b"])
)


@example(b'{"pid": 7, "socket": "/\\ud800/x"}')
@given(documents() | documents(st.fixed_dictionaries({"pid": st.just(7) | values, "socket": _places | values})))
def test_an_announcement_of_any_kind_leads_to_a_player_or_nowhere(said: bytes) -> None:
    folder = Path(os.environ["HOSTILE"], "own-run")
    prepare(folder)
    (folder / "7.json").write_bytes(said)
    for found in read_all(folder).values():
        alive(found.pid)
        with suppress(PlayerError, UserError):
            asyncio.run(ask(found.socket, ("pid",)))
            raise AssertionError("nobody listens there")
        withdraw(found)
    asyncio.run(sweep(folder, lambda: 1e12))


@given(st.integers())
def test_any_number_is_the_pid_of_a_process_or_not(pid: int) -> None:
    assert alive(pid) in (True, False)


# -- a socket on which somebody answers who is no mpv


class Liar:
    """Answers every connection with the bytes it was given, and hangs up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answer = b""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(os.fspath(path))
        self._socket.listen(8)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._socket:
            while True:
                client, _ = self._socket.accept()
                with client, suppress(OSError):
                    client.recv(65536)
                    if self.answer == b"stop":
                        return
                    client.sendall(self.answer)

    def stop(self) -> None:
        self.answer = b"stop"
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(os.fspath(self.path))
            last.sendall(b"x")
        self._thread.join()


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    folder = Path(os.environ["HOSTILE"], "own-liar")
    folder.mkdir(mode=0o700)
    lying = Liar(folder / "s")
    yield lying
    lying.stop()


async def _asked(path: Path, names: tuple[str, ...]) -> tuple[dict[str, object], str]:
    try:
        return await ask(path, names), ""
    except (PlayerError, UserError) as error:
        return {}, str(error)


_answers = st.lists(documents(rows("request_id", "data", "error", inner=values | st.integers(0, 3))), max_size=4)


@given(_answers)
def test_whoever_answers_is_heard_out_in_bounds(liar: Liar, said: list[bytes]) -> None:
    liar.answer = b"\n".join([*said, b""])
    with soon(2):
        told, why = asyncio.run(_asked(liar.path, ("pid", "path")))
    assert shown(why) if why else set(told) == {"pid", "path"}


def test_an_answer_without_end_is_cut(liar: Liar) -> None:
    liar.answer = b"x" * (8 << 20)
    with pytest.raises(PlayerError, match=r"too long|hung up|nobody"):
        asyncio.run(ask(liar.path, ("pid",)))
