"""Hypotheses that cannot be told apart, and what tells some of them apart after all."""

from __future__ import annotations

from itertools import pairwise

from kotozoe.identify.names.titles import exact
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.judge import Hypothesis, around
from kotozoe.identify.verdict.matching import MatchQuality
from kotozoe.identify.verdict.series import chained_parts, mapped_parts

_CLAIM = 8  # places of a standing: all but how the number was led there and how the name is spelt
_A_BREAK = 4  # years between two parts of one series that have one name


def rivals(ranked: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the best hypothesis and those that cannot be told from it; of one series the first part stands for it."""
    best = ranked[0]
    level = tuple(dict.fromkeys(h for h in ranked if _level(h, best)))
    media = {h.spot.anilist_id for h in level}
    if len(level) > 1 and _may_stand_for_all(best):
        first = level[0].spot.anilist_id
        parts = mapped_parts(inquiry, first) or chained_parts(inquiry, first)
        worded = best.hit.season not in (None, 1)  # "2nd Season" means the first part of that
        at = sorted(parts.index(m) for m in media) if media <= set(parts) else []
        follow = bool(at) and (at[0] == 0 or (best.hit.exactly and at == list(range(at[0], at[-1] + 1))))
        if at and (worded or len(at) == 1 or (follow and not _remakes(level, inquiry))):
            return (min(level, key=lambda h: (parts.index(h.spot.anilist_id), h.spot.episode)),)
    return _main_work(level, inquiry)


def _main_work(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the show alone, where all else is what was made beside it: shorts, specials with its name."""
    shows = [h for h in level if inquiry.told_format(h.spot.anilist_id) == "TV"]
    if len({h.spot.anilist_id for h in shows}) != 1 or len(shows) == len(level) or level[0].hit.reading.parsed.special:
        return level
    show = shows[0].spot.anilist_id
    joined = {*around(show, inquiry), *(r.anilist_id for r in inquiry.relations(show))}
    title = exact(inquiry.told_title(show))
    others = {h.spot.anilist_id for h in level} - {show}
    beside = all(i in joined or exact(inquiry.told_title(i)).startswith((f"{title} ", f"{title}:")) for i in others)
    return tuple(shows) if beside else level


def _remakes(level: tuple[Hypothesis, ...], inquiry: Inquiry) -> bool:
    """Say whether media of exactly one name began so far apart that one is not the first part of another."""
    years = sorted(year for h in level if h.hit.exactly and (year := inquiry.year(h.spot.anilist_id)) is not None)
    return any(after - before > _A_BREAK for before, after in pairwise(years))


def _level(one: Hypothesis, best: Hypothesis) -> bool:
    """Say whether two hypotheses are of equal claim; where only a part of a name was met, all with that part are."""
    if best.hit.agreement < MatchQuality.SIDE:
        return one.standing == best.standing
    return one.standing[:_CLAIM] == best.standing[:_CLAIM]


def _may_stand_for_all(best: Hypothesis) -> bool:
    """Say whether a name may mean the first part of its series: by a season that is said, else by its whole title."""
    return best.hit.agreement < MatchQuality.SIDE or best.hit.reading.parsed.season is not None


def in_time(ranked: tuple[Hypothesis, ...], span: tuple[int, int] | None, inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the rivals, without namesakes that were not being broadcast when this was published, if one is left."""
    best = rivals(ranked, inquiry)
    if span is None:
        return best
    level = tuple(dict.fromkeys((*best, *(h for h in ranked if _namesake(h, ranked[0])))))
    if len(level) < 2:
        return best
    fitting = tuple(h for h in level if _within_span(inquiry.year(h.spot.anilist_id), span))
    dated = all(inquiry.year(h.spot.anilist_id) is not None for h in level)
    return fitting if len(fitting) == 1 and dated else best


def _namesake(one: Hypothesis, other: Hypothesis) -> bool:
    whole = one.hit.agreement <= MatchQuality.BARE and one.hit.exactly and other.hit.exactly
    return whole and one.hit.reading.title_text == other.hit.reading.title_text and one.unread == other.unread


def _within_span(year: int | None, span: tuple[int, int]) -> bool:
    return year is not None and span[0] - 1 <= year <= span[1]
