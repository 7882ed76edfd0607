"""How long an answer of a service stays fresh, and when it is asked for again.

All times in unix seconds. A time in the future (the clock was set back) counts as that old: nothing stays fresh for
ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from kotozoe.model import Entry, Facts, Listing

_HOUR = 3600.0
_DAY = 24 * _HOUR
AIRING_FACTS = 12 * _HOUR
MIRRORED_FACTS = 7 * _DAY
NO_SUCH_MEDIA = _DAY
EMPTY_SEARCH = _DAY
SEARCH = 30 * _DAY
LISTING = 12 * _HOUR
LISTING_UNCHANGED = 7 * _DAY
FIRST_LOOK = 300.0
LAST_LOOK = 12 * _HOUR
LOOKED_FOR = 14 * _DAY
CATALOGUE_DELTA = _DAY
CATALOGUE_WHOLE = 7 * _DAY
REFERENCE = 7 * _DAY
# Entries may be stamped hours in the past when files are brought over from elsewhere: ask again for what we had.
OVERLAP = 2 * _DAY


@dataclass(frozen=True, slots=True)
class CatalogueDue:
    """What to ask of the catalogue: everything, or what changed since `after`."""

    after: float | None = None


def catalogue_due(now: float, whole_at: float | None, delta_at: float | None) -> CatalogueDue | None:
    """Return what is due, or None. A delta cannot tell of entries that were renamed or taken away; the whole can."""
    if whole_at is None or _older(now, whole_at, CATALOGUE_WHOLE):
        return CatalogueDue()
    latest = max(whole_at, delta_at or 0.0)
    return CatalogueDue(after=min(latest, now) - OVERLAP) if _older(now, latest, CATALOGUE_DELTA) else None


def reference_due(now: float, read_at: float | None) -> bool:
    """Tell whether a reference list (rules, season map) should be asked for again."""
    return read_at is None or _older(now, read_at, REFERENCE)


def facts_fresh(facts: Facts | None, read_at: float, now: float) -> bool:
    """Tell whether facts (None: "no such anime") still hold; those of a finished media hold for good.

    AniList's mirror does not know what kind of relation is meant: such facts are read again some day.
    """
    if facts is None:
        return not _older(now, read_at, NO_SUCH_MEDIA)
    if facts.relations and all(relation.kind == "OTHER" for relation in facts.relations):
        return not _older(now, read_at, MIRRORED_FACTS if facts.status == "FINISHED" else AIRING_FACTS)
    return facts.status == "FINISHED" or not _older(now, read_at, AIRING_FACTS)


def search_fresh(found: bool, read_at: float, now: float) -> bool:
    """Tell whether a search's answer still holds."""
    return not _older(now, read_at, SEARCH if found else EMPTY_SEARCH)


def listing_holds(listing: Listing, entry: Entry | None, now: float) -> bool:
    """Tell whether a kept listing may be taken as it is: the catalogue tells of no change since it was read.

    Deletions and renames change no date, so nothing is believed for longer than a week.
    """
    if entry is None:
        return not _older(now, listing.read_at, LISTING)
    known = listing.entry_modified or listing.read_at
    if entry.last_modified > known:
        return False
    return not _older(now, listing.read_at, LISTING_UNCHANGED)


@dataclass(frozen=True, slots=True)
class Awaited:
    """An episode that an entry did not hold yet: looked for `times` times since `since`, last at `asked`."""

    entry_id: int
    episode: str
    since: float
    asked: float
    times: int


def ask_again_at(awaited: Awaited) -> float:
    """Return when to look for it again: every wait is twice the one before, from minutes to half a day."""
    return awaited.asked + min(FIRST_LOOK * 2.0 ** min(awaited.times - 1, 20), LAST_LOOK)


def look_again(awaited: Awaited | None, listing: Listing, now: float, *, opened: bool = False) -> bool:
    """Tell whether a listing that lacks an episode is to be read again now that somebody wants the episode.

    `opened`: somebody has just opened the video, which is a reason as good as a first wish.
    """
    if awaited is None:
        return _older(now, listing.read_at, FIRST_LOOK)
    if opened and _older(now, max(awaited.asked, listing.read_at), FIRST_LOOK):
        return True
    return not awaited.asked <= now < ask_again_at(awaited)


def given_up(awaited: Awaited, now: float) -> bool:
    """Tell whether it has been looked for long enough; whoever plays it starts anew."""
    return _older(now, awaited.since, LOOKED_FOR)


def _older(now: float, then: float, seconds: float) -> bool:
    return abs(now - then) >= seconds
