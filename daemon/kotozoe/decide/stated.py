"""Ids that folder names state are claims of the highest weight: no title is needed beside them."""

from __future__ import annotations

from collections.abc import Iterator

from kotozoe.decide.hits import Agreement, Hit
from kotozoe.decide.identify import Identified, StatedId
from kotozoe.decide.inquiry import Inquiry
from kotozoe.decide.judge import Hypothesis
from kotozoe.decide.places import Spot, Way
from kotozoe.decide.reading import Claim, Place, Reading
from kotozoe.decide.series import is_head
from kotozoe.model import MediaKey


def _media(stated: StatedId, numbered: bool, inquiry: Inquiry) -> tuple[int, ...]:
    """Return the media an id may stand for; for a series the one with which it begins."""
    if stated.scheme == "anilist":
        return (int(stated.value),)
    schemes: tuple[str, ...] = (stated.scheme,)
    if stated.scheme == "tmdb":
        schemes = ("tmdb-tv",) if numbered else ("tmdb-movie", "tmdb-tv")
    elif stated.scheme.startswith(("tvdb", "imdb", "anidb")):
        schemes = (stated.scheme.split("-")[0],)
    found = next((ids for scheme in schemes if (ids := inquiry.stated(scheme, stated.value))), ())
    heads = tuple(i for i in found if is_head(inquiry, i)) if len(found) > 1 else found
    return heads or found


def _reading(identified: Identified) -> Reading:
    """Return the reading whose number is the surest."""
    return min(identified.readings, key=lambda r: (r.claim.place, r.folder), default=Reading("", Claim()))


def stated_hits(identified: Identified, inquiry: Inquiry) -> tuple[Hit, ...]:
    """Return a hit for every media that a stated id stands for."""
    return tuple(_hits(identified, inquiry)) if identified.ids else ()


def _hits(identified: Identified, inquiry: Inquiry) -> Iterator[Hit]:
    reading = _reading(identified)
    claim = reading.claim
    for stated in identified.ids:
        for media in _media(stated, claim.place is not Place.NONE, inquiry):
            yield Hit(
                reading,
                MediaKey("anilist", str(media)),
                Agreement.STATED,
                0,
                claim.season,
                None,
                own=False,
                same_text=True,
                as_part=False,
                text="",
                source="catalogue",
            )


def stated_alone(hits: tuple[Hit, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the answer that a stated id gives with the season map alone, so that nobody need be asked."""
    found = {(s.anilist_id, s.episode): Hypothesis(s, h, ()) for h in hits for s in _placed(h, inquiry)}
    return tuple(found.values()) if len(found) == 1 else ()


def _placed(hit: Hit, inquiry: Inquiry) -> Iterator[Spot]:
    claim, media = hit.reading.claim, hit.media.anilist_id
    if media is None or claim.episode is None:
        return
    rows = [r for r in inquiry.seasons(media) if r.season == claim.season and r.episode(claim.episode) is not None]
    bounded = [r for r in rows if r.end is not None] or rows
    episode = bounded[0].episode(claim.episode) if len(bounded) == 1 else None
    if episode is not None:
        yield Spot(bounded[0].anilist_id, episode, Way.MAPPED)
