"""What `install` and `uninstall` say of each file."""

from __future__ import annotations

from collections.abc import Sequence

from kotozoe.cli.call import print_line
from kotozoe.desktop.install import Step
from kotozoe.printable import printable

_DONE = {
    "write": "written",
    "replace": "replaced by this version's",
    "keep": "as it should be",
    "remove": "removed",
    "leave": "changed by you, and left as it is",
}
_PLANNED = {"write": "would be written", "replace": "would be replaced by this version's", "remove": "would be removed"}


def print_steps(steps: Sequence[Step], *, dry: bool) -> None:
    words = _DONE | _PLANNED if dry else _DONE
    for step in steps:
        print_line(f"{printable(str(step.path))}: {words[step.action]}")
        for line in step.diff.splitlines():
            print_line(f"  {printable(line, 200)}")
