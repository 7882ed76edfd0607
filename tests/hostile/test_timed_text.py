"""Timing reads, and writes anew, what strangers wrote: in time that grows as the text does."""

from __future__ import annotations

import pytest

from kotozoe.timing.fitting.cues import moved
from kotozoe.timing.references.text import Untimed, cues_of, retimed
from tests.hostile.made import soon

LENGTH = 40_000  # characters; what looks through the rest of a text from each of them takes seconds
_EVENTS = "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: "
HEADS = {
    "srt": "1\n00:00:01,000 --> 00:00:02,000\n",
    "vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n",
    "ass": f"[Script Info]\nScriptType: v4.00+\n\n{_EVENTS}0,0:00:01.00,0:00:02.00,D,,0,0,0,,",
    "ssa": f"[Script Info]\nScriptType: v4.00\n\n{_EVENTS}0,0:00:01.00,0:00:02.00,D,,0,0,0,,",
}
FILLINGS = (
    *("{", "}{", "{\\", "{\\r", "{\\fn", "{}", "<", "</", "<i", "<a ", "< ", "[", "[a", "[a]\n", "\\N", "\\", "&"),
    *("\n", "\r\n", " \n", "\n 1", "1\n", "\n\n1\n", " ", "\t", "\x0b", "\u2028", "1", "1:", ":", ",", "a", "-->"),
    *("00:00:01,000 ", "00:00:01,000 --> ", "fontname: ", "Style: a,", "Format: a,", "Dialogue: a,"),
)


@pytest.mark.filterwarnings("ignore:Failed to parse")
@pytest.mark.parametrize("extension", HEADS)
def test_no_filling_takes_longer_than_its_length(extension: str) -> None:
    head = HEADS[extension]
    for filling in FILLINGS:
        many = filling * (LENGTH // len(filling))
        for text in (f"{head}{many}\nx\n", f"{many}\n{head}x\n"):
            with soon(1.0):
                time_it(text, extension)


def time_it(text: str, extension: str) -> None:
    try:
        cues_of(text, extension)
        retimed(text, extension, moved(1.0))
    except Untimed:
        pass
