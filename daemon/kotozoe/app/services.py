"""What the settings call into being: the clients with their queues, the finder and the fetcher that ask them."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kotozoe import HOME_PAGE, USER_AGENT
from kotozoe.lookup.catalogue_refresh import Addresses, Refresh
from kotozoe.lookup.facts import Gathered, InTurn
from kotozoe.lookup.finder import Finder
from kotozoe.lookup.listings import Listings
from kotozoe.model import Secret
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.folder import Folders
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.ports import FactsSource
from kotozoe.providers.reference_lists import ReferenceLists
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import HttpClient, host_of
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.settings import places as where
from kotozoe.settings.key import find_key
from kotozoe.settings.load import load
from kotozoe.settings.places import Paths
from kotozoe.settings.schema import Settings, SubtitleSettings
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.pins import PinStore
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.fetcher import SubtitleFetcher
from kotozoe.subtitles.own_folders import FolderCatalogue, FolderIds, FolderListings, LocalFirst
from kotozoe.subtitles.ports import SubtitleSource
from kotozoe.subtitles.ranking.rank import Preferences
from kotozoe.timing.measurements import Timings

# A wait of fewer seconds is not worth mentioning.
_LONG_WAIT = 4.0
# How many seconds to wait out trouble of a service that improves the answer but is not needed for one.
_OPTIONAL_PATIENCE = 8.0


@dataclass(frozen=True, slots=True)
class Services:
    """Built together, closed together."""

    settings: Settings
    http: HttpClient
    jimaku: Jimaku
    anilist: AniList
    amvstrm: Amvstrm | None
    references: ReferenceLists
    catalogue: Catalogue
    subtitle_cache: SubtitleCache
    pins: PinStore
    listings: Listings
    refresh: Refresh
    finder: Finder
    fetcher: SubtitleSource

    @property
    def hosts(self) -> tuple[Host, ...]:
        clients = (self.jimaku, self.anilist, self.amvstrm, self.references)
        return tuple(host for client in clients if client is not None for host in client.hosts)

    @property
    def purposes(self) -> dict[Host, str]:
        """Say what each host is asked for."""
        lists = (
            (self.settings.relations.url, "episode rules"),
            (self.settings.seasons.url, "the season map"),
            (self.settings.titles.url, "a list of titles"),
        )
        found = {self.jimaku.host: "entries and listings", self.jimaku.downloads: "subtitle files"}
        found[self.anilist.host] = "titles and episode counts"
        if self.amvstrm is not None:
            found[self.amvstrm.host] = "titles, where AniList does not answer"
        for host in self.references.hosts:
            found[host] = ", ".join(what for url, what in lists if url and host_of(url) == host.name)
        return found

    def waits(self) -> str:
        """Say in a few words which hosts make us wait for long, why, and how long; empty if none does."""
        return "; ".join(filter(None, map(_wait_of, self.hosts)))

    def rearm(self) -> None:
        """Try again where we were refused: the key or the settings have changed."""
        for host in self.hosts:
            host.rearm()

    async def close(self) -> None:
        """Close everything, the last opened first; pending requests are cancelled."""
        for client in (self.references, self.amvstrm, self.anilist, self.jimaku, self.http):
            if client is not None:
                await client.close()


def open_services(
    settings: Settings,
    places: Paths,
    catalogue: Catalogue,
    rate_limits: RateLimitStore,
    key: Callable[[], Secret | None],
    on_change: Callable[[], None] = lambda: None,
    patience: float = math.inf,
    in_use: Callable[[], Collection[str]] = frozenset,
    awaited: AwaitedEpisodes | None = None,
    timings: Timings | None = None,
    *,
    lists_apart: bool = False,
) -> Services:
    """Build everything; nothing is sent or read yet.

    `patience`: seconds for which trouble of Jimaku is waited out; `in_use`: the files that must stay in the cache;
    `awaited` remembers which episodes had no subtitle yet, `timings` which subtitles were in sync; `lists_apart`: whole
    lists are read in a process of their own.
    """
    http = HttpClient(USER_AGENT)
    deps = HostDeps(http, rate_limits, on_change=on_change)
    optional, mirror = min(patience, _OPTIONAL_PATIENCE), settings.amvstrm.url
    jimaku = Jimaku(
        deps, settings.jimaku.url, key, download_origins=settings.jimaku.download_origins, patience=patience
    )
    anilist = AniList(deps, settings.anilist.url, HOME_PAGE, patience=optional)
    amvstrm = Amvstrm(deps, mirror, patience=optional) if mirror else None
    references = ReferenceLists(deps, patience=optional)
    listings = Listings(jimaku, catalogue)
    addresses = Addresses(settings.relations.url, settings.seasons.url, settings.titles.url)
    refresh = Refresh(jimaku, references, catalogue, addresses, apart=places.catalogue if lists_apart else None)
    subtitle_cache = SubtitleCache(places.subtitle_cache, settings.cache.max_megabytes * 1_000_000, places.server)
    pins = PinStore(places.pins)
    facts = _facts_source(anilist if settings.anilist.enabled else None, amvstrm)
    preferences = preferences_of(settings.subtitles)
    folders = Folders([Path(path) for path in settings.folders.paths])
    fetcher = SubtitleFetcher(
        listings,
        jimaku,
        catalogue,
        subtitle_cache,
        preferences=lambda: preferences,
        in_use=in_use,
        awaited=awaited,
        lacking=lambda: refresh.lacking,
        in_time=timings.in_time if timings is not None else lambda *_: (),
        pins=pins.read,
    )
    return Services(
        settings=settings,
        http=http,
        jimaku=jimaku,
        anilist=anilist,
        amvstrm=amvstrm,
        references=references,
        catalogue=catalogue,
        subtitle_cache=subtitle_cache,
        pins=pins,
        listings=listings,
        refresh=refresh,
        finder=Finder(catalogue, facts, listings, pins=lambda: pins.read().pins),
        fetcher=_folders_first(fetcher, folders, settings, catalogue, subtitle_cache, in_use, pins),
    )


@asynccontextmanager
async def command_services(
    config: Path,
    patience: float,
    *,
    key: Secret | None = None,
    in_use: Callable[[], Collection[str]] = frozenset,
) -> AsyncIterator[Services]:
    """Open what a command needs, close it afterwards. `key` stands in for the one that is set up.

    Raises UserError for a faulty config and StorageError for files that cannot be used.
    """
    settings = load(config)
    places = where.places(config).for_server(settings.jimaku.url)
    where.prepare(places)
    key = key or (await find_key(settings.jimaku)).secret
    catalogue, rate_limits = Catalogue(places.catalogue), RateLimitStore(places.rate_limits)
    services = open_services(settings, places, catalogue, rate_limits, lambda: key, patience=patience, in_use=in_use)
    try:
        yield services
    finally:
        await services.close()
        rate_limits.close()
        catalogue.close()


def preferences_of(subtitles: SubtitleSettings) -> Preferences:
    return Preferences(
        languages=subtitles.languages,
        formats=subtitles.formats,
        prefer_groups=subtitles.prefer_groups,
        avoid_groups=subtitles.avoid_groups,
        strip=subtitles.strip,
    )


def _folders_first(
    jimaku: SubtitleFetcher,
    folders: Folders,
    settings: Settings,
    catalogue: Catalogue,
    subtitle_cache: SubtitleCache,
    in_use: Callable[[], Collection[str]],
    pins: PinStore,
) -> SubtitleSource:
    """Return a fetcher that looks into the user's own folders first, if there are any."""
    if not settings.folders.paths:
        return jimaku
    preferences = preferences_of(settings.subtitles)
    ids = FolderIds()
    own = FolderListings(folders, catalogue, ids)
    local = SubtitleFetcher(
        own,
        own,
        FolderCatalogue(catalogue, ids),
        subtitle_cache,
        preferences=lambda: preferences,
        in_use=in_use,
        pins=pins.read,
        source="folder",
    )
    return LocalFirst(local, jimaku, ids, folders, pins.read)


def _facts_source(anilist: AniList | None, amvstrm: Amvstrm | None) -> FactsSource | None:
    """Return whom to ask for facts: AniList first, as its mirror knows less; None if nobody may be asked."""
    if anilist is not None and amvstrm is not None:
        return Gathered(InTurn(anilist, amvstrm))
    source = anilist or amvstrm
    return Gathered(source) if source is not None else None


def _wait_of(host: Host) -> str:
    state = host.state()
    if not state.waiting or (state.next_slot_in < _LONG_WAIT and not state.trouble):
        return ""
    return f"{state.name}: {state.trouble or 'its quota is spent'}, next request in {state.next_slot_in:.0f} s"
