"""The disk in trouble: full, read-only, its databases locked or damaged, its folders taken away."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.faults.daemon import Daemon, Home

# a server's name may stand in those of what is known by its ids
_BASES = ("cache/kotozoe/catalogue*.sqlite", "state/kotozoe/rate-limits.sqlite", "state/kotozoe/awaited*.sqlite")
_PAGE = 4096


class Disk:
    """What is wrong with the disk of one home, until `heal`."""

    def __init__(self, home: Home, dice: random.Random) -> None:
        self._home = home
        self._dice = dice
        self._closed: list[Path] = []
        self._locks: list[sqlite3.Connection] = []
        self._mounted: list[Path] = []
        self.limit = -1

    def fill(self, daemon: Daemon, amount: float) -> None:
        """Let no file grow beyond a kilobyte, or a thousand."""
        self.limit = int(1000 * 1000**amount)
        daemon.limit_files(self.limit)

    def make_read_only(self) -> None:
        """Take the right to write away from one of the folders."""
        folder = self._dice.choice((self._home.cache, self._home.subtitle_cache, self._home.state, self._home.data))
        with suppress(OSError):
            self._home.subtitle_cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (folder, *(below for below in folder.glob("*") if below.is_dir())):
            with suppress(OSError):
                path.chmod(0o500)
                self._closed.append(path)

    def lock(self) -> None:
        """Hold a database as another process would that writes."""
        base = self._base()
        if base is None:
            return
        with suppress(sqlite3.Error):
            held = sqlite3.connect(base, isolation_level=None, timeout=0.05)
            self._locks.append(held)
            held.execute("begin immediate")

    def damage(self, amount: float) -> None:
        """Overwrite whole pages of a database with noise, or cut it off."""
        base = self._base()
        if base is None:
            return
        size = base.stat().st_size
        with suppress(OSError), base.open("r+b") as stream:
            if amount < 0.2:
                stream.truncate(int(size * amount * 5))
                return
            for _ in range(1 + int(amount * 4)):
                stream.seek(self._dice.randrange(max(1, size // _PAGE)) * _PAGE)
                stream.write(self._dice.randbytes(min(_PAGE, size)))

    def cut_pins(self, amount: float) -> None:
        """Do to the file of pins what a hand, or a bad disk, does: remove it, cut it off, or leave a comma too many."""
        path = self._home.pins
        with suppress(OSError):
            if amount < 0.2:
                path.unlink()
            elif amount < 0.8:
                os.truncate(path, int(path.stat().st_size * amount))
            else:
                path.write_text(path.read_text("utf-8").replace("\n ],", ",\n ],"), "utf-8")

    def lay_pipes(self, videos: Iterable[str]) -> None:
        """Put pipes that nobody writes to where files lie beside videos."""
        folder = self._home.videos
        stems = [name.rpartition(".")[0] for name in videos]
        names = ("tvshow.nfo", "movie.nfo", *(f"{stem}{end}" for stem in stems for end in (".nfo", ".srt", ".x.ass")))
        for name in names:
            with suppress(FileExistsError):
                os.mkfifo(folder / name)

    def empty_cache(self) -> None:
        """Take the cache away while it is in use, as a user may at any time."""
        shutil.rmtree(self._home.cache, ignore_errors=True)

    def mount(self, amount: float) -> bool:
        """Put the cache on a disk of its own that has room for some kilobytes; only root can. Before the daemon is."""
        where = self._home.cache
        room = f"size={int(60 + amount * 240)}k,mode=700"
        if (
            os.getuid() != 0
            or subprocess.run(["mount", "-t", "tmpfs", "-o", room, "none", where], check=False).returncode
        ):
            return False
        self._mounted.append(where)
        return True

    def heal(self, daemon: Daemon) -> None:
        for path in self._closed:
            with suppress(OSError):
                path.chmod(0o700)
        self._closed.clear()
        for held in self._locks:
            held.close()
        self._locks.clear()
        if self.limit >= 0:
            self.limit = -1
            daemon.limit_files(-1)
        for where in self._mounted:
            subprocess.run(["mount", "-o", "remount,size=64m", where], check=True)

    def close(self) -> None:
        for where in self._mounted:
            subprocess.run(["umount", "-l", where], check=False)
        self._mounted.clear()

    def _base(self) -> Path | None:
        found = sorted(path for name in _BASES for path in self._home.root.glob(name))
        return self._dice.choice(found) if found else None
