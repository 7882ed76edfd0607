"""What the folders above a video say: the title where its name has none, more of it, the season, the year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading, cut
from kotozoe.identify.names.titles import (
    FINAL,
    key_of,
    number_word,
    says_season_only,
    season_of,
    season_words,
    without_season,
    without_year,
)
from kotozoe.identify.names.words import (
    FILM_FOLDER,
    OVA_FOLDER,
    SEASON_FOLDER,
    SPECIAL,
    SPECIALS_FOLDER,
    TECHNICAL,
    generic,
)

_BATCH = re.compile(
    r"(?<![a-z0-9])(?:s\d{1,2}|seasons? ?\d{1,2}) ?[-+~&] ?(?:s?\d{1,2}|ova|movie|sp)(?![a-z\d]).*", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_KANJI_SEASON = re.compile(r"第?([一二三四五六七八九十])[期季](?: ?[\[(].*)?$")
_AND_SPECIALS = re.compile(rf"(?:[+&,、/|]|\band\b|\bwith\b) ?(?:the )?{SPECIAL.pattern}", re.IGNORECASE)
_POSITION = re.compile(r"^(?:0\d(?=[ _.-])|\d{1,2}[.)])[ _]?[-–—.]?[ _]?(?=\w)")  # "02 - Title" among other folders
_FILM_POSITION = re.compile(r"^(?:movie|film) ?#?\d{1,2} ?[-–—.:] ?(?=[^\W\d_])", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\(?\d{1,2}[a-z]?(?:[.)]| [-–—](?= )) {0,2}(?=\w)", re.IGNORECASE)  # "1c. Season 2"
_POSITION_AMONG = re.compile(r"^\d{1,2} ?[-–—.)] ?(?=[^\W\d_])")
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
    special: bool = False  # it holds OVAs or specials, and no show beside them


def _unmarked(folder: str) -> str:
    """Return the name of a folder without its place in a list."""
    return _LIST_MARK.sub("", folder.strip())


def folder_season(folder: str) -> int | None:
    """Return the season for which a folder stands, 0 for specials; None if it says something else."""
    folder = _unmarked(folder)
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
        said = _AND_SPECIALS.sub(" ", _BATCH.sub(" ", folder)).strip()
        claimed = folder_season(said)
        if claimed is not None:
            season = claimed if season is None else season
        elif said and says_season_only(plain := _plain(said)):
            words = words or plain
        elif said and not (generic(said) or any(p.match(_unmarked(said)) for p in (OVA_FOLDER, FILM_FOLDER))):
            if below and _of_part(below, said):
                continue
            texts = dict.fromkeys((said, _POSITION.sub("", said)))
            readings = tuple(r for text in texts for r in cut(text) if _of_a_show(r.parsed))
            if readings:
                own = tuple(replace(r, title_text=f"{r.title_text} {below}".strip()) for r in readings)
                yield TitleFolder(own, distance, season, words, SPECIAL.search(said) is not None)
                below = below or readings[0].title_text


def _of_part(below: str, folder: str) -> bool:
    """Say whether the title of a folder below is that of `folder` and more: it needs no words from there."""
    part, series = _key(below), _key(cut(folder)[0].title_text if cut(folder) else folder)
    return len(series) >= _MIN_OWN and part != series and part.startswith(series)


def _plain(folder: str) -> str:
    return " ".join(TECHNICAL.sub(" ", _BRACKETED.sub(" ", _unmarked(folder))).split())


def _of_a_show(parsed: ParsedNumbers) -> bool:
    """Say whether a folder read so holds a show: without a number, with a season's or with all numbers ("1-12")."""
    return parsed.place in (NumberPlace.NONE, NumberPlace.SEASON_EPISODE) or parsed.episode_end is not None


