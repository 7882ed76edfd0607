"""What each door may cost in memory, whatever comes through it; all of it together fits into the shipped unit.

Work behind a door is done one piece at a time (`kotozoe.lanes`), so the largest piece of each counts once.
"""

from __future__ import annotations

import asyncio
import configparser
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kotozoe.lanes import ANSWERS, FILES, TIMING, Lane
from kotozoe.player.inbox import MAX_WAITING
from kotozoe.providers import entries, jimaku, reference_lists
from kotozoe.requests.body import MAX_BODIES
from kotozoe.requests.http import MIB
from kotozoe.subtitles.candidate import MAX_HELD
from kotozoe.subtitles.text import MAX_CUES
from kotozoe.timing.references import child_process
from tests.hostile import works
from tests.hostile.test_bounds import SPOKEN, TINY, filled
from tests.subtitles.texts import ass
from tests.support.peak import cost, quick

UNIT = Path(__file__).parents[2] / "systemd" / "kotozoe.service"
LIST = reference_lists.LIMIT
MAX_MB = {
    "by itself": 65,  # ./dev bench idle measures it
    "bodies": 180,
    "answers": 135,  # a large answer of a server that becomes rows, of which some do so in another process
    "files": 105,  # a listing that is ranked, an archive or a subtitle that is read
    "timing": 85,  # a subtitle beside the index of a video
    "peer": 15,  # what one player says, beyond the few kilobytes of an honest one
}


def test_all_doors_together_fit_into_the_unit() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read(UNIT)
    assert sum(MAX_MB.values()) <= int(unit["Service"]["MemoryMax"].removesuffix("M"))


def test_bodies_are_few() -> None:
    """Some are read, others have just come and go to the disk, and the next are on their way."""
    whole = MAX_HELD * jimaku.FILE_LIMIT + 2 * MAX_BODIES
    assert whole <= MAX_MB["bodies"] * MIB


