"""Where things are shown and where they lead: the terminal, the log, redirects, and programs that read a video."""

from __future__ import annotations

import asyncio
import io
import logging
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

from kotozoe import cli
from kotozoe.errors import StorageError, Unavailable, UserError
from kotozoe.model import Secret
from kotozoe.printable import printable
from kotozoe.requests import http as wire
from kotozoe.requests.http import Answer, Request
from kotozoe.service import log
from kotozoe.timing.references.child_process import NotRead
from kotozoe.timing.references.video import look
from tests.hostile.made import given, shown, texts


@given(texts, st.integers(1, 300))
def test_what_is_printable_is_one_line_of_visible_characters(text: str, limit: int) -> None:
    made = printable(text, limit)
    assert len(made) <= limit
    assert made.isprintable() or set(made) - {"\u3000", "\u00a0"} <= {c for c in made if c.isprintable() or c.isspace()}
    assert not set(made) & set("\n\r\t\x1b\x9b\x7f\0\u2028\u2029\u202e\u200b\ud800\udcff")
    assert printable(made, limit) == made


@given(texts, texts)
def test_a_complaint_writes_nothing_to_the_terminal_but_its_words(text: str, problem: str) -> None:
    for error in (UserError(text, (problem,)), StorageError(text)):
        with pytest.MonkeyPatch.context() as patch:
            out = io.StringIO()
            patch.setattr("sys.stderr", out)
            cli._complain(error)
        assert all(shown(line) for line in out.getvalue().removesuffix("\n").split("\n"))


@given(texts, texts)
def test_the_log_writes_nothing_but_lines_of_words(text: str, name: str) -> None:
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    try:
        log.begin(logging.INFO, out, {}).know(Secret("s3cret-words"))
        logging.getLogger("kotozoe.x").info("about %s: %s", name, text + "s3cret-words")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
    assert "s3cret-words" not in out.getvalue()
    assert all(shown(line, 3000) for line in out.getvalue().removesuffix("\n").split("\n"))


def hop(url: str, location: str, redirects: str, hops: int = 3) -> str:
    """Return where a redirect leads, empty if it is not followed."""
    request = Request("GET", url, Answer.excerpt, "/", hops=hops, redirects=redirects)  # type: ignore[arg-type]
    try:
        return wire._next_hop("x", request, url, location)
    except Unavailable as error:
        why = str(error)
    assert shown(why)
    return ""


@pytest.mark.parametrize("redirects", ["same origin", "same scheme"])
@pytest.mark.parametrize(
    "location",
    [
        "http://a.org/x",
        "http://b.org/",
        "http://a.org:443/",
        "ftp://a.org/",
        "file:///etc/passwd",
        "data:,x",
        "https://[",
    ],
)
def test_no_redirect_leads_out_of_https(location: str, redirects: str) -> None:
    assert hop("https://a.org/list", location, redirects) == ""


@pytest.mark.parametrize(
    "location", ["https://b.org/", "//b.org/x", "https://a.org:8443/", "https://a.org.b.org/", "https://a.org@b.org/"]
)
def test_only_the_two_data_lists_are_followed_to_another_host(location: str) -> None:
    assert hop("https://a.org/list", location, "same origin") == ""
    assert hop("https://a.org/list", location, "same scheme").startswith("https://")


@given(
    texts
    | st.builds("{}{}".format, st.sampled_from(["//", "https://", "https://a.org", "/", "\\\\", "https:/"]), texts)
)
def test_no_location_leads_off_the_origin(location: str) -> None:
    assert (led := hop("https://a.org/list", location, "same origin")) == "" or wire.origin_of(
        led
    ) == "https://a.org:443"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not here")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.m3u8", "#EXTM3U\n#EXTINF:1,\n{}x.ts\n"),
        ("x.mkv", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}x.ts\n#EXT-X-ENDLIST\n"),
        ("x.ffconcat", "ffconcat version 1.0\nfile '{}x.mkv'\n"),
        ("x.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"),
    ],
)
async def test_a_video_that_is_a_list_of_addresses_leads_nowhere(name: str, text: str, tmp_path: Path) -> None:
    asked = asyncio.Event()

    def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        (tmp_path / name).write_text(text.format(f"http://127.0.0.1:{port}/"))
        with pytest.raises(NotRead):
            await look(str(tmp_path / name))
        assert not asked.is_set()
