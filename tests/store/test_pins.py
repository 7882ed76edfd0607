"""The user's own file: read anew when it changes, written whole, mended from its copy."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kotozoe.errors import StorageError, UserError
from kotozoe.identify.verdict.pins import Anchor, Pick, Pin, Pins, Rejection
from kotozoe.model import MediaKey
from kotozoe.store.pins import PinStore
from kotozoe.store.pins_text import format_pins, parse_pins, read_pins

ONE = Pin(Anchor("foo", 2, None, "g"), MediaKey("anilist", "7"), 15.0, 3.0, 9, "Foo", "Foo 2", 1.5)
DRAMA = Pin(Anchor("bar"), MediaKey("tmdb", "tv:5"))
ALL = Pins(
    (ONE, DRAMA),
    (Rejection("a.mkv", 9, "bad.srt", 2.0),),
    ("/anime/old",),
    (Pick("a.mkv", 9, "good.srt", 3.0),),
)


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
    PinStore(file_of(tmp_path)).change(lambda pins: pins.removed([ONE.row_id]))
    assert store.read().pins == (DRAMA,)


def settled(path: Path) -> None:
    """Let a file be one that nobody is just saving."""
    os.utime(path, (1e9, 1e9))


def spoil(tmp_path: Path, contents: bytes) -> Path:
    file_of(tmp_path).parent.mkdir(exist_ok=True)
    file_of(tmp_path).write_bytes(contents)
    settled(file_of(tmp_path))
    return file_of(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".json")


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"format": "x"}', b"\x00" * 4096, b"[" * 10_000])
def test_a_damaged_file_costs_nothing_and_is_set_aside_before_the_next_change(
    store: PinStore, tmp_path: Path, damage: bytes
) -> None:
    store.change(lambda _: Pins((DRAMA,)))
    store.change(lambda _: ALL)
    path = spoil(tmp_path, damage)
    assert PinStore(path).read() == ALL
    assert path.read_bytes() == damage
    assert any("its copy is used" in trouble for trouble in store.troubles())
    changed = store.change(lambda pins: pins.leaving("/new"))
    assert changed == ALL.leaving("/new") == PinStore(path).read()
    assert (path.parent / "pins.damaged-1.json").read_bytes() == damage
    assert store.troubles() == ("pins.damaged-1.json was set aside: delete it when you have looked",)


def test_nothing_that_was_set_aside_is_overwritten(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: ALL)
    for number in range(1, 4):
        spoil(tmp_path, f"damage {number}".encode())
        store.change(lambda pins, n=number: pins.leaving(f"/{n}"))  # type: ignore[misc]
    folder = tmp_path / "data"
    assert [(folder / f"pins.damaged-{n}.json").read_text() for n in (1, 2, 3)] == ["damage 1", "damage 2", "damage 3"]
    assert store.read().folders == ("/anime/old", "/1", "/2", "/3")


def test_a_damaged_file_without_a_copy_begins_anew(store: PinStore, tmp_path: Path) -> None:
    spoil(tmp_path, b"x")
    assert store.read() == Pins()
    assert store.troubles()


def test_a_missing_file_means_the_copy(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: ALL)
    file_of(tmp_path).unlink()
    assert store.read() == ALL == PinStore(file_of(tmp_path)).read()
    assert "is missing" in store.troubles()[0]
    store.change(lambda pins: pins.leaving("/new"))
    assert store.troubles() == ()
    assert names(tmp_path / "data") == ["pins.bak.json", "pins.json"]


@pytest.mark.parametrize("edit", ["trailing comma", "row comma", "deleted row"])
def test_an_edit_by_hand_is_welcome(store: PinStore, tmp_path: Path, edit: str) -> None:
    store.change(lambda _: ALL)
    text = file_of(tmp_path).read_text()
    edited = {
        "trailing comma": text.replace('"/anime/old"\n ]\n}', '"/anime/old",\n ],\n}'),
        "row comma": text.replace('"made": 0.0\n', '"made": 0.0,\n'),
        "deleted row": format_pins(replace(ALL, folders=())),
    }[edit]
    assert edited != text
    spoil(tmp_path, edited.encode())
    expected = replace(ALL, folders=()) if edit == "deleted row" else ALL
    assert store.read() == expected
    assert store.troubles() == ()
    file_of(tmp_path).unlink()
    assert PinStore(file_of(tmp_path)).read() == expected  # the copy has followed


@pytest.mark.parametrize(("old", "new"), [('"anilist:7"', '"anilist:x"'), ('"season": 2', '"season": "two"')])
def test_a_bad_value_costs_its_row_and_is_kept_for_the_user(
    store: PinStore, tmp_path: Path, old: str, new: str
) -> None:
    store.change(lambda _: ALL)
    path = spoil(tmp_path, file_of(tmp_path).read_text().replace(old, new).encode())
    assert store.read() == replace(ALL, pins=(DRAMA,))
    assert [trouble.partition(": ")[2] for trouble in store.troubles()] == [
        f"pins, row 1: {'media' if 'anilist' in old else 'season'} is not valid (left out)"
    ]
    store.change(lambda pins: pins.leaving("/new"))
    assert new in (path.parent / "pins.damaged-1.json").read_text()


def test_a_row_that_is_not_json_costs_no_other(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: Pins((DRAMA,)))
    more = ALL.pinned(replace(ONE, anchor=Anchor("new"))).leaving("/by hand")
    spoil(tmp_path, format_pins(more).replace('"season": 2', '"season": two').encode())
    assert set(store.read().pins) == {DRAMA, more.pins[-1]}
    assert store.read().folders == ("/anime/old", "/by hand")


def test_a_half_saved_file_is_no_damage(store: PinStore, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store.change(lambda _: ALL)
    text = format_pins(ALL.leaving("/new"))
    file_of(tmp_path).write_text(text[:200])
    assert store.read() == ALL
    saving = threading.Timer(0.2, file_of(tmp_path).write_text, (text,))
    saving.start()
    assert store.change(lambda pins: pins.leaving("/newer")).folders == ("/anime/old", "/new", "/newer")
    saving.join()
    assert caplog.records == []
    assert names(tmp_path / "data") == ["pins.bak.json", "pins.json"]


def test_a_newer_format_is_read_and_never_changed(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: Pins((DRAMA,)))
    newer = format_pins(ALL).replace('"format": 1', '"format": 2').encode()
    spoil(tmp_path, newer)
    assert store.read() == ALL
    assert "newer version" in store.troubles()[0]
    with pytest.raises(StorageError, match="newer version"):
        store.change(lambda pins: pins.leaving("/new"))
    assert file_of(tmp_path).read_bytes() == newer
    assert names(tmp_path / "data") == ["pins.bak.json", "pins.json"]


@pytest.mark.parametrize("damaged", [False, True])
def test_a_full_disk_loses_nothing(
    store: PinStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    store.change(lambda _: ALL)
    if damaged:
        spoil(tmp_path, b"{")
    before = file_of(tmp_path).read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            store.change(lambda pins: pins.leaving("/new"))
        assert store.read() == ALL == PinStore(file_of(tmp_path)).read()
    assert file_of(tmp_path).read_bytes() == before
    assert names(tmp_path / "data") == ["pins.bak.json", "pins.json"]
    assert store.change(lambda pins: pins.leaving("/new")) == ALL.leaving("/new")


def test_the_copy_is_behind_by_nothing_but_what_is_being_written(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: Pins((DRAMA,)))
    store.change(lambda _: ALL)
    assert (tmp_path / "data" / "pins.bak.json").read_bytes() == file_of(tmp_path).read_bytes()


def test_what_is_no_file_is_not_waited_for(store: PinStore, tmp_path: Path) -> None:
    store.change(lambda _: ALL)
    file_of(tmp_path).unlink()
    os.mkfifo(file_of(tmp_path))
    settled(file_of(tmp_path))
    assert store.read() == ALL
    assert "not a regular file" in store.troubles()[0]
    assert store.change(lambda pins: pins.leaving("/new")) == ALL.leaving("/new")


def test_a_linked_file_stays_a_link(store: PinStore, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "dotfiles.json").write_text(format_pins(ALL))
    file_of(tmp_path).symlink_to(tmp_path / "dotfiles.json")
    store.change(lambda pins: pins.leaving("/new"))
    assert file_of(tmp_path).is_symlink()
    assert parse_pins((tmp_path / "dotfiles.json").read_text()) == ALL.leaving("/new")


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


@pytest.mark.parametrize("piece", ['"', "{", '"\\"', ",", ", ", "{{}", '"folders": [', "[", '{"media": ', "\\"])
def test_reading_takes_time_in_proportion(piece: str) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        read_pins(piece * count)
        return time.process_time() - begun

    small = max(min(seconds(20_000) for _ in range(3)), 0.002)
    assert min(seconds(160_000) for _ in range(3)) < 30 * small


def test_many_rows_are_merged_at_once() -> None:
    rows = [replace(ONE, anchor=Anchor(f"{n}")) for n in range(5000)]
    begun = time.process_time()
    merged = Pins(tuple(rows[:4000])).merged(Pins(tuple(rows[2000:])))
    assert time.process_time() - begun < 1
    assert merged.pins == (*rows[:2000], *rows[2000:])
