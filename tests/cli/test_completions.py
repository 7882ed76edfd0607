"""Completions in a real shell."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kotozoe.cli import main

ASK = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
_shtab_kotozoe kotozoe "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["kotozoe", "do"], ["doctor"]),
        (["kotozoe", "config", ""], ["init", "check", "show", "path"]),
        (["kotozoe", "pins", "ex"], ["export"]),
    ],
)
def test_bash_completes_commands_and_their_words(
    words: list[str], offered: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "kotozoe"
    script.write_text(capsys.readouterr().out)
    done = subprocess.run(["bash", "-c", ASK, "bash", script, *words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered
