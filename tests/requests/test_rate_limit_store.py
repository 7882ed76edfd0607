from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from kotozoe.model import Urgency
from kotozoe.requests.rate_limit import JIMAKU, RateLimitHeaders
from kotozoe.requests.rate_limit_store import RateLimitStore

NOW = 1_795_000_000.0
SCREEN = Urgency.ON_SCREEN


def spend(store: RateLimitStore) -> int:
    """Take slots until there are none."""
    count = 0
    while store.claim("host", JIMAKU, SCREEN).wait <= 0:
        count += 1
    return count


def test_a_restart_spends_nothing_twice(tmp_path: Path) -> None:
    first = RateLimitStore(tmp_path / "rate-limits.sqlite", lambda: NOW)
    assert spend(first) == JIMAKU.burst
    first.close()
    second = RateLimitStore(tmp_path / "rate-limits.sqlite", lambda: NOW)
    assert spend(second) == 0
    assert second.claim("other host", JIMAKU, SCREEN).wait == 0
    second.close()


def test_a_slot_in_the_future_is_not_booked(tmp_path: Path) -> None:
    store = RateLimitStore(tmp_path / "rate-limits.sqlite", lambda: NOW)
    spend(store)
    waits = {store.claim("host", JIMAKU, SCREEN).wait for _ in range(5)}
    assert len(waits) == 1
    store.close()


def test_what_one_learns_all_heed(tmp_path: Path) -> None:
    one = RateLimitStore(tmp_path / "rate-limits.sqlite", lambda: NOW)
    other = RateLimitStore(tmp_path / "rate-limits.sqlite", lambda: NOW)
    one.learn("host", JIMAKU, RateLimitHeaders(0, 4.3))
    turn = other.claim("host", JIMAKU, SCREEN)
    assert turn.held
    assert turn.wait == pytest.approx(4.3)
    assert other.peek("host", JIMAKU, SCREEN).wait == pytest.approx(4.3)
    one.close()
    other.close()


PROCESS = """
import sys
from pathlib import Path
from kotozoe.requests.rate_limit import JIMAKU
from kotozoe.model import Urgency
from kotozoe.requests.rate_limit_store import RateLimitStore
store = RateLimitStore(Path(sys.argv[1]), lambda: 1795000000.0)
count = 0
while store.claim("host", JIMAKU, Urgency.ON_SCREEN).wait <= 0:
    count += 1
print(count)
"""


def test_processes_share_one_bucket(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path / "rate-limits.sqlite")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    counts = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(counts) == JIMAKU.burst


def spent_anew(path: Path) -> bool:
    """Tell whether the file is taken as one in which nothing is spent, and then kept."""
    found = []
    for _ in range(2):
        store = RateLimitStore(path, lambda: NOW)
        found.append(spend(store))
        store.close()
    return found == [JIMAKU.burst, 0]


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "rate-limits.sqlite"
    path.write_bytes(damage)
    assert spent_anew(path)


@pytest.mark.parametrize(
    "damage", ["tat = 'soon', blocked_until = null", "remaining = 9e999", "most = 'many'", "tat = 9e999", "late = 'x'"]
)
def test_a_damaged_row_is_forgotten(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "rate-limits.sqlite"
    store = RateLimitStore(path, lambda: NOW)
    store.claim("host", JIMAKU, SCREEN)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"update rate_limits set {damage}")
    connection.close()
    store = RateLimitStore(path, lambda: NOW)
    assert spend(store) == JIMAKU.burst
    store.close()


def test_a_file_of_an_older_layout_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "rate-limits.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table bucket (host text primary key, tat real, hold real)")
        connection.execute("insert into bucket values ('host', ?, ?)", (NOW + 5, NOW + 5))
    connection.close()
    assert spent_anew(path)


def test_without_a_disk_the_pace_is_kept_in_memory_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING):
        store = RateLimitStore(tmp_path / "blocked" / "rate-limits.sqlite", lambda: NOW)
        assert spend(store) == JIMAKU.burst
        assert spend(store) == 0
    assert len(caplog.records) == 1
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "rate-limits.sqlite"
    RateLimitStore(path, lambda: NOW).claim("host", JIMAKU, SCREEN)
    path.chmod(0o400)
    store = RateLimitStore(path, lambda: NOW)
    assert spend(store) >= JIMAKU.burst - 1
    store.close()


def test_what_the_disk_missed_is_told_it_later(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("in the way")
    store = RateLimitStore(folder / "rate-limits.sqlite", lambda: NOW)
    spend(store)
    folder.unlink()
    assert spend(store) == 0
    store.close()


def test_no_path_means_memory_only() -> None:
    store = RateLimitStore(None, lambda: NOW)
    assert spend(store) == JIMAKU.burst
    store.learn("host", JIMAKU, RateLimitHeaders())
    assert store.peek("host", JIMAKU, SCREEN).wait > 0
    store.close()