def rows(row: dict[str, object], limit: int) -> bytes:
    """Return a list of as many such rows as a limit, and the number of rows that is taken, allow."""
    one = json.dumps(row, ensure_ascii=False).encode()
    return b"[" + b",".join([one] * min(entries.MAX_ROWS, limit // (len(one) + 1))) + b"]"


def numbered(form: str, head: str, tail: str, limit: int, most: int) -> bytes:
    """Return a document of rows that all differ."""
    made = [form.replace("#", str(n)) for n in range(1, 1 + min(most, limit // (len(form) + 7)))]
    return (head + ",".join(made) + tail).encode()


WIDE = "\U0001f600" + "a" * 490
STRETCHES = ",".join(f"e{n}" for n in range(40))
ANSWER: dict[str, tuple[Callable[[bytes], object], Callable[[], bytes]]] = {
    "a catalogue of wide names": (
        works.catalogue,
        lambda: rows({"id": 1, "name": WIDE, "english_name": WIDE, "japanese_name": WIDE}, jimaku.CATALOGUE_LIMIT),
    ),
    "a catalogue of many": (
        works.catalogue,
        lambda: numbered('{"id":#,"name":"Word# of"}', "[", "]", jimaku.CATALOGUE_LIMIT, 40_000),
    ),
    "one value": (works.catalogue, lambda: b'[{"id":1,"name":"x","z":[' + b"{}," * 349_000 + b"{}]}]"),
    "a listing": (
        works.listing,
        lambda: rows({"name": WIDE[:250], "url": "/" + WIDE * 7}, jimaku.LISTING_LIMIT),
    ),
    "a listing of many": (works.listing, lambda: rows({"name": "a", "url": "/a"}, jimaku.LISTING_LIMIT)),
    "facts": (works.small_answer, lambda: b"[" + b"[]," * (MIB // 3 - 1) + b"[]]"),
    "rules of wide characters": (works.rules, ("\U0001f600" + "a" * 3_900_000).encode),
    "rules of nothing": (works.rules, lambda: b"\n" * 3_900_000),
    "many rules": (works.rules, lambda: b"".join(b"- ?|?|%d:1 -> ?|?|%d:2!\n" % (n, n + 1) for n in range(150_000))),
    "as many ids as may be": (works.seasons, lambda: numbered('"#":{"anidb_id":#}', "{", "}", LIST, 390_000)),
    "too many ids": (works.seasons, lambda: numbered('"#":{"anidb_id":#}', "{", "}", LIST, 500_000)),
    "too many stretches": (
        works.seasons,
        lambda: numbered('"#":{"tvdb_id":#,"tvdb_mappings":{"s1":"' + STRETCHES + '"}}', "{", "}", LIST, 9000),
    ),
    "a list of titles": (
        works.titles,
        lambda: numbered('{"title":"T#","sites":[{"site":"aniList","id":"#"}]}', '{"items":[', "]}", LIST, 100_000),
    ),
}


@pytest.mark.parametrize("shape", quick(ANSWER, "a catalogue of wide names", "facts", "rules of wide characters"))
def test_a_large_answer_takes_bounded_memory(shape: str) -> None:
    work, make = ANSWER[shape]
    assert cost(work, make()).megabytes < MAX_MB["answers"]


TIMED: dict[str, tuple[str, Callable[[], str]]] = {
    "cues": ("srt", lambda: "".join(f"{n}\n00:00:00,000 --> 00:00:01,000\nあ\n\n" for n in range(MAX_CUES - 1))),
    "spoken lines": ("ass", lambda: ass() + SPOKEN * (MAX_CUES - 100)),
    "one line": ("srt", lambda: filled("1\n00:00:00,000 --> 00:00:01,000\n").decode()),
    "styles": ("ass", lambda: "[V4+ Styles]\nFormat: Name, Fontname\n" + "".join(_styles())),
    "tiny cues": ("srt", lambda: TINY * (MAX_CUES - 1)),
    "fonts": ("ass", lambda: "[Fonts]\n" + "".join(f"fontname: {n}\n" for n in range(390_000))),
}


def _styles() -> list[str]:
    return [f"Style: {n},a\n" for n in range(MAX_CUES - 100)]


@pytest.mark.parametrize("shape", quick(TIMED, "one line"))
def test_the_lines_of_a_subtitle_take_bounded_memory(shape: str) -> None:
    extension, make = TIMED[shape]
    assert cost(works.timed, make().encode(), extension).megabytes < MAX_MB["timing"]


@pytest.mark.parametrize("count", quick(("5000", "20000")))
def test_fitting_takes_bounded_memory_and_time(count: str) -> None:
    fitted = cost(works.fitted, int(count))
    assert fitted.megabytes < MAX_MB["timing"] / 2
    assert fitted.seconds < 30


def element(name: int, body: bytes) -> bytes:
    size = len(body)
    told = (0x80 | size).to_bytes(1) if size < 0x7F else (0x10000000 | size).to_bytes(4)
    return name.to_bytes((name.bit_length() + 7) // 8) + told + body


def video(points: list[bytes]) -> bytes:
    track = element(0xAE, element(0xD7, b"\1") + element(0x83, b"\x11") + element(0x86, b"S_TEXT/UTF8"))
    segment = element(0x1654AE6B, track) + element(0x1C53BB6B, b"".join(points))
    return element(0x1A45DFA3, element(0x4282, b"matroska")) + element(0x18538067, segment)


PLACE = element(0xB7, element(0xF7, b"\1"))
POINTS = {
    "many points": [element(0xBB, element(0xB3, n.to_bytes(3)) + PLACE) for n in range(300_000)],
    "many places in each": [element(0xBB, element(0xB3, b"\1") + PLACE * 49)] * 15_000,
    "tiny elements": [b"\xbb\x80"] * 2_000_000,
}


@pytest.mark.parametrize("shape", quick(POINTS, "many places in each"))
def test_the_index_of_a_video_takes_bounded_memory(shape: str, tmp_path: Path) -> None:
    (tmp_path / "x.mkv").write_bytes(video(POINTS[shape]))
    assert cost(works.index, str(tmp_path / "x.mkv")).megabytes < MAX_MB["timing"]


PRINTED = {
    "layout": b'{"streams": [' + b"{}," * 600_000 + b'{}], "format": {"size": 1, "format_name": "mp4"}}',
    "cues": b"1,1,9\n" * 340_000,
}


@pytest.mark.parametrize("what", quick(PRINTED, "layout"))
def test_what_ffprobe_prints_takes_bounded_memory(what: str) -> None:
    assert len(PRINTED[what]) <= child_process._MAX_OUTPUT
    assert cost(works.printed, PRINTED[what], what).megabytes < MAX_MB["timing"]


@pytest.mark.parametrize("count", quick(("1000", "20000"), "1000"))
def test_ranking_a_listing_takes_bounded_memory(count: str) -> None:
    assert cost(works.ranked, int(count), 250).megabytes < MAX_MB["files"]


def test_a_peer_takes_bounded_memory() -> None:
    talked = cost(works.messages)
    assert int(talked.said) <= MAX_WAITING
    assert talked.megabytes < MAX_MB["peer"]


@pytest.mark.parametrize("lane", [ANSWERS, FILES, TIMING])
async def test_work_in_a_lane_is_done_one_piece_at_a_time(lane: Lane) -> None:
    begun, most, lock = [0], [0], threading.Lock()

    def work(_: int) -> str:
        with lock:
            begun[0] += 1
            most[0] = max(most[0], begun[0])
        threading.Event().wait(0.001)
        with lock:
            begun[0] -= 1
        return threading.current_thread().name

    names = await asyncio.gather(*(lane.run(work, n) for n in range(20)))
    assert most == [1]
    assert len(set(names)) == 1
    assert threading.current_thread().name not in names


async def test_work_that_nobody_waits_for_any_more_keeps_its_lane_until_it_ends() -> None:
    lane, going, done = Lane("test"), threading.Event(), threading.Event()
    order: list[Any] = []

    def slow() -> None:
        going.set()
        done.wait(10)
        order.append("slow")

    task = asyncio.create_task(lane.run(slow))
    await asyncio.to_thread(going.wait, 10)
    task.cancel()
    next_one = asyncio.create_task(lane.run(order.append, "next"))
    await asyncio.sleep(0.01)
    assert order == []
    done.set()
    await next_one
    assert order == ["slow", "next"]
