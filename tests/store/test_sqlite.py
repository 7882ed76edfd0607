"""Every store on every kind of trouble with its file: it works in memory, says so once, and goes back to the disk."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kotozoe.errors import StorageError
from kotozoe.model import Entry, EpisodeRef, Listing, MediaKey, Urgency
from kotozoe.requests.rate_limit import JIMAKU, RateLimitHeaders
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.store import sqlite
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.sqlite import Database
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.timing.measurements import Timing, Timings

NOW = 1_795_000_000.0
ROOM = 1 << 20


@dataclass(frozen=True)
class Store:
    """One store: how it is opened, how fact number `n` is put in, and which of the numbers given are there."""

    open: Callable[[Path], Any]
    put: Callable[[Any, int], None]
    holds: Callable[[Any, int], bool]


def _lacks(awaited: AwaitedEpisodes, n: int) -> None:
    awaited.lacks(EpisodeRef(MediaKey("anilist", "1"), float(n)), Listing(n, (), NOW))


STORES = {
    "catalogue": Store(
        Catalogue, lambda c, n: c.upsert_entries([Entry(n, f"Kaze {n}")]), lambda c, n: c.entry(n) is not None
    ),
    "rate limits": Store(
        lambda path: RateLimitStore(path, lambda: NOW),
        lambda r, n: r.learn(f"host {n}", JIMAKU, RateLimitHeaders(wait=9.0)),
        lambda r, n: r.claim(f"host {n}", JIMAKU, Urgency.ON_SCREEN).wait > 8,
    ),
    "awaited": Store(
        lambda path: AwaitedEpisodes(path, lambda: NOW + 3600),
        _lacks,
        lambda a, n: n in a.due(),
    ),
    "timings": Store(
        Timings,
        lambda t, n: t.keep(f"video {n}", "s", "f", Timing("fits", None)),
        lambda t, n: t.known(f"video {n}", "s") is not None,
    ),
}


@pytest.fixture(params=STORES, name="store")
def one_of_the_stores(request: pytest.FixtureRequest) -> Store:
    return STORES[request.param]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file be tried again at each access."""
    monkeypatch.setattr(sqlite, "RETRY_SECONDS", 0.0)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING, "kotozoe.store.sqlite")
    return lambda: [record.getMessage() for record in caplog.records]


@contextmanager
def directory(path: Path) -> Iterator[None]:
    path.mkdir()
    (path / "x").touch()
    yield
    (path / "x").unlink()
    path.rmdir()


@contextmanager
def fifo(path: Path) -> Iterator[None]:
    os.mkfifo(path)
    yield
    path.unlink()


@contextmanager
def file_for_folder(path: Path) -> Iterator[None]:
    path.parent.rmdir()
    path.parent.touch()
    yield
    path.parent.unlink()