def with_folder_title(claims: Iterable[Reading], folder: TitleFolder) -> Iterator[Reading]:
    """Give the numbers of a name, each with the title text that stands beside it, to the titles of a folder."""
    for titled in folder.readings:
        text = titled.title_text
        if folder.words and season_of(text) not in (None, season_of(folder.words)):  # "Title 2nd Season/3rd Season"
            text = without_season(text)
        title_text = f"{text} {folder.words}".strip()
        for claim in claims:
            parsed = claim.parsed
            year = titled.parsed.year or parsed.year
            own = in_season(parsed, own_season(claim, folder.season)) if folder.season is not None else parsed
            special, movie = own.special or folder.special, own.movie or titled.parsed.movie
            own = replace(own, year=year, special=special, movie=movie)
            yield Reading(title_text, own, folder.distance, claim.title_text, claim.after)


def film_title(name: str, folders: tuple[str, ...]) -> str:
    """Return the name of a video without its position among films: "Movie 02 - Title"; in their folder "2. Title"."""
    name = _FILM_POSITION.sub("", name)
    return _POSITION_AMONG.sub("", name) if _distance(FILM_FOLDER, folders) else name


def of_kind(
    readings: Iterable[Reading], folders: tuple[str, ...], above: tuple[TitleFolder, ...]
) -> tuple[Reading, ...]:
    """Return the readings of a video with what its folder says of its kind: one of OVAs, one of films in a series'."""
    films = _distance(FILM_FOLDER, folders)
    among_films = films > 0 and any(folder.distance > films for folder in above)
    special = _distance(OVA_FOLDER, folders) > 0
    return tuple(
        replace(r, parsed=replace(r.parsed, special=r.parsed.special or special, among_films=among_films))
        for r in readings
    )


def _distance(pattern: re.Pattern[str], folders: tuple[str, ...]) -> int:
    """Return how far up the nearest folder called so is, 0 if neither of the first two is."""
    return next((at for at, folder in enumerate(folders[:2], 1) if pattern.match(_unmarked(folder))), 0)


def own_season(reading: Reading, season: int) -> int:
    """Return the season that the words of a name's own title say ("Title 3rd Season"), else that of its folder."""
    said = season_of(reading.title_text) if season and season_words(reading.title_text) else None
    return season if said is None or said == FINAL else said


def in_season(parsed: ParsedNumbers, season: int) -> ParsedNumbers:
    """Return what is claimed of a video that lies in the folder of a season; what its own name says goes first."""
    own = parsed.season if parsed.season is not None else season
    return replace(parsed, season=own, special=parsed.special or own == 0, library=own == season)


def completed(reading: Reading, folders: tuple[TitleFolder, ...]) -> Iterator[Reading]:
    """Yield a reading of a name's own title with what the folders add: a year, or the words that the name leaves out.

    The folder's title must be the name's, or begin with it; that of a collection or of a cache adds nothing.
    """
    own = _key(reading.title_text)
    for folder in folders:
        for titled in folder.readings:
            key = _key(titled.title_text)
            if own and key == own:
                parsed = replace(reading.parsed, year=reading.parsed.year or titled.parsed.year)
                parsed = replace(parsed, special=parsed.special or folder.special)
                if _is_numbered(titled.title_text) and parsed.season is None and not _is_counted(reading.title_text):
                    yield replace(reading, title_text=titled.title_text, parsed=parsed)  # the folder's "Title 2"
                    return
                said = f"{season_words(titled.title_text)} {folder.words}".strip()
                worded = not season_words(reading.title_text) and parsed.season in (None, season_of(said))
                title_text = f"{reading.title_text} {said}" if said and worded else reading.title_text
                yield replace(reading, title_text=title_text, parsed=parsed)
                return
            if own and key.startswith(own) and len(own) >= _MIN_OWN:
                parsed = replace(reading.parsed, year=reading.parsed.year or titled.parsed.year)
                yield replace(reading, title_text=titled.title_text, parsed=parsed)
                if not generic(" ".join(titled.title_text.split()[len(reading.title_text.split()) :])):
                    return  # "Title Nonstop": of the first Title it would be another episode
                if folder.special:
                    reading = replace(reading, parsed=replace(parsed, special=True))
    yield reading


def _is_numbered(title_text: str) -> bool:
    return season_of(title_text) is not None and not season_words(title_text)


def _is_counted(title_text: str) -> bool:
    return season_of(title_text) is not None or bool(season_words(title_text))


def _key(title_text: str) -> str:
    return key_of(without_season(without_year(title_text)))
