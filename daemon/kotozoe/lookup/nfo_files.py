"""Reads the `.nfo` files next to a video; they are untrusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kotozoe.identify.names.nfo import MAX_SIZE, Nfo, read_nfo
from kotozoe.model import VideoFile
from kotozoe.safe_files import opened

_URL = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def read_nfo_files(video: VideoFile) -> tuple[Nfo, ...]:
    """Return what the files next to a local video say; nothing for streams. Never raises, never blocks on a pipe."""
    path = Path(video.path)
    if video.network or _URL.match(video.path) or not path.is_absolute() or not path.name:
        return ()
    read = ((name, _read(place)) for name, place in _nfo_paths(path))
    return tuple(nfo for name, nfo in read if nfo is not None and (name or nfo.kind) == nfo.kind)


def _nfo_paths(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that may stand there, the nearest first, each with the kind that it must be of."""
    yield "", path.with_name(path.stem + ".nfo")
    yield "movie", path.with_name("movie.nfo")
    yield "tvshow", path.with_name("tvshow.nfo")
    yield "tvshow", path.parent.parent / "tvshow.nfo"


def _read(path: Path) -> Nfo | None:
    try:
        with opened(path, links=False) as stream:
            return read_nfo(stream.read(MAX_SIZE + 1))
    except OSError:
        return None
