"""A video file's path or title -> the ways to read it, what is stated outright, or the reason to leave it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from kotozoe.identify.names.folders import (
    completed,
    film_title,
    folder_season,
    in_season,
    of_kind,
    own_season,
    title_folders,
    with_folder_title,
)
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import Reading, cut, extra, number_first
from kotozoe.identify.names.release import read_release
from kotozoe.identify.names.titles import says_season_only, season_of
from kotozoe.identify.names.words import EXTRA_FOLDER, MOVIE, NOT_VIDEO, OVA_FOLDER, SPECIAL, untitling
from kotozoe.model import Release, VideoFile

UNTITLED = "neither the name nor its folders say a title"  # a reason to skip, unless the disk states an id

READER_VERSION = 22  # raise when any rule of reading changes: memoised readings are then made anew

_MAX_FOLDERS = 4  # above the file; titles do not stand further up
_MAX_PATH = 4096
_MOUNTS = frozenset({"mnt", "media", "volumes", "run", "srv", "share", "net", "smb:", "nfs:"})
_PLAIN = re.compile(r"[a-z0-9_-]{1,12}|[A-Za-z]:|[a-z]\+?")  # a mount point's or a share's name
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte of a path
_EXTENSION = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{2,4}$", re.IGNORECASE)
_SLASH = re.compile(r"/(?! )|(?<! )/")  # with a space on either side it stands between two titles
_ANY_SLASH = re.compile(r"[/\\]")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_STATED = re.compile(
    r"[\[{(](?P<scheme>tvdb|tmdb|anidb|anilist|imdb|mal)(?P<form>id|tv|movie)?\d?[-= ](?P<value>tt\d{1,10}"
    r"|\d{1,10})[\]})]",
    re.IGNORECASE,
)
_RELEASE_LIKE = re.compile(
    r"^\s*[\[【][^\]】]+[\]】]|(?<![a-z0-9])(?:s\d{1,2}[ ._-]*e\d|\d{1,2}x\d\d)|第\d+[話话回集]"
    r"|(?<![a-z0-9])ep?(?:isode)?[ ._]?\d{1,4}(?!\d)"
    r"|\d{3,4}p(?![a-z])|[\[(](?:[0-9a-f]{8}[\])]|\d{3,4} ?[x×] ?\d{3,4})|(?<![a-z0-9])[hx]\.?26[45]"
    r"|web-?dl|web-?rip|blu-?ray|bdrip|hdtv|xvid|dvd-?rip|\d[_ ]of[_ ]\d"
    r"| - \d{2,4}(?:v\d)?(?=[ .]|$)",
    re.IGNORECASE,
)


# how anime is published, and other series are not: a group, sizes in pixels or a checksum in brackets, two sound tracks
_ANIME_LIKE = re.compile(
    r"^\s*[\[【]|[\[(][0-9a-f]{8}[\])]|dual[ ._-]?audio|multi[ ._-]?subs?(?![a-z])"
    r"|[\[(](?:\w{2,5} )?\d{3,4} ?[x×] ?\d{3,4}| - \d{2,3}(?:v\d)? \[(?!\d|www)[^\[\]]{2,30}\](?:\.\w{2,4})?$"
    r"|\bhi10p?\b|\d[_ ]of[_ ]\d|(?<![a-z])(?:(?-i:CR|ADN)|hidive|crunchyroll|b-global|baha|bilibili)(?![a-z])",
    re.IGNORECASE,
)
_ANIME_FOLDER = re.compile(r"animes?|アニメ|动漫|动画|動漫|番剧|新番", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedId:
    """An id that the disk states. `scheme`: tvdb, tmdb-tv, tmdb-movie, tmdb, anidb, anilist, mal or imdb."""

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
    as_anime: bool = False  # its release, its script or a folder is of the kind that anime has
    extra: str = ""  # the word by which it is no episode (creditless opening, trailer), unless a known title holds it


@dataclass(frozen=True, slots=True)
class _Path:
    name: str  # base name, its extension still on
    folders: tuple[str, ...]  # nearest first


def _legible(text: str) -> str:
    """Return `text` with what is no character replaced by a space."""
    text = _NO_BYTE.sub(" ", text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\u3000" else " " for c in text)


def _first_part(path: str) -> str:
    """Return the first file of what mpv plays as one out of parts (edl://, which --merge-files makes too)."""
    if not path.lower().startswith("edl://"):
        return path
    rest = path[len("edl://") :]
    while rest.startswith(("!", "#", ";", "\n")):  # options, and their ends
        ends = [at for at in (rest.find(";"), rest.find("\n")) if at >= 0]
        rest = rest[min(ends) + 1 :] if ends else ""
    rest = rest.removeprefix("file=")
    if quoted := re.match(r"%(\d{1,5})%", rest):  # a length in bytes, for names that hold a separator
        name = rest[quoted.end() :].encode("utf-8", "surrogateescape")[: int(quoted[1])]
        return name.decode("utf-8", "surrogateescape")
    return re.split(r"[,;\n]", rest, maxsplit=1)[0]


def _roots(parts: list[str]) -> Iterator[int]:
    """Yield where the path's folders stand that are never titles: a person's, a disk's, a root in one plain word."""
    last = len(parts) - 1
    for i, part in enumerate(parts[: last - 1]):
        if part.lower() in ("home", "users") or (part == "run" and parts[i + 1] == "media"):
            yield i + 1
    first = 0
    while first < last - 1 and parts[first].lower() in _MOUNTS:
        first += 1
    if first < last and _PLAIN.fullmatch(parts[first]):
        yield first


def _located(address: str) -> str:
    """Return the path of an address, still encoded. Other schemes than the web's (smb, sftp) have no query."""
    if address.lower().startswith("http"):
        with suppress(ValueError):  # an address that is none
            return urlsplit(address).path
    return address.split("://", 1)[1]


def _parts(path: str) -> _Path:
    path = _first_part(path)[-_MAX_PATH:]
    if _SCHEME.match(path):
        path = _located(path)
        path = unquote(path, errors="surrogateescape")
    separator = _ANY_SLASH if re.match(r"^[A-Za-z]:[/\\]|^\\\\", path) else _SLASH
    parts = [p for p in separator.split(path) if p.strip()]
    parts = [_legible(p) for p in parts]
    for at in _roots(parts):
        parts[at] = ""
    return _Path(parts[-1] if parts else "", tuple(reversed([p for p in parts[:-1] if p]))[:_MAX_FOLDERS])


def _names(video: VideoFile) -> _Path:
    """Choose what to read: the path, or for streams the file on the server or the title that the player was told."""
    if video.is_stream and video.source_path and _tells(source := _parts(video.source_path)):
        return source
    parts = _parts(video.path)
    title = _legible(unquote(video.media_title)).strip()
    if title in (parts.name, without_extension(parts.name)):  # what mpv tells of a stream that has no title
        title = ""
    if not video.is_stream or not title:
        return _parts(video.source_path) if video.is_stream and video.source_path else parts
    return parts if _tells(parts) and not _RELEASE_LIKE.search(title) else _Path(title, ())


def _tells(path: _Path) -> bool:
    return bool(_RELEASE_LIKE.search(path.name) and re.search(r"[^\W\d_]{3}", path.name))


def is_named(video: VideoFile) -> bool:
    """Tell whether what is known of a stream looks like the name of a release, so that no better need be awaited."""
    return bool(_RELEASE_LIKE.search(_names(video).name))


def own_name(video: VideoFile) -> str:
    """Return the text by which a video is known: its path, or what names a stream."""
    if not video.is_stream:
        return video.path
    path = _names(video)
    return "/".join((*reversed(path.folders), path.name)) or video.path


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


def _strip(name: str) -> str:
    return _STATED.sub(" ", name).strip()


def _untitled(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Return the readings whose title must come from elsewhere: number alone, "S01E04", "Episode 3", "movie"."""
    return tuple(_without_zone(r) for r in readings if not _bears_title(r))


def _bears_title(reading: Reading) -> bool:
    words = MOVIE.sub("", reading.title_text)
    if words.isdecimal():  # "86 - S01E01"
        return reading.parsed.place <= NumberPlace.DASH and len(words) > 1
    return bool(re.search(r"[^\W\d_]", words)) and not untitling(words) and not says_season_only(words)


def _without_zone(reading: Reading) -> Reading:
    season = season_of(reading.title_text)
    parsed = reading.parsed
    parsed = replace(parsed, season=season) if season is not None and parsed.season is None else parsed
    return Reading("", parsed, after=reading.after)


def _season_from_folder(readings: tuple[Reading, ...], folders: tuple[str, ...]) -> tuple[Reading, ...]:
    season = next((s for f in folders[:2] if (s := folder_season(f)) is not None), None)
    if season is None:
        return readings
    return tuple(replace(r, parsed=in_season(r.parsed, own_season(r, season))) for r in readings)


def _veto(path: _Path) -> str:
    if NOT_VIDEO.search(path.name):
        return "this is not a video"
    if SPECIAL.search(path.name) or any(map(OVA_FOLDER.match, path.folders[:1])):  # OVAs lie among the extras
        return ""
    folder = next((f for f in path.folders[:2] if EXTRA_FOLDER.match(f.strip())), "")
    return f"it lies in a folder of extras ({folder})" if folder else ""


def _readings(stem: str, folders: tuple[str, ...]) -> tuple[Reading, ...]:
    """Return the readings of a name and of the folders that give or complete its title."""
    own = cut(film_title(stem, folders))
    titled = _season_from_folder(tuple(r for r in own if _bears_title(r)), folders)
    above = title_folders(tuple(_strip(f) for f in folders))
    surest = min((r.parsed.place for r in titled), default=NumberPlace.NONE)
    bare = {r.parsed: r for r in _untitled(own) if r.parsed.place <= surest}
    claims = bare or {r.parsed: r for r in reversed(titled) if r.parsed.place <= NumberPlace.DASH}
    if not claims and titled:
        claims = {titled[0].parsed: titled[0]}
    found = dict.fromkeys(c for r in titled for c in completed(r, above))
    found.update(dict.fromkeys(r for folder in above for r in with_folder_title(claims.values(), folder)))
    if not above and bare:
        found.update(dict.fromkeys(number_first(stem)))
    return of_kind((r for r in found if re.search(r"\w", r.title_text)), folders, above)


def identify(video: VideoFile) -> Identified:
    """Read one video's name and folders. Pure; where guessit is asked it is slow: run it in a thread."""
    path = _names(video)
    stem = _strip(without_extension(path.name))
    reason = _veto(path)
    if reason:
        return Identified(name=stem, skip=reason)
    release = read_release(stem)
    readings = _readings(stem, path.folders)
    ids = _stated(path)
    if not readings and not ids:
        return Identified(name=stem, release=release, skip=UNTITLED)
    as_anime = bool(_ANIME_LIKE.search(path.name)) or any(map(_ANIME_FOLDER.fullmatch, path.folders))
    as_anime = as_anime or any(_ANIME_LIKE.search(folder) for folder in path.folders)
    like_release = bool(_RELEASE_LIKE.search(path.name))
    return Identified(stem, release, readings, ids, like_release, as_anime=as_anime, extra=extra(stem))
