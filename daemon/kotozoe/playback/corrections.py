"""What the user asks for while a file plays: a menu is shown, the choice is obeyed and remembered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kotozoe.errors import CommandRefused, ProviderError
from kotozoe.identify.names.identify import Identified, identify
from kotozoe.identify.verdict.anchor import anchor_of, primary
from kotozoe.identify.verdict.pinned import pin_for, pin_of_title
from kotozoe.identify.verdict.pins import Pick, Pin, Pins, Rejection, base_name, folder_of
from kotozoe.lookup.title_search import TitleSearch
from kotozoe.model import MediaKey, Ranked, Urgency
from kotozoe.playback import menu as menus
from kotozoe.playback.loader import SubtitleLoader
from kotozoe.playback.menu import Act, Menu
from kotozoe.playback.session import PlaybackSession
from kotozoe.printable import printable

_numbers = itertools.count(1)  # of menus: none is ever taken for another


@dataclass(slots=True)
class Corrections:
    """Obeys the user on one session. `selects`: ours is to be shown when the playback begins anew."""

    session: PlaybackSession
    loader: SubtitleLoader
    title_search: TitleSearch
    clock: Callable[[], float] = time.time
    login: Sequence[str] = ("kotozoe", "login")  # the command that asks for the API key
    selects: bool = field(default=True, init=False)
    _menu: Menu | None = field(default=None, init=False)
    _number: int = field(default=0, init=False)
    _last_file: str = field(default="", init=False)  # the candidate that was asked for last
    _changed: bool = field(default=False, init=False)  # what was remembered may change the answer

    async def handle_message(self, name: str, args: tuple[str, ...]) -> bool:
        """Do what the script asks; return whether the playback must begin anew. Nonsense is ignored.

        May be cancelled by the user's next request; then the answer to that one counts for both.
        """
        return await self._dispatch(name, args) or self._changed

    async def _dispatch(self, name: str, args: tuple[str, ...]) -> bool:
        match name, args:
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
        message = menus.menu_message(menu, self.session.playback_id, self._number)
        await self.session.player.send_to_script("menu", message)
        return False

    async def _main(self) -> Menu:
        path, pins = self.session.video.path, self.session.pins.read()
        return menus.main_menu(
            self.session.verdict,
            self.session.readable,
            self.session.reason,
            await self._ranked(),
            self.session.rejected(),
            folder_of(path),
            pins.left_alone(path),
            self.session.reporter.key_trouble(),
            choices=len(await self._choices()),
        )

    async def _choices(self) -> tuple[Pin | Rejection | Pick, ...]:
        """Return what the user chose that bears on this video, the newest first."""
        pins, anchor = self.session.pins.read(), anchor_of(await self._identified())
        video = base_name(self.session.known_as)
        pin = anchor and (pin_for(anchor, pins.pins) or pin_of_title(anchor, pins.pins))
        files: tuple[Rejection | Pick, ...] = (*pins.rejections, *pins.picks)
        entry_id = self.session.verdict.entry_id if self.session.verdict is not None else None
        here = [f for f in files if f.video == video and (f.source == "folder" or f.entry_id == entry_id)]
        return (*sorted(here, key=lambda f: f.made, reverse=True), *((pin,) if pin else ()))

    async def _ranked(self) -> tuple[Ranked, ...]:
        verdict = self.session.verdict
        if verdict is None or verdict.status != "resolved":
            return ()
        try:
            return await self.loader.subtitles.candidates(verdict, self.session.video, Urgency.ON_SCREEN)
        except ProviderError:
            return ()

    async def _pick(self, number: str, index: str, text: str) -> bool:
        if self._menu is None or number != str(self._number) or not index.isdecimal() or len(index) > 4:
            return False
        position = int(index)
        if position >= len(self._menu.items) or (act := self._menu.items[position].act) is None:
            return False
        return await self._act(act, text)

    # -- acts

    async def _act(self, act: Act, text: str = "") -> bool:
        match act:
            case menus.Take(file):
                await self._take(file)
            case menus.AskShow() | menus.AskEpisode() | menus.AskChoices():
                return await self._ask(act, text)
            case menus.PickShow():
                return await self._pick_show(act)
            case menus.PickEpisode(episode):
                return await self._pick_episode(menus.episode_of(text) if episode is None else episode)
            case menus.Leave(folder, leave):
                return await self._leave(folder, leave=leave)
            case menus.Reject():
                return await self._reject()
            case menus.TakeBack(choice):
                return await self._take_back(choice)
            case menus.Toggle() | menus.Login():
                await (self.session.toggle() if isinstance(act, menus.Toggle) else self._log_in())
            case menus.Retry():
                return True
        return False

    async def _ask(self, act: menus.AskShow | menus.AskEpisode | menus.AskChoices, text: str) -> bool:
        match act:
            case menus.AskShow():
                return await self._ask_show(text)
            case menus.AskEpisode():
                return await self._ask_episode()
            case menus.AskChoices():
                return await self._open(menus.choices_menu(await self._choices()))

    async def _log_in(self) -> None:
        await self.session.player.send_to_script("login", {"command": list(self.login)})

    async def _take(self, file: str) -> None:
        self._last_file = file
        await self.session.cancel_current()
        await self.loader.load_named(file)
        readable = self.session.readable
        if readable is not None and readable.file == file:
            video = base_name(self.session.known_as)
            pick = Pick(video, readable.entry_id, file, self.clock(), readable.source)
            await asyncio.to_thread(self.session.pins.change, lambda pins: pins.picking(pick))

    async def _cycle(self) -> bool:
        ranked = await self._ranked()
        rejected, readable = self.session.rejected(), self.session.readable
        names = [r.file.name for r in ranked if r.file.name not in rejected]
        here = self._last_file or (readable.file if readable is not None else "")
        if not [name for name in names if name != here]:
            await self.session.player.say("kotozoe: no other subtitle to switch to")
            return False
        await self._take(names[(names.index(here) + 1) % len(names) if here in names else 0])
        return False

    async def _ask_show(self, text: str) -> bool:
        verdict, searched = self.session.verdict, bool(text.strip())
        if not searched:
            reading = primary(await self._identified())
            text = reading.title_text if reading is not None else ""
        entries = await self.title_search.search(text)
        possible = verdict.candidates if verdict is not None else ()
        denied = verdict.ref if verdict is not None else None
        return await self._open(menus.show_menu(entries, possible, denied, searched=searched))

    async def _ask_episode(self) -> bool:
        verdict = self.session.verdict
        if verdict is None or verdict.ref is None:
            await self.session.player.say("kotozoe: choose the show first")
            return await self._ask_show("")
        return await self._open(menus.episode_menu(verdict.ref))

    async def _pick_show(self, pick: menus.PickShow) -> bool:
        return await self._pin(pick.media, pick.title, pick.entry_id, pick.episode)

    async def _shift(self, by: str) -> bool:
        verdict = self.session.verdict
        step = menus.episode_of(by.lstrip("+-"))
        if verdict is None or verdict.ref is None or verdict.ref.episode is None or step is None:
            return False
        return await self._pick_episode(verdict.ref.episode + (-step if by.startswith("-") else step))

    async def _pick_episode(self, episode: float | None) -> bool:
        verdict = self.session.verdict
        if verdict is None or verdict.ref is None or episode is None or episode < 0:
            await self.session.player.say("kotozoe: not an episode number")
            return False
        return await self._pin(verdict.ref.media, verdict.title, verdict.entry_id, episode)

    async def _pin(self, media: MediaKey, title: str, entry_id: int | None, episode: float | None) -> bool:
        """Remember it for the series as this release names it, and begin anew."""
        identified = await self._identified()
        anchor, reading = anchor_of(identified), primary(identified)
        if anchor is None or reading is None:
            await self.session.player.say("kotozoe: cannot save this choice: no title found in the file name")
            return False
        name, title = printable(reading.title_text), printable(title)
        pin = Pin(anchor, media, reading.parsed.episode, episode, entry_id, name, title, self.clock())
        await self._remember(lambda pins: pins.pinned(pin))
        self.session.report("pinned", _sentence(pin))
        return await self._restart()

    async def _reject(self) -> bool:
        readable = self.session.readable
        if readable is None:
            await self.session.player.say("kotozoe: no subtitle to reject")
            return False
        await self._note_selection()
        video = base_name(self.session.known_as)
        rejection = Rejection(video, readable.entry_id, readable.name, self.clock(), readable.source)
        await self._remember(lambda pins: pins.rejecting(rejection))
        self.session.report("rejected", printable(readable.name, 80))
        return await self._restart()

    async def _note_selection(self) -> None:
        """Where the user shows another track than ours, the next file of ours is not shown in its place."""
        with suppress(CommandRefused):
            self.selects = await self.session.is_shown()

    async def _take_back(self, choice: Pin | Rejection | Pick) -> bool:
        await self._note_selection()
        await self._remember(lambda pins: pins.taking_back(choice))
        name = choice.title if isinstance(choice, Pin) else choice.file
        self.session.report("taken back", printable(name, 80))
        return await self._restart()

    async def _leave(self, folder: str, *, leave: bool) -> bool:
        path = self.session.video.path
        await self._remember(lambda pins: pins.leaving(folder) if leave else pins.serving(path))
        return await self._restart()

    async def _remember(self, change: Callable[[Pins], Pins]) -> None:
        self._changed = True
        await asyncio.to_thread(self.session.pins.change, change)

    async def _restart(self) -> bool:
        """Remove the present track; whoever begins the playback anew ends this one."""
        with suppress(CommandRefused):  # a player that hangs: the next subtitle replaces this one anyway
            await self.session.drop_tracks()
        return True

    async def _identified(self) -> Identified:
        return await asyncio.to_thread(identify, self.session.video)


def _sentence(pin: Pin) -> str:
    """Say what a pin means: the name and its number, the show and which episode that is."""
    number = "" if pin.number is None else f" - {pin.number:g}"
    episode = "" if pin.episode is None else f" episode {pin.episode:g}"
    counted = ", episodes as numbered" if number and not episode else ""
    return f"{printable(pin.name, 80)}{number} is now {printable(pin.title, 80)}{episode}{counted}"
