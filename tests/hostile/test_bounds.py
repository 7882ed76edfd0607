"""What one subtitle may cost in memory, whatever it holds."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from kotozoe.subtitles.archive import open_archive, read_member
from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.text import LARGEST, MAX_CUES, MAX_LINES
from tests.subtitles.test_archive import zipped
from tests.subtitles.texts import ass, srt
from tests.support.peak import cost, quick

MAX_MEMORY = 100  # megabytes that reading one subtitle takes at the most, beside the file itself
TINY = "0:0:0,0-->0:0:1,0\nあ\n"
SPOKEN = "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,あ\n"


def filled(text: str, filling: str = "風", encoding: str = "utf-8") -> bytes:
    """Return a text made almost as long as one may be, by its last line."""
    raw, more = text.encode(encoding), filling.encode(encoding)
    return raw + more * ((LARGEST - len(raw)) // len(more))


HEAVIEST: dict[str, Callable[[], bytes]] = {
    "as many that are written anew": lambda: filled(TINY * (MAX_CUES - 1)),
    "one cue of as many lines as may be": lambda: filled(srt() + "あ\n" * (MAX_LINES - 300)),
    "one line": lambda: filled(srt()),
    "an ASS of as many lines": lambda: filled(ass() + SPOKEN * (MAX_CUES - 100)),
    "MicroDVD": lambda: filled("{1}{2}あ\n" * (MAX_CUES - 100)),
    "CP932": lambda: filled(srt(), encoding="cp932"),
    "EUC-JP": lambda: filled(srt(), encoding="euc_jp"),
    "a damaged one": lambda: (srt() + "あ\n" * 100_000).encode("cp932") + b"\xff\n" + b"\x82\xa0" * 1_300_000,
}


@pytest.mark.parametrize("shape", quick(HEAVIEST, "EUC-JP", "one cue of as many lines as may be"))
def test_the_heaviest_subtitle_takes_bounded_memory(shape: str) -> None:
    raw = HEAVIEST[shape]()
    assert len(raw) <= LARGEST
    assert cost(opened, raw, "ass" if "ASS" in shape else "srt", ("ja",)).megabytes < MAX_MEMORY


TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "17 MB of tiny cues": (lambda: TINY.encode() * 800_000, "too much for text"),
    "cues": (lambda: TINY.encode() * (MAX_CUES + 1), f"more than {MAX_CUES} subtitles"),
    "spoken lines": ((ass() + SPOKEN * MAX_CUES).encode, f"more than {MAX_CUES} subtitles"),
    "frames": (lambda: b"\r{1}{2}a" * (MAX_CUES + 1), f"more than {MAX_CUES} subtitles"),
    "lines": (lambda: srt().encode() + b"\n" * MAX_LINES, f"more than {MAX_LINES} lines"),
    "wide characters": (lambda: filled(srt() + "\U0001f600", "a"), "in memory"),
}


@pytest.mark.parametrize("shape", TOO_MUCH)
def test_a_subtitle_of_too_much_is_refused_before_it_is_taken_apart(shape: str) -> None:
    make, why = TOO_MUCH[shape]
    refused = cost(opened, make(), "srt", ("ja",))
    assert why in refused.said
    assert refused.megabytes < MAX_MEMORY / 2
    assert refused.seconds < 1


def test_a_small_zip_of_a_large_subtitle_takes_bounded_memory() -> None:
    noise = random.Random(1).randbytes(150_000).hex()
    raw = zipped({"Kaze no Renshuu - 03.srt": f"{noise}\n{TINY * 1_400_000}".encode()})
    assert len(raw) < 300_000
    refused = cost(first_member, raw)
    assert "too much for text" in refused.said
    assert refused.megabytes < MAX_MEMORY


def first_member(raw: bytes) -> bytes:
    archive = open_archive(raw)
    return opened(read_member(archive, archive.members[0]), "srt", ("ja",))
