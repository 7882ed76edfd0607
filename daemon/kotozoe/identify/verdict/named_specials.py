"""Specials and films that a library lists beside a show, by the title that follows their number ("S00E03 - Title")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kotozoe.identify.names.titles import key_of, sides, tidy, weak_enough
from kotozoe.identify.names.words import MOVIE
from kotozoe.identify.verdict.counting_method import CountingMethod, EpisodeCandidate
from kotozoe.identify.verdict.films import related
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.matching import TitleMatch

_MERE_KIND = re.compile(r"^(?:special(?: episode)?|ova|oad)\b[ :-]{0,3}(?=\w)", re.IGNORECASE)


def by_own_title(
    hit: TitleMatch, media: int, placed: Iterable[EpisodeCandidate], inquiry: Inquiry
) -> Iterator[EpisodeCandidate]:
    """Yield of `placed`, where the number of a special led, what its own title leaves; else the media that bears it.

    How libraries number specials differs; their titles are taken from one database, so that a media of the series
    that is called so goes before what the number leads to.
    """
    after = hit.reading.after
    if not after:
        yield from placed
        return
    named = tuple(i for i in _family(media, inquiry) if _called(after, hit, inquiry.names(i)) and not _show(i, inquiry))
    kept = [s for s in placed if (s.anilist_id in named if named else not _otherwise(after, s.anilist_id, inquiry))]
    yield from (replace(s, episode=1) if s.anilist_id in named and inquiry.single(s.anilist_id) else s for s in kept)
    if not kept and len(named) == 1 and inquiry.single(named[0]):
        yield EpisodeCandidate(named[0], 1, CountingMethod.SINGLE)


def _family(media: int, inquiry: Inquiry) -> tuple[int, ...]:
    """Return what belongs to the media's series; to the show's where the media was made beside one."""
    shows = tuple(r.anilist_id for r in inquiry.relations(media) if r.kind == "PARENT")
    found = dict.fromkeys(i for one in (media, *shows) for i in (one, *related(inquiry, one)))
    return tuple(i for i in found if inquiry.facts(i) is not None)


def _show(media: int, inquiry: Inquiry) -> bool:
    return inquiry.format(media) in ("TV", "TV_SHORT")


def _called(after: str, hit: TitleMatch, names: Iterable[str]) -> bool:
    """Say whether one of the names, or one side of it, is the title after the number; the show's may stand before."""
    texts = {text for said in (after, _MERE_KIND.sub("", after)) for text in (said, f"{hit.reading.title_text} {said}")}
    keys = {key for text in texts if weak_enough(key := key_of(tidy(text)))}
    return any(key_of(tidy(text)) in keys for name in names for text in (name, *sides(name)))


def _otherwise(after: str, media: int, inquiry: Inquiry) -> bool:
    """Say whether the title says that it is a film, and the media is none."""
    return MOVIE.search(after) is not None and inquiry.format(media) not in ("MOVIE", None)
