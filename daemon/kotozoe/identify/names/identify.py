"""A video file's path or title -> the ways to read it, what is stated outright, or the reason to leave it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from kotozoe.identify.names.numbers import Place
from kotozoe.identify.names.reading import Claim, Reading, cut, extra
from kotozoe.identify.names.release import read_release
from kotozoe.identify.names.words import EXTRA_FOLDER, GENERIC_FOLDER, MOVIE, NOT_VIDEO, SEASON_FOLDER, SPECIALS_FOLDER
from kotozoe.model import Release, VideoFile

UNTITLED = "neither the name nor its folders say a title"  # a reason to skip, unless the disk states an id

READER_VERSION = 6  # raise when any rule of reading changes: memoised readings are then made anew

_MOST_FOLDERS = 4  # above the file; titles do not stand further up
_MAX_PATH = 4096
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte of a path
_EXTENSION = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,4}$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_STATED = re.compile(
    r"[\[{(](?P<scheme>tvdb|tmdb|anidb|anilist|imdb)(?P<form>id|tv|movie)?\d?[-= ](?P<value>tt\d{1,10}"
    r"|\d{1,10})[\]})]",
    re.IGNORECASE,
)
_RELEASE_LIKE = re.compile(
    r"^\s*[\[【][^\]】]+[\]】]|(?<![a-z0-9])(?:s\d{1,2}[ ._-]*e\d|\d{1,2}x\d\d)|第\d+[話话回集]"
    r"|(?<![a-z0-9])ep?(?:isode)?[ ._]?\d{1,4}(?!\d)"
    r"|\d{3,4}p(?![a-z])|[\[(][0-9a-f]{8}[\])]|(?<![a-z0-9])[hx]\.?26[45]|web-?dl|web-?rip|blu-?ray|bdrip"
    r"| - \d{2,4}(?:v\d)?(?= |$)",
    re.IGNORECASE,
)
_BATCH = re.compile(
    r"(?<![a-z0-9])(?:s\d{1,2}|seasons? ?\d{1,2}) ?[-+~&] ?(?:s?\d{1,2}|ova|movie|sp)(?![a-z\d]).*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class StatedId:
    """An id that the disk states. `scheme`: tvdb, tmdb-tv, tmdb-movie, tmdb, anidb, anilist or imdb."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Identified:
    """What can be known from the name alone. `skip`: why to leave the video alone, or ""."""

    name: str = ""
    release: Release = field(default_factory=Release)
    readings: tuple[Reading, ...] = ()
    ids: tuple[StatedId, ...] = ()
    looks_like_release: bool = False
    skip: str = ""
    extra: str = ""  # the word by which it is no episode (creditless opening, trailer), unless a known title holds it


@dataclass(frozen=True, slots=True)
class _Path:
    name: str  # base name, its extension still on
    folders: tuple[str, ...]  # nearest first