@contextmanager
def small_files(path: Path) -> Iterator[None]:
    """No file may grow: what a write meets then is not "disk full" but "input/output error"."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def _mount(path: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(path.parent)]
    if os.getuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can mount a disk of its own")


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    _mount(path, f"size={ROOM}")
    ballast = path.parent / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as out:
        while True:
            out.write(bytes(4096))
    yield
    ballast.unlink()


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    if os.getuid() == 0:
        _mount(path, "size=8m,ro")
        yield
        subprocess.run(["mount", "-o", "remount,rw", str(path.parent)], check=True)
        return
    path.parent.chmod(0o500)
    yield
    path.parent.chmod(0o700)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "folder"
    folder.mkdir()
    yield folder / "store.sqlite"
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("trouble", [directory, fifo, file_for_folder, small_files, full_disk, read_only])
def test_it_works_in_memory_until_the_disk_is_well(
    store: Store, trouble: Callable[[Path], Any], path: Path, said: Callable[[], list[str]]
) -> None:
    with trouble(path):
        opened = store.open(path)
        for n in (1, 2, 3):
            store.put(opened, n)
        assert all(store.holds(opened, n) for n in (1, 2, 3))
    assert [text.partition(" (")[0] for text in said()] == [f"{path} cannot be used"]
    store.put(opened, 4)
    assert all(store.holds(opened, n) for n in (1, 2, 3, 4))
    opened.close()
    with closing(store.open(path)) as again:
        assert all(store.holds(again, n) for n in (1, 2, 3, 4))


@pytest.mark.usefixtures("soon")
def test_a_disk_that_fills_up_later_loses_nothing(store: Store, path: Path, said: Callable[[], list[str]]) -> None:
    opened = store.open(path)
    store.put(opened, 1)
    with small_files(path):
        store.put(opened, 2)
        assert store.holds(opened, 1)
        assert store.holds(opened, 2)
    assert len(said()) == 1
    store.put(opened, 3)
    opened.close()
    with closing(store.open(path)) as again:
        assert all(store.holds(again, n) for n in (1, 2, 3))


def test_a_file_that_cannot_be_written_is_still_read(store: Store, path: Path) -> None:
    with closing(store.open(path)) as opened:
        store.put(opened, 1)
    with small_files(path), closing(store.open(path)) as opened:
        assert store.holds(opened, 1)


def test_a_missing_folder_is_made(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "store.sqlite"
    with closing(store.open(path)) as opened:
        store.put(opened, 1)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with closing(store.open(path)) as opened:
        assert store.holds(opened, 1)


@pytest.mark.parametrize("damage", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_started_anew(store: Store, damage: bytes, path: Path, said: Callable[[], list[str]]) -> None:
    path.write_bytes(damage)
    with closing(store.open(path)) as opened:
        store.put(opened, 1)
    assert len(said()) == 1
    assert f"{path} is damaged" in said()[0]
    with closing(store.open(path)) as opened:
        assert store.holds(opened, 1)


def test_a_file_of_a_newer_version_is_started_anew(store: Store, path: Path) -> None:
    with closing(store.open(path)) as opened:
        store.put(opened, 1)
    with closing(sqlite3.connect(path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            db.execute(f"ALTER TABLE {name} ADD COLUMN newer TEXT")
        db.execute("PRAGMA user_version=999")
    with closing(store.open(path)) as opened:
        assert not store.holds(opened, 1)
        store.put(opened, 2)
        assert store.holds(opened, 2)


def test_a_file_that_is_taken_away_is_made_anew(store: Store, path: Path) -> None:
    with closing(store.open(path)) as opened:
        store.put(opened, 1)
        for file in path.parent.iterdir():
            file.unlink()
        store.put(opened, 2)
        assert path.exists()
    with closing(store.open(path)) as opened:
        assert store.holds(opened, 2)


SCHEMA = "CREATE TABLE t (n INTEGER)"


def numbers(database: Database) -> list[int]:
    return [n for (n,) in database.rows("SELECT n FROM t ORDER BY n")]


@pytest.mark.usefixtures("soon")
def test_what_another_process_wrote_meanwhile_stays(path: Path) -> None:
    database, other = Database(path, SCHEMA, 1, wait=0.05), Database(path, SCHEMA, 1)
    with closing(database), closing(other):
        database.put("INSERT INTO t VALUES (?)", [(1,)])
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            database.put("INSERT INTO t VALUES (?)", [(2,)])
            assert not database.saved
            assert numbers(database) == [1, 2]
            holder.execute("INSERT INTO t VALUES (3)")
            holder.execute("COMMIT")
        assert numbers(database) == [1, 3]
        assert database.saved
        assert numbers(other) == [1, 3]


def test_an_act_that_fails_leaves_nothing_behind(path: Path) -> None:
    with closing(Database(path, SCHEMA, 1)) as database:

        def act(db: sqlite3.Connection) -> None:
            db.execute("INSERT INTO t VALUES (1)")
            raise InterruptedError

        with pytest.raises(StorageError):
            database.write(act)
        assert numbers(database) == []
