"""What the settings call into being: clients with their queues, and the stories that use them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kotozoe import HOME_PAGE, USER_AGENT
from kotozoe.app.sources import InTurn
from kotozoe.decide.rank import Preferences
from kotozoe.find import FactsSource, Finder
from kotozoe.model import Secret
from kotozoe.obtain import Obtainer
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.host import Host, Means
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.reference import References
from kotozoe.providers.wire import Wire
from kotozoe.refresh import Addresses, Refresh
from kotozoe.settings.places import Places
from kotozoe.settings.schema import Settings, Subtitles
from kotozoe.store.atlas import Atlas
from kotozoe.store.pace import PaceStore
from kotozoe.store.shelf import Shelf
from kotozoe.store.wanted import WantedStore

# How long trouble of a service is waited out that improves the answer but is no condition of it, in seconds.
_HELPFUL = 8.0


@dataclass(frozen=True, slots=True)
class Services:
    """Built together, closed together."""

    wire: Wire
    jimaku: Jimaku
    anilist: AniList
    amvstrm: Amvstrm | None
    references: References
    refresh: Refresh
    finder: Finder
    obtainer: Obtainer

    @property
    def hosts(self) -> tuple[Host, ...]:
        mirror = self.amvstrm.hosts if self.amvstrm else ()
        return (*self.jimaku.hosts, *self.anilist.hosts, *mirror, *self.references.hosts)

    def rearm(self) -> None:
        """Try again where we were refused: the key or the settings are other ones."""
        for host in self.hosts:
            host.rearm()

    async def close(self) -> None:
        """Give everything back, the last opened first; whoever still waits is cancelled."""
        await self.obtainer.close()
        await self.references.close()
        if self.amvstrm:
            await self.amvstrm.close()
        await self.anilist.close()
        await self.jimaku.close()
        await self.wire.close()


def open_services(
    settings: Settings,
    places: Places,
    atlas: Atlas,
    pace: PaceStore,
    key: Callable[[], Secret | None],
    on_change: Callable[[], None] = lambda: None,
    patience: float = math.inf,
    in_use: Callable[[], Collection[str]] = frozenset,
    awaited: WantedStore | None = None,
) -> Services:
    """Build everything; nothing is sent or read yet. `patience`: seconds that trouble of Jimaku is waited out;
    `in_use`: the files that must stay on the shelf; `awaited` remembers what is not there yet.
    """
    wire = Wire(USER_AGENT)
    means = Means(wire, pace, on_change=on_change)
    origins = settings.jimaku.download_origins
    jimaku = Jimaku(means, settings.jimaku.url, key, download_origins=origins, patience=patience)
    anilist = AniList(means, settings.anilist.url, HOME_PAGE, patience=min(patience, _HELPFUL))
    mirror = settings.amvstrm.url
    amvstrm = Amvstrm(means, mirror, patience=min(patience, _HELPFUL)) if mirror else None
    references = References(means, patience=min(patience, _HELPFUL))
    preferences = _preferences(settings.subtitles)
    addresses = Addresses(settings.relations.url, settings.seasons.url)
    return Services(
        wire=wire,
        jimaku=jimaku,
        anilist=anilist,
        amvstrm=amvstrm,
        references=references,
        refresh=Refresh(jimaku, references, atlas, addresses),
        finder=Finder(atlas, _facts(anilist if settings.anilist.enabled else None, amvstrm), jimaku),
        obtainer=Obtainer(
            jimaku,
            jimaku,
            atlas,
            Shelf(places.shelf),
            preferences=lambda: preferences,
            in_use=in_use,
            awaited=awaited,
        ),
    )


def _facts(anilist: AniList | None, amvstrm: Amvstrm | None) -> FactsSource | None:
    """Return whom to ask for facts: AniList first, as its mirror knows less; None if nobody may be asked."""
    if anilist is not None and amvstrm is not None:
        return InTurn(anilist, amvstrm)
    return anilist or amvstrm


def _preferences(subtitles: Subtitles) -> Preferences:
    return Preferences(
        languages=subtitles.languages,
        formats=subtitles.formats,
        prefer_groups=subtitles.prefer_groups,
        avoid_groups=subtitles.avoid_groups,
    )
