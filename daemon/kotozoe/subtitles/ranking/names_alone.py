"""What a family is not, where nothing is known of the media but what names tell: rather none than a guess."""

from __future__ import annotations

from kotozoe.subtitles.ranking.filename_groups import (
    MIN_RANGE,
    SECOND,
    SHORT_SEASON,
    TWO_COURS,
    Family,
    ListingOverview,
    Naming,
    bare_name,
    extends,
    fullest_names,
    speaks_for,
)
from kotozoe.subtitles.ranking.target import RankingTarget

_WORD = 3  # letters, of a Latin word that tells two titles apart


def of_another_by_names(family: Family, wanted: RankingTarget, overview: ListingOverview) -> str:
    """Say in words what a family is instead of the wanted media, as far as the names of the video, the entry and the
    files tell; empty if it may be of it.
    """
    if of_the_series_alone(family, wanted, overview):
        return "named as the entry, where the video goes on from that"
    if not wanted.unknown:
        return ""
    if beside_the_video(family, wanted, overview) or lacks_a_word(family, wanted, overview):
        return "named as another show of the series"
    if beside_a_special(family, wanted):
        return "of the show, where the video is a special"
    if of_what_went_before(family, wanted, overview):
        return "of what went before, in the entry of the series"
    return ""


def beside_a_special(family: Family, wanted: RankingTarget) -> bool:
    """Say whether a family is of the show, where the video is a special: its title says so, or it counts as S00 under
    the name that the entry bears.
    """
    if family.key.special or family.season == 0 or not family.numbers:
        return False
    if wanted.special_video:
        return len(family.numbers) >= MIN_RANGE
    return wanted.counted_in == 0 and not wanted.video_keys.isdisjoint(wanted.entry)


def of_the_series_alone(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family is of what the entry is named as, and the video's name goes on from that: of something else.
    Only where the media's titles are not known, which would tell.
    """
    known = wanted.titled or wanted.single or wanted.video_keys & wanted.entry
    if known or family.key.title not in overview.several or family.season not in (None, 1):
        return False
    rests = {v.removeprefix(e) for v in wanted.video_keys for e in wanted.entry if extends(v, e)}
    name = bare_name(family.key)
    return bool(rests) and family.key.full not in wanted.video_keys and not any(name.endswith(rest) for rest in rests)


def beside_the_video(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family goes on otherwise than the video from a title that stands here, too, or bears just that
    where others are named as the video.
    """
    title, named = family.key.title, fullest_names(wanted)
    if not (overview.stems and title) or {title, family.key.full} & named or (wanted.block or 1) > 1:
        return False
    if title in wanted.video_keys:  # which counts on from it
        return overview.own_season and 0 < family.high <= wanted.ahead
    if title in overview.stems:
        return overview.own_season or Naming.EXACT in overview.namings
    related = any(extends(v, title) or extends(title, v) for v in named)
    return not related and any(extends(title, stem) for stem in overview.stems)


def lacks_a_word(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a Latin word at the end of a title in Japanese, "風 BURST" beside "風", is one that the video lacks,
    or the other way round.
    """
    title, named = family.key.title, fullest_names(wanted)
    if title.isascii():
        return False
    more = {title.removeprefix(t) for t in overview.several if extends(title, t)}
    less = {t.removeprefix(title) for t in overview.several if extends(t, title)}
    lacking = any(_latin(word) and not any(word in n for n in named) for word in more)
    return lacking or any(_latin(word) and any(n.endswith(word) for n in named) for word in less)


def _latin(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) >= _WORD


def of_what_went_before(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family in the entry of the series ends before a later season begins. Two blocks in one count
    may be that season and the one before it.
    """
    if not family.numbers or family.season not in (None, 1):
        return False
    if speaks_for(family.key, wanted) or any(title == family.key.full for title, _ in overview.outdone):
        return False
    first = family.season is None and family.low <= MIN_RANGE
    others_say = (wanted.block or 1) > 1 and wanted.block in overview.seasons.get(family.key.title, ())
    if first and others_say and wanted.block not in wanted.own_seasons:
        return True
    if wanted.ahead and wanted.wider:
        return family.high <= wanted.ahead
    return wanted.wider and first and not _holds(family.high, wanted.block or SECOND)


def _holds(last: int, block: int) -> bool:
    """Say whether a count that ends with `last` may hold the season of that number, and tell where it begins."""
    return last in TWO_COURS if block == SECOND else last >= block * SHORT_SEASON
