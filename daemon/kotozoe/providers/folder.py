"""Local folders as a provider: a mirror of Jimaku or kitsunekko, or a person's own, one folder a show.

A show's folder is known by its name: `Title [AniList id]` as in Jimaku's own store, or any name of the media.
No network.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from kotozoe.errors import Missing, Unavailable
from kotozoe.identify.names.titles import title_keys
from kotozoe.model import Listing, SubtitleFile, Urgency
from kotozoe.safe_files import bounded

HOST = "local folder"
_LEVELS = 3  # of folders below a root in which shows are looked for: mirror/anime_tv/Title
_INSIDE = 2  # of folders below a show's own: Title/Season 2
_MOST_FOLDERS = 50_000
_MOST_FILES = 5_000
_LARGEST = 17 * 1024 * 1024
_ID = re.compile(r"\[(\d{1,9})\]\s*$")


class Folders:
    """`roots` need not exist. Symbolic links to folders are not followed, so no link leads in circles."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    async def listing(self, anilist_id: int, names: Sequence[str], now: float) -> Listing | None:
        """Return the files of all folders of a media, by its id or one of its names; None if there is none."""
        return await asyncio.to_thread(self._listing, anilist_id, frozenset(_keys(names)), now)

    async def download(self, entry_id: int, file: SubtitleFile, urgency: Urgency) -> bytes:  # noqa: ARG002 - as any source
        """Return the bytes of a listed file. Raises Missing if it is gone, Unavailable if it cannot be read."""
        return await asyncio.to_thread(_read, Path(file.url))

    def _listing(self, anilist_id: int, keys: Collection[str], now: float) -> Listing | None:
        folders = (f for root in self._roots for f in islice(_below(root, _LEVELS), _MOST_FOLDERS))
        found = [f for f in folders if _is_of(f.name, anilist_id, keys)]
        files = tuple(islice((file for folder in found for file in _files(folder)), _MOST_FILES))
        return Listing(anilist_id, files, now) if files else None


def _keys(names: Sequence[str]) -> Iterator[str]:
    """Yield the whole keys of names: a folder named by half a title may be another season's."""
    for name in names:
        if rows := title_keys(name):
            yield rows[0].key


@lru_cache(maxsize=_MOST_FOLDERS)
def _named(folder: str) -> tuple[int | None, str]:
    found = _ID.search(folder)
    title = folder[: found.start()] if found else folder
    return (int(found[1]) if found else None), next(_keys((title,)), "")


def _is_of(folder: str, anilist_id: int, keys: Collection[str]) -> bool:
    stated, key = _named(folder)
    return stated == anilist_id if stated is not None else key in keys


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda e: e.name)
    except OSError:  # not there, or not for us: then nothing is here
        return []


def _below(folder: Path, levels: int) -> Iterator[Path]:
    for entry in _scan(folder):
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            path = Path(entry.path)
            yield path
            if levels > 1:
                yield from _below(path, levels - 1)


def _files(folder: Path) -> Iterator[SubtitleFile]:
    for place in (folder, *_below(folder, _INSIDE)):
        for entry in _scan(place):
            if entry.is_file() and not entry.name.startswith("."):
                state = entry.stat()
                yield SubtitleFile(entry.name, state.st_size, state.st_mtime, entry.path)


def _read(path: Path) -> bytes:
    try:
        return bounded(path, _LARGEST)
    except FileNotFoundError as gone:
        raise Missing(HOST, "the file is not there any more") from gone
    except OSError as trouble:
        if trouble.errno == errno.EFBIG:
            raise Unavailable(HOST, "a file is too large for a subtitle") from trouble
        raise Unavailable(HOST, f"a file cannot be read: {trouble.strerror}") from trouble
