"""How this very kotozoe is started again; apart from what installs it, as the daemon needs only this."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kotozoe.errors import UserError


def program(argv: Sequence[str] = sys.argv, executable: str = sys.executable, cache: Path | None = None) -> list[str]:
    """Return the words that start this very kotozoe again. Raises UserError if it will be gone by then."""
    typed = Path(argv[0]).absolute()
    beside = Path(executable).with_name("kotozoe")
    found = next((path for path in (typed, beside) if path.name == "kotozoe" and os.access(path, os.X_OK)), None)
    cache = cache or Path.home() / ".cache"
    if cache in Path(executable).parents or (cache / "uv") in Path(executable).resolve().parents:
        raise UserError(
            "This kotozoe runs from a throw-away place: install it first, by `pipx install` or `uv tool install`"
        )
    return [str(found)] if found and found.is_file() else [executable, "-m", "kotozoe"]
