"""The daemon: everything built, started, and stopped in mirrored order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from kotozoe import __version__
from kotozoe.app.player_session import PlayerSession, Story, shown_name
from kotozoe.app.services import Services, open_services
from kotozoe.app.session_factory import Reporter, Stage, staged
from kotozoe.app.tasks import log_fault, running
from kotozoe.errors import StorageError
from kotozoe.lookup.catalogue_refresh import AwaitedPoller
from kotozoe.playback.playback import Told
from kotozoe.playback.tracks import under
from kotozoe.player import Loaded, Player, Watch, runtime_folder
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.service.directory_watcher import DirectoryWatcher
from kotozoe.service.log import Masks
from kotozoe.service.notify import Notify
from kotozoe.service.status import HostStatus, KeyStatus, PlayerStatus, StatusBoard
from kotozoe.settings.key import Key, find_key
from kotozoe.settings.places import Paths
from kotozoe.settings.reload import Change, Reload
from kotozoe.settings.schema import Settings
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.timing.measurements import Timings

log = logging.getLogger(__name__)


class Daemon:
    """Lives from `run` to SIGTERM or SIGINT; SIGHUP reads the settings again."""

    def __init__(self, settings: Settings, places: Paths, masks: Masks) -> None:
        self._settings = settings
        self._places = places
        self._masks = masks
        self._board = StatusBoard(places.status, __version__)
        self._notify = Notify()
        self._directory_watcher = DirectoryWatcher()
        self._reload = Reload(places.config, settings, self._directory_watcher)
        self._seats: dict[str, PlayerSession] = {}
        self._key = Key(None)
        self._stores: dict[str, tuple[Catalogue, AwaitedEpisodes]] = {}
        self._said: set[str] = set()
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._services: Services
        self._awaited_poller: AwaitedPoller
        self._fresh: asyncio.Task[None]
        self._watch: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until told to stop. Raises StorageError if our own files cannot be used."""
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._board.write)
            stack.callback(self._close_stores)
            await self._take_stores(self._settings)
            self._pace = RateLimitStore(self._places.pace)
            stack.callback(self._pace.close)
            self._timings = Timings(self._places.timings)
            stack.callback(self._timings.close)
            await self._take_key()
            self._start_services()
            stack.push_async_callback(self._close_services)
            stack.enter_context(self._signals())
            await stack.enter_async_context(running(self._board.run(), "status"))
            await stack.enter_async_context(running(self._directory_watcher.run(), "outlook"))
            await stack.enter_async_context(running(self._follow_settings(), "settings"))
            await stack.enter_async_context(running(self._feed_watchdog(), "watchdog"))
            stack.push_async_callback(self._stop_watch)
            self._start_watch()
            self._notify.ready("waiting for mpv")
            log.info("kotozoe %s is ready", __version__)
            self._tell_hosts()
            await self._stop.wait()
            self._notify.stopping()
            log.info("stopping")

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
            log.warning("the last good settings stay in force")
            return
        try:
            await self._take_stores(change.settings)
        except StorageError as trouble:
            log.warning("%s; the last good settings stay in force", trouble)
            return
        before, self._settings = self._settings, change.settings
        await self._take_key()
        if _reaches_out(before) != _reaches_out(self._settings):
            await self._close_services()
            self._start_services()
            self._tell_hosts()
        if before.cache != self._settings.cache:
            await asyncio.to_thread(self._services.subtitle_cache.trim, self._board.shown())
        if before.player.sockets != self._settings.player.sockets:
            await self._stop_watch()
            self._start_watch()
        log.info("new settings are in force")
        self._said.clear()
        self._services.rearm()
        self._wake()
        for seat in tuple(self._seats.values()):  # players come and go meanwhile
            await seat.again(anew=_chooses(before) != _chooses(self._settings))

    async def _take_key(self) -> None:
        self._key = await find_key(self._settings.jimaku)
        self._masks.know(self._key.secret)
        self._board.key(KeyStatus(self._key.secret is not None, self._key.origin, self._key.trouble))
        for sentence in filter(None, (self._key.trouble, self._key.advice)):
            log.warning("%s", sentence)

    async def _take_stores(self, settings: Settings) -> None:
        """Take what is known of the Jimaku server in the settings. What was of another one stays open for who uses it.

        Raises StorageError.
        """
        at = self._places.for_server(settings.jimaku.url)
        if at.server not in self._stores:
            catalogue = await asyncio.to_thread(Catalogue, at.catalogue)
            self._stores[at.server] = catalogue, AwaitedEpisodes(at.wanted, on_change=self._look_again)
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
            self._tell_hosts,
            in_use=self._board.shown,
            awaited=self._awaited,
            timings=self._timings,
        )
        self._awaited_poller = AwaitedPoller(self._awaited, self._services.listings, self._catalogue, self._wake)
        self._fresh = asyncio.create_task(self._keep_fresh(), name="refresh")
        self._fresh.add_done_callback(log_fault)

    async def _keep_fresh(self) -> None:
        await asyncio.gather(self._services.refresh.keep_fresh(), self._awaited_poller.keep_looking())

    def _look_again(self) -> None:
        self._awaited_poller.stir()

    async def _close_services(self) -> None:
        self._fresh.cancel()
        await asyncio.gather(self._fresh, return_exceptions=True)
        await self._services.close()

    # -- players

    def _start_watch(self) -> None:
        sockets = [Path(socket) for socket in self._settings.player.sockets]
        folder = runtime_folder()
        if folder is None:
            log.warning("there is no XDG_RUNTIME_DIR: only the sockets of [player] sockets are watched")
        self._watch = asyncio.create_task(
            self._run_watch(Watch(folder, self._directory_watcher, sockets)), name="watch"
        )
        self._watch.add_done_callback(self._on_watch_done)

    async def _run_watch(self, watch: Watch) -> None:
        async with asyncio.TaskGroup() as group:
            await watch.run(lambda player: self._seat(player, group))

    def _on_watch_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("players are watched no more: %s", error, exc_info=error)
            self._stop.set()

    async def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def _seat(self, player: Player, group: asyncio.TaskGroup) -> None:
        group.create_task(self._follow(player), name=player.player_id)

    async def _follow(self, player: Player) -> None:
        seat = PlayerSession(player, self._story)
        self._seats[player.player_id] = seat
        log.info("%s is here", player.player_id)
        self._tell_players()
        try:
            await seat.follow()
        except Exception:  # a mistake of ours over one player is no harm to the others
            log.exception("%s is left alone after a fault in kotozoe", player.player_id)
        finally:
            if self._seats[player.player_id] is seat:  # it may be here again already, over another connection
                del self._seats[player.player_id]
            log.info("%s is gone", player.player_id)
            self._tell_players()

    def _story(self, player: Player, loaded: Loaded, *, chosen: bool, hush: Callable[[], Awaitable[None]]) -> Story:
        private = under(loaded.video.path, self._settings.watch.private)
        name = "a private file" if private else shown_name(loaded.video.path)
        self._board.playback(loaded.playback_id, player.pid, name)
        log.info("%s: %s", "plays already" if loaded.attached else "loaded", name)

        async def opening() -> None:
            if self._key.secret is None:
                await self._say_once(player, "kotozoe has no Jimaku API key: see kotozoe status")

        stage = Stage(
            self._settings,
            self._services,
            self._places.subtitle_cache,
            self._timings,
            self._awaited,
            self._until_changed,
        )
        reporter = Reporter(
            self._teller(loaded, name),
            opening,
            lambda: self._board.ended(loaded.playback_id),
            lambda path: self._board.shows(loaded.playback_id, path),
        )
        return staged(stage, player, loaded, reporter, chosen=chosen, hush=hush)

    def _teller(self, loaded: Loaded, name: str) -> Told:
        said: dict[str, str] = {}

        def told(step: str, sentence: str) -> None:
            if said.get(step) == sentence:
                return  # asked again, and nothing new
            said[step] = sentence
            log.info("%s: %s", step, sentence)
            self._board.step(loaded.playback_id, step, sentence)
            self._notify.status(f"{name}: {step}")

        return told

    async def _say_once(self, player: Player, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            await player.say(sentence)

    # -- telling

    async def _until_changed(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _wake(self) -> None:
        """Let everybody who waits for a change look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _tell_players(self) -> None:
        seats = self._seats.values()
        self._board.players(tuple(PlayerStatus(seat.player.pid, seat.since) for seat in seats))
        self._notify.status(self._summary())

    def _tell_hosts(self) -> None:
        states = [host.state() for host in self._services.hosts]
        self._board.hosts(
            tuple(HostStatus(s.name, s.waiting, s.next_slot_in, s.trouble, s.refused, s.sent) for s in states)
        )

    def _summary(self) -> str:
        return f"{len(self._seats)} players" if len(self._seats) != 1 else "1 player"

    async def _feed_watchdog(self) -> None:
        if self._notify.watchdog_seconds is None:
            return
        while True:
            self._notify.alive()
            await asyncio.sleep(self._notify.watchdog_seconds / 3)


def _reaches_out(settings: Settings) -> Settings:
    """Return what the services are built from; the rest is read anew for each playback."""
    plain = Settings()
    return replace(settings, watch=plain.watch, player=plain.player)


def _chooses(settings: Settings) -> tuple[object, ...]:
    """Return what decides which subtitle a video gets, and how it is timed."""
    return settings.subtitles, settings.watch, settings.folders, settings.timing
