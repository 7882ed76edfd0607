"""The story of what the user says to one playback: shown a menu, taken at their word, remembered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from kotozoe.errors import CommandRefused, ProviderError
from kotozoe.identify.names.identify import Identified, identify
from kotozoe.identify.verdict.anchor import anchor_of, primary
from kotozoe.identify.verdict.pins import Pin, Pins, Rejection, base_name, folder_of
from kotozoe.model import Entry, MediaKey, Ranked, Urgency, Verdict, VideoFile
from kotozoe.playback import menu as menus
from kotozoe.playback.menu import Act, Menu
from kotozoe.playback.playback import Loaded, Playback
from kotozoe.printable import printable

_numbers = itertools.count(1)  # of menus: none is ever taken for another


class Screen(Protocol):
    """Where menus and short lines are shown."""

    async def tell_script(self, name: str, content: Mapping[str, object]) -> None: ...
    async def say(self, line: str) -> None: ...


class Candidates(Protocol):
    """Which files may serve, best first. Raises ProviderError."""

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]: ...


class TitleSearch(Protocol):
    """Words to entries."""

    async def search(self, text: str) -> tuple[Entry, ...]: ...


class PinStore(Protocol):
    """What the user said before. Both raise StorageError."""

    def read(self) -> Pins: ...
    def change(self, change: Callable[[Pins], Pins]) -> Pins: ...


@dataclass(slots=True)
class Corrections:
    """Hears the user about one playback. `hush` ends what the story is still doing, so that it takes nothing back."""

    screen: Screen
    loaded: Loaded
    playback: Playback
    candidates: Candidates
    shows: TitleSearch
    pins: PinStore
    hush: Callable[[], Awaitable[None]]
    clock: Callable[[], float] = time.time
    _menu: Menu | None = field(default=None, init=False)
    _number: int = field(default=0, init=False)
    _at: str = field(default="", init=False)  # the candidate that was asked for last
    _decided: bool = field(default=False, init=False)  # what the user said may change the answer

    async def hear(self, name: str, words: tuple[str, ...]) -> bool:
        """Do what the script asks; return whether the story is to be told anew. What makes no sense is passed over.

        May be cancelled by the user's next word; then the answer to that one counts for both.
        """
        return await self._hear(name, words) or self._decided

    async def _hear(self, name: str, words: tuple[str, ...]) -> bool:
        match name, words:
            case "open-menu", _:
                return await self._open(await self._main())
            case "cycle-candidate", _:
                return await self._cycle()
            case "retry", _:
                return True
            case "reject", _:
                return await self._act(menus.Reject())
            case "toggle", _:
                return await self._act(menus.Toggle())
            case "shift-episode", (by,):
                return await self._shift(by)
            case "shift-episode", _:
                return await self._act(menus.AskEpisode())
            case "pick", (number, index, *text):
                return await self._pick(number, index, text[0] if text else "")
        return False

    # -- menus

    async def _open(self, menu: Menu) -> bool:
        self._menu, self._number = menu, next(_numbers)
        message = menus.menu_message(menu, self.loaded.playback_id, self._number)
        await self.screen.tell_script("menu", message)
        return False

    async def _main(self) -> Menu:
        path, told, verdict = self.loaded.video.path, self.pins.read(), self.playback.verdict
        return menus.main_menu(
            verdict,
            self.playback.readable,
            self.playback.reason,
            await self._ranked(),
            told.rejected(path, verdict.entry_id if verdict is not None else None),
            folder_of(path),
            told.left_alone(path),
        )

    async def _ranked(self) -> tuple[Ranked, ...]:
        verdict = self.playback.verdict
        if verdict is None or verdict.status != "resolved":
            return ()
        try:
            return await self.candidates.candidates(verdict, self.loaded.video, Urgency.ON_SCREEN)
        except ProviderError:
            return ()

    async def _pick(self, number: str, index: str, text: str) -> bool:
        if self._menu is None or number != str(self._number) or not index.isdecimal() or len(index) > 4:
            return False
        place = int(index)
        if place >= len(self._menu.items) or (act := self._menu.items[place].act) is None:
            return False
        return await self._act(act, text)

    # -- acts

    async def _act(self, act: Act, text: str = "") -> bool:
        match act:
            case menus.Take(file):
                await self._take(file)
            case menus.AskShow():
                return await self._ask_show(text)
            case menus.AskEpisode():
                return await self._ask_episode()
            case menus.PickShow():
                return await self._pick_show(act)
            case menus.PickEpisode(episode):
                return await self._pick_episode(menus.episode_of(text) if episode is None else episode)
            case menus.Leave(folder, leave):
                return await self._leave(folder, leave=leave)
            case menus.Reject():
                return await self._reject()
            case menus.Toggle():
                await self.playback.toggle(self.loaded)
            case menus.Retry():
                return True
        return False

    async def _take(self, file: str) -> None:
        self._at = file
        await self.hush()
        await self.playback.take(self.loaded, file)

    async def _cycle(self) -> bool:
        ranked = await self._ranked()
        verdict, readable = self.playback.verdict, self.playback.readable
        rejected = self.pins.read().rejected(self.loaded.video.path, verdict.entry_id if verdict is not None else None)
        names = [r.file.name for r in ranked if r.file.name not in rejected]
        here = self._at or (readable.file if readable is not None else "")
        if not [name for name in names if name != here]:
            await self.screen.say("kotozoe: there is no other candidate")
            return False
        await self._take(names[(names.index(here) + 1) % len(names) if here in names else 0])
        return False

    async def _ask_show(self, text: str) -> bool:
        verdict = self.playback.verdict
        if not text.strip():
            reading = primary(await self._identified())
            text = reading.zone if reading is not None else ""
        entries = await self.shows.search(text)
        possible = verdict.candidates if verdict is not None else ()
        return await self._open(menus.show_menu(entries, possible, verdict.ref if verdict is not None else None))

    async def _ask_episode(self) -> bool:
        verdict = self.playback.verdict
        if verdict is None or verdict.ref is None:
            await self.screen.say("kotozoe: choose the show first")
            return await self._ask_show("")
        return await self._open(menus.episode_menu(verdict.ref))

    async def _pick_show(self, pick: menus.PickShow) -> bool:
        return await self._pin(pick.media, pick.title, pick.entry_id, pick.episode)

    async def _shift(self, by: str) -> bool:
        verdict = self.playback.verdict
        step = menus.episode_of(by.lstrip("+-"))
        if verdict is None or verdict.ref is None or verdict.ref.episode is None or step is None:
            return False
        return await self._pick_episode(verdict.ref.episode + (-step if by.startswith("-") else step))

    async def _pick_episode(self, episode: float | None) -> bool:
        verdict = self.playback.verdict
        if verdict is None or verdict.ref is None or episode is None or episode < 0:
            await self.screen.say("kotozoe: that is no episode number")
            return False
        return await self._pin(verdict.ref.media, verdict.title, verdict.entry_id, episode)

    async def _pin(self, media: MediaKey, title: str, entry_id: int | None, episode: float | None) -> bool:
        """Remember it for the series as this release names it, and begin again."""
        identified = await self._identified()
        anchor, reading = anchor_of(identified), primary(identified)
        if anchor is None or reading is None:
            await self.screen.say("kotozoe: the name says no title to remember this by")
            return False
        name, title = printable(reading.zone), printable(title)
        pin = Pin(anchor, media, reading.claim.episode, episode, entry_id, name, title, self.clock())
        await self._keep(lambda pins: pins.pinned(pin))
        self.playback.told("pinned", f"{printable(name, 80)} is {printable(title, 80)} from now on")
        return await self._anew()

    async def _reject(self) -> bool:
        readable = self.playback.readable
        if readable is None:
            await self.screen.say("kotozoe: there is nothing to reject")
            return False
        video = base_name(self.loaded.video.path)
        rejection = Rejection(video, readable.entry_id, readable.name, self.clock())
        await self._keep(lambda pins: pins.rejecting(rejection))
        self.playback.told("rejected", printable(readable.name, 80))
        return await self._anew()

    async def _leave(self, folder: str, *, leave: bool) -> bool:
        path = self.loaded.video.path
        await self._keep(lambda pins: pins.leaving(folder) if leave else pins.serving(path))
        return await self._anew()

    async def _keep(self, change: Callable[[Pins], Pins]) -> None:
        self._decided = True
        await asyncio.to_thread(self.pins.change, change)

    async def _anew(self) -> bool:
        """Take the track away that is there; whoever begins again ends what was."""
        with suppress(CommandRefused):  # a player that hangs: what comes takes the place of what is there
            await self.playback.drop(self.loaded)
        return True

    async def _identified(self) -> Identified:
        return await asyncio.to_thread(identify, self.loaded.video)
