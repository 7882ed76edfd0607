"""The values that travel between the rooms: frozen, slotted, typed, without behaviour that reaches out.

Episode numbers are floats because specials are numbered 7.5; a whole number compares equal to its int.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["resolved", "ambiguous", "unknown", "skipped"]
Kind = Literal["tv", "movie", "special"]
Source = Literal["jimaku", "folder"]  # whose subtitle file it is: Jimaku's, or one in a folder of the user


class Secret:
    """A text that never prints itself: not by `repr`, `str`, an f-string or a traceback."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one header that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


class Urgency(enum.IntEnum):
    """Who waits for a request; the smaller goes first and may use more of the burst."""

    ON_SCREEN = 0
    NEXT = 1
    TERMINAL = 2
    REFRESH = 3
    BACKFILL = 4


@dataclass(frozen=True, slots=True, order=True)
class MediaKey:
    """Names one media: `anilist:N`, or for what has none `tmdb:tv:N`, `tmdb:movie:N`, `jimaku:N`; `folder:KEY` is known
    by the title of one of the user's own folders alone.

    `value` is opaque text for `tmdb` (Jimaku may extend the form some day).
    """

    scheme: Literal["anilist", "tmdb", "jimaku", "folder"]
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def anilist_id(self) -> int | None:
        return int(self.value) if self.scheme == "anilist" else None

    @property
    def tmdb_id(self) -> str | None:
        return self.value if self.scheme == "tmdb" else None


@dataclass(frozen=True, slots=True)
class EpisodeRef:
    """One episode, counted within its media: from 1, 0 and halves for what the makers number so; None is the whole of
    a media that has one part only. `episode_end` closes a file that holds several.
    """

    media: MediaKey
    episode: float | None
    episode_end: float | None = None


@dataclass(frozen=True, slots=True)
class VideoFile:
    """What mpv plays, as it told us. `path` is absolute, or a URL; all texts are untrusted and may hold surrogates.
    `duration` in seconds; None where it is not known, as of a stream or of a file that is not played yet.
    `source_path` is the file on a server that a client says it streams (`user-data/media-source/Path`).
    """

    path: str
    media_title: str = ""
    network: bool = False
    duration: float | None = field(default=None, compare=False)
    source_path: str = ""

    @property
    def is_stream(self) -> bool:
        """Whether the path is an address or a pipe, so that the player's title may say more than the path does."""
        return self.network or self.path == "-" or "://" in self.path


@dataclass(frozen=True, slots=True)
class Release:
    """The video as published. What else its name says of that is read where files are ranked, in `decide.listing`."""

    group: str = ""


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date of which only the beginning may be known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One edge from a media to another, by AniList's word for it (SEQUEL, PREQUEL, SIDE_STORY, …; OTHER if unknown)."""

    kind: str
    anilist_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one media, in AniList's own words for format and status. None means: not known (yet).

    `titles` are romaji, english, native (whichever exist), then synonyms follow in `synonyms`.
    """

    anilist_id: int
    titles: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    format: str | None = None
    status: str | None = None
    episodes: int | None = None
    year: int | None = None
    start: FuzzyDate = field(default_factory=FuzzyDate)
    next_episode: int | None = None
    relations: tuple[Relation, ...] = ()
    minutes: int | None = None  # that an episode lasts


@dataclass(frozen=True, slots=True)
class Entry:
    """Jimaku's folder for one media. Names are editor-written, untrusted text; `last_modified` in unix seconds."""

    entry_id: int
    name: str
    english_name: str = ""
    japanese_name: str = ""
    anilist_id: int | None = None
    tmdb_id: str | None = None
    last_modified: float = 0.0
    anime: bool = True
    movie: bool = False

    @property
    def media(self) -> MediaKey:
        """Return the key of the entry's media; its AniList id wins over its TMDB id."""
        if self.anilist_id is not None:
            return MediaKey("anilist", str(self.anilist_id))
        if self.tmdb_id:
            return MediaKey("tmdb", self.tmdb_id)
        return MediaKey("jimaku", str(self.entry_id))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that it has, the one that is always there first."""
        return tuple(name for name in (self.name, self.english_name, self.japanese_name) if name)


@dataclass(frozen=True, slots=True)
class SubtitleFile:
    """One file of a listing. `name` is untrusted; `url` is as the provider gave it; size in bytes."""

    name: str
    size: int = 0
    last_modified: float = 0.0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one entry as they were at `read_at`; the catalogue then said that it was modified at
    `entry_modified` (unix seconds, 0: it said nothing). `entry_id` is Jimaku's, or of the user's folders the AniList
    id of the media.
    """

    entry_id: int
    files: tuple[SubtitleFile, ...]
    read_at: float
    entry_modified: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: which media and episode, and by which named evidence."""

    ref: EpisodeRef
    title: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The best present answer to "which episode is this?", and how it came about.

    `why` is one sentence for a person; `trace` tells the steps in order; `candidates` stand best first, and hold what
    an ambiguous verdict could not tell apart. `confidence` is the share right, 0 to 1, of the class of evidence that
    decided. `unanswered` says which services could not be asked for what would have helped, and why: with it, the same
    question may have a better answer later. `provisional`: AniList's facts were not asked for yet. `episode_said`: the
    user said which episode the number of this release is, so that it tells nothing of how others count.
    """

    status: Status
    why: str
    ref: EpisodeRef | None = None
    entry_id: int | None = None
    title: str = ""
    kind: Kind | None = None
    confidence: float = 0.0
    release: Release = field(default_factory=Release)
    trace: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unanswered: tuple[str, ...] = ()
    provisional: bool = False
    episode_said: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate subtitle file and the named agreements (`episode`, `group`, `source`, …) that put it in its place."""

    file: SubtitleFile
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readable:
    """A subtitle file in the cache, in UTF-8, that mpv shows right. `path` is absolute and ours.

    `name` is the file's own; `file` is that of the listing, another one where it came out of an archive. `entry_id` is
    the id in `source`: Jimaku's, or of the user's folders the AniList id of the media. `cached`: it was there before.
    `interim` says why a better file cannot be had now, for which this one stands in.
    """

    path: str
    name: str
    entry_id: int
    matches: tuple[str, ...] = ()
    file: str = ""
    source: Source = "jimaku"
    cached: bool = field(default=False, compare=False)
    interim: str = ""


@dataclass(frozen=True, slots=True)
class NotObtained:
    """No subtitle file, and why, as one sentence. `retry`: a service was in trouble, or the file is not there *yet*;
    `trouble`: the former.
    """

    reason: str
    retry: bool = False
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """An item of mpv's track-list. `forced` and `external_filename` as mpv says; texts are untrusted."""

    track_id: int
    kind: Literal["video", "audio", "sub"]
    language: str = ""
    title: str = ""
    codec: str = ""
    forced: bool = False
    selected: bool = False
    external_filename: str = ""
