"""What the user said once and for all: which show a release means, which file is wrong, which folder is left alone.

Values only. A pin holds for the series *as one release names it*: the title, the season words and the group of a name,
never its folder; so two shows in one folder do not touch each other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from dataclasses import dataclass, replace

from kotozoe.model import MediaKey, Source

MAX_ROWS = 5000  # of each kind that are kept; the oldest go first
MAX_TEXT = 500  # characters of a name that is kept


@dataclass(frozen=True, slots=True)
class Anchor:
    """The series as a release names it. `season` is what its words say (1 where they say none); 0 are specials."""

    key: str
    season: int = 1
    part: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """`number`, as the name claims it, is episode `episode` of `media`; None: the user named the show only.

    `name` is the title text as it was written, `title` the media's, for people; `made` in unix seconds.
    """

    anchor: Anchor
    media: MediaKey
    number: float | None = None
    episode: float | None = None
    entry_id: int | None = None
    name: str = ""
    title: str = ""
    made: float = 0.0

    @property
    def row_id(self) -> str:
        """Return what names this pin on a command line; it stays the same when the pin is changed."""
        return _short((self.anchor.key, self.anchor.season, self.anchor.part, self.anchor.group))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A subtitle file of an entry that is not chosen again for the videos of this base name.

    `entry_id` is the id in `source`: Jimaku's, or of the user's folders the AniList id of the media.
    """

    video: str
    entry_id: int
    file: str
    made: float = 0.0
    source: Source = "jimaku"

    @property
    def row_id(self) -> str:
        """Return what names this rejection on a command line."""
        return _short(("rejected", *_same_file(self)))


@dataclass(frozen=True, slots=True)
class Pick:
    """A subtitle file of an entry that the user chose for the videos of this base name.

    For the entry's other videos, files that are named like it go first. `entry_id` as in a rejection.
    """

    video: str
    entry_id: int
    file: str
    made: float = 0.0
    source: Source = "jimaku"

    @property
    def row_id(self) -> str:
        """Return what names this pick on a command line."""
        return _short(("picked", *_same_file(self)))

    def is_for(self, video: str, entry_id: int, source: Source) -> bool:
        return (self.video, self.entry_id, self.source) == (video, entry_id, source)


@dataclass(frozen=True, slots=True)
class Pins:
    """All of it, the newest last. `folders` are left alone, with what lies below them."""

    pins: tuple[Pin, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    folders: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()

    def pinned(self, pin: Pin) -> Pins:
        """Return them with this pin, in place of one for the same series."""
        others = tuple(p for p in self.pins if p.anchor != pin.anchor)
        return replace(self, pins=(*others, pin)[-MAX_ROWS:])

    def rejecting(self, rejection: Rejection) -> Pins:
        """Return them with this rejection; a file that was picked for the video before is so no more."""
        same = replace(rejection, made=0.0)
        others = tuple(r for r in self.rejections if replace(r, made=0.0) != same)
        picks = tuple(p for p in self.picks if _same_file(p) != _same_file(rejection))
        return replace(self, rejections=(*others, rejection)[-MAX_ROWS:], picks=picks)

    def picking(self, pick: Pick) -> Pins:
        """Return them with this pick, in place of one for the same video; a rejection of the file is taken back."""
        others = tuple(p for p in self.picks if not p.is_for(pick.video, pick.entry_id, pick.source))
        kept = tuple(r for r in self.rejections if _same_file(r) != _same_file(pick))
        return replace(self, picks=(*others, pick)[-MAX_ROWS:], rejections=kept)

    def taking_back(self, choice: Pin | Rejection | Pick) -> Pins:
        """Return them without one of them."""
        return replace(
            self,
            pins=tuple(p for p in self.pins if p != choice),
            rejections=tuple(r for r in self.rejections if r != choice),
            picks=tuple(p for p in self.picks if p != choice),
        )

    def picked(self, path: str, entry_id: int, source: Source = "jimaku") -> str:
        """Return the name of the file that the user chose for this video, empty for none."""
        video = base_name(path)
        return next((p.file for p in reversed(self.picks) if p.is_for(video, entry_id, source)), "")

    def liked(self, entry_id: int, source: Source = "jimaku") -> str:
        """Return the name of the file of the entry that the user chose last, empty for none."""
        return next((p.file for p in reversed(self.picks) if (p.entry_id, p.source) == (entry_id, source)), "")

    def leaving(self, folder: str) -> Pins:
        return replace(self, folders=tuple(dict.fromkeys((*self.folders, folder)))[-MAX_ROWS:])

    def serving(self, path: str) -> Pins:
        """Return them without what leaves the folder of `path` alone."""
        return replace(self, folders=tuple(f for f in self.folders if not _below(path, f)))

    def removed(self, row_ids: Collection[str]) -> Pins:
        """Return them without these rows, of whichever kind."""
        return Pins(
            tuple(pin for pin in self.pins if pin.row_id not in row_ids),
            tuple(rejection for rejection in self.rejections if rejection.row_id not in row_ids),
            tuple(folder for folder in self.folders if folder_id(folder) not in row_ids),
            tuple(pick for pick in self.picks if pick.row_id not in row_ids),
        )

    def __len__(self) -> int:
        return len(self.pins) + len(self.rejections) + len(self.folders) + len(self.picks)

    def merged(self, other: Pins) -> Pins:
        """Return both; where they differ about a series, `other` is right."""
        pins = {pin.anchor: pin for pin in self.pins}
        rejections = {replace(one, made=0.0): one for one in self.rejections}
        for pin in other.pins:
            pins.pop(pin.anchor, None)  # what came last stands last
            pins[pin.anchor] = pin
        for one in other.rejections:
            rejections.pop(replace(one, made=0.0), None)
            rejections[replace(one, made=0.0)] = one
        folders = dict.fromkeys((*self.folders, *other.folders))
        merged = Pins(
            tuple(pins.values())[-MAX_ROWS:],
            tuple(rejections.values())[-MAX_ROWS:],
            tuple(folders)[-MAX_ROWS:],
            self.picks,
        )
        for pick in other.picks:
            merged = replace(merged, picks=merged.picking(pick).picks)
        return merged

    def rejected(self, path: str, entry_id: int | None) -> frozenset[str]:
        """Return the names of the entry's files, and of the user's own, that are not to be chosen for this video."""
        video = base_name(path)
        of_video = (r for r in self.rejections if r.video == video)
        return frozenset(r.file for r in of_video if r.source == "folder" or r.entry_id == entry_id)

    def left_alone(self, path: str) -> str:
        """Return the folder for which the user said "never", or an empty text."""
        return next((f for f in self.folders if _below(path, f)), "")


def _same_file(choice: Rejection | Pick) -> tuple[str, int, str, Source]:
    return choice.video, choice.entry_id, choice.file, choice.source


def folder_id(folder: str) -> str:
    """Return what names a folder that is left alone on a command line."""
    return _short(("never", folder))


def _short(row: tuple[object, ...]) -> str:
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    return hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def base_name(path: str) -> str:
    """Return by what name a video is known again: a moved folder changes nothing."""
    return path.rstrip("/").rpartition("/")[2][:MAX_TEXT]


def folder_of(path: str) -> str:
    """Return the folder of a local video, or an empty text for a stream."""
    return posixpath.dirname(path) if path.startswith("/") else ""


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")
