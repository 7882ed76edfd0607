"""Who is asked, and where what they say is kept: what stories are put together from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kotozoe.lookup.listings import Listings
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.pins import PinStore
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.measurements import Timings


@dataclass(frozen=True, slots=True)
class Sources:
    """`in_use`: the files that must stay in the cache; `lacking`: why the catalogue is not known, if it is not."""

    jimaku: Jimaku
    listings: Listings
    anilist: AniList
    amvstrm: Amvstrm | None
    catalogue: Catalogue
    subtitle_cache: SubtitleCache
    pins: PinStore
    in_use: Callable[[], Collection[str]]
    awaited: AwaitedEpisodes | None
    timings: Timings | None
    lacking: Callable[[], str]
