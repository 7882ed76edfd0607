"""The one way to open an SQLite file here: any thread, one lock, and no trouble with the disk stops the caller.

What these files hold can be asked for again, so:

- a damaged file, or one of another version, is started anew;
- while the disk refuses (full, read-only, a directory in the file's place, another process that never lets go), a copy
  in memory takes over. That is logged once; the file is tried again every half minute, and takes over what was learned
  meanwhile unless another process has changed it.
"""

from __future__ import annotations

import logging
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kotozoe.errors import StorageError

log = logging.getLogger(__name__)

T = TypeVar("T")
Connection = sqlite3.Connection
Mark = tuple[tuple[int, int, int], ...]

RETRY_SECONDS = 30.0
MAX_ATTEMPTS = 3
_RETRY_WAIT = 1.0  # seconds to wait for another process when a file is tried again
_SIDE_FILES = ("-wal", "-shm", "-journal")
_REFUSALS = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM),
    }
)


class Database:
    """`schema` creates the tables of `version`; `prepare` brings their content up to date after each opening.

    `path` None keeps everything in memory. `wait`: seconds to wait for another process. Opened at its first use.
    Raises StorageError for values that SQLite cannot take, and where memory fails, too.
    """

    def __init__(
        self,
        path: Path | None,
        schema: str,
        version: int,
        *,
        wait: float = 10.0,
        prepare: Callable[[Connection], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._schema = schema
        self._version = version
        self._wait = wait
        self._prepare = prepare
        self._clock = clock
        self._lock = threading.RLock()
        self._db: Connection | None = None
        self._file: tuple[int, int] | None = None  # device and inode of the open file
        self._fallen_back = False
        self._mark: Mark = ()  # of the file when memory took over
        self._retry_at = 0.0

    @property
    def saved(self) -> bool:
        """Whether the last access reached the disk."""
        return self._db is not None and self._path is not None and not self._fallen_back

    def close(self) -> None:
        with self._lock:
            self._drop()

    def shrink(self) -> None:
        """Give back the memory of pages that were read; the system keeps the file's content."""
        with self._lock, suppress(sqlite3.Error):
            if self._db is not None:
                self._db.execute("PRAGMA shrink_memory")

    def read(self, act: Callable[[Connection], T]) -> T:
        """Return what `act` makes of the connection. What it cannot read (ValueError, TypeError, KeyError) is damage;
        it is then called again, on a new file.
        """
        with self._lock:
            for attempt in range(MAX_ATTEMPTS):
                try:
                    return act(self._connected())
                except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as trouble:
                    if attempt == MAX_ATTEMPTS - 1 or not self._mended(trouble):
                        raise StorageError(f"{self._path or 'memory'}: {trouble}") from trouble
        raise AssertionError  # the last attempt has returned or raised

    def write(self, act: Callable[[Connection], T]) -> T:
        """Do `act` in one transaction, which no other process interrupts."""

        def whole(db: Connection) -> T:
            with _transaction(db):
                return act(db)

        return self.read(whole)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self.read(lambda db: db.execute(sql, values).fetchall())

    def one(self, load: Callable[[str], T], sql: str, values: Sequence[object]) -> T | None:
        """Return what the first column of the first row holds; None if there is no row."""

        def act(db: Connection) -> T | None:
            found = db.execute(sql, values).fetchone()
            return load(found[0]) if found else None

        return self.read(act)

    def put(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Write all rows, or none."""
        self.write(lambda db: _each(db, sql, rows))

    # -- opening

    def _connected(self) -> Connection:
        if self._db is not None and self._fallen_back and self._clock() >= self._retry_at:
            self._recover()
        if self._db is not None and self.saved and _identity(self._path) != self._file:
            self._drop()  # somebody has removed or replaced the file
        if self._db is None:
            self._db = self._open(self._wait)
        return self._db

    def _open(self, wait: float) -> Connection:
        if self._path is None:
            return self._ready(_connect(":memory:", wait))
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_in_the_way(self._path):
            raise OSError("it is not a regular file")
        db = self._ready(_connect(str(self._path), wait), wal=True)
        self._file = _identity(self._path)
        return db

    def _ready(self, db: Connection, *, wal: bool = False) -> Connection:
        try:
            if wal:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                db.execute("PRAGMA cache_size=-2000")
            db.execute("PRAGMA temp_store=MEMORY")
            if _version(db) != self._version:
                self._create(db)
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _create(self, db: Connection) -> None:
        with _transaction(db):
            if _version(db) == self._version:  # another process was first
                return
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
                db.execute(f'DROP TABLE "{name}"')
            for statement in self._schema.split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version={self._version}")

    def _drop(self) -> None:
        connection, self._db, self._fallen_back = self._db, None, False
        if connection is not None:
            connection.close()

    # -- trouble

    def _mended(self, trouble: Exception) -> bool:
        """Make it possible to try again; return False if that cannot be done, or would not help."""
        if isinstance(trouble, UnicodeEncodeError | sqlite3.ProgrammingError | sqlite3.IntegrityError):
            return False  # the values are at fault, not the file
        if not _is_refusal(trouble):
            log.warning("%s is damaged (%s): starting it anew", self._path, trouble)
            self._drop()
            try:
                self._remove()
            except OSError as refused:
                self._use_memory(refused, copy=False)
            return True
        if self._path is None or self._fallen_back:
            return False
        self._use_memory(trouble, copy=True)
        return True

    def _use_memory(self, trouble: Exception, *, copy: bool) -> None:
        log.warning("%s cannot be used (%s): working in memory until it can", self._path, _reason(trouble))
        memory = self._copied() if copy else None
        self._drop()
        self._db = memory or self._ready(_connect(":memory:", self._wait))
        self._mark = _mark(self._path)
        self._fallen_back, self._retry_at = True, self._clock() + RETRY_SECONDS

    def _copied(self) -> Connection | None:
        """Return what can still be read of the file as a database in memory, None if that is nothing."""
        if self._db is not None and (found := self._copy_of(self._db)):
            return found
        if self._path is None or not self._path.is_file():
            return None
        try:
            # needs no side files, which a full or read-only disk refuses
            source = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error:
            return None
        try:
            return self._copy_of(source)
        finally:
            source.close()

    def _copy_of(self, source: Connection) -> Connection | None:
        memory = _connect(":memory:", self._wait)
        try:
            _copy(source, memory)
            return self._ready(memory)
        except (sqlite3.Error, ValueError, TypeError, KeyError):
            memory.close()
            return None

    def _recover(self) -> None:
        """Go back to the file if it can be written again."""
        self._retry_at = self._clock() + RETRY_SECONDS
        unchanged = _mark(self._path) == self._mark
        try:
            disk = self._open(_RETRY_WAIT)
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as trouble:
            if not _is_refusal(trouble):
                with suppress(OSError):
                    self._remove()
            return
        try:
            self._write_back(disk, unchanged)
        except sqlite3.Error:
            disk.close()
            return
        self._drop()
        self._db = disk
        log.info("%s can be used again", self._path)

    def _write_back(self, disk: Connection, unchanged: bool) -> None:
        if unchanged and self._db is not None:
            _copy(self._db, disk)
        with _transaction(disk):
            disk.execute(f"PRAGMA user_version={self._version}")  # shows that it can be written

    def _remove(self) -> None:
        if self._path is not None:
            for ending in ("", *_SIDE_FILES):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


def _reason(trouble: Exception) -> str:
    return (isinstance(trouble, OSError) and trouble.strerror) or str(trouble)


def _connect(name: str, wait: float) -> Connection:
    return sqlite3.connect(name, timeout=wait, isolation_level=None, check_same_thread=False)


def _copy(source: Connection, target: Connection) -> None:
    """Replace `target` by `source`; Python's own waits for ever where another process holds the file."""
    steps = 0

    def once(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps > 1:
            raise sqlite3.OperationalError("the database is locked")

    source.backup(target, progress=once, sleep=0)


def _version(db: Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _is_in_the_way(path: Path) -> bool:
    """Tell whether something that is no file stands at `path`: a directory, a pipe, a device."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _mark(path: Path | None) -> Mark:
    """Return what differs once somebody has written the database."""
    found = []
    for name in (str(path), f"{path}-wal"):
        with suppress(OSError):
            state = Path(name).stat()
            if stat.S_ISREG(state.st_mode) and state.st_size:
                found.append((state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(found)


def _is_refusal(trouble: Exception) -> bool:
    """Tell whether the disk refuses; all else, as a missing table or a text that cannot be read, is damage."""
    if isinstance(trouble, OSError):
        return True
    code = getattr(trouble, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)  # Python's own: a text that is not UTF-8
    refused = code & 0xFF in _REFUSALS and code != sqlite3.SQLITE_IOERR_SHORT_READ
    return isinstance(trouble, sqlite3.OperationalError) and refused


def _each(db: Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    db.executemany(sql, rows)


@contextmanager
def _transaction(db: Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            if db.in_transaction:
                db.execute("ROLLBACK")
        raise
