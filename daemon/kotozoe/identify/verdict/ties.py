"""Hypotheses that cannot be told apart, and what tells some of them apart after all."""

from __future__ import annotations

import re
from itertools import pairwise

from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.titles import exact, key_of, season_words, tidy, without_year
from kotozoe.identify.verdict.counting_method import CountingMethod
from kotozoe.identify.verdict.films import number_in_name
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.judge import Hypothesis, around
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch
from kotozoe.identify.verdict.series import chained_parts, mapped_parts, rows_of

_CLAIM = 9  # places of a standing: all but how the number was led there and how the name is spelt
_KIND = 5  # places of a standing that come before how the name is spelt and what kind of work it is
_COUNT = 8  # places of a standing that say how well the title, the kind and the season fit
_ON_TELEVISION = re.compile(r"(?<=\w) tv(?: series)?$", re.IGNORECASE)
_NAME = 12  # those, and how the title is spelt, without what tells namesakes apart
_A_BREAK = 4  # years between two parts of one series that have one name


def rivals(ranked: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the best hypothesis and those that cannot be told from it; of one series the first part stands for it."""
    best = ranked[0]
    if (of_year := _first_of_year(ranked, inquiry)) is not None:
        return (of_year,)
    level = tuple(
        dict.fromkeys(h for h in ranked if _level(h, best) or _may_be_meant(h, best, inquiry) or _other_season(h, best))
    )
    if any(_other_season(h, best) for h in level):
        return level
    media = {h.spot.anilist_id for h in level}
    if len(level) > 1 and _may_stand_for_all(best):
        first = level[0].spot.anilist_id
        parts = mapped_parts(inquiry, first) or chained_parts(inquiry, first)
        worded = best.hit.season not in (None, 1)  # "2nd Season" means the first part of that
        at = sorted(parts.index(m) for m in media) if media <= set(parts) else []
        follow = bool(at) and (at[0] == 0 or (best.hit.exactly and at == list(range(at[0], at[-1] + 1))))
        if at and (worded or len(at) == 1 or (follow and not _remakes(level, inquiry))):
            return (min(level, key=lambda h: (parts.index(h.spot.anilist_id), h.spot.episode)),)
    return _main_work(_on_television(_first_films(level, inquiry), inquiry), inquiry)


def _first_films(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Leave out what is called "Movie 2" or more where the name says a film and no number, if anything is left."""
    parsed = level[0].hit.reading.parsed
    if not parsed.movie or parsed.episode:
        return level
    return tuple(h for h in level if (number_in_name(inquiry, h.spot.anilist_id) or 1) == 1) or level


def _on_television(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Leave out what was not made for television where the name says "TV" behind the title, if anything is left."""
    if not all(_ON_TELEVISION.search(h.hit.reading.title_text) for h in level):
        return level
    return tuple(h for h in level if inquiry.format(h.spot.anilist_id) in ("TV", "TV_SHORT")) or level


def _first_of_year(ranked: tuple[Hypothesis, ...], inquiry: Inquiry) -> Hypothesis | None:
    """Return what a year beside a title means where only a later part is called so, "Title (2023)", and the first part,
    "Title", is of that year as well.
    """
    best = ranked[0]
    title = without_year(best.hit.text)
    said = best.hit.own or best.hit.season not in (None, 1) or best.hit.part not in (None, 1)
    if said or best.hit.agreement is not MatchQuality.WHOLE or title == best.hit.text or not best.dated:
        return None
    media = best.spot.anilist_id
    parts = mapped_parts(inquiry, media) or chained_parts(inquiry, media)
    before = parts[: parts.index(media)] if media in parts else ()
    alike = (h for h in ranked if h.spot.anilist_id in before and h.dated and h.hit.exactly)
    return next((h for h in alike if key_of(tidy(h.hit.text)) == key_of(tidy(title))), None)


def _may_be_meant(one: Hypothesis, best: Hypothesis, inquiry: Inquiry) -> bool:
    """Say whether another media bears the name as fully, though its kind or its season stands behind."""
    if max(one.hit.agreement, best.hit.agreement) > MatchQuality.WHOLE or one.standing[:_KIND] != best.standing[:_KIND]:
        return False
    media, other = best.spot.anilist_id, one.spot.anilist_id
    if one.hit.own and one.hit.season == one.hit.reading.parsed.season == 1:  # "Title: 1st Season" of a remake
        return other not in (mapped_parts(inquiry, media) or chained_parts(inquiry, media))
    told_apart = (one.marked and not best.marked) or not any(r.season > 0 for r in rows_of(inquiry, other))
    if told_apart and _of_the_season(media, best, inquiry):
        return False
    older = inquiry.begun(other) < inquiry.begun(media)  # OVAs from which a show was made, not those made beside it
    borne = one.hit.exactly and best.hit.exactly and one.hit.media.anilist_id == other
    return borne and older and inquiry.special_like(other) and inquiry.count(other) != 1


def _of_the_season(media: int, best: Hypothesis, inquiry: Inquiry) -> bool:
    """Say whether the name gives a season, and the map that libraries go by counts the media as that."""
    parsed = best.hit.reading.parsed
    numbered = parsed.place is NumberPlace.SEASON_EPISODE and parsed.season is not None and parsed.season > 0
    return numbered and any(r.season == parsed.season for r in rows_of(inquiry, media))


def _main_work(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the show alone, where all else is what was made beside it: shorts, specials with its name."""
    shows = [h for h in level if inquiry.told_format(h.spot.anilist_id) == "TV"]
    if len({h.spot.anilist_id for h in shows}) != 1 or len(shows) == len(level) or level[0].hit.reading.parsed.special:
        return level
    show = shows[0].spot.anilist_id
    joined = {*around(show, inquiry), *(r.anilist_id for r in inquiry.relations(show))}
    title = exact(inquiry.told_title(show))
    others = {h.spot.anilist_id for h in level} - {show}
    later = all(inquiry.begun(i) >= inquiry.begun(show) for i in others)
    named = (f"{title} ", f"{title}:")
    beside = later and all(i in joined or exact(inquiry.told_title(i)).startswith(named) for i in others)
    return tuple(shows) if beside else level


def _remakes(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> bool:
    """Say whether media of exactly one name began so far apart that one is not the first part of another."""
    years = sorted(year for h in level if h.hit.exactly and (year := inquiry.year(h.spot.anilist_id)) is not None)
    return any(after - before > _A_BREAK for before, after in pairwise(years))


def _other_season(one: Hypothesis, best: Hypothesis) -> bool:
    """Say whether one of two is the season that is said by its own name, the other by the map: services count by
    either. In a library both count as the map does.
    """
    if one.standing[:_COUNT] != best.standing[:_COUNT] or not all(map(_by_number, (one.hit, best.hit))):
        return False
    own = {h.spot.way: h.hit.own for h in (one, best)}
    return own.keys() == {CountingMethod.MAPPED, CountingMethod.DIRECT} and own[CountingMethod.DIRECT]


def _by_number(hit: TitleMatch) -> bool:
    """Say whether a later season is said by "S02E01" alone."""
    parsed = hit.reading.parsed
    numbered = parsed.season not in (None, 0, 1) and hit.season == parsed.season and not parsed.library
    return numbered and not season_words(hit.reading.title_text)


def _level(one: Hypothesis, best: Hypothesis) -> bool:
    """Say whether two hypotheses are of equal claim; where only a part of a name was met, all with that part are."""
    if best.hit.agreement < MatchQuality.SIDE:
        series = one.hit.source == best.hit.source == "list" and one.hit.text == best.hit.text  # often its first part's
        return one.standing[:_NAME] == best.standing[:_NAME] if series else one.standing == best.standing
    return one.standing[:_CLAIM] == best.standing[:_CLAIM]


def _may_stand_for_all(best: Hypothesis) -> bool:
    """Say whether a name may mean the first part of its series: by a season that is said, else by its whole title."""
    return best.hit.agreement < MatchQuality.SIDE or best.hit.reading.parsed.season is not None


def in_time(ranked: tuple[Hypothesis, ...], span: tuple[int, int] | None, inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the rivals, without namesakes that were not being broadcast when this was published, if one is left."""
    best = rivals(ranked, inquiry)
    if span is None:
        return best
    series = {*mapped_parts(inquiry, best[0].spot.anilist_id), *chained_parts(inquiry, best[0].spot.anilist_id)}
    others = (h for h in ranked if h.spot.anilist_id not in series and _namesake(h, ranked[0]))
    level = tuple(dict.fromkeys((*best, *others)))
    if len(level) < 2:
        return best
    fitting = tuple(h for h in level if _within_span(inquiry.year(h.spot.anilist_id), span))
    dated = all(inquiry.year(h.spot.anilist_id) is not None for h in level)
    outside = fitting and not any(h in fitting for h in best)
    return fitting if dated and (outside or len(fitting) == 1) else best


def _namesake(one: Hypothesis, other: Hypothesis) -> bool:
    """Say whether two bear one title, exactly or but for what tells one from the other ("Title (2022)")."""
    return (
        all(map(_bears, (one, other)))
        and one.hit.reading.title_text == other.hit.reading.title_text
        and one.unread == other.unread
    )


def _bears(one: Hypothesis) -> bool:
    dated = without_year(one.hit.text) != one.hit.text
    return one.hit.agreement <= MatchQuality.BARE and (one.hit.exactly or one.marked or dated)


def _within_span(year: int | None, span: tuple[int, int]) -> bool:
    return year is not None and span[0] - 1 <= year <= span[1]
