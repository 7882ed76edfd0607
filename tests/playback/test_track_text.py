"""A subtitle file that somebody else loaded is read before it is taken for Japanese."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.model import Track
from kotozoe.playback.track_text import TrackText
from kotozoe.requests.http import HttpClient
from tests.fakes.cues import subtitle
from tests.support.fake_player import VIDEO, FakePlayer
from tests.support.session import SessionHarness

JAPANESE = subtitle("a.srt")
ENGLISH = "".join(
    f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{line}\n\n"
    for n, line in enumerate(("What are you waiting for?", "I'm not ready, and you know it.", "That is the sea."), 1)
).encode()


@dataclass
class Site:
    """A server of one text; `asked` are the heads of what was asked of it."""

    url: str = ""
    body: bytes = JAPANESE
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        head = f"HTTP/1.1 {self.status}\r\ncontent-length: {len(self.body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + self.body)
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with await asyncio.start_server(site.answer, "127.0.0.1", 0) as server:
        site.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/eng.vtt"
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient("kotozoe/test")
    yield client
    await client.close()


def external(name: str, language: str = "", title: str = "", codec: str = "subrip") -> Track:
    return Track(1, "sub", language, title, codec, external_filename=name)


def nobody(_: Track) -> bool:
    return False


@pytest.mark.parametrize(("body", "language"), [(JAPANESE, "ja"), (ENGLISH, "en"), (b"\0\1\2", ""), (b"", "")])
async def test_a_file_on_disk_is_read(tmp_path: Path, body: bytes, language: str) -> None:
    (tmp_path / "a.srt").write_bytes(body)
    player = FakePlayer(properties={"working-directory": str(tmp_path)})
    for name in ("a.srt", str(tmp_path / "a.srt")):
        video, track = await TrackText(player).read((VIDEO, external(name)), nobody)
        assert (video, track.language) == (VIDEO, language)


async def test_what_is_tagged_ours_or_a_picture_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_bytes(ENGLISH)
    name = str(tmp_path / "a.srt")
    tracks = (external(name, language="fr"), external(name, codec="dvd_subtitle"), Track(1, "sub", codec="ass"))
    assert await TrackText(FakePlayer()).read(tracks, nobody) == tracks
    assert await TrackText(FakePlayer()).read((external(name),), lambda _: True) == (external(name),)


async def test_a_pipe_beside_a_video_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.srt")
    (track,) = await TrackText(FakePlayer()).read((external(str(tmp_path / "a.srt")),), nobody)
    assert track.language == ""


async def test_a_file_from_the_network_is_asked_for_once_as_the_player_does(site: Site, http: HttpClient) -> None:
    player = FakePlayer(properties={"http-header-fields": ["X-Token: abc", "nonsense"], "referrer": "https://r.test/"})
    texts = TrackText(player, http)
    for _ in range(2):
        (track,) = await texts.read((external(site.url),), nobody)
        assert track.language == "ja"
    (asked,) = site.asked
    assert "x-token: abc" in asked
    assert "referer: https://r.test/" in asked


@pytest.mark.parametrize(
    ("status", "body"), [("404 Not Found", JAPANESE), ("200 OK", b"a" * 3_000_000), ("302 Found", b"")]
)
async def test_what_the_network_does_not_give_has_no_language(
    site: Site, http: HttpClient, status: str, body: bytes
) -> None:
    site.status, site.body = status, body
    (track,) = await TrackText(FakePlayer(), http).read((external(site.url),), nobody)
    assert track.language == ""


@pytest.mark.parametrize("name", ["edl://!no_clip;http://h/a.srt", "ftp://h/a.srt", "/nowhere/a.srt"])
async def test_what_cannot_be_read_has_no_language(http: HttpClient, name: str) -> None:
    (track,) = await TrackText(FakePlayer(), http).read((external(name),), nobody)
    assert track.language == ""


@pytest.mark.parametrize(("body", "selected"), [(ENGLISH, True), (JAPANESE, False)])
async def test_ours_is_shown_unless_the_file_beside_the_video_is_japanese(
    tmp_path: Path, body: bytes, selected: bool
) -> None:
    (tmp_path / "[X] Show - 05.srt").write_bytes(body)
    beside = external(str(tmp_path / "[X] Show - 05.srt"), title="[X] Show - 05.srt")
    harness = SessionHarness(player=FakePlayer(tracks=(VIDEO, beside)))
    await harness.loader.run()
    assert harness.player.added[0][3] is selected
    told = dict(harness.reports).get("added", "")
    assert ("a ja subtitle file is loaded already ([X] Show - 05.srt)" in told) is not selected
