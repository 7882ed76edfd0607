"""Puts together what works on one loaded file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kotozoe.app.playback_reporter import Introduction, PlaybackReporter, shown_name
from kotozoe.app.services import Services
from kotozoe.desktop.install import program
from kotozoe.errors import UserError
from kotozoe.lookup.title_search import TitleSearch
from kotozoe.playback.change_signal import ChangeSignal
from kotozoe.playback.corrections import Corrections
from kotozoe.playback.loader import SubtitleLoader
from kotozoe.playback.playback import Playback
from kotozoe.playback.prefetch import Prefetch
from kotozoe.playback.retiming import Retiming
from kotozoe.playback.session import PlaybackSession, PlaybackSettings
from kotozoe.playback.tracks import under
from kotozoe.player import Loaded, Player
from kotozoe.service.memory import MemoryReturn
from kotozoe.service.notify import Notify
from kotozoe.service.status import StatusBoard
from kotozoe.settings.schema import Settings
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.video import Reader


class SessionFactory:
    """Opens playbacks with the settings and services that are in force at that moment."""

    def __init__(
        self,
        board: StatusBoard,
        notify: Notify,
        cache_folder: Path,
        timings: Timings,
        changes: ChangeSignal,
        introduced: Path,
    ) -> None:
        self._board = board
        self._notify = notify
        self._cache_folder = cache_folder
        self._timings = timings
        self._changes = changes
        self._introduction = Introduction(introduced)
        self.memory = MemoryReturn(self._shrink)
        self._video_turns = asyncio.Semaphore(2)  # what reads a video may take a quarter of a gigabyte
        self._has_key = False
        self._settings: Settings
        self._services: Services
        self._awaited: AwaitedEpisodes

    def _shrink(self) -> None:
        self._services.catalogue.shrink()

    def configure(self, settings: Settings, services: Services, awaited: AwaitedEpisodes, *, has_key: bool) -> None:
        """Use these from the next playback on."""
        self._settings, self._services, self._awaited = settings, services, awaited
        self._has_key = has_key

    def _key_state(self) -> str:
        if not self._has_key:
            return "no Jimaku API key, run `kotozoe login`"
        refused = self._services.jimaku.host.state().refused
        return "Jimaku refused the API key, run `kotozoe login`" if refused else ""

    def open(self, player: Player, loaded: Loaded, *, chosen: bool) -> Playback:
        """Return the playback of a file. `chosen`: the user picked its show or subtitle already."""
        settings, services = PlaybackSettings.of(self._settings), self._services
        private = under(loaded.video.path, settings.private)
        name = "a private file" if private else shown_name(loaded.video)
        reporter = PlaybackReporter(
            self._board, self._notify, self._introduction, self._key_state, player, loaded, name
        )
        reporter.begin()
        session = PlaybackSession(
            loaded, player, settings, reporter, services.pins, self._cache_folder, chosen, services.http
        )
        loader = SubtitleLoader(session, services.finder, services.fetcher, services.refresh, self._changes)
        timing = self._settings.timing
        video = Reader(timing.max_read_megabytes * 1_000_000, timing.network, self._video_turns)
        return Playback(
            session,
            loader,
            Corrections(session, loader, TitleSearch(services.catalogue), login=_login()),
            Prefetch(session, services.finder, services.fetcher),
            Retiming(session, loader, video, services.subtitle_cache, self._timings),
            self._awaited,
            services.waits,
        )


def _login() -> tuple[str, ...]:
    """Return the command that asks for the key, of this very program: mpv's PATH may not lead to it."""
    try:
        return (*program(), "login")
    except UserError:  # a throw-away one, that another may have to stand in for
        return ("kotozoe", "login")
