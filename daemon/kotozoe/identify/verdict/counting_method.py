"""An episode that a name may mean, how it was come by, and what bounds its number."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.listed import holds
from kotozoe.identify.verdict.matching import TitleMatch

_PLAUSIBLE = 3000  # the longest series has fewer episodes


class CountingMethod(enum.IntEnum):
    """How a number was led to an episode; the smaller is the surer."""

    AGREED = 0  # two numbers of the name lead to the same episode
    RULE = 1  # a relation rule
    DIRECT = 2  # within the media's count
    MAPPED = 3  # the season map
    LISTED = 4  # its entry offers a file of that number
    SINGLE = 5  # no number, and the media has one part only
    CHAIN = 6  # counted on along the sequels
    BACK = 7  # the series' count, less what came before
    NTH = 8  # the n-th season of the series
    FILM = 9  # the n-th film of the series, or the only one
    SPECIAL = 10  # the only special or OVA that fits
    OPEN = 11  # its count is not known, nor anything that follows it
    UNBOUNDED = 12  # nothing bounds the number, or the entry's files end before it


@dataclass(frozen=True, slots=True)
class EpisodeCandidate:
    """A media's episode and the way there."""

    anilist_id: int
    episode: float
    way: CountingMethod

    @property
    def pair(self) -> tuple[int, float]:
        return (self.anilist_id, self.episode)


def within(inquiry: Inquiry, media: int, number: float) -> bool:
    """Say whether the media is known to have an episode of this number."""
    count = inquiry.count(media)
    return count is not None and 1 <= number <= count


def unbounded(hit: TitleMatch, number: float, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number in a media whose count is not known: by what has aired, by the map, by what its entry offers."""
    aired = inquiry.aired(media)
    if number < 1 or _by_another_name(hit, media, inquiry):
        return
    if aired is not None and number <= aired + 1:
        yield EpisodeCandidate(media, number, CountingMethod.DIRECT)
    elif {r.anilist_id for r in inquiry.seasons(media) if r.season > 0} == {media}:
        yield EpisodeCandidate(media, number, CountingMethod.MAPPED)
    else:
        offered = holds(inquiry.listed(media), number)
        known = inquiry.format(media) is not None and (inquiry.tv_like(media) or hit.exactly) and number <= _PLAUSIBLE
        known = known and (offered is None or (hit.exactly and not followed(media, inquiry)))
        yield EpisodeCandidate(
            media,
            number,
            CountingMethod.LISTED if offered else CountingMethod.OPEN if known else CountingMethod.UNBOUNDED,
        )


def _by_another_name(hit: TitleMatch, media: int, inquiry: Inquiry) -> bool:
    """Say whether an OVA bears the title among its lesser names only, and the name does not say that it is one."""
    return hit.source == "synonym" and not hit.reading.parsed.special and inquiry.special_like(media)


def followed(media: int, inquiry: Inquiry) -> bool:
    """Say whether anything follows the media, so that a high number may be counted on into that."""
    sequel = any(r.kind == "SEQUEL" for r in inquiry.relations(media))
    return sequel or any(r.season > 0 and r.anilist_id != media for r in inquiry.seasons(media))
