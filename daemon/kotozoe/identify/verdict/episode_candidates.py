"""From a media and a claimed number to episodes: every way to count is tried, each result named by the way it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers
from kotozoe.identify.names.titles import title_keys
from kotozoe.identify.names.words import SPECIAL
from kotozoe.identify.verdict.counting_method import CountingMethod, EpisodeCandidate, followed, unbounded, within
from kotozoe.identify.verdict.films import films, nth_film, number_in_name, says_film
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.later_season import either_count, later_season
from kotozoe.identify.verdict.listed import holds
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch
from kotozoe.identify.verdict.named_specials import by_own_title
from kotozoe.identify.verdict.series import (
    before,
    chained_parts,
    is_head,
    mapped,
    mapped_parts,
    onward,
    rows_of,
    seasons_of,
    specials_of,
)
from kotozoe.identify.verdict.unread import unread

_NO_SEASONS = 100  # no season has so many episodes
_ONE_SEASON = 12
_HALF = 0.5
_MAX_SPECIALS = 12  # that a media of them has, where nothing says how many


def spots(hit: TitleMatch, anilist_id: int, inquiry: Inquiry) -> tuple[EpisodeCandidate, ...]:
    """Return where the hit's claim may lead, surest way first, each media's episode once."""
    parsed = hit.reading.parsed
    found = list(_spots(hit, parsed, anilist_id, inquiry))
    if parsed.absolute is not None and parsed.episode is not None:
        second = replace(parsed, season=None, episode=parsed.absolute, absolute=None)
        others = list(_spots(replace(hit, season=None, part=None), second, anilist_id, inquiry))
        both = {s.pair for s in found} & {s.pair for s in others}
        found = [replace(s, way=CountingMethod.AGREED) for s in found if s.pair in both] or found + others
    found = list(by_own_title(hit, anilist_id, found, inquiry))
    found += _part_of_year(hit, parsed, anilist_id, inquiry)
    kept: dict[tuple[int, float], EpisodeCandidate] = {}
    for spot in sorted(found, key=lambda s: s.way):
        kept.setdefault(spot.pair, spot)
    return tuple(kept.values())


def _part_of_year(hit: TitleMatch, parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number in the one part of the series that began in the year that the name says."""
    said = parsed.season is not None or hit.season is not None or parsed.special or parsed.movie
    if parsed.year is None or parsed.episode is None or said or inquiry.year(media) in (None, parsed.year):
        return
    parts = mapped_parts(inquiry, media) or chained_parts(inquiry, media)
    some = [i for i in parts if inquiry.year(i) == parsed.year]
    named = len(some) == 1 and not unread(hit.reading.title_text, inquiry.names(some[0]))
    if named and within(inquiry, some[0], parsed.episode):
        yield EpisodeCandidate(some[0], parsed.episode, CountingMethod.NTH)


