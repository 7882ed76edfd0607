"""Films in a listing: beside their series, and several of them that are counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kotozoe.identify.names.titles import number_word
from kotozoe.identify.names.words import MOVIE
from kotozoe.subtitles.ranking.filename_groups import MIN_RANGE, Family, FamilyKey, ListingOverview, Naming, naming
from kotozoe.subtitles.ranking.target import RankingTarget

_FILM_KEYS = ("movie", "film", "gekijoban", "gekijouban", "劇場版", "映画")
_NUMBER = r"\d{1,2}|[ivx]{1,4}"
_NUMBERED = re.compile(
    rf"(?:{MOVIE.pattern})\W{{0,2}}(?P<behind>{_NUMBER})(?![a-z\d])"
    r"|(?<![a-z\d])(?P<ahead>\d)(?:st|nd|rd|th) (?:movie|film)(?![a-z])",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{MOVIE.pattern})\W*(?:(?:19|20)\d\d)?\W*$", re.IGNORECASE)
# not the word that a film's number stands behind
_BETWEEN = re.compile(rf"(?<=\w)\W+(?:{MOVIE.pattern})\W+(?!(?:\d|[ivx]+\b))(?=\w)", re.IGNORECASE)
_MIN_BLOCK = 10
NOT_HERE = -1


def film_number(zone: str, titles: Sequence[str], claimed: float | None) -> int | None:
    """Return which of a series' films is wanted, by the titles of the media, "Movie 2", "劇場版II", "2nd Movie", else
    by the video's: what stands there, or the number behind it. One that says only that it is the film is the first.
    None: they do not say.
    """
    for title in (*titles, zone):
        if found := _NUMBERED.search(unicodedata.normalize("NFKC", title)):
            return number_word((found["behind"] or found["ahead"]).casefold())
    if not any(_BARE.search(title) for title in (*titles, zone)):
        return None
    return int(claimed) if claimed is not None and _BARE.search(zone) else 1


def half_of(title: str) -> int | None:
    """Return which part of a film in two or three a title says: 1 for 前編, 2 for 中編, 3 for 後編."""
    found = _HALF.search(title)
    return next((i for i, part in enumerate(found.groups(), 1) if part), None) if found else None


_HALF = re.compile(
    r"(前[編篇]|(?<![a-z])zenpen(?![a-z]))|(中[編篇]|(?<![a-z])chuu?hen(?![a-z]))|(後[編篇]|(?<![a-z])kou?hen(?![a-z]))",
    re.IGNORECASE,
)


def without_film_word(zone: str) -> str:
    """Leave out "The Movie" between a title and what the film is called: "Title The Movie - Vacation"."""
    return _BETWEEN.sub(" ", zone)


def counted_film(family: Family, wanted: RankingTarget, overview: ListingOverview) -> int | None:
    """Return what to subtract where a family counts films, "the Movie.S02E01" or "Movie - 02", to find the wanted one;
    NOT_HERE if it holds others only. None: the family is nothing of the kind, or there is one film beside other files.
    """
    if not family.numbers or not _named_film(family.key):
        return None
    alone = overview.numbers == family.numbers and family.low == family.high  # all that the entry holds
    if alone and wanted.unknown and wanted.episode == 1:
        return max(0, family.low - 1)
    if not wanted.film:
        return NOT_HERE if _episode_of_the_show(wanted) else None
    number = wanted.film_number
    seasons = overview.seasons.get(family.key.title, frozenset())
    if len(seasons) > 1 or (family.season or 1) > 1:
        return max(0, family.low - 1) if family.season == number else NOT_HERE
    if len(family.numbers) == 1 and (number is None or alone or family.low in (0, number)):
        return None
    if number not in family.numbers:
        return NOT_HERE
    return 0 if wanted.episode is None else max(0, number - 1)


def _episode_of_the_show(wanted: RankingTarget) -> bool:
    """Say whether the video is an episode, where nothing is known but names."""
    film = any(word in key for key in wanted.entry for word in _FILM_KEYS)
    return wanted.unknown and wanted.claimed is not None and not film


def _named_film(key: FamilyKey) -> bool:
    return any(word in key.full for word in _FILM_KEYS)


def series_beside_a_film(family: Family, wanted: RankingTarget, overview: ListingOverview) -> bool:
    """Say whether a family counts episodes, where the media has one only: it is known to, or, where nothing is known,
    the video bears no number. Films of a series may be counted, too, under a title of the media.
    """
    sole = (wanted.titled and wanted.count == 1) or (wanted.unknown and wanted.unnumbered)
    if not sole or not (len(family.numbers) >= MIN_RANGE or (family.numbers and family.key.title in overview.several)):
        return False
    if naming(family.key, wanted) < Naming.OWN:
        return True
    named = {title for title, _ in wanted.other_marks} - {title for title, _ in wanted.own_marks}
    series = family.season is not None or len(family.numbers) >= _MIN_BLOCK or family.key.full in named
    return series and not _named_film(family.key)
