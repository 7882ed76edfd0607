"""A list of titles: a media's names in Japanese, both Chinese scripts and English, and its ids elsewhere.

The format is bangumi-data's: `{"items": [{"title", "titleTranslate": {"zh-Hans": [...], ...}, "type", "begin",
"sites": [{"site": "aniList", "id": "1"}, ...]}, ...]}`. Of TMDB's ids, `tv/5` is a show, `tv/5/season/2` a part of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kotozoe.identify.json_stream import elements
from kotozoe.printable import printable

_MAX_NAMES = 40  # of one item; real ones have under 20
_MAX_NAME = 200  # characters
_FORMATS = {"tv": "TV", "movie": "MOVIE", "ova": "OVA", "web": "ONA"}
_ID = re.compile(r"[1-9][0-9]{0,9}")
_TMDB = re.compile(r"(tv|movie)/([1-9][0-9]{0,9})(?:/season/1)?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedMedia:
    """What the list says of one AniList id. `format` is AniList's word, `begin` an ISO date; either may be empty.

    `ids` are pairs of a scheme (anidb, mal, tmdb-tv, tmdb-movie) and a value.
    """

    anilist_id: int
    names: tuple[str, ...]
    format: str = ""
    begin: str = ""
    ids: tuple[tuple[str, str], ...] = ()


def parse_title_list(content: bytes) -> Iterator[ListedMedia]:
    """Yield each media that has an AniList id once. Raise ValueError, before the first, if it is no such list.

    It is read twice, so that neither a broken list is half believed nor a whole one held in memory.
    """
    times = Counter(media.anilist_id for media in _items(content))
    if not times:
        raise ValueError("it names no media with an AniList id")
    several: dict[int, ListedMedia] = {}
    for media in _items(content):
        if times[media.anilist_id] == 1:
            yield media
        else:
            first = several.setdefault(media.anilist_id, media)
            several[media.anilist_id] = replace(
                first,
                names=tuple(dict.fromkeys((*first.names, *media.names))),
                ids=tuple(dict.fromkeys((*first.ids, *media.ids))),
            )
    yield from several.values()


def _items(content: bytes) -> Iterator[ListedMedia]:
    for item in elements(content, "items"):
        media = _media(item) if isinstance(item, dict) else None
        if media is not None:
            yield media


def _media(item: dict[str, Any]) -> ListedMedia | None:
    sites = dict(_sites(item.get("sites")))
    anilist_id, names = sites.get("aniList", ""), tuple(_names(item))
    if not _ID.fullmatch(anilist_id) or not names:
        return None
    begun = _DATE.match(begin) if isinstance(begin := item.get("begin"), str) else None
    kind = item.get("type")
    return ListedMedia(
        int(anilist_id),
        names,
        _FORMATS.get(kind, "") if isinstance(kind, str) else "",
        begun[0] if begun else "",
        tuple(_ids(sites)),
    )


def _sites(sites: object) -> Iterator[tuple[str, str]]:
    for site in sites if isinstance(sites, list) else ():
        name, value = (site.get("site"), site.get("id")) if isinstance(site, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str):
            yield name, value


def _names(item: dict[str, Any]) -> dict[str, None]:
    translated = item.get("titleTranslate")
    lists = translated.values() if isinstance(translated, dict) else ()
    told = (item.get("title"), *(name for names in lists if isinstance(names, list) for name in names))
    names = (printable(name.strip(), _MAX_NAME) for name in told if isinstance(name, str))
    return dict.fromkeys([name for name in names if name][:_MAX_NAMES])


def _ids(sites: dict[str, str]) -> Iterator[tuple[str, str]]:
    for scheme in ("anidb", "mal"):
        if _ID.fullmatch(sites.get(scheme, "")):
            yield scheme, sites[scheme]
    if found := _TMDB.fullmatch(sites.get("tmdb", "")):
        yield f"tmdb-{found[1]}", found[2]
