"""When what is known is read again.

All times in unix seconds; a time in the future (a clock was set back) counts as never.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400.0
CATALOGUE_DELTA = DAY
CATALOGUE_WHOLE = 7 * DAY
REFERENCE = 7 * DAY
# Entries may be stamped hours in the past when files are brought over from elsewhere: ask again for what we had.
OVERLAP = 2 * DAY


@dataclass(frozen=True, slots=True)
class Reading:
    """What to ask of the catalogue now: everything, or what changed since `after`."""

    after: float | None = None


def catalogue_due(now: float, whole_at: float | None, delta_at: float | None) -> Reading | None:
    """Return what is due, or None. The delta cannot tell of entries that were renamed or taken away; the whole can."""
    if _older(now, whole_at, CATALOGUE_WHOLE):
        return Reading()
    latest = max(whole_at or 0.0, delta_at or 0.0)
    return Reading(after=min(latest, now) - OVERLAP) if _older(now, latest, CATALOGUE_DELTA) else None


def reference_due(now: float, read_at: float | None) -> bool:
    """Tell whether a reference list (rules, season map) should be asked for again."""
    return _older(now, read_at, REFERENCE)


def _older(now: float, then: float | None, seconds: float) -> bool:
    return then is None or then > now or now - then >= seconds
