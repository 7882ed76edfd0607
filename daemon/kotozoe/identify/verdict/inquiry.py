"""Looking things up while deciding: what is known is answered, what is not yet asked is noted as a want."""

from __future__ import annotations

from dataclasses import dataclass, field

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.verdict.knowledge import (
    Knowledge,
    NearRow,
    TitleRow,
    Want,
    WantEntry,
    WantFacts,
    WantListing,
    WantNear,
    WantPrefix,
    WantSearch,
    WantSeasons,
    WantStated,
    WantTitles,
)
from kotozoe.identify.verdict.listed import numbers
from kotozoe.model import Entry, Facts, MediaKey, Relation

_TV_LIKE = frozenset({"TV", "TV_SHORT", "ONA"})
_SPECIAL_LIKE = frozenset({"OVA", "SPECIAL"})


# A video against the length of its episode: credits may be cut, or two episodes be one file.
_SHORTEST = 0.45
_LONGEST = 2.3
_BESIDES = 240.0  # seconds of logos and advertisements, which weigh with short episodes


@dataclass(slots=True)
class Inquiry:
    """One pass of deciding over one state of knowledge. `wants` gathers what was looked for and never asked."""

    knowledge: Knowledge
    wants: dict[Want, None] = field(default_factory=dict)
    misfits: dict[int, int] = field(default_factory=dict)  # media of another length, and their minutes
    _facts: dict[int, Facts | None] = field(default_factory=dict)  # what is looked up over and over
    _entries: dict[int, Entry | None] = field(default_factory=dict)
    _seasons: dict[int, tuple[SeasonRow, ...]] = field(default_factory=dict)

    def _note(self, want: Want) -> None:
        if not self.knowledge.asked(want):
            self.wants[want] = None

    @property
    def rules(self) -> Rules:
        return self.knowledge.rules

    def titles(self, key: str) -> tuple[TitleRow, ...]:
        self._note(WantTitles(key))
        return self.knowledge.titles(key)

    def near(self, key: str) -> tuple[NearRow, ...]:
        self._note(WantNear(key))
        return self.knowledge.near(key)

    def prefixed(self, key: str) -> tuple[TitleRow, ...]:
        self._note(WantPrefix(key))
        return self.knowledge.prefixed(key)

    def seasons(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        if anilist_id not in self._seasons:
            self._note(WantSeasons(anilist_id))
            self._seasons[anilist_id] = tuple(sorted(self.knowledge.seasons(anilist_id), key=_in_order))
        return self._seasons[anilist_id]

    def stated(self, scheme: str, value: str) -> tuple[int, ...]:
        self._note(WantStated(scheme, value))
        return self.knowledge.stated(scheme, value)

    def searched(self, title: str) -> tuple[Facts, ...]:
        self._note(WantSearch(title))
        return self.knowledge.searched(title)

    def files(self, entry_id: int) -> tuple[str, ...]:
        self._note(WantListing(entry_id))
        return self.knowledge.files(entry_id)

    def facts(self, anilist_id: int) -> Facts | None:
        if anilist_id not in self._facts:
            self._note(WantFacts(anilist_id))
            self._facts[anilist_id] = self.knowledge.facts(anilist_id)
        return self._facts[anilist_id]

    def relations(self, anilist_id: int) -> tuple[Relation, ...]:
        """Return the relations of a media; none while its facts are not known."""
        facts = self.facts(anilist_id)
        return facts.relations if facts is not None else ()

    def entry(self, anilist_id: int) -> Entry | None:
        if anilist_id not in self._entries:
            self._entries[anilist_id] = self.entry_of(MediaKey("anilist", str(anilist_id)))
        return self._entries[anilist_id]

    def entry_of(self, media: MediaKey) -> Entry | None:
        self._note(WantEntry(media))
        return self.knowledge.entry(media)

    # -- what the facts come to

    def names(self, anilist_id: int) -> tuple[str, ...]:
        """Return all names of a media that are known already."""
        facts, entry = self.knowledge.facts(anilist_id), self.entry(anilist_id)
        own = (*facts.titles, *facts.synonyms) if facts is not None else ()
        listed = entry.names if entry is not None else ()
        return tuple(dict.fromkeys(name for name in (*own, *listed) if name))

    def told_title(self, anilist_id: int) -> str:
        """Return the title as far as it is known already."""
        facts = self.knowledge.facts(anilist_id)
        if facts is not None and facts.titles:
            return facts.titles[0]
        entry = self.entry(anilist_id)
        return entry.name if entry is not None else f"AniList {anilist_id}"

    def told_format(self, anilist_id: int) -> str | None:
        """Return the format as far as it is known already."""
        facts = self.knowledge.facts(anilist_id)
        if facts is not None and facts.format is not None:
            return facts.format
        entry = self.entry(anilist_id)
        return "MOVIE" if entry is not None and entry.movie else None

    def format(self, anilist_id: int) -> str | None:
        """Return the format; from the catalogue's movie flag where AniList's record is not known."""
        self.facts(anilist_id)
        return self.told_format(anilist_id)

    def tv_like(self, anilist_id: int) -> bool:
        kind = self.format(anilist_id)
        return kind is None or kind in _TV_LIKE

    def special_like(self, anilist_id: int) -> bool:
        return self.format(anilist_id) in _SPECIAL_LIKE

    def single(self, anilist_id: int) -> bool:
        """Say whether the media is one file: AniList counts some films in parts that always are one."""
        return self.count(anilist_id) == 1 or self.format(anilist_id) == "MOVIE"

    def count(self, anilist_id: int) -> int | None:
        """Return how many episodes the media has, by its facts or a bounded stretch of the season map."""
        facts = self.facts(anilist_id)
        if facts is not None and facts.episodes:
            return facts.episodes
        own = [r for r in self.seasons(anilist_id) if r.anilist_id == anilist_id and r.season > 0]
        if own and all(r.end is not None and r.first for r in own):
            return max((r.end or 0) - r.begin + r.first for r in own)
        return None

    def aired(self, anilist_id: int) -> int | None:
        """Return how many episodes of a media still airing have been shown; None: not known."""
        facts = self.facts(anilist_id)
        return facts.next_episode - 1 if facts is not None and facts.next_episode else None

    def lasts_otherwise(self, anilist_id: int, episodes: float = 1) -> bool:
        """Say whether the video is much longer or shorter than `episodes` of the media; unknown lengths say nothing."""
        facts, seconds = self.knowledge.facts(anilist_id), self.knowledge.seconds
        if facts is None or not facts.minutes or not seconds:
            return False
        expected = 60.0 * facts.minutes * max(1.0, episodes)
        if _SHORTEST * expected <= seconds <= _LONGEST * expected + _BESIDES:
            return False
        self.misfits[anilist_id] = facts.minutes
        return True

    def year(self, anilist_id: int) -> int | None:
        facts = self.facts(anilist_id)
        return (facts.start.year or facts.year) if facts is not None else None

    def listed(self, anilist_id: int) -> frozenset[float]:
        """Return the episode numbers that the files of the media's entry say; none where there is no entry."""
        entry = self.entry(anilist_id)
        return numbers(self.files(entry.entry_id)) if entry is not None else frozenset()

    def begun(self, anilist_id: int) -> tuple[int, int, int]:
        """Return when the media began, for ordering; what is not known comes last."""
        facts = self.facts(anilist_id)
        if facts is None:
            return (9999, 99, 99)
        return (facts.start.year or facts.year or 9999, facts.start.month or 99, facts.start.day or 99)


def _in_order(row: SeasonRow) -> tuple[float, ...]:
    """Where a map's stretches overlap, the same one must win whatever order they come in."""
    end = float("inf") if row.end is None else row.end
    return (row.tvdb_id, row.season, row.begin, end, row.anilist_id, row.first)
