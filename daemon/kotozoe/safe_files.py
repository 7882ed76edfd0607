"""Opening files that somebody else put there: regular ones only, and without waiting for anybody."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def opened(path: Path, *, links: bool = True) -> BinaryIO:
    """Open a regular file for reading; `links`: it may be a symbolic link. Raises OSError.

    A pipe beside a video would block who opens it for ever, and reading from one takes the data away from the player.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if links else os.O_NOFOLLOW)
    try:
        handle = os.open(path, flags)
    except ValueError as nul:  # a name with a NUL
        raise OSError(errno.EINVAL, "its name holds a NUL") from nul
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(handle, "rb")


def bounded(path: Path, most: int, *, links: bool = True) -> bytes:
    """Return the contents of a regular file of at most so many bytes. Raises OSError."""
    with opened(path, links=links) as file:
        contents = file.read(most + 1)
    if len(contents) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return contents
