"""Ids that folder names and `.nfo` files state are claims of the highest weight: no title is needed beside them."""

from __future__ import annotations

from collections.abc import Iterator

from kotozoe.identify.names.identify import Identified, StatedId
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading
from kotozoe.identify.verdict.counting_method import CountingMethod, EpisodeCandidate
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.judge import Hypothesis
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch
from kotozoe.identify.verdict.series import is_head
from kotozoe.model import MediaKey


def _media(stated: StatedId, numbered: bool, inquiry: Inquiry) -> tuple[int, ...]:
    """Return the media an id may stand for; for a series the one with which it begins."""
    if stated.scheme == "anilist":
        return (int(stated.value),)
    schemes: tuple[str, ...] = (stated.scheme,)
    if stated.scheme == "tmdb":
        schemes = ("tmdb-tv",) if numbered else ("tmdb-movie", "tmdb-tv")
    elif stated.scheme.startswith(("tvdb", "imdb", "anidb", "mal")):
        schemes = (stated.scheme.split("-")[0],)
    found = next((ids for scheme in schemes if (ids := inquiry.stated(scheme, stated.value))), ())
    heads = tuple(i for i in found if is_head(inquiry, i)) if len(found) > 1 else found
    return heads or found


def _reading(identified: Identified) -> Reading:
    """Return the reading whose number is the surest."""
    return min(identified.readings, key=lambda r: (r.parsed.place, r.folder), default=Reading("", ParsedNumbers()))


def stated_hits(identified: Identified, inquiry: Inquiry) -> tuple[TitleMatch, ...]:
    """Return a hit for every media that a stated id stands for."""
    reading = _reading(identified)
    numbered = reading.parsed.place is not NumberPlace.NONE
    media = dict.fromkeys(m for stated in identified.ids for m in _media(stated, numbered, inquiry))
    return tuple(_hit(reading, m) for m in media)


def _hit(reading: Reading, media: int) -> TitleMatch:
    return TitleMatch(
        reading,
        MediaKey("anilist", str(media)),
        MatchQuality.STATED,
        0,
        reading.parsed.season,
        None,
        own=False,
        same_text=True,
        as_part=False,
        text="",
        source="catalogue",
    )


def stated_alone(identified: Identified, hits: tuple[TitleMatch, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the answer that stated ids give with what the disk knows, so that nobody need be asked."""
    counted = all(i.scheme.startswith(("tvdb", "anilist", "anidb", "mal")) for i in identified.ids)
    film = any(i.scheme in ("tmdb", "tmdb-movie") and inquiry.stated("tmdb-movie", i.value) for i in identified.ids)
    found = {(s.anilist_id, s.episode): Hypothesis(s, h, ()) for h in hits for s in _placed(h, counted, film, inquiry)}
    return tuple(found.values()) if len(found) == 1 else ()


def _placed(hit: TitleMatch, counted: bool, film: bool, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place the number by the season map. `counted`: seasons are surely TVDB's; `film`: the id is a film's."""
    parsed, media = hit.reading.parsed, int(hit.media.value)
    if parsed.episode is None:
        entry = inquiry.entry(media)
        if film or (entry is not None and entry.movie):
            yield EpisodeCandidate(media, 1, CountingMethod.SINGLE)
        return
    rows, season = inquiry.seasons(media), parsed.season
    if season in (None, 1) and not is_head(inquiry, media):  # the id is that of a later season, whose own count it is
        rows = tuple(r for r in rows if r.anilist_id == media and r.season > 0)
        last = max((r.end - r.begin + r.first for r in rows if r.end is not None), default=0)
        if rows and all(r.end is not None and r.first for r in rows) and 1 <= parsed.episode <= last:
            yield EpisodeCandidate(media, parsed.episode, CountingMethod.DIRECT)
        return
    fitting = [r for r in rows if r.season == season and r.episode(parsed.episode) is not None]
    bounded = [r for r in fitting if r.end is not None] or (fitting if counted or season == 0 else [])
    episode = bounded[0].episode(parsed.episode) if len(bounded) == 1 else None
    if episode is not None:
        yield EpisodeCandidate(bounded[0].anilist_id, episode, CountingMethod.MAPPED)
