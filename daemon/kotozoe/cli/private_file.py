"""Files that only this user may read."""

from __future__ import annotations

import os
from pathlib import Path

from kotozoe.errors import StorageError
from kotozoe.printable import printable


def write_private(file: Path, text: str) -> None:
    """Write a file whole, for this user only; a symlink's target is written. Raises StorageError."""
    target = file.resolve()
    fresh = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        fresh.replace(target)
    except OSError as error:
        raise StorageError(
            f"{printable(str(target))} cannot be written ({error.strerror}): mend its permissions"
        ) from None
