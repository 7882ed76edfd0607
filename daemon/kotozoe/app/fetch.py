"""What `kotozoe fetch` and `kotozoe clean` do, each in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kotozoe.app.library_fetch import FEW, LibraryFetch, Order, Progress, Result
from kotozoe.app.services import Services, command_services
from kotozoe.app.video_library import SidecarWriter, videos_of
from kotozoe.service.lock import is_held
from kotozoe.service.status import read_status, shown_by
from kotozoe.settings import places as where
from kotozoe.settings.load import load
from kotozoe.settings.places import Paths
from kotozoe.subtitles.cache import Cleaned, SubtitleCache

# How long trouble of a service is waited out, in seconds: by who waits at the terminal, and by a library's backfill.
_PATIENCE = 20.0
_LIBRARY_PATIENCE = 900.0
_LOOK = 0.5  # seconds between two looks at what is waited for


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person wants to know meanwhile: how far it is, the seconds that it will take at the pace that is allowed,
    and what is being waited for, if anything.
    """

    progress: Progress
    seconds_left: float = 0.0
    waits: str = ""


class Watcher(Protocol):
    """Hears how it goes."""

    def result(self, result: Result) -> None: ...
    def shown(self, shown: Shown) -> None: ...


def fetch(config: Path, order: Order, watcher: Watcher) -> None:
    """Run an order. Raises KotozoeError; may be interrupted and resumed at any time."""
    videos = tuple(videos_of(order.paths))
    asyncio.run(_fetch(config, order, videos, watcher))


def clean(config: Path, unused_for: float = 0.0) -> Cleaned:
    """Remove from the cache what no player shows and nobody used for so many seconds."""
    load(config)
    at = where.places(config)
    return SubtitleCache(at.subtitle_cache).clean(shown_by_players(at), unused_for=unused_for)


def shown_by_players(at: Paths) -> frozenset[str]:
    """Return the subtitle files that the daemon's players show, according to its status."""
    snapshot = read_status(at.status) if is_held(at.lock) else None
    return shown_by(snapshot) if snapshot else frozenset()


async def _fetch(config: Path, order: Order, videos: tuple[str, ...], watcher: Watcher) -> None:
    at = where.places(config)
    fetched: set[str] = set()
    patience = _PATIENCE if len(videos) <= FEW else _LIBRARY_PATIENCE
    async with command_services(config, patience, in_use=lambda: _in_use(at, fetched, order)) as services:
        display = _Display(services, watcher, fetched)
        library = LibraryFetch(
            services.finder,
            services.fetcher,
            services.refresh,
            SidecarWriter(services.settings.subtitles.languages[0]) if order.sidecar else None,
            display,
            plan_only=order.plan_only,
        )
        looking = asyncio.create_task(display.look())
        try:
            await library.run(videos)
        finally:
            looking.cancel()


def _in_use(at: Paths, fetched: Collection[str], order: Order) -> Collection[str]:
    """Return what must stay in the cache: what is on screen, and what this run put there to stay."""
    return shown_by_players(at) if order.sidecar else {*shown_by_players(at), *fetched}


class _Display:
    """Adds to the progress what only the hosts know: how long it will take, and why nothing moves."""

    def __init__(self, services: Services, watcher: Watcher, fetched: set[str]) -> None:
        self._services = services
        self._watcher = watcher
        self._fetched = fetched
        self._shown = Shown(Progress("reading names"))

    def result(self, result: Result) -> None:
        if result.file:
            self._fetched.add(result.file)
        self._watcher.result(result)

    def progress(self, progress: Progress) -> None:
        jimaku = self._services.jimaku
        seconds = max(progress.to_list * jimaku.host.interval(), progress.to_fetch * jimaku.downloads.interval())
        self._update(replace(self._shown, progress=progress, seconds_left=seconds))

    async def look(self) -> None:
        while True:
            self._update(replace(self._shown, waits=self._services.waits()))
            await asyncio.sleep(_LOOK)

    def _update(self, shown: Shown) -> None:
        if shown != self._shown:
            self._shown = shown
            self._watcher.shown(shown)
