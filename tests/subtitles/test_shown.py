"""What the cache holds is shown right by a real mpv: the text of its subtitle is the known line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.archive import open_archive, read_member
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.opened import opened
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video
from tests.subtitles.test_archive import seven, stored_rar, zipped
from tests.subtitles.test_canonical import PLAYLIST, SESSION
from tests.subtitles.texts import LINE, ass, srt, vtt

pytestmark = pytest.mark.live

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "gb18030")


def _ssa() -> str:
    return ass().replace("v4.00+", "v4.00").replace("V4+ Styles", "V4 Styles").replace("Layer,", "Marked,")


def _crlf() -> str:
    return srt(newline="\r\n")


FORMATS: dict[str, tuple[str, Callable[[], str]]] = {
    "srt": ("srt", srt),
    "srt-crlf": ("srt", _crlf),
    "ass": ("ass", ass),
    "ssa": ("ssa", _ssa),
    "vtt": ("vtt", vtt),
}


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ipc]:
    """One mpv that stands still at the second second of a video."""
    folder = tmp_path_factory.mktemp("shown")
    video = make_video(folder / "Kaze no Renshuu - 03.mkv", seconds=20)
    socket = folder / "mpv.sock"
    with Mpv(folder, ("--pause", "--start=1", f"--input-ipc-server={socket}", video), script=False):
        ipc = Ipc(socket)
        ipc.until("time-pos", lambda at: at is not None)
        yield ipc
        ipc.close()


def _shown(player: Ipc, root: Path, contents: bytes, extension: str) -> str:
    subtitle_cache = SubtitleCache(root)
    place = subtitle_cache.place(1, SubtitleFile(f"[風] ${{path}} 練習 - 03.{extension}"), extension)
    path = subtitle_cache.keep(place, opened(contents, extension, ("ja",)))
    player.command("sub-add", str(path), "cached", "title", "ja")
    try:
        return str(player.until("sub-text", bool))
    finally:
        player.command("sub-remove")
        player.until("sub-text", lambda text: not text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_encoding_of_every_text_format_is_shown(player: Ipc, tmp_path: Path, form: str, encoding: str) -> None:
    extension, write = FORMATS[form]
    assert _shown(player, tmp_path, write().encode(encoding), extension) == f"{LINE}0"


@pytest.mark.parametrize("head", [PLAYLIST, SESSION, "Subtitles by somebody\n\n"], ids=["playlist", "session", "words"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_head_of_something_else_is_never_opened(player: Ipc, tmp_path: Path, form: str, head: str) -> None:
    extension, write = FORMATS[form]
    assert _shown(player, tmp_path, (head + write()).encode(), extension) == f"{LINE}0"


def test_an_ass_without_its_first_section_is_shown(player: Ipc, tmp_path: Path) -> None:
    assert _shown(player, tmp_path, ass().partition("\n\n")[2].encode(), "ass") == f"{LINE}0"


@pytest.mark.parametrize("make", [zipped, seven, stored_rar])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp932", "euc_jp"])
def test_members_of_archives_are_shown(player: Ipc, tmp_path: Path, make: Callable[..., bytes], encoding: str) -> None:
    archive = open_archive(make({"風の練習/03.ass": ass().encode(encoding)}))
    assert _shown(player, tmp_path, read_member(archive, archive.members[0]), "ass") == f"{LINE}0"