def _legible(text: str) -> str:
    """Return `text` with what is no character replaced by a space."""
    text = _NO_BYTE.sub(" ", text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\u3000" else " " for c in text)


def _parts(video: VideoFile) -> _Path:
    path = video.path[-_MAX_PATH:]
    if _SCHEME.match(path):
        try:
            path = urlsplit(path).path
        except ValueError:
            path = path.split("://", 1)[1]
        path = unquote(path, errors="surrogateescape")
    parts = [p for p in re.split(r"[/\\]" if re.match(r"^[A-Za-z]:[/\\]|^\\\\", path) else "/", path) if p.strip()]
    parts = [_legible(p) for p in parts]
    for i, part in enumerate(parts[:-2]):
        if part.lower() in ("home", "users") and i + 1 < len(parts) - 1:
            parts[i + 1] = ""  # a person's name is no title
    return _Path(parts[-1] if parts else "", tuple(reversed([p for p in parts[:-1] if p]))[:_MOST_FOLDERS])


def _names(video: VideoFile) -> _Path:
    """Choose what to read: the path, or for streams the title that the player was told."""
    parts = _parts(video)
    title = _legible(video.media_title).strip()
    if not (video.network or _SCHEME.match(video.path)) or not title:
        return parts
    tells = _RELEASE_LIKE.search(parts.name) and re.search(r"[^\W\d_]{3}", parts.name)
    return parts if tells and not _RELEASE_LIKE.search(title) else _Path(title, ())


def without_extension(name: str) -> str:
    """Return a base name without its extension, if it has one."""
    return _EXTENSION.sub("", name)


def _stated(path: _Path) -> tuple[StatedId, ...]:
    found: dict[StatedId, None] = {}
    for text in (path.name, *path.folders):
        for match in _STATED.finditer(text):
            scheme, form = match["scheme"].lower(), (match["form"] or "").lower()
            found[StatedId(f"{scheme}-{form}" if form in ("tv", "movie") else scheme, match["value"].lower())] = None
    return tuple(found)


def _folder_season(folder: str) -> int | None:
    if SPECIALS_FOLDER.match(folder):
        return 0
    found = SEASON_FOLDER.match(folder)
    return int(found[1]) if found else None


def _folder_readings(path: _Path, claims: tuple[Reading, ...]) -> Iterator[Reading]:
    """Give the numbers of the name to the titles of the folders, a season folder in between claiming its season."""
    season: int | None = None
    for distance, folder in enumerate(path.folders, 1):
        told = _BATCH.sub(" ", _STATED.sub(" ", folder)).strip()
        claimed = _folder_season(told)
        if claimed is not None:
            season = claimed if season is None else season
            continue
        if not told or GENERIC_FOLDER.match(told):
            continue
        for titled in cut(told):
            if titled.claim.place not in (Place.NONE, Place.SEASON_EPISODE):
                continue
            for reading in claims:
                claim = reading.claim
                year = titled.claim.year or claim.year
                if season is not None:
                    claim = _in_season(claim, season)
                yield Reading(titled.zone, replace(claim, year=year, movie=claim.movie or titled.claim.movie), distance)


def _strip(name: str) -> str:
    return _STATED.sub(" ", name).strip()


def _untitled(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Return the readings whose title must come from elsewhere: number alone, "S01E04", "Episode 3", "movie"."""
    return tuple(r for r in readings if not re.search(r"[^\W\d_]", MOVIE.sub("", r.zone)))


def _season_from_folder(readings: tuple[Reading, ...], folders: tuple[str, ...]) -> tuple[Reading, ...]:
    season = next((s for f in folders[:2] if (s := _folder_season(f)) is not None), None)
    if season is None:
        return readings
    return tuple(replace(r, claim=_in_season(r.claim, season)) for r in readings)


def _in_season(claim: Claim, season: int) -> Claim:
    own = claim.season if claim.season is not None else season
    return replace(claim, season=own, special=claim.special or own == 0, library=own == season)


def _veto(path: _Path) -> str:
    if NOT_VIDEO.search(path.name):
        return "this is not a video"
    folder = next((f for f in path.folders[:2] if EXTRA_FOLDER.match(f.strip())), "")
    return f"it lies in a folder of extras ({folder})" if folder else ""


def identify(video: VideoFile) -> Identified:
    """Read one video's name and folders. Pure; where guessit is asked it is slow: run it in a thread."""
    path = _names(video)
    stem = _strip(without_extension(path.name))
    reason = _veto(path)
    if reason:
        return Identified(name=stem, skip=reason)
    release = read_release(stem)
    own = cut(stem)
    base = _season_from_folder(tuple(r for r in own if r.zone), path.folders)
    surest = min((r.claim.place for r in base), default=Place.NONE)
    bare = tuple(r for r in _untitled(own) if r.claim.place <= surest)
    claims = bare or tuple(dict.fromkeys(replace(r, zone="") for r in base if r.claim.place <= Place.DASH))
    readings = tuple(
        dict.fromkeys((*base, *_folder_readings(path, claims or (Reading("", base[0].claim),) if base else claims)))
    )
    readings = tuple(r for r in readings if re.search(r"\w", r.zone))
    ids = _stated(path)
    if not readings and not ids:
        return Identified(name=stem, release=release, skip=UNTITLED)
    return Identified(stem, release, readings, ids, bool(_RELEASE_LIKE.search(path.name)), extra=extra(stem))
