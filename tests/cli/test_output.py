"""Where there is nowhere to print to, and arguments that name nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.cli import main
from kotozoe.printable import printable


def run(tmp_path: Path, redirection: str, command: str = "status") -> tuple[int, str]:
    names = ("CONFIG", "CACHE", "STATE", "DATA")
    environ = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in names}}
    shell = f'exec "{sys.executable}" -m kotozoe {command} {redirection}'
    done = subprocess.run(["sh", "-c", shell], env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["status", "pins export", "config show"])
@pytest.mark.parametrize(
    ("redirection", "said"),
    [(">&-", "Standard output is closed"), ("> /dev/full", "Standard output cannot be written: No space left")],
)
def test_output_that_goes_nowhere_is_one_sentence(tmp_path: Path, command: str, redirection: str, said: str) -> None:
    code, errors = run(tmp_path, redirection, command)
    assert code == 3
    assert errors.startswith(f"kotozoe: {said}")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("redirection", ["2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_are_no_trouble(tmp_path: Path, redirection: str) -> None:
    code, errors = run(tmp_path, redirection)
    assert (code, errors) == (3 if ">&- 2" in redirection else 1, "")


@pytest.mark.parametrize(
    "argv", [["fetch", ""], ["fetch", "a.mkv", ""], ["identify", ""], ["explain", ""], ["sync", "", "a"]]
)
def test_an_empty_name_is_not_the_current_folder(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "an empty name" in capsys.readouterr().err


def test_no_key_is_shown_whatever_it_is_part_of() -> None:
    key = "AAAAAAAA" + "k3Y_" * 12 + "-z"
    assert printable(f"[G] {key} - 03.srt") == "[G] [key] - 03.srt"
    assert "k3Y_" not in printable("x" * 30 + key, 60)
