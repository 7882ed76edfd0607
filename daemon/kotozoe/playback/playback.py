"""One loaded file from beginning to end: load its subtitle, check the timing, prefetch the next, obey the user."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from kotozoe.errors import CommandRefused
from kotozoe.playback.corrections import Corrections
from kotozoe.playback.loader import SubtitleLoader
from kotozoe.playback.prefetch import Prefetch
from kotozoe.playback.retiming import Retiming
from kotozoe.playback.session import PlaybackSession
from kotozoe.player.titles import WAIT
from kotozoe.subtitles.awaited import AwaitedEpisodes

_LONG_WAIT = 3.0  # seconds after which a person wonders why nothing happens
_LOOK_SECONDS = 2.0  # between two looks at what is waited for
_MAX_LOOKS = 30
_CONFIRM_SECONDS = 2.0  # for which the timing of a subtitle waits until its episode is confirmed


@dataclass(frozen=True, slots=True)
class Playback:
    """Ties together what works on one session. `waits` says in a few words what all hosts wait for, if they do."""

    session: PlaybackSession
    loader: SubtitleLoader
    corrections: Corrections
    prefetch: Prefetch
    retiming: Retiming
    awaited: AwaitedEpisodes
    waits: Callable[[], str]

    async def run(self) -> None:
        """Do everything that is done by itself; cancel it to end it."""
        session = self.session
        if session.is_private:
            session.report("skipped", "its folder is listed in [watch] private")
            session.finished = True
            return
        if session.loaded.unsettled:
            await asyncio.sleep(WAIT)  # a better name begins the playback anew
        explaining = asyncio.create_task(self._explain_delay())
        try:
            finished = await self.loader.run()
        finally:
            explaining.cancel()
        self._report_shown()
        prefetching = asyncio.create_task(self.prefetch.run())
        confirming = asyncio.create_task(self.loader.confirm())
        try:
            await asyncio.wait((confirming,), timeout=_CONFIRM_SECONDS)
            if not confirming.done() or not confirming.result():
                await self._retime()
            if await confirming:
                await session.drop_tracks()
                finished = await self.loader.run()
                self._report_shown()
                await self._retime()
            await prefetching
        finally:
            prefetching.cancel()
            confirming.cancel()
        if await self.loader.improve():
            await self._retime()
        session.finished = finished

    async def handle_message(self, name: str, args: tuple[str, ...]) -> bool:
        """Do what the script asks for the user; return whether the playback must begin anew."""
        if self.session.is_private:
            return False
        self.session.player.make_way()  # what the user asks for is answered at once
        if name == "retry":
            self.awaited.hurry()
        if name == "undo-retiming":
            await self.retiming.undo()
        elif name == "speak-now":
            await self.retiming.speak_now()
        before = self.session.readable
        restart = await self.corrections.handle_message(name, args)
        self._report_shown()
        if self.session.readable is not before and not restart:
            await self._retime()
        return restart

    async def _retime(self) -> None:
        try:
            await self.retiming.run()
        except CommandRefused as refusal:
            self.session.report("advice", f"mpv would not load the retimed subtitle: {refusal}")
        self._report_shown()

    def _report_shown(self) -> None:
        if self.session.readable is not None:
            self.session.reporter.shows(self.session.readable.path)

    async def _explain_delay(self) -> None:
        """Say once what is waited for if it takes long, and for how long."""
        await asyncio.sleep(_LONG_WAIT)
        for _ in range(_MAX_LOOKS):
            if reason := self.waits():
                self.session.report("waiting", reason)
                await self.session.say(f"kotozoe: waiting for {reason}")
                return
            await asyncio.sleep(_LOOK_SECONDS)
