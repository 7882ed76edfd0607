"""What `kotozoe pins`, `status` and `doctor` say of the pins, and what they take from others."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kotozoe.cli import main
from kotozoe.desktop.doctor import Network, examine
from kotozoe.identify.verdict.pins import Anchor, Pick, Pin, Pins, Rejection
from kotozoe.model import MediaKey
from kotozoe.settings.places import Paths, places, prepare
from kotozoe.store.pins import PinStore
from kotozoe.store.pins_text import format_pins

ONE = Pin(Anchor("foo", 2, None, "g"), MediaKey("anilist", "7"), name="Foo", title="Foo 2")
OTHER = replace(ONE, anchor=Anchor("bar"))


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    prepare(places())
    PinStore(places().pins).change(lambda _: Pins((ONE,)))
    return places()


def spoil(at: Paths, contents: bytes = b"{") -> None:
    at.pins.write_bytes(contents)
    os.utime(at.pins, (1e9, 1e9))


def test_trouble_with_the_pins_is_said_by_list_status_and_doctor(at: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(at)
    assert main(["pins", "list"]) == 0
    listed = capsys.readouterr().out
    assert "Foo 2" in listed
    assert "! pins.json: it is not JSON (line 1)" in listed
    main(["status"])
    assert "pins: pins.json: it is not JSON" in capsys.readouterr().out
    main(["status", "--json"])
    assert '"pins": ["pins.json: it is not JSON' in capsys.readouterr().out
    findings = [finding for finding in examine(at, Network, {}) if finding.name == "pins"]
    assert [(finding.grave, str(at.pins) in finding.fix) for finding in findings] == [(False, True)]


def test_nothing_is_said_while_all_is_well(at: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    main(["pins", "list"])
    main(["status"])
    assert "!" not in (out := capsys.readouterr().out)
    assert "pins" not in out


def test_an_empty_list_says_so(at: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    PinStore(at.pins).change(lambda _: Pins())
    assert main(["pins", "list"]) == 0
    assert capsys.readouterr().out == "No corrections yet: the menu in mpv makes them\n"


def test_import_takes_the_good_rows_and_names_the_others(
    at: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = format_pins(Pins((replace(ONE, anchor=Anchor("bad")), OTHER)))
    (tmp_path / "other.json").write_text(text.replace('"season": 1', '"season": null', 1))
    assert main(["pins", "import", str(tmp_path / "other.json")]) == 0
    assert (
        "1 pins, 0 rejections, 0 picked files and 0 folders imported\n! pins, row 1: season is not valid"
        in capsys.readouterr().out
    )
    assert PinStore(at.pins).read().pins == (ONE, OTHER)


def test_everything_that_is_listed_can_be_removed(at: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    pick, rejection = Pick("v.mkv", 3, "f.srt"), Rejection("v.mkv", 3, "f.srt")
    PinStore(at.pins).change(lambda _: Pins((ONE, OTHER), (rejection,), ("/videos/lectures",), (pick,)))
    main(["pins", "list"])
    listed = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [row[1] for row in listed[2:]] == ["rejected", "picked", "never"]
    for left, row_id in zip((4, 3, 2, 1, 0), [row[0] for row in listed], strict=True):
        assert main(["pins", "remove", row_id]) == 0
        assert len(PinStore(at.pins).read()) == left
    assert main(["pins", "remove", listed[0][0]]) == 1
    assert "kotozoe pins list" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["fifo", "device", "directory", "large", "newer", "missing"])
def test_import_waits_for_nothing_and_refuses_what_is_no_export(
    at: Paths, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path("/dev/zero") if kind == "device" else tmp_path / "file"
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "directory":
        file.mkdir()
    elif kind == "large":
        file.touch()
        os.truncate(file, 1 << 32)
    elif kind == "newer":
        file.write_text(format_pins(Pins((OTHER,))).replace('"format": 1', '"format": 2'))
    assert main(["pins", "import", str(file)]) == 2
    assert "kotozoe pins export" in capsys.readouterr().err
    assert PinStore(at.pins).read().pins == (ONE,)


def test_a_config_that_is_no_file_is_not_waited_for(
    at: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "config")
    assert main(["config", "check", "--config", str(tmp_path / "config")]) == 2
    assert "cannot be read (it is not a regular file)" in capsys.readouterr().err
