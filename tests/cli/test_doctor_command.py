"""`kotozoe doctor` and `--version`, as typed."""

from __future__ import annotations

import pytest

import kotozoe
from kotozoe.cli import main
from kotozoe.desktop import doctor
from kotozoe.desktop.doctor import Finding

FINE, ODD, GRAVE = Finding("a", "fine"), Finding("b", "odd", "mend b", grave=False), Finding("c", "bad", "mend c")


@pytest.mark.parametrize(
    ("found", "code", "lines"),
    [
        ([FINE], 0, ["ok  a: fine"]),
        ([FINE, ODD], 0, ["ok  a: fine", "!   b: odd", "      mend b"]),
        ([GRAVE], 1, ["BAD c: bad", "      mend c"]),
    ],
)
def test_the_exit_code_says_whether_something_is_grave(
    found: list[Finding],
    code: int,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda *_: iter(found))
    assert main(["doctor"]) == code
    assert capsys.readouterr().out.splitlines() == lines


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"kotozoe {kotozoe.__version__}\n"
