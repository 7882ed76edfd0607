"""The user's own file: pins, rejections, folders left alone. Editing it by hand is welcome.

Two files: `pins.json`, and a copy that is replaced after it, so that one of them is whole at any moment. The copy
follows only what was read without a mistake. Reading changes nothing else: a file with mistakes stays as it is for the
user to mend, and is set aside, under a name that is free, before the next change is written.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kotozoe.errors import StorageError
from kotozoe.identify.verdict.pins import Pins
from kotozoe.safe_files import bounded
from kotozoe.store.pins_text import MAX_BYTES, PinsText, format_pins, read_pins

log = logging.getLogger(__name__)

MAX_SET_ASIDE = 999
_SETTLE_SECONDS = 1.0  # a file that was written since may be half saved
_LOOK_SECONDS = 0.05

FileMark = tuple[int, int, int] | None


class PinStore:
    """Reads anew whenever the file has changed, by whomever."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = path.with_suffix(".bak.json")
        self._mark: tuple[FileMark, FileMark] | None = None
        self._pins = Pins()
        self._text = PinsText()
        self._missing = False  # though there is a copy
        self._said: tuple[str, ...] = ()

    def read(self) -> Pins:
        """Return what is there now. Raises StorageError if the disk refuses."""
        mark = self._marked()
        if mark != self._mark:
            self._load()
            fresh = self._text.damaged and self._is_fresh()
            self._mark = None if fresh else (mark[0], _mark(self._copy))
        return self._pins

    def troubles(self) -> tuple[str, ...]:
        """Return a sentence for each thing that is wrong, with what to do; none while all is well."""
        try:
            self.read()
        except StorageError as trouble:
            return (str(trouble),)
        aside = sorted(self._path.parent.glob(f"{self._path.stem}.damaged-*.json"))
        return (*self._sentences(), *(f"{file.name} was set aside: delete it when you have looked" for file in aside))

    def change(self, change: Callable[[Pins], Pins]) -> Pins:
        """Replace what is there by what `change` makes of it; nobody comes in between. Raises StorageError."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                before = self._settled()
                if self._text.newer:
                    raise StorageError(f"{self._path} is of a newer version of kotozoe, which this one cannot change")
                after = change(before)
                if after != before:
                    self._write(after)
        except OSError as trouble:
            raise StorageError(f"your pins cannot be kept in {self._path}: {trouble.strerror}") from trouble
        return self.read()

    # -- reading

    def _load(self) -> None:
        mark = _mark(self._path)
        found = self._read(self._path)
        if found is not None and not found.damaged:
            self._pins, self._text, self._missing = found.pins, found, False
            if not found.troubles and not found.newer:
                self._follow(mark)
        else:
            copy = self._read(self._copy)
            kept = copy.pins if copy is not None else Pins()
            self._text = found or PinsText()
            self._missing = found is None and kept != Pins()
            self._pins = kept.merged(self._text.pins)
        self._say()

    def _read(self, path: Path) -> PinsText | None:
        """Return what a file holds, None if it is not there. Raises StorageError."""
        try:
            return read_pins(bounded(path, MAX_BYTES).decode("utf-8"))  # what is not UTF-8 is escaped in it
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return PinsText(troubles=("it is not text",), damaged=True)
        except OSError as trouble:
            if trouble.errno in (errno.EINVAL, errno.EFBIG):
                return PinsText(troubles=(str(trouble.strerror),), damaged=True)
            raise StorageError(f"your pins in {self._path} cannot be read: {trouble.strerror}") from trouble

    def _follow(self, mark: FileMark) -> None:
        """Bring the copy up to a good file that somebody has edited, unless that changed again."""
        copy = self._read(self._copy)
        if copy == self._text:
            return
        with suppress(OSError), self._locked(fcntl.LOCK_NB):  # who is changing it now writes the copy, too
            if _mark(self._path) == mark:
                _replace(self._copy, format_pins(self._pins).encode("ascii"))

    def _settled(self) -> Pins:
        """Return the pins, after waiting for an editor in the middle of saving."""
        pins = self.read()
        while self._text.damaged and self._is_fresh():
            time.sleep(_LOOK_SECONDS)
            pins = self.read()
        return pins

    def _is_fresh(self) -> bool:
        try:
            return 0 <= time.time() - self._path.stat().st_mtime < _SETTLE_SECONDS
        except OSError:
            return False

    def _marked(self) -> tuple[FileMark, FileMark]:
        return _mark(self._path), _mark(self._copy)

    def _sentences(self) -> tuple[str, ...]:
        if self._text.newer:
            return (f"{self._path.name} is of a newer version of kotozoe: it is read, and not changed",)
        if self._missing:
            return (f"{self._path.name} is missing: its copy is used; delete {self._copy.name}, too, to start anew",)
        does = "mend it; until then its copy is used" if self._text.damaged else "left out"
        return tuple(f"{self._path.name}: {trouble} ({does})" for trouble in self._text.troubles)

    def _say(self) -> None:
        if self._text.damaged and self._is_fresh():
            return
        sentences = self._sentences()
        if sentences != self._said:
            self._said = sentences
            for sentence in sentences:
                log.warning("%s", sentence)

    # -- writing

    @contextmanager
    def _locked(self, flags: int = 0) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | flags)
            yield

    def _write(self, pins: Pins) -> None:
        contents = format_pins(pins).encode("ascii")
        aside = self._set_aside() if self._text.damaged or self._text.troubles else None
        try:
            _replace(self._path, contents)
        except OSError:
            if aside is not None:
                aside.unlink(missing_ok=True)
            raise
        if aside is not None:
            log.warning("the damaged %s is kept as %s", self._path.name, aside.name)
        with suppress(OSError):  # the next reading tries again
            _replace(self._copy, contents)

    def _set_aside(self) -> Path | None:
        """Give the file a further name that nobody has; needs no room on the disk. Raises OSError."""
        if not os.path.lexists(self._path):
            return None
        for number in range(1, MAX_SET_ASIDE + 1):
            aside = self._path.with_suffix(f".damaged-{number}.json")
            with suppress(FileExistsError):
                _link_or_copy(aside, self._path.resolve())
                return aside
        raise OSError(errno.EEXIST, "too many damaged files were set aside there: remove some")


def _link_or_copy(new: Path, old: Path) -> None:
    """Raises FileExistsError where there is something already."""
    try:
        new.hardlink_to(old)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        contents = bounded(old, MAX_BYTES)
        with new.open("xb") as stream:
            stream.write(contents)


def _mark(path: Path) -> FileMark:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _replace(path: Path, contents: bytes) -> None:
    """Write a file whole or not at all; the target of a symbolic link, not the link."""
    import tempfile  # noqa: PLC0415 - a waiting daemon goes without

    path = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=".pins-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(contents)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
