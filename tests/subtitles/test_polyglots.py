"""Texts that are something else besides a subtitle: a real mpv opens no socket for them, no other file, and goes on.

The system calls of mpv are the proof where strace is here; elsewhere the sockets that it has.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.unreadable import Unreadable
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, eventually, make_video
from tests.subtitles.texts import LINE, ass, srt, vtt

pytestmark = pytest.mark.live

OTHER = "/tmp/kotozoe-no-such-secret.vtt"
WEB = "http://127.0.0.1:9/x.ts"
HEADS = {
    "a playlist of a file": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{OTHER}\n\n",
    "a live playlist": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:9,\n{WEB}\n\n",
    "a master playlist": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{WEB}\n\n",
    "a session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 0.0.0.0\nt=0 0\nm=video 5004 RTP/AVP 96\n\n",
    "a concatenation": f"ffconcat version 1.0\nfile '{OTHER}'\n\n",
    "a list of edits": f"# mpv EDL v0\n{OTHER},0,9\n\n",
    "a winamp playlist": f"[playlist]\nNumberOfEntries=1\nFile1={WEB}\n\n",
    "a reference": f"[Reference]\nRef1={WEB}\n\n",
    "a manifest": f'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{WEB}</MPD>\n\n',
    "a windows playlist": f'<ASX version="3.0"><Entry><Ref href="{WEB}"/></Entry></ASX>\n\n',
    "a cue sheet": f'FILE "{OTHER}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n\n',
    "a stream's address": f"{WEB}\nrtsp://127.0.0.1:9/x\n\n",
    "a SAMI file": f'<SAMI><BODY><SYNC Start=0><P><img src="{WEB}"></SAMI>\n\n',
    "an image sequence": f"mf://@{OTHER}\n\n",
    "metadata": f";FFMETADATA1\ntitle={WEB}\n\n",
}
_NETWORK = re.compile(r"\b(?:socket|connect|bind)\(")
FORMS: dict[str, Callable[[], str]] = {"srt": srt, "ass": ass, "vtt": vtt}


@dataclass
class Watched:
    """An mpv whose system calls are written down, if they can be."""

    ipc: Ipc
    pid: int
    calls: Path

    def sockets(self) -> set[str]:
        found = set()
        for handle in Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                found.add(str(handle.readlink()))
            except OSError:
                continue
        return {target for target in found if target.startswith("socket:")}

    def written(self) -> int:
        return self.calls.stat().st_size if self.calls.exists() else 0


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watched(tmp_path_factory.mktemp("polyglots")) as playing:
        yield playing


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    video, socket, calls = make_video(folder / "x.mkv", seconds=20), folder / "mpv.sock", folder / "calls"
    environ = {}
    if (strace := shutil.which("strace")) and (mpv := shutil.which("mpv")):
        wrapper = folder / "bin" / "mpv"
        wrapper.parent.mkdir()
        traced = "socket,connect,bind,open,openat"
        wrapper.write_text(f'#!/bin/sh\nexec {strace} -f -qq -D -s 300 -e trace={traced} -o "{calls}" {mpv} "$@"\n')
        wrapper.chmod(0o700)
        environ["PATH"] = f"{wrapper.parent}:{os.environ['PATH']}"
    arguments = ("--pause", "--start=1", f"--input-ipc-server={socket}", video)
    with Mpv(folder, arguments, script=False, environ=environ) as mpv_process:
        ipc = Ipc(socket)
        ipc.until("time-pos", lambda at: at is not None)
        yield Watched(ipc, mpv_process.pid, calls)
        ipc.close()


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("form", FORMS)
def test_a_polyglot_opens_no_socket_and_no_other_file_and_does_not_hang(
    player: Watched, tmp_path: Path, form: str, head: str
) -> None:
    try:
        contents = opened((HEADS[head] + FORMS[form]()).encode(), form, ("ja",))
    except Unreadable:
        return
    cache = SubtitleCache(tmp_path)
    path = cache.keep(cache.place(1, SubtitleFile(f"x.{form}"), form), contents)
    before, sockets, began = player.written(), player.sockets(), time.monotonic()
    player.ipc.command("sub-add", str(path), "cached", "title", "ja")
    assert player.ipc.until("sub-text", bool) == f"{LINE}0"
    player.ipc.command("sub-remove")
    player.ipc.until("sub-text", lambda text: not text)
    assert time.monotonic() - began < 30
    assert player.sockets() == sockets
    if player.calls.exists():
        with player.calls.open() as written:
            written.seek(before)
            calls = written.read()
        assert str(path) in calls
        reached = [call for call in calls.splitlines() if _NETWORK.search(call) and "AF_UNIX" not in call]
        assert reached == []  # of its own user's name service, glibc asks by a Unix socket
        assert OTHER not in calls


async def test_what_is_watched_for_would_be_seen(tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not here")
    (tmp_path / "other.vtt").write_text(HEADS["a playlist of a file"] + vtt())
    with watched(tmp_path) as player:
        player.ipc.send("sub-add", str(tmp_path / "other.vtt"), "auto")  # some versions answer only much later
        await eventually(lambda: OTHER in player.calls.read_text())
