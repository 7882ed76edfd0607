"""What is known when a verdict is sought, and what may be wanted to know more. Values only; `find` fetches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.titles import Quality, TitleKey
from kotozoe.identify.verdict.pins import Pin
from kotozoe.model import Entry, Facts, MediaKey

Source = Literal["catalogue", "facts", "synonym", "list"]


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A known name of a media under one of its keys; `text` is the whole name as it was written."""

    media: MediaKey
    key: TitleKey
    text: str
    source: Source = "catalogue"
    anime: bool = True

    @property
    def quality(self) -> Quality:
        return self.key.quality


@dataclass(frozen=True, slots=True)
class NearRow:
    """A known name that is spelt nearly as asked; `ratio` from 0 to 100."""

    row: TitleRow
    ratio: float


@dataclass(frozen=True, slots=True)
class WantTitles:
    """The rows under exactly this key. Local."""

    key: str


@dataclass(frozen=True, slots=True)
class WantNear:
    """The known names nearest to this key. Local, but looks through all names."""

    key: str


@dataclass(frozen=True, slots=True)
class WantPrefix:
    """The known names whose first words make this key. Local."""

    key: str


@dataclass(frozen=True, slots=True)
class WantSeasons:
    """The rows of the season map for the whole series of this media. Local."""

    anilist_id: int


@dataclass(frozen=True, slots=True)
class WantStated:
    """The media for which the season map knows this foreign id. Local."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class WantEntry:
    """The catalogue's entry of this media. Local."""

    media: MediaKey


@dataclass(frozen=True, slots=True)
class WantFacts:
    """AniList's record of this media. Remote when not kept."""

    anilist_id: int


@dataclass(frozen=True, slots=True)
class WantSearch:
    """What AniList finds for this title. Remote."""

    title: str


@dataclass(frozen=True, slots=True)
class WantListing:
    """The file names that an entry offers. Remote when not kept."""

    entry_id: int


Want = WantTitles | WantNear | WantPrefix | WantSeasons | WantStated | WantEntry | WantFacts | WantSearch | WantListing


def _nothing() -> Mapping[Want, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The answers so far. `unanswered` holds, for wants that could not be answered, the reason; both count as asked."""

    rules: Rules = field(default_factory=Rules)
    answers: Mapping[Want, object] = field(default_factory=_nothing)
    unanswered: Mapping[Want, str] = field(default_factory=lambda: MappingProxyType({}))
    pins: tuple[Pin, ...] = ()
    seconds: float | None = None  # that the video lasts, as the player says

    def asked(self, want: Want) -> bool:
        return want in self.answers or want in self.unanswered

    def titles(self, key: str) -> tuple[TitleRow, ...]:
        return self._tuple(WantTitles(key))

    def near(self, key: str) -> tuple[NearRow, ...]:
        return self._tuple(WantNear(key))

    def prefixed(self, key: str) -> tuple[TitleRow, ...]:
        return self._tuple(WantPrefix(key))

    def seasons(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        return self._tuple(WantSeasons(anilist_id))

    def stated(self, scheme: str, value: str) -> tuple[int, ...]:
        return self._tuple(WantStated(scheme, value))

    def searched(self, title: str) -> tuple[Facts, ...]:
        return self._tuple(WantSearch(title))

    def files(self, entry_id: int) -> tuple[str, ...]:
        return self._tuple(WantListing(entry_id))

    def facts(self, anilist_id: int) -> Facts | None:
        found = self.answers.get(WantFacts(anilist_id))
        return found if isinstance(found, Facts) else None

    def entry(self, media: MediaKey) -> Entry | None:
        found = self.answers.get(WantEntry(media))
        return found if isinstance(found, Entry) else None

    def _tuple(self, want: Want) -> tuple:  # type: ignore[type-arg]
        found = self.answers.get(want)
        return found if isinstance(found, tuple) else ()
