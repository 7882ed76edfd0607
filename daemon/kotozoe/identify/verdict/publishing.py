"""When groups and services published: evidence between media of one name, and of nothing else.

The first and last years are those of their own release lists; a group that also takes up older shows is not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ALWAYS = 9999
# Groups that publish what is being broadcast.
_GROUPS = {
    "horriblesubs": (2009, 2020),
    "subsplease": (2020, _ALWAYS),
    "erai-raws": (2017, _ALWAYS),
    "nc-raws": (2020, _ALWAYS),
    "ani": (2021, _ALWAYS),
    "toonshub": (2022, _ALWAYS),
    "varyg": (2021, _ALWAYS),
    "tsundere-raws": (2020, _ALWAYS),
    "lilith-raws": (2019, _ALWAYS),
    "ohys-raws": (2011, _ALWAYS),
    "leopard-raws": (2012, _ALWAYS),
    "lolihouse": (2017, _ALWAYS),
    "asw": (2019, _ALWAYS),
    "commie": (2009, _ALWAYS),
    "fff": (2010, 2018),
    "utw": (2008, 2016),
    "gg": (2005, 2013),
    "deadfish": (2012, 2019),
    "damedesuyo": (2015, _ALWAYS),
    "gjm": (2015, _ALWAYS),
    "mtbb": (2015, _ALWAYS),
}
# Services that stream what is being broadcast; a part of their offer is older, so they only break ties.
_SERVICES = (
    (re.compile(r"(?<![A-Za-z0-9])(?:CR|Crunchyroll)(?![A-Za-z0-9])"), 2009),
    (re.compile(r"(?<![A-Za-z0-9])(?:B-Global|Baha|Bilibili)(?![A-Za-z0-9])", re.IGNORECASE), 2014),
    (re.compile(r"(?<![A-Za-z0-9])(?:AMZN|NF|DSNP|HIDIVE|ADN|FUNI)(?![A-Za-z0-9])"), 2011),
)


def published(group: str, name: str) -> tuple[int, int] | None:
    """Return the first and last year in which what a release holds was likely broadcast; None: nothing is known."""
    spans = tuple(_spans(group.casefold(), name))
    return (max(first for first, _ in spans), min(last for _, last in spans)) if spans else None


def _spans(group: str, name: str) -> Iterator[tuple[int, int]]:
    if group in _GROUPS:
        yield _GROUPS[group]
    yield from ((first, _ALWAYS) for pattern, first in _SERVICES if pattern.search(name))
