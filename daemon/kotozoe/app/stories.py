"""Finding and obtaining, put together; imported at the first file that is played: a waiting daemon needs neither."""

from __future__ import annotations

from pathlib import Path

from kotozoe.app.sources import Sources
from kotozoe.lookup.facts import InTurn
from kotozoe.lookup.finder import FactsSource, Finder
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.folder import Folders
from kotozoe.settings.schema import Settings, Subtitles
from kotozoe.subtitles.fetcher import SubtitleFetcher
from kotozoe.subtitles.own_folders import FolderCatalogue, FolderListings, LocalFirst
from kotozoe.subtitles.ranking.rank import Preferences


def make_finder(settings: Settings, sources: Sources) -> Finder:
    asked = sources.anilist if settings.anilist.enabled else None
    return Finder(
        sources.catalogue, _facts(asked, sources.amvstrm), sources.listings, pins=lambda: sources.pins.read().pins
    )


def make_fetcher(settings: Settings, sources: Sources) -> SubtitleFetcher | LocalFirst:
    preferences = preferences_of(settings.subtitles)

    def wished() -> Preferences:
        return preferences

    catalogue, subtitle_cache, in_use = sources.catalogue, sources.subtitle_cache, sources.in_use
    remote = SubtitleFetcher(
        sources.listings,
        sources.jimaku,
        catalogue,
        subtitle_cache,
        preferences=wished,
        in_use=in_use,
        awaited=sources.awaited,
        lacking=sources.lacking,
        in_time=sources.timings.in_time if sources.timings is not None else lambda *_: (),
    )
    if not settings.folders.paths:
        return remote
    own = FolderListings(Folders([Path(path) for path in settings.folders.paths]), catalogue)
    return LocalFirst(
        SubtitleFetcher(own, own, FolderCatalogue(catalogue), subtitle_cache, preferences=wished, in_use=in_use), remote
    )


def preferences_of(subtitles: Subtitles) -> Preferences:
    return Preferences(
        languages=subtitles.languages,
        formats=subtitles.formats,
        prefer_groups=subtitles.prefer_groups,
        avoid_groups=subtitles.avoid_groups,
    )


def _facts(anilist: AniList | None, amvstrm: Amvstrm | None) -> FactsSource | None:
    """Return whom to ask for facts: AniList first, as its mirror knows less; None if nobody may be asked."""
    if anilist is not None and amvstrm is not None:
        return InTurn(anilist, amvstrm)
    return anilist or amvstrm
