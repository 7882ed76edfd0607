"""Who is asked, and where what they say is kept: what stories are put together from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kotozoe.lookup.listings import Listings
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.store.catalogue import Atlas
from kotozoe.store.pins import PinStore
from kotozoe.subtitles.awaited import WantedStore
from kotozoe.subtitles.cache import Shelf
from kotozoe.timing.measurements import Timings


@dataclass(frozen=True, slots=True)
class Sources:
    """`in_use`: the files that must stay on the shelf; `lacking`: why the catalogue is not known, if it is not."""

    jimaku: Jimaku
    listings: Listings
    anilist: AniList
    amvstrm: Amvstrm | None
    atlas: Atlas
    shelf: Shelf
    pins: PinStore
    in_use: Callable[[], Collection[str]]
    awaited: WantedStore | None
    timings: Timings | None
    lacking: Callable[[], str]
