"""The user's own videos: finding them, and writing sidecar subtitles that never replace anything."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from kotozoe.errors import StorageError, UserError
from kotozoe.playback.upcoming import in_order, is_video
from kotozoe.printable import printable

_BESIDE = ("ass", "ssa", "srt", "vtt", "sup", "idx", "sub")
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


def videos_of(paths: Iterable[str]) -> Iterator[str]:
    """Yield the absolute paths of all videos in these files and folders, each once, in the order a person would give.

    What is named itself is taken whatever its extension; hidden folders and linked ones are passed over. Raises
    UserError for a path that does not exist.
    """
    seen: set[str] = set()
    for path in paths:
        absolute = os.path.abspath(path)  # noqa: PTH100 - a Path would not keep every byte
        if not os.path.lexists(absolute):
            raise UserError(f"There is no {printable(path)}: check the name")
        for video in _below(absolute) if os.path.isdir(absolute) else (absolute,):  # noqa: PTH112
            if video not in seen:
                seen.add(video)
                yield video


def _below(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted((f for f in folders if not f.startswith(".")), key=in_order)
        yield from (f"{parent.rstrip('/')}/{name}" for name in sorted(filter(is_video, names), key=in_order))


class SidecarWriter:
    """Writes subtitles next to their videos, as `Name.LANGUAGE.EXTENSION`. Existing files are never touched."""

    def __init__(self, language: str) -> None:
        self._language = language

    def present(self, video: str) -> str | None:
        """Return the subtitle of our language that is next to a video, whoever put it there."""
        stem = os.path.splitext(video)[0]  # noqa: PTH122
        places = (f"{stem}.{self._language}.{extension}" for extension in _BESIDE)
        return next((place for place in places if os.path.lexists(place)), None)

    def put(self, video: str, subtitle: str) -> str:
        """Copy a subtitle file next to its video, whole or not at all; return where. Raises StorageError."""
        stem = os.path.splitext(video)[0]  # noqa: PTH122
        source = Path(subtitle)
        pictures = source.with_suffix(".sub")
        try:
            if source.suffix == ".idx" and pictures.exists():
                _copy(pictures, f"{stem}.{self._language}.sub")
            place = f"{stem}.{self._language}{source.suffix}"
            _copy(source, place)
        except OSError as trouble:
            raise StorageError(f"the subtitle cannot be put beside the video: {trouble.strerror}") from trouble
        return place


def _copy(source: Path, place: str) -> None:
    """Make `place` a copy that appears whole; leave it alone if it exists."""
    handle, temporary = tempfile.mkstemp(prefix=".kotozoe-", dir=os.path.dirname(place))  # noqa: PTH120
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
            os.fchmod(handle, 0o644)
        _name(temporary, place)
    finally:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108


def _name(temporary: str, place: str) -> None:
    """Give the file its name unless another has it: a link fails where a rename would replace."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        return
    except OSError as trouble:
        if trouble.errno not in _NO_LINKS:
            raise
        if not os.path.lexists(place):
            os.rename(temporary, place)  # noqa: PTH104
