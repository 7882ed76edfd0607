"""The films of a series: which one "Movie 2" means, and what the name of a film says of its place."""

from __future__ import annotations

import re

from kotozoe.identify.names.titles import tidy
from kotozoe.identify.names.words import MOVIE
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.series import chained_parts, mapped_parts
from kotozoe.identify.verdict.unread import begins

_MAX_RELATED = 60  # media around a series that are looked at
_NUMBER_IN_NAME = re.compile(
    r"(?:\b(?:movie|film|gekijou-?ban|eiga)\s*#?|劇場版\s*第?)(\d{1,2})\b|第(\d)(?:作|弾)"
    r"|\b(\d)(?:st|nd|rd|th) (?:movie|film)\b"
)
_UNKNOWN_YEAR = 9999


def related(inquiry: Inquiry, media: int) -> tuple[int, ...]:
    """Return what AniList and the season map join to a media and to the parts of its series, itself left out."""
    found: dict[int, None] = {}
    for part in dict.fromkeys((media, *mapped_parts(inquiry, media), *chained_parts(inquiry, media))):
        found.update((r.anilist_id, None) for r in inquiry.relations(part))
        found.update((r.anilist_id, None) for r in inquiry.seasons(part))
    found.pop(media, None)
    return tuple(found)[:_MAX_RELATED]


def films(inquiry: Inquiry, media: int) -> tuple[int, ...]:
    """Return the films of the media's series in order of their beginning, those of no known year last."""
    around = (media, *related(inquiry, media))
    found = [i for i in around if inquiry.facts(i) is not None and inquiry.format(i) == "MOVIE"]
    return tuple(sorted(found, key=lambda i: (inquiry.begun(i), i)))


def says_film(text: str) -> bool:
    return MOVIE.search(text) is not None


def number_in_name(inquiry: Inquiry, media: int) -> int | None:
    """Return the number that a film's own names give it ("the Movie 4"), None where they give none or several."""
    found = (_NUMBER_IN_NAME.search(tidy(name)) for name in inquiry.names(media))
    numbers = {int(next(g for g in m.groups() if g)) for m in found if m}
    return numbers.pop() if len(numbers) == 1 else None


def of_later_part(media: int, inquiry: Inquiry) -> bool:
    """Say whether something of its series comes before a media: what tells it apart has to be its films' as well."""
    return any(r.kind == "PREQUEL" for r in inquiry.relations(media))


def unsaid_number(title_text: str, media: int, inquiry: Inquiry) -> tuple[str, ...]:
    """Return the number of a film, 2 or more, that the title does not say, if another's goes on from it."""
    number = number_in_name(inquiry, media) or 1
    if number == 1 or str(number) in title_text:
        return ()
    shows = (r.anilist_id for r in inquiry.relations(media) if r.kind == "PARENT")
    some = {film for one in (media, *shows) for film in films(inquiry, one)} - {media}
    others = (inquiry.names(film) for film in sorted(some))
    return (str(number),) if any(begins(title_text, name) for names in others for name in names) else ()


def nth_film(inquiry: Inquiry, media: int, number: float) -> int | None:
    """Return the series' film of that number: by the names of the films, else by their order, if both agree."""
    order = films(inquiry, media)
    named = {i: n for i in order if (n := number_in_name(inquiry, i)) is not None}
    bearers = [i for i, n in named.items() if n == number]
    if len(bearers) == 1:
        return bearers[0]
    dated = all(inquiry.begun(i)[0] != _UNKNOWN_YEAR for i in order)
    if bearers or not dated or any(order.index(i) != n - 1 for i, n in named.items()) or number != int(number):
        return None
    return order[int(number) - 1] if 1 <= number <= len(order) else None
