"""One obtaining: what it is for, what is left of its downloads, and why candidates were turned down."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from kotozoe.decide.listing.families import Wanted
from kotozoe.decide.listing.rank import Preferences
from kotozoe.decide.printable import printable
from kotozoe.model import Urgency

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempt:
    """One obtaining: what is left of its downloads, and why candidates were turned down."""

    entry_id: int
    wanted: Wanted
    preferences: Preferences
    urgency: Urgency
    only: str = ""
    rejected: Collection[str] = ()
    downloads: int = 0
    reasons: tuple[str, ...] = ()

    def refuses(self, name: str) -> bool:
        """Say, with the reason noted, whether the user does not want a file of this name."""
        if self.only or name not in self.rejected:
            return False
        self.turn_down(name, "you rejected it")
        return True

    def turn_down(self, name: str, reason: str) -> None:
        self.reasons = (*self.reasons, f"{printable(name, 80)}: {reason}")
        _log.info("turned down %s: %s", printable(name, 80), reason)


class Enough(Exception):
    """No more downloads for this playback."""
