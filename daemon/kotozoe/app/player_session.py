"""One player, and the playback of the file that it has loaded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from kotozoe.app.session_factory import SessionFactory
from kotozoe.errors import CommandRefused, KotozoeError, MovedOn, PlayerGone
from kotozoe.identify.names.identify import own_name
from kotozoe.playback.playback import Playback
from kotozoe.playback.session import cancel
from kotozoe.player import Loaded, Player, Renamed, ScriptMessage, Unloaded
from kotozoe.service.log import PLAYBACK

log = logging.getLogger(__name__)


class PlayerSession:
    """Follows one player: a new file ends the playback before it, and the user's requests go to the present one."""

    def __init__(self, player: Player, factory: SessionFactory) -> None:
        self.player = player
        self.since = time.time()
        self._factory = factory
        self._playback: Playback | None = None
        self._request: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Listen until the player is gone."""
        try:
            async for event in self.player.events():
                if isinstance(event, Loaded):
                    await self._begin(event)
                elif isinstance(event, Renamed):
                    await self._rename(event)
                elif isinstance(event, Unloaded):
                    await self._end()
                else:
                    self._handle(event)
        finally:
            await self._end()

    async def restart(self, *, even_finished: bool = False) -> None:
        """Begin anew unless it is finished: something changed that may help.

        `even_finished`: another subtitle may be wanted now; but not where the user has decided.
        """
        if self._playback is None:
            return
        session = self._playback.session
        if not session.finished or (even_finished and not session.user_decided):
            await self._begin(_settled(session.loaded))

    async def _begin(self, loaded: Loaded, *, chosen: bool = False, renamed: bool = False) -> None:
        await self._end()
        self._playback = playback = self._factory.open(self.player, loaded, chosen=chosen)
        running = self._run(playback, renamed=renamed)
        playback.session.running = asyncio.create_task(running, name=loaded.playback_id)
        playback.session.running.add_done_callback(self._factory.memory.after_work)

    async def _rename(self, event: Renamed) -> None:
        """Begin anew under another name, unless the user has decided already."""
        session = self._playback.session if self._playback is not None else None
        if session is None or session.playback_id != event.playback_id or session.user_decided:
            return
        if own_name(event.video) != own_name(session.video):
            log.info("%s: its stream has another name now", session.playback_id)
            await self._begin(_settled(replace(session.loaded, video=event.video)), renamed=True)

    async def _end(self) -> None:
        playback, self._playback = self._playback, None
        request, self._request = self._request, None
        if playback is not None:
            await cancel(playback.session.running)
        if request is not asyncio.current_task():  # a request may itself begin the playback anew
            await cancel(request)
        if playback is not None:
            playback.session.reporter.ended()

    def _handle(self, message: ScriptMessage) -> None:
        """Begin to do what the user asks; it replaces an earlier request that is not done yet."""
        playback = self._playback
        if playback is None or message.args[:1] != (playback.session.playback_id,):
            return
        if self._request is not None:
            self._request.cancel()
        self._request = asyncio.create_task(self._handle_message(playback, message), name="request")

    async def _handle_message(self, playback: Playback, message: ScriptMessage) -> None:
        async with _logged(playback):
            if await playback.handle_message(message.name, message.args[1:]):
                await self._begin(_settled(playback.session.loaded), chosen=playback.corrections.selects)

    async def _run(self, playback: Playback, *, renamed: bool) -> None:
        async with _logged(playback):
            if renamed:  # what was loaded under the other name may be another episode's
                with contextlib.suppress(CommandRefused):
                    await playback.session.drop_tracks()
            await self.player.send_to_script("playback", {"playback": playback.session.playback_id})
            await playback.run()


def _settled(loaded: Loaded) -> Loaded:
    """Return the event without the wait for a name."""
    return replace(loaded, unsettled=False)


@contextlib.asynccontextmanager
async def _logged(playback: Playback) -> AsyncIterator[None]:
    """Name the playback on each line of the log, and log whatever goes wrong."""
    PLAYBACK.set(playback.session.playback_id)
    try:
        yield
    except (PlayerGone, MovedOn) as gone:
        log.info("playback ended: %s", gone)
    except KotozoeError as trouble:
        log.warning("%s", trouble)
    except Exception:
        log.exception("internal error while handling this file")
