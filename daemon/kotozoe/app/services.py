"""What the settings call into being: clients with their queues, and the stories that use them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kotozoe import HOME_PAGE, USER_AGENT
from kotozoe.app.sources import Sources
from kotozoe.lookup.catalogue_refresh import Addresses, Refresh
from kotozoe.lookup.listings import Listings
from kotozoe.model import Secret
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.reference_lists import References
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import HttpClient
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.settings.places import Paths
from kotozoe.settings.schema import Settings
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.pins import PinStore
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.measurements import Timings

if TYPE_CHECKING:
    from kotozoe.lookup.finder import Finder
    from kotozoe.subtitles.fetcher import SubtitleFetcher
    from kotozoe.subtitles.own_folders import LocalFirst

_LONG = 4.0  # seconds of waiting that are worth a word
# How long trouble of a service is waited out that improves the answer but is no condition of it, in seconds.
_HELPFUL = 8.0


@dataclass(frozen=True)
class Services:
    """Built together, closed together; finder and fetcher not before something is played."""

    settings: Settings
    wire: HttpClient
    sources: Sources
    references: References
    refresh: Refresh

    @cached_property
    def finder(self) -> Finder:
        from kotozoe.app.stories import make_finder  # noqa: PLC0415 - megabytes that a daemon that waits goes without

        return make_finder(self.settings, self.sources)

    @cached_property
    def fetcher(self) -> SubtitleFetcher | LocalFirst:
        from kotozoe.app.stories import make_fetcher  # noqa: PLC0415 - likewise

        return make_fetcher(self.settings, self.sources)

    @property
    def pins(self) -> PinStore:
        return self.sources.pins

    @property
    def hosts(self) -> tuple[Host, ...]:
        clients = (self.sources.jimaku, self.sources.anilist, self.sources.amvstrm, self.references)
        return tuple(host for client in clients if client is not None for host in client.hosts)

    def waits(self) -> str:
        """Say in a few words which hosts make us wait for long, why, and how long; empty if none does."""
        return "; ".join(filter(None, map(_wait_of, self.hosts)))

    def rearm(self) -> None:
        """Try again where we were refused: the key or the settings are other ones."""
        for host in self.hosts:
            host.rearm()

    async def close(self) -> None:
        """Give everything back, the last opened first; whoever still waits is cancelled."""
        if "fetcher" in vars(self):
            await self.fetcher.close()
        for client in (self.references, self.sources.amvstrm, self.sources.anilist, self.sources.jimaku, self.wire):
            if client is not None:
                await client.close()


def open_services(
    settings: Settings,
    places: Paths,
    catalogue: Catalogue,
    pace: RateLimitStore,
    key: Callable[[], Secret | None],
    on_change: Callable[[], None] = lambda: None,
    patience: float = math.inf,
    in_use: Callable[[], Collection[str]] = frozenset,
    awaited: AwaitedEpisodes | None = None,
    timings: Timings | None = None,
) -> Services:
    """Build everything; nothing is sent or read yet. `patience`: seconds that trouble of Jimaku is waited out;
    `in_use`: the files that must stay in the cache; `awaited` remembers what is not there yet, `timings` what
    was in time.
    """
    wire = HttpClient(USER_AGENT)
    deps = HostDeps(wire, pace, on_change=on_change)
    origins, mirror, helpful = settings.jimaku.download_origins, settings.amvstrm.url, min(patience, _HELPFUL)
    jimaku = Jimaku(deps, settings.jimaku.url, key, download_origins=origins, patience=patience)
    sources = Sources(
        jimaku=jimaku,
        listings=Listings(jimaku, catalogue),
        anilist=AniList(deps, settings.anilist.url, HOME_PAGE, patience=helpful),
        amvstrm=Amvstrm(deps, mirror, patience=helpful) if mirror else None,
        catalogue=catalogue,
        subtitle_cache=SubtitleCache(places.subtitle_cache, settings.cache.most_kept * 1_000_000, places.server),
        pins=PinStore(places.pins),
        in_use=in_use,
        awaited=awaited,
        timings=timings,
        lacking=lambda: refresh.lacking,
    )
    references = References(deps, patience=helpful)
    addresses = Addresses(settings.relations.url, settings.seasons.url, settings.titles.url)
    refresh = Refresh(jimaku, references, catalogue, addresses)
    return Services(settings, wire, sources, references, refresh)


def _wait_of(host: Host) -> str:
    state = host.state()
    if not state.waiting or (state.next_slot_in < _LONG and not state.trouble):
        return ""
    return f"{state.name}: {state.trouble or 'its quota is spent'}, next request in {state.next_slot_in:.0f} s"