def _spots(hit: TitleMatch, parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    if parsed.movie and not parsed.special:
        yield from _film(hit, parsed, media, inquiry)
    elif parsed.episode is None:
        yield from _unnumbered(hit, parsed, media, inquiry)
    elif parsed.episode != int(parsed.episode):
        yield from _fraction(hit, parsed, parsed.episode, media, inquiry)
    elif parsed.special and not _named_special(hit):
        yield from _special(hit, parsed, media, inquiry)
    else:
        # a folder of specials is no season in which to look for another media
        own = replace(hit, season=None) if hit.season == 0 else hit
        yield from _numbered(own, parsed, parsed.episode, media, inquiry)


def _fraction(
    hit: TitleMatch, parsed: ParsedNumbers, number: float, media: int, inquiry: Inquiry
) -> Iterator[EpisodeCandidate]:
    """Place 11.5 in the special that is called so, else beside its whole number."""
    singles = [i for i in specials_of(inquiry, media) if inquiry.count(i) == 1]
    called = re.compile(rf"(?<![\d.]){re.escape(f'{number:g}')}(?![\d.])")
    named = [i for i in singles if any(called.search(name) for name in inquiry.names(i))]
    if len(named) == 1:
        yield EpisodeCandidate(named[0], 1, CountingMethod.AGREED)
        return
    if inquiry.special_like(media):  # of OVAs none stands between two
        return
    whole = float(int(number))
    found = tuple(_spots(hit, replace(parsed, episode=whole), media, inquiry))
    if number != whole + _HALF:  # "24.9" stands before 25: between two media it is of neither
        ahead = {s.anilist_id for s in _spots(hit, replace(parsed, episode=whole + 1), media, inquiry)}
        found = tuple(s for s in found if s.anilist_id in ahead)
    for spot in found:
        if not parsed.special:  # "OVA3.5" is a special beside the third episode, not half of a special
            yield replace(spot, episode=spot.episode + number - whole)


def _named_special(hit: TitleMatch) -> bool:
    """Say whether the special's own name was met, so that its number counts within it."""
    parsed = hit.reading.parsed
    counted = parsed.season != 0 or parsed.place is not NumberPlace.SEASON_EPISODE  # a folder says only what it is
    return hit.agreement <= MatchQuality.WHOLE and counted and SPECIAL.search(hit.reading.title_text) is not None


def _film(hit: TitleMatch, parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place what calls itself a film: never in a series, unless the series' own name says so."""
    film = inquiry.format(media) in ("MOVIE", None)
    if (film and hit.agreement is MatchQuality.KIN) or (not film and says_film(hit.text)):
        yield from _whole(parsed, media, inquiry)
        return
    number = parsed.episode or None  # "Title Movie - 00" is the only one
    if number is None and not hit.own and parsed.season is None:  # "Title 2 Movie"; a folder's season numbers no films
        number = hit.season or hit.part
    if parsed.place is NumberPlace.SEASON_EPISODE:  # "The Movie S01E01" is no number of films
        if number != 1:
            return
        number = None
    beside = inquiry.special_like(media) or any(r.kind == "PARENT" for r in inquiry.relations(media))
    film = inquiry.format(media) == "MOVIE" or (inquiry.count(media) == 1 and not beside)
    if film and number in (None, number_in_name(inquiry, media)):
        yield EpisodeCandidate(media, 1, CountingMethod.SINGLE)
    elif number is not None:
        nth = nth_film(inquiry, media, number)
        if nth is not None:
            yield EpisodeCandidate(nth, 1, CountingMethod.FILM)
    else:
        some = [i for i in films(inquiry, media) if parsed.year is None or inquiry.year(i) == parsed.year]
        if len(some) == 1:
            yield EpisodeCandidate(some[0], 1, CountingMethod.FILM)


def _whole(parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number in a media that is surely the one that is named."""
    if inquiry.single(media):
        yield EpisodeCandidate(media, 1, CountingMethod.SINGLE)
    elif parsed.episode is not None and within(inquiry, media, parsed.episode):
        yield EpisodeCandidate(media, parsed.episode, CountingMethod.DIRECT)


def _unnumbered(hit: TitleMatch, parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    count, kind = inquiry.count(media), inquiry.format(media)
    beside = hit.exactly and kind in ("MOVIE", "OVA", "SPECIAL")  # in the folder of a season, of which it is none
    later = hit.season not in (None, 0, 1) and not (hit.own or beside)
    if later or parsed.place is NumberPlace.WORD or parsed.followed:
        return
    apart = count == 1 and kind not in ("TV", "MOVIE")
    if parsed.special and not _named_special(hit) and not inquiry.special_like(media) and not apart:
        others = [i for i in specials_of(inquiry, media) if inquiry.count(i) == 1]
        if len(others) == 1:
            yield EpisodeCandidate(others[0], 1, CountingMethod.SPECIAL)
        return
    if inquiry.single(media) or _alone(hit, media, inquiry):
        yield EpisodeCandidate(media, 1, CountingMethod.SINGLE)


def _alone(hit: TitleMatch, media: int, inquiry: Inquiry) -> bool:
    """Say whether a special of no known count is named in full, and its entry offers no second part."""
    named = hit.reading.parsed.special and hit.exactly and hit.agreement is MatchQuality.WHOLE
    unknown = inquiry.special_like(media) and inquiry.count(media) is None
    return named and unknown and max(inquiry.listed(media), default=1) <= 1


def _special(hit: TitleMatch, parsed: ParsedNumbers, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    number = parsed.episode or 0
    if not number and parsed.season:
        if hit.season in (None, 1) or hit.own:
            yield from _prologue(media, inquiry)
        return
    beside = inquiry.special_like(media) or _made_beside(hit, media, inquiry)
    if parsed.season == 0 and parsed.place is NumberPlace.SEASON_EPISODE:  # a folder numbers nothing
        placed = mapped(inquiry, media, 0, number)
        if placed is not None:
            if inquiry.count(placed[0]) is None or within(inquiry, *placed[:2]):
                yield EpisodeCandidate(placed[0], placed[1], CountingMethod.MAPPED)
            return
    if hit.season not in (None, 0, 1) and not hit.own:  # those of a later season, "Title S2 OVA 1"
        return
    if beside:
        yield from _own_special(hit, number, media, inquiry)
        return
    others = [i for i in specials_of(inquiry, media) if within(inquiry, i, number)]
    if len(others) == 1 and not _too_few(hit, media, inquiry, others[0]):
        yield EpisodeCandidate(others[0], number, CountingMethod.SPECIAL)


def _own_special(hit: TitleMatch, number: float, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number in a media of specials; where its count is not known, unless its entry ends before."""
    if within(inquiry, media, number):
        yield EpisodeCandidate(media, number, CountingMethod.DIRECT)
        return
    if inquiry.count(media) is not None or hit.agreement > MatchQuality.BARE or not 1 <= number <= _MAX_SPECIALS:
        return
    offered = holds(inquiry.listed(media), number)
    if offered is not False:
        yield EpisodeCandidate(media, number, CountingMethod.LISTED if offered else CountingMethod.OPEN)


def _made_beside(hit: TitleMatch, media: int, inquiry: Inquiry) -> bool:
    """Say whether a name of its own among specials is that of shorts, which AniList counts among the shows."""
    short = inquiry.format(media) in ("ONA", "TV_SHORT") and not is_head(inquiry, media)
    numbered = hit.reading.parsed.place.strong
    return short and hit.exactly and hit.agreement is MatchQuality.WHOLE and not hit.reading.folder and not numbered


def _too_few(hit: TitleMatch, media: int, inquiry: Inquiry, other: int) -> bool:
    """Say whether the special that bears the title, "Title OVA", has fewer episodes, so that another is as unlikely."""
    keys = {key.key for key in title_keys(hit.text)}
    named = [
        i
        for i in specials_of(inquiry, media)
        if any(row.key in keys for name in inquiry.names(i) for row in title_keys(name))
    ]
    return bool(named) and other not in named


def _prologue(media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Yield the episode 0 of a show, if its entry offers one."""
    if inquiry.tv_like(media) and 0 in inquiry.listed(media):
        yield EpisodeCandidate(media, 0, CountingMethod.LISTED)


def _numbered(
    hit: TitleMatch, parsed: ParsedNumbers, number: float, media: int, inquiry: Inquiry
) -> Iterator[EpisodeCandidate]:
    settled = hit.own or (hit.season in (None, 1) and hit.part in (None, 1))
    rule = inquiry.rules.find(media, number) if settled else None
    if rule is not None:
        if (hit.exactly or hit.own) and either_count(parsed.season, number, media, inquiry):
            return
        counted_on = hit.own and parsed.season is not None and parsed.season > 1  # S02E15 mostly counts from S02E01
        yield EpisodeCandidate(rule[0], rule[1], CountingMethod.BACK if counted_on else CountingMethod.RULE)
        return
    if not settled:
        later = tuple(later_season(hit, number, media, inquiry))
        yield from later
        if not later and hit.exactly and hit.part is None and not followed(media, inquiry):
            yield from _without_seasons(hit, number, media, inquiry)
        if hit.reading.folder and hit.exactly and hit.season == parsed.season and _later_part(media, inquiry):
            yield from _whole(
                parsed, media, inquiry
            )  # the season is that of the name's title, the folder names the part
        return
    if parsed.season is not None and parsed.season > 0 and is_head(inquiry, media):
        placed = mapped(inquiry, media, parsed.season, number)
        first = parsed.season == 1 and within(inquiry, media, number)  # its own first episodes, whatever the map says
        if (
            placed is not None
            and placed[0] != media
            and not first
            and (placed[2] or within(inquiry, placed[0], placed[1]))
        ):
            yield EpisodeCandidate(placed[0], placed[1], CountingMethod.MAPPED)
            return
    yield from _within_or_beyond(hit, parsed, number, media, inquiry)


def _without_seasons(hit: TitleMatch, number: float, media: int, inquiry: Inquiry) -> Iterator[EpisodeCandidate]:
    """Place a number that counts on through the seasons into which a service cuts one long show ("S2E19", "S23E1821").

    Nothing is known to follow the show, and no second season of its own would begin so late.
    """
    count = inquiry.count(media)
    if count is not None and _ONE_SEASON < number <= count:
        yield EpisodeCandidate(media, number, CountingMethod.CHAIN)
    elif count is None and number >= _NO_SEASONS:
        yield from unbounded(hit, number, media, inquiry)


def _within_or_beyond(
    hit: TitleMatch, parsed: ParsedNumbers, number: float, media: int, inquiry: Inquiry
) -> Iterator[EpisodeCandidate]:
    count = inquiry.count(media)
    if inquiry.format(media) == "MOVIE" and (count or 1) == 1:
        return
    if number == 0:
        yield from _prologue(media, inquiry)
    elif count is None:
        yield from unbounded(hit, number, media, inquiry)
    elif 1 <= number <= count:
        part_of_name = hit.agreement in (MatchQuality.SIDE, MatchQuality.PREFIX)
        if count > 1 or not part_of_name:  # a number of a series, not of its one special
            yield EpisodeCandidate(media, number, CountingMethod.DIRECT)
    elif number > count and hit.agreement <= MatchQuality.SIDE:
        yield from _beyond(hit, parsed, number, media, inquiry)


def _beyond(
    hit: TitleMatch, parsed: ParsedNumbers, number: float, media: int, inquiry: Inquiry
) -> Iterator[EpisodeCandidate]:
    """Place a number past the media's end: counted from the series' start, or on into what follows."""
    for parts in (mapped_parts(inquiry, media), chained_parts(inquiry, media)):
        earlier = before(inquiry, parts, media)
        if earlier is not None and within(inquiry, media, number - earlier):
            yield EpisodeCandidate(
                media, number - earlier, CountingMethod.BACK
            )  # what follows would be called by its own title
            return
        on = onward(
            inquiry,
            _same_season(inquiry, parts, media) if hit.own or parsed.season is not None else parts,
            media,
            number,
        )
        if on is not None:
            yield EpisodeCandidate(on[0], on[1], CountingMethod.CHAIN)
        if on is not None or earlier is not None:
            return


def _later_part(media: int, inquiry: Inquiry) -> bool:
    """Say whether something of the series comes before the media."""
    prequel = any(r.kind == "PREQUEL" for r in inquiry.relations(media))
    return not is_head(inquiry, media) and (prequel or any(r.season > 1 for r in rows_of(inquiry, media)))


def _same_season(inquiry: Inquiry, parts: tuple[int, ...], media: int) -> tuple[int, ...]:
    return next((group for group in seasons_of(inquiry, parts, by_map=True) if media in group), (media,))
