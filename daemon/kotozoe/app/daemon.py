"""The daemon: builds and starts everything, and stops it in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kotozoe import __version__
from kotozoe.app.player_session import PlayerSession
from kotozoe.app.services import Services, open_services
from kotozoe.app.session_factory import SessionFactory
from kotozoe.app.tasks import log_error, running
from kotozoe.errors import KotozoeError, StorageError
from kotozoe.playback.change_signal import ChangeSignal
from kotozoe.player import Player, PlayerDiscovery, runtime_folder, sandbox_folders
from kotozoe.requests.host import HostState
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.service.directory_watcher import DirectoryWatcher
from kotozoe.service.log import Masks
from kotozoe.service.memory import give_back
from kotozoe.service.notify import Notify
from kotozoe.service.status import HostStatus, KeyStatus, PlayerStatus, StatusBoard
from kotozoe.settings.key import Key, find_key
from kotozoe.settings.places import Paths
from kotozoe.settings.reload import Change, Reload
from kotozoe.settings.schema import Settings
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.awaited_poller import AwaitedPoller
from kotozoe.timing.measurements import Timings

log = logging.getLogger(__name__)


class Daemon:
    """Runs until SIGTERM or SIGINT; SIGHUP rereads the settings."""

    def __init__(self, settings: Settings, places: Paths, masks: Masks) -> None:
        self._settings = settings
        self._places = places
        self._masks = masks
        self._board = StatusBoard(places.status, __version__)
        self._notify = Notify()
        self._directory_watcher = DirectoryWatcher()
        self._reload = Reload(places.config, settings, self._directory_watcher)
        self._sessions: dict[str, PlayerSession] = {}
        self._key = Key(None)
        self._changes = ChangeSignal()
        self._stores: dict[str, tuple[Catalogue, AwaitedEpisodes]] = {}
        self._stop = asyncio.Event()
        self._failed = False
        self._services: Services
        self._awaited_poller: AwaitedPoller
        self._refreshing: asyncio.Task[None]
        self._watch: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until stopped.

        Raises StorageError if our own files cannot be used, KotozoeError if an internal error stops it.
        """
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._board.write)
            stack.callback(self._close_stores)
            await self._open_stores(self._settings)
            self._pace = RateLimitStore(self._places.rate_limits)
            stack.callback(self._pace.close)
            self._timings = Timings(self._places.timings)
            stack.callback(self._timings.close)
            self._factory = SessionFactory(
                self._board,
                self._notify,
                self._places.subtitle_cache,
                self._timings,
                self._changes,
                self._places.introduced,
            )
            await self._find_key()
            self._start_services()
            stack.push_async_callback(self._close_services)
            stack.enter_context(self._signals())
            await stack.enter_async_context(running(self._board.run(), "status"))
            await stack.enter_async_context(running(self._directory_watcher.run(), "directory watcher"))
            await stack.enter_async_context(running(self._follow_settings(), "settings"))
            await stack.enter_async_context(running(self._feed_watchdog(), "watchdog"))
            stack.push_async_callback(self._stop_watch)
            self._start_watch()
            self._notify.ready("waiting for mpv")
            log.info("kotozoe %s is ready", __version__)
            self._report_hosts()
            give_back()  # what starting took
            await self._stop.wait()
            self._notify.stopping()
            log.info("stopping")
        if self._failed:  # an exit code that a service manager takes for a failure, and starts it again
            raise KotozoeError("An internal error ended the watch for players; the log has the details.")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        actions = {signal.SIGTERM: self._stop.set, signal.SIGINT: self._stop.set, signal.SIGHUP: self._reload.now}
        for number, action in actions.items():
            loop.add_signal_handler(number, action)
        try:
            yield
        finally:
            for number in actions:
                loop.remove_signal_handler(number)

    # -- settings and key

    async def _follow_settings(self) -> None:
        async for change in self._reload:
            self._notify.reloading()
            await self._apply(change)
            self._notify.ready(self._summary())

    async def _apply(self, change: Change) -> None:
        self._board.problems(change.problems)
        for problem in change.problems:
            log.warning("config: %s", problem)
        if change.problems:
            log.warning("keeping the previous settings")
            return
        try:
            await self._open_stores(change.settings)
        except StorageError as trouble:
            log.warning("%s; keeping the previous settings", trouble)
            return
        before, self._settings = self._settings, change.settings
        await self._find_key()
        if _service_settings(before) != _service_settings(self._settings):
            await self._close_services()
            self._start_services()
            self._report_hosts()
        else:
            self._configure_factory()
        if before.cache != self._settings.cache:
            await asyncio.to_thread(self._services.subtitle_cache.trim, self._board.shown())
        if before.player.sockets != self._settings.player.sockets:
            await self._stop_watch()
            self._start_watch()
        log.info("new settings applied")
        self._services.rearm()
        self._changes.notify()
        for session in tuple(self._sessions.values()):  # players come and go meanwhile
            await session.restart(even_finished=_choice_settings(before) != _choice_settings(self._settings))

    async def _find_key(self) -> None:
        self._key = await find_key(self._settings.jimaku)
        self._masks.know(self._key.secret)
        self._board.key(KeyStatus(self._key.secret is not None, self._key.origin, self._key.trouble))
        for sentence in filter(None, (self._key.trouble, self._key.advice)):
            log.warning("%s", sentence)

    async def _open_stores(self, settings: Settings) -> None:
        """Open what is known of the configured Jimaku server; the files of a previous server stay open for their users.

        Raises StorageError.
        """
        at = self._places.for_server(settings.jimaku.url)
        if at.server not in self._stores:
            catalogue = await asyncio.to_thread(Catalogue, at.catalogue)
            self._stores[at.server] = catalogue, AwaitedEpisodes(at.awaited, on_change=self._poll_awaited)
        self._places, (self._catalogue, self._awaited) = at, self._stores[at.server]

    def _close_stores(self) -> None:
        for catalogue, awaited in self._stores.values():
            awaited.close()
            catalogue.close()

    def _start_services(self) -> None:
        self._services = open_services(
            self._settings,
            self._places,
            self._catalogue,
            self._pace,
            lambda: self._key.secret,
            self._report_hosts,
            in_use=self._board.shown,
            awaited=self._awaited,
            timings=self._timings,
            lists_apart=True,
        )
        self._awaited_poller = AwaitedPoller(
            self._awaited, self._services.listings, self._catalogue, self._changes.notify
        )
        self._refreshing = asyncio.create_task(self._refresh(), name="refresh")
        self._refreshing.add_done_callback(log_error)
        self._configure_factory()

    def _configure_factory(self) -> None:
        self._factory.configure(self._settings, self._services, self._awaited, has_key=self._key.secret is not None)

    async def _refresh(self) -> None:
        await asyncio.gather(self._services.refresh.keep_fresh(), self._awaited_poller.keep_polling())

    def _poll_awaited(self) -> None:
        self._awaited_poller.wake()

    async def _close_services(self) -> None:
        self._refreshing.cancel()
        await asyncio.gather(self._refreshing, return_exceptions=True)
        await self._services.close()

    # -- players

    def _start_watch(self) -> None:
        sockets = [Path(socket) for socket in self._settings.player.sockets]
        folder = runtime_folder()
        if folder is None:
            log.warning("XDG_RUNTIME_DIR is not set: watching only the sockets listed in [player] sockets")
        sandboxes = sandbox_folders(folder, Path.home())
        discovery = PlayerDiscovery(folder, self._directory_watcher, sockets, sandboxes=sandboxes)
        self._watch = asyncio.create_task(self._run_watch(discovery), name="watch")
        self._watch.add_done_callback(self._on_watch_done)

    async def _run_watch(self, watch: PlayerDiscovery) -> None:
        async with asyncio.TaskGroup() as group:
            await watch.run(lambda player: self._add_player(player, group))

    def _on_watch_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("stopped watching for players: %s", error, exc_info=error)
            self._failed = True
            self._stop.set()

    async def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def _add_player(self, player: Player, group: asyncio.TaskGroup) -> None:
        group.create_task(self._follow(player), name=player.player_id)

    async def _follow(self, player: Player) -> None:
        session = PlayerSession(player, self._factory)
        self._sessions[player.player_id] = session
        log.info("%s connected", player.player_id)
        self._report_players()
        try:
            await session.follow()
        except Exception:  # a bug with one player must not harm the others
            log.exception("%s: internal error, ignoring this player", player.player_id)
        finally:
            player.close()  # an error above leaves it connected
            if self._sessions.get(player.player_id) is session:  # it may have reconnected already
                del self._sessions[player.player_id]
            log.info("%s disconnected", player.player_id)
            self._report_players()

    # -- reporting

    def _report_players(self) -> None:
        sessions = self._sessions.values()
        self._board.players(tuple(PlayerStatus(s.player.pid, s.since) for s in sessions))
        self._notify.status(self._summary())

    def _report_hosts(self) -> None:
        serves, keyed = self._services.purposes, self._services.jimaku.host
        self._board.hosts(tuple(_host_status(h.state(), serves[h], needs_key=h is keyed) for h in self._services.hosts))

    def _summary(self) -> str:
        return f"{len(self._sessions)} players" if len(self._sessions) != 1 else "1 player"

    async def _feed_watchdog(self) -> None:
        if self._notify.watchdog_seconds is None:
            return
        while True:
            self._notify.alive()
            await asyncio.sleep(self._notify.watchdog_seconds / 3)


def _host_status(state: HostState, serves: str, *, needs_key: bool) -> HostStatus:
    wait, trouble = state.next_slot_in, state.trouble
    return HostStatus(state.name, state.waiting, wait, trouble, state.refused, state.sent, serves, needs_key)


def _service_settings(settings: Settings) -> Settings:
    """Return the settings that the services are built from; the rest is read for each playback."""
    plain = Settings()
    return replace(settings, watch=plain.watch, player=plain.player)


def _choice_settings(settings: Settings) -> tuple[object, ...]:
    """Return the settings that decide which subtitle a video gets, and how it is timed."""
    return settings.subtitles, settings.watch, settings.folders, settings.timing
