"""Local folders as a provider: a mirror of Jimaku or kitsunekko, or a person's own, one folder a show.

A show's folder is known by its name: `Title [AniList id]` as in Jimaku's own store, or any name of the media.
No network.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from kotozoe.errors import Missing, Unavailable
from kotozoe.identify.names.titles import says_season_only, title_keys
from kotozoe.identify.names.words import generic
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.model import Listing, MediaKey, SubtitleFile
from kotozoe.safe_files import bounded

HOST = "local folder"
_LEVELS = 3  # of folders below a root in which shows are looked for: mirror/anime_tv/Title
_INSIDE = 2  # of folders below a show's own: Title/Season 2
_MAX_FOLDERS = 50_000
_MAX_FILES = 5_000
_LARGEST = 17 * 1024 * 1024
_TITLES_HOLD = 5.0  # seconds for which the folders are not looked through again for one name
_ID = re.compile(r"\[(\d{1,9})\]\s*$")


class Folders:
    """`roots` need not exist. Symbolic links to folders are not followed, so no link leads in circles."""

    def __init__(self, roots: Sequence[Path], steady: Callable[[], float] = time.monotonic) -> None:
        self._roots = tuple(roots)
        self._steady = steady
        self._titles: dict[str, TitleRow] = {}
        self._titles_at: float | None = None

    async def listing(
        self, anilist_id: int | None, names: Sequence[str], now: float, entry_id: int | None = None
    ) -> Listing | None:
        """Return the files of all folders of a media, by its id or one of its names; None if there is none.

        `entry_id` is the id of the listing where there is no AniList id.
        """
        listed_as = entry_id if entry_id is not None else anilist_id or 0
        return await asyncio.to_thread(self._listing, anilist_id, frozenset(_keys(names)), now, listed_as)

    def titles(self, keys: Sequence[str]) -> dict[str, TitleRow]:
        """Return the folders that are named so, each as a title of its media; for a worker thread.

        A folder that states no id stands for itself.
        """
        if self._titles_at is None or self._steady() - self._titles_at > _TITLES_HOLD:
            self._titles = dict(_title_rows(self._folders()))
            self._titles_at = self._steady()
        return {key: self._titles[key] for key in keys if key in self._titles}

    async def download(self, entry_id: int, file: SubtitleFile, *_: object) -> bytes:  # noqa: ARG002 - as any source
        """Return the bytes of a listed file. Raises Missing if it is gone, Unavailable if it cannot be read."""
        return await asyncio.to_thread(_read, Path(file.url))

    def _folders(self) -> Iterator[Path]:
        return (f for root in self._roots for f in islice(_below(root, _LEVELS), _MAX_FOLDERS))

    def _listing(self, anilist_id: int | None, keys: Collection[str], now: float, listed_as: int) -> Listing | None:
        found = [f for f in self._folders() if _is_of(f.name, anilist_id, keys)]
        files = tuple(islice((file for folder in found for file in _files(folder)), _MAX_FILES))
        return Listing(listed_as, files, now) if files else None


def _title_rows(folders: Iterator[Path]) -> Iterator[tuple[str, TitleRow]]:
    for folder in folders:
        stated, _ = _named(folder.name)
        title = _ID.sub("", folder.name).strip()
        for key in title_keys(title)[:1]:
            if not says_season_only(title) and not generic(title):
                media = MediaKey("folder", key.key) if stated is None else MediaKey("anilist", str(stated))
                yield key.key, TitleRow(media, key, title)


def _keys(names: Sequence[str]) -> Iterator[str]:
    """Yield the whole keys of names: a folder named by half a title may be another season's."""
    for name in names:
        if rows := title_keys(name):
            yield rows[0].key


@lru_cache(maxsize=_MAX_FOLDERS)
def _named(folder: str) -> tuple[int | None, str]:
    found = _ID.search(folder)
    title = folder[: found.start()] if found else folder
    return (int(found[1]) if found else None), next(_keys((title,)), "")


def _is_of(folder: str, anilist_id: int | None, keys: Collection[str]) -> bool:
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
