"""Which of the names that clients give a file are those of the file that plays now.

`force-media-title`, `title` and `user-data` belong to the player, not to the file: they outlive what they were set for.
Some clients set them before they load a file, others once it has loaded, when the player still shows the name of the
file before. So a name is this file's if no earlier file was played under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LASTING = ("force-media-title", "title", "user-data/media-source/Path")
"""The properties of mpv that outlive a file."""

WAIT = 2.0
"""Seconds after a file has loaded within which clients name it."""

BRIEF = 1.0
"""Seconds: a name that comes later than WAIT, or after another, and so shortly before the end is the next file's."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Those of the lasting names that are the file's; `unsettled`: better ones may come within WAIT."""

    names: Mapping[str, str]
    unsettled: bool = False


@dataclass(slots=True)
class NameHistory:
    """Follows the lasting names of one player. Its methods are called in the order of mpv's events.

    `clock` in seconds, from any moment on.
    """

    clock: Callable[[], float]
    _path: str = ""
    _left: dict[str, str] = field(default_factory=dict)  # the names that the file before leaves behind
    _between: dict[str, set[str]] = field(default_factory=dict)  # set since that file ended
    _present: dict[str, tuple[str, float]] = field(default_factory=dict)  # since this one has loaded, and when
    _own: dict[str, str] = field(default_factory=dict)  # by which this file is known
    _loaded_at: float | None = None
    _late: bool = False  # this player's client names a file once it has loaded

    @property
    def is_settled(self) -> bool:
        """Whether the file has its name, so that a further one may be meant for the file after it."""
        return not self._late and (bool(self._own) or self._is_past_wait(self.clock()))

    def boundary(self) -> None:
        """A file begins or ends."""
        if self._loaded_at is None:
            return
        now = self.clock()
        for name, (value, at) in self._present.items():
            if not self._is_of_next(name, value, at, now):
                self._left[name] = value
        self._loaded_at, self._between, self._present, self._own = None, {}, {}, {}

    def file_loaded(self) -> None:
        """What comes from here on is set while the file plays."""
        self._loaded_at = self.clock()

    def change(self, name: str, value: str) -> None:
        """One of the lasting names has changed."""
        if name not in LASTING or not value:
            return
        if self._loaded_at is None:
            self._between.setdefault(name, set()).add(value)
        else:
            self._note(name, value)

    def of_file(self, path: str, values: Mapping[str, str], *, attached: bool) -> OwnNames:
        """Return which of the values, as they are right after the file has loaded, are its own.

        `attached`: it was playing before anything was known of this player.
        """
        again, self._path = path == self._path, path
        if self._loaded_at is None:
            self.file_loaded()
        given = {name: value for name, value in values.items() if value}
        old = {n for n, v in given.items() if v == self._left.get(n) and not again}
        doubtful = {n for n, v in given.items() if self._late and (again or v in self._between.get(n, ()))}
        self._own = {n: v for n, v in given.items() if n not in old}
        for name, value in given.items():
            self._note(name, value)
        return OwnNames(self._own, unsettled=bool(old or doubtful or (attached and given)))

    def renamed(self, values: Mapping[str, str]) -> OwnNames:
        """Return which of the values, as they are some time after the file has loaded, are its own."""
        names = {n: v for n, v in values.items() if v and (v != self._left.get(n) or self._own.get(n) == v)}
        self._late = self._late or bool(names and not self._own)
        self._own = names
        for name, value in names.items():
            self._note(name, value)
        return OwnNames(self._own)

    def _note(self, name: str, value: str) -> None:
        if self._present.get(name, ("", 0.0))[0] != value:
            self._present[name] = value, self.clock()

    def _is_past_wait(self, at: float) -> bool:
        return self._loaded_at is not None and at - self._loaded_at > WAIT

    def _is_of_next(self, name: str, value: str, at: float, now: float) -> bool:
        if self._late or now - at >= BRIEF or self._own.get(name) == value:
            return False
        return bool(self._own) or self._is_past_wait(at)
