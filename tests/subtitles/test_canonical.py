"""The cache holds what it says: text begins as its format does."""

from __future__ import annotations

import re
import time

import pytest

from kotozoe.subtitles.canonical import canonical
from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.ranking.subtitle_content import cues, unfit
from kotozoe.subtitles.unreadable import Unreadable
from tests.subtitles.texts import LINE, ass, srt, vtt

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///home/somebody/other.vtt\n\n"
SESSION = "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 0.0.0.0\nm=video 5004 RTP/AVP 96\n\n"
MICRODVD = "".join(f"{{{n * 100}}}{{{n * 100 + 60}}}{LINE}\n" for n in range(9))


@pytest.mark.parametrize(
    "text", [srt(), vtt(), ass(), MICRODVD, srt(newline="\r\n"), srt(newline="\r"), "\n\n" + ass(), vtt(count=4)]
)
def test_what_begins_as_its_format_does_stays_as_it_is(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize("head", [PLAYLIST, SESSION, "Subtitles by somebody\n\n", "\n \n", "[Script Info\n"])
@pytest.mark.parametrize("body", [srt(), vtt().removeprefix("WEBVTT\n\n"), ass(), MICRODVD])
def test_a_head_of_something_else_is_left_out_and_no_line_is_lost(head: str, body: str) -> None:
    written = canonical(head + body)
    assert re.match(r"1\n00:00:00,000 --> 00:00:03,000\n|\[Script Info\]\n|\{0\}\{60\}", written)
    assert [(c.begin, c.end, c.text) for c in cues(written)] == [(c.begin, c.end, c.text) for c in cues(body)]
    assert canonical(written) == written


def test_an_ass_without_its_first_section_gets_it() -> None:
    body = ass().partition("\n\n")[2]
    written = canonical(body)
    assert written.startswith("[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n")
    assert written.count("Dialogue:") == body.count("Dialogue:")
    events = canonical(body.partition("[Events]")[2])
    assert "[Events]\nFormat: Layer, Start, End, Style" in events


def test_moments_that_players_misread_are_written_out() -> None:
    text = "".join(f"{n}\n0:0:{n}.5-->0:0:{n + 1}.25\n{LINE}\n\n" for n in range(1, 5))
    assert canonical(text).startswith(f"1\n00:00:01,500 --> 00:00:02,250\n{LINE}\n\n2\n")


def test_an_index_begins_as_one() -> None:
    with pytest.raises(Unreadable, match="no VobSub index"):
        opened(f"{SESSION}timestamp: 00:00:01:000, filepos: 000000000\n".encode(), "idx", ("ja",))


@pytest.mark.parametrize("noise", ["<", "{", "<a", "{\\p", "\\", "0:0:0.0", "\n\n", " ", "-", "Dialogue:,", "{1}{2}"])
@pytest.mark.parametrize("write", [srt, ass])
def test_no_text_takes_for_ever(noise: str, write: object) -> None:
    def took(size: int) -> float:
        text = write(noise * (size // len(noise)) + LINE, 4)  # type: ignore[operator]
        began = time.process_time()
        unfit(text)
        canonical(text)
        return time.process_time() - began

    took(1000)
    assert took(400_000) < 64 * max(took(50_000), 0.002)  # eight times the text; quadratic would be more at once
    assert took(400_000) < 4
