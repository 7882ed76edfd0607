"""What the folders above a video say: the title where its name has none, more of it, the season, the year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kotozoe.identify.names.numbers import Place
from kotozoe.identify.names.reading import Claim, Reading, cut
from kotozoe.identify.names.titles import (
    key_of,
    number_word,
    says_season_only,
    season_of,
    season_words,
    without_season,
    without_year,
)
from kotozoe.identify.names.words import SEASON_FOLDER, SPECIALS_FOLDER, TECHNICAL, generic

_BATCH = re.compile(
    r"(?<![a-z0-9])(?:s\d{1,2}|seasons? ?\d{1,2}) ?[-+~&] ?(?:s?\d{1,2}|ova|movie|sp)(?![a-z\d]).*", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_KANJI_SEASON = re.compile(r"第?([一二三四五六七八九十])[期季](?: ?[\[(].*)?$")
_MIN_OWN = 3  # letters of a key that a longer one may begin with


@dataclass(frozen=True, slots=True)
class TitleFolder:
    """A folder that may bear the title, the title of a folder below it added ("JoJo/Stardust Crusaders").

    `season` and `words` are what the folders below it say.
    """

    readings: tuple[Reading, ...]
    distance: int  # from the file; 1 is the folder that it lies in
    season: int | None = None
    words: str = ""  # "Season 3 Part 2", "Final Season"


def folder_season(folder: str) -> int | None:
    """Return the season for which a folder stands, 0 for specials; None if it says something else."""
    if SPECIALS_FOLDER.match(folder):
        return 0
    found = SEASON_FOLDER.match(folder) or _KANJI_SEASON.match(folder)
    return number_word(found[1]) if found else None


def title_folders(folders: tuple[str, ...]) -> tuple[TitleFolder, ...]:
    """Return the folders that may bear a title, nearest first. `folders`: nearest first, without stated ids."""
    return tuple(_title_folders(folders))


def _title_folders(folders: tuple[str, ...]) -> Iterator[TitleFolder]:
    season: int | None = None
    words = below = ""
    for distance, folder in enumerate(folders, 1):
        said = _BATCH.sub(" ", folder).strip()
        claimed = folder_season(said)
        if claimed is not None:
            season = claimed if season is None else season
        elif said and says_season_only(plain := " ".join(TECHNICAL.sub(" ", _BRACKETED.sub(" ", said)).split())):
            words = words or plain
        elif said and not generic(said):
            readings = tuple(r for r in cut(said) if _of_a_show(r.claim))
            if readings:
                own = tuple(replace(r, zone=f"{r.zone} {below}".strip()) for r in readings)
                yield TitleFolder(own, distance, season, words)
                below = below or readings[0].zone


def _of_a_show(claim: Claim) -> bool:
    """Say whether a folder read so holds a show: without a number, with a season's or with all numbers ("1-12")."""
    return claim.place in (Place.NONE, Place.SEASON_EPISODE) or claim.episode_end is not None


def with_folder_title(claims: tuple[Claim, ...], folder: TitleFolder) -> Iterator[Reading]:
    """Give the numbers of a name to the titles of a folder."""
    for titled in folder.readings:
        zone = f"{titled.zone} {folder.words}".strip()
        for claim in claims:
            year = titled.claim.year or claim.year
            own = in_season(claim, folder.season) if folder.season is not None else claim
            yield Reading(zone, replace(own, year=year, movie=claim.movie or titled.claim.movie), folder.distance)


def in_season(claim: Claim, season: int) -> Claim:
    """Return what is claimed of a video that lies in the folder of a season; what its own name says goes first."""
    own = claim.season if claim.season is not None else season
    return replace(claim, season=own, special=claim.special or own == 0, library=own == season)


def completed(reading: Reading, folders: tuple[TitleFolder, ...]) -> Iterator[Reading]:
    """Yield a reading of a name's own title with what the folders add: a year, or the words that the name leaves out.

    The folder's title must be the name's, or begin with it; that of a collection or of a cache adds nothing.
    """
    own = _key(reading.zone)
    for folder in folders:
        for titled in folder.readings:
            key = _key(titled.zone)
            if own and key == own:
                claim = replace(reading.claim, year=reading.claim.year or titled.claim.year)
                said = f"{season_words(titled.zone)} {folder.words}".strip()
                worded = not season_words(reading.zone) and claim.season in (None, season_of(said))
                yield Reading(f"{reading.zone} {said}" if said and worded else reading.zone, claim)
                return
            if own and key.startswith(own) and len(own) >= _MIN_OWN:
                claim = replace(reading.claim, year=reading.claim.year or titled.claim.year)
                yield Reading(titled.zone, claim)
                if not generic(" ".join(titled.zone.split()[len(reading.zone.split()) :])):
                    return  # "Title Nonstop": of the first Title it would be another episode
    yield reading


def _key(zone: str) -> str:
    return key_of(without_season(without_year(zone)))
