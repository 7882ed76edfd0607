"""A SQLite file of which everything can be asked for again: any thread, one lock, begun anew where it is damaged."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kotozoe.errors import StorageError

T = TypeVar("T")

_REFUSALS = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM),
    }
)


class Rebuildable:
    """`prepare` makes the tables of a connection just opened as they should be.

    Raises StorageError when the disk refuses. What `load` or an act cannot read counts as damage.
    """

    def __init__(self, path: Path | str, prepare: Callable[[sqlite3.Connection], None]) -> None:
        self._path = str(path)
        self._prepare = prepare
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self.read(lambda _: None)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()

    def read(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `act` makes of the file; it is done once more, on a new file, if this one is damaged."""
        with self._lock:
            try:
                return act(self._opened())
            except sqlite3.Error as trouble:
                if _refused(trouble):
                    raise StorageError(f"{self._path}: {trouble}") from trouble
            except (ValueError, TypeError, KeyError):
                pass
            self._discard()
            try:
                return act(self._opened())
            except sqlite3.Error as trouble:
                raise StorageError(f"{self._path}: {trouble}") from trouble

    def write(self, act: Callable[[sqlite3.Connection], None]) -> None:
        """Do `act` in one transaction."""

        def whole(db: sqlite3.Connection) -> None:
            with _transaction(db):
                act(db)

        self.read(whole)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self.read(lambda db: db.execute(sql, values).fetchall())

    def one(self, load: Callable[[str], T], sql: str, values: Sequence[object]) -> T | None:
        """Return what the first column of the first row holds; None if there is no row."""

        def act(db: sqlite3.Connection) -> T | None:
            found = db.execute(sql, values).fetchone()
            return load(found[0]) if found else None

        return self.read(act)

    def put(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Write all rows, or none."""
        self.write(lambda db: _each(db, sql, rows))

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA cache_size=-2000")
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = self._open()
        return self._db

    def _discard(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
        try:
            for ending in ("", "-wal", "-shm"):
                Path(self._path + ending).unlink(missing_ok=True)
        except OSError as trouble:
            raise StorageError(f"{self._path} is damaged, and cannot be removed: {trouble}") from trouble


def _refused(trouble: sqlite3.Error) -> bool:
    """Tell whether the disk refuses, or what was to be written is at fault; all else, as a missing table, is damage."""
    code = getattr(trouble, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)  # Python's own: a text that is no UTF-8
    if isinstance(trouble, sqlite3.OperationalError):
        return code & 0xFF in _REFUSALS and code != sqlite3.SQLITE_IOERR_SHORT_READ
    return isinstance(trouble, sqlite3.ProgrammingError | sqlite3.IntegrityError)


def _each(db: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    db.executemany(sql, rows)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
