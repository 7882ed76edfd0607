"""The user's own file: read anew when it changes, written whole, mended from its copy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kotozoe.errors import StorageError, UserError
from kotozoe.identify.verdict.pins import Anchor, Pin, Pins, Rejection
from kotozoe.model import MediaKey
from kotozoe.store.pins import PinStore, format_pins, parse_pins

ONE = Pin(Anchor("foo", 2, None, "g"), MediaKey("anilist", "7"), 15.0, 3.0, 9, "Foo", "Foo 2", 1.5)
DRAMA = Pin(Anchor("bar"), MediaKey("tmdb", "tv:5"))
ALL = Pins((ONE, DRAMA), (Rejection("a.mkv", 9, "bad.srt", 2.0),), ("/anime/old",))


@pytest.fixture
def store(tmp_path: Path) -> PinStore:
    return PinStore(tmp_path / "data" / "pins.json")


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "data" / "pins.json"


def test_nothing_is_there_at_first_and_reading_makes_nothing(store: PinStore, tmp_path: Path) -> None:
    assert store.read() == Pins()
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_comes_back(store: PinStore, tmp_path: Path) -> None:
    assert store.change(lambda _: ALL) == ALL
    assert PinStore(file_of(tmp_path)).read() == ALL
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_change_by_another_is_seen(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: ALL)
    PinStore(file_of(tmp_path)).change(lambda pins: pins.removed([ONE.pin_id]))
    assert store.read().pins == (DRAMA,)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"format": 2}', b'{"format": 1, "pins": [{}]}'])
def test_a_damaged_file_is_put_aside_and_its_copy_taken(store: PinStore, tmp_path: Path, damage: bytes) -> None:
    store.change(lambda _: Pins((DRAMA,)))
    store.change(lambda _: ALL)
    file_of(tmp_path).write_bytes(damage)
    assert store.read() == Pins((DRAMA,))
    assert (tmp_path / "data" / "pins.damaged.json").read_bytes() == damage


def test_a_damaged_file_without_a_copy_begins_anew(store: PinStore, tmp_path: Path) -> None:
    file_of(tmp_path).parent.mkdir()
    file_of(tmp_path).write_text("x")
    assert store.read() == Pins()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StorageError, match="your pins"):
        PinStore(tmp_path / "data" / "pins.json").change(lambda _: ALL)


def test_a_text_survives() -> None:
    odd = Pins((), (Rejection("\udc80 - 05.mkv", 1, "字幕.ass"),))
    assert parse_pins(format_pins(odd)) == odd


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("media", "anilist:x"),
        ("media", "other:1"),
        ("media", "anilist:"),
        ("key", ""),
        ("key", 5),
        ("season", "1"),
        ("season", True),
        ("number", "5"),
        ("number", True),
        ("episode", 1e400),
        ("entry_id", 1 << 50),
    ],
)
def test_what_is_no_pin_is_refused(part: str, value: object) -> None:
    table = json.loads(format_pins(ALL))
    table["pins"][0][part] = value
    with pytest.raises(UserError):
        parse_pins(json.dumps(table))


@pytest.mark.parametrize("text", ["[]", "5", '{"format": 1, "pins": 5}', '{"format": 1, "folders": [5]}', "[" * 10_000])
def test_what_is_no_file_of_pins_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_pins(text)


def test_long_names_are_cut_and_long_lists_refused() -> None:
    table = {"format": 1, "rejections": [{"video": "a" * 9000, "entry_id": 1, "file": "b"}]}
    assert len(parse_pins(json.dumps(table)).rejections[0].video) == 500
    with pytest.raises(UserError):
        parse_pins(json.dumps({"format": 1, "folders": ["/a"] * 5001}))
