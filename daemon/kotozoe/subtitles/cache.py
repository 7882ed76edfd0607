"""The cache: subtitle files on disk, under names that are ours, bounded in size.

A file's place follows from what it is (server, entry, name, size, date, member), so whoever wants it again finds it
without an index. The folder may be emptied at any time.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kotozoe.errors import StorageError
from kotozoe.model import Source, SubtitleFile

LIMIT = 512_000_000  # bytes in the cache
_NEW = ".new-"
_ABANDONED = 600.0  # seconds after which a file that was never finished is nobody's
_COUNT_EVERY = 256  # files put here, after which the cache is measured again: others use it, too
_STEM_BYTES = 150  # of a name on disk; with key and extension it stays below 255
_REFUSED = frozenset('/\\:*?"<>|$%`')
_HIDDEN = ("C", "Z")


def safe_stem(name: str) -> str:
    """Return a readable file name without extension that is safe on any disk and in any player's list."""
    stem = name.rpartition(".")[0] or name
    stem = unicodedata.normalize("NFC", stem)
    kept = "".join("_" if c in _REFUSED or (unicodedata.category(c)[0] in _HIDDEN and c != " ") else c for c in stem)
    kept = " ".join(kept.split()).strip(". -")
    cut = kept.encode("utf-8", "replace")[:_STEM_BYTES].decode("utf-8", "ignore").strip(". -")
    return cut or "subtitle"


def _identity(origin: str, file: SubtitleFile, member: str) -> str:
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    identity = "\0".join((origin, file.name, str(file.size), repr(file.last_modified), member))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many files went, their bytes, and how many bytes are left."""

    files: int
    size: int
    left: int


class SubtitleCache:
    """`root` is made when first needed. Safe to use from several processes: files appear whole or not at all.

    The entry ids are those of `server`; the limit is one for all servers.
    """

    def __init__(self, root: Path, limit: int = LIMIT, server: str = "") -> None:
        self._root = root
        self._limit = limit
        self._server = server
        self._size = 0  # as last measured, and what was put here since
        self._until_count = 0

    def place(
        self, entry_id: int, file: SubtitleFile, extension: str, member: str = "", source: Source = "jimaku"
    ) -> Path:
        """Return where a file, or a member of it, lies if it is here."""
        folder = str(int(entry_id)) if source == "jimaku" else f"{source}-{int(entry_id)}"
        identity = _identity(folder + (self._server if source == "jimaku" else ""), file, member)
        name = f"{safe_stem(member.rpartition('/')[2] or file.name)}.{identity}.{extension}"
        return self._root / folder / name

    def find(
        self, entry_id: int, file: SubtitleFile, extension: str, member: str = "", source: Source = "jimaku"
    ) -> Path | None:
        """Return the path of a file that is in the cache, and count that as a use."""
        path = self.place(entry_id, file, extension, member, source)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file in the cache. Raises StorageError."""
        try:
            return path.read_bytes()
        except OSError as trouble:
            raise StorageError(f"a file in the cache cannot be read: {trouble.strerror}") from trouble

    def put_aside(self, contents: bytes) -> IO[bytes]:
        """Return a file without a name that holds what waits to be read, until it is closed. Raises StorageError."""
        import tempfile  # noqa: PLC0415 - only for large files

        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside: IO[bytes] = tempfile.TemporaryFile(dir=self._root)  # noqa: SIM115 - who waits for it closes it
            aside.write(contents)
        except OSError as trouble:
            raise StorageError(f"the subtitle cannot be stored in {self._root}: {trouble.strerror}") from trouble
        return aside

    def keep(self, path: Path, contents: bytes, in_use: Collection[str] = ()) -> Path:
        """Put a file in the cache, and take the longest unused ones off if there are too many.

        Raises StorageError, also where all that might go is in use.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, contents)
        except OSError as trouble:
            raise StorageError(f"the subtitle cannot be stored in {self._root}: {trouble.strerror}") from trouble
        self._size += len(contents)
        self._until_count -= 1
        if (self._size > self._limit or self._until_count <= 0) and self._evict({str(path), *in_use}) > 0:
            path.unlink(missing_ok=True)
            self._size -= len(contents)
            raise StorageError(f"the cache is full ({self._limit // 1_000_000} MB)")
        return path

    def trim(self, in_use: Collection[str] = ()) -> None:
        """Take the longest unused files off if there are too many: the limit may be another than before."""
        self._evict(in_use)

    def clean(self, in_use: Collection[str] = (), *, unused_for: float = 0.0, now: float | None = None) -> Cleaned:
        """Take off all that nobody has used for so many seconds, and what was never finished; return what went."""
        before = (time.time() if now is None else now) - unused_for
        spared = _spared(in_use)
        count = size = 0
        for path, used, length in self._files():
            if used <= before and path.with_suffix("") not in spared and _removed(path):
                count, size = count + 1, size + length
        for folder in self._root.glob("*/"):
            with suppress(OSError):
                folder.rmdir()
        return Cleaned(count, size, sum(length for _, _, length in self._files()))

    def _evict(self, in_use: Collection[str]) -> int:
        """Make room; return by how many bytes it is still too much."""
        files = sorted(self._files(), key=lambda f: f[1])
        self._size = sum(size for _, _, size in files)
        self._until_count = _COUNT_EVERY
        spared = _spared(in_use)
        for path, used, size in files:
            abandoned = path.name.startswith(_NEW) and used < time.time() - _ABANDONED
            if self._size <= self._limit and not abandoned:
                continue
            if path.with_suffix("") not in spared and _removed(path):
                self._size -= size
        return self._size - self._limit

    def _files(self) -> list[tuple[Path, float, int]]:
        found = []
        for path in self._root.glob("*/*"):
            with suppress(OSError):
                state = path.stat()
                found.append((path, state.st_mtime, state.st_size))
        return found


def _spared(in_use: Collection[str]) -> frozenset[Path]:
    """Return the files in use without their extensions: an index takes its pictures along."""
    return frozenset(Path(path).with_suffix("") for path in in_use)


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _write(path: Path, contents: bytes) -> None:
    import tempfile  # noqa: PLC0415 - a waiting daemon goes without

    handle, temporary = tempfile.mkstemp(prefix=_NEW, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(contents)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
