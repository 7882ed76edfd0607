"""Deliberately broken builds: each breaks one promise, and the harness must catch it. Applied in the forked daemon."""

from __future__ import annotations

import asyncio
import heapq
import os
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import python_mpv_jsonipc

from kotozoe.app.daemon import Daemon
from kotozoe.errors import CommandRefused, ProviderError
from kotozoe.identify.names.nfo import read_nfo
from kotozoe.identify.verdict.pins import Pins
from kotozoe.lookup import listings, nfo_files
from kotozoe.model import Track, Urgency
from kotozoe.player import connection
from kotozoe.player.announcement import Announcement
from kotozoe.player.discovery import PlayerDiscovery
from kotozoe.player.player import Player
from kotozoe.providers import jimaku
from kotozoe.requests import body, host
from kotozoe.requests.circuit_breaker import Health
from kotozoe.requests.host import Host
from kotozoe.requests.http import HttpClient
from kotozoe.requests.queue import Queue, Ticket
from kotozoe.service.status import StatusBoard
from kotozoe.settings import places
from kotozoe.store import pins
from kotozoe.store.pins_text import PinsText, format_pins
from kotozoe.subtitles import cache as subtitle_cache


@dataclass(frozen=True)
class Build:
    """`promise`: the invariant that it breaks; `stage`: what shows that; see `plan.STAGES`."""

    patch: Callable[[], None]
    promise: str
    stage: str


def _writes_in_place() -> None:
    def write(path: Path, contents: bytes) -> None:
        with path.open("wb") as out:
            half = len(contents) // 2
            out.write(contents[:half])
            out.flush()
            out.write(contents[half:])

    subtitle_cache._write = write


def _takes_any_length() -> None:
    right = jimaku._read_file

    def read(name: str, answer: Any, file: Any) -> bytes:
        del name, file
        if answer.status == 200 and answer.body:
            return bytes(answer.body)
        return right("x", answer, jimaku._file({"name": "x", "url": "x"}))  # type: ignore[arg-type]

    vars(jimaku)["_read_file"] = read


def _leaves_late_tracks() -> None:
    async def leave(self: Player, track: Track | None) -> None: ...

    Player._take_back = leave  # type: ignore[method-assign]


def _skips_saving_pins() -> None:
    def write(self: pins.PinStore, told: Pins) -> None: ...

    pins.PinStore._write = write  # type: ignore[method-assign,assignment]


def _overwrites_pins() -> None:
    def read(self: pins.PinStore) -> Pins:
        return self._pins

    def write(self: pins.PinStore, told: Pins) -> None:
        self._pins = told
        self._path.write_text(format_pins(told))

    pins.PinStore.read = read  # type: ignore[method-assign]
    pins.PinStore._write = write  # type: ignore[method-assign,assignment]


def _forgets_the_copy_of_pins() -> None:
    right = pins.PinStore._read

    def read(self: pins.PinStore, path: Path) -> PinsText | None:
        return None if path == self._copy else right(self, path)

    pins.PinStore._read = read  # type: ignore[method-assign]


def _drops_tickets() -> None:
    def put_back(self: Queue, ticket: Ticket) -> None:
        self.forget(ticket)

    Queue.put_back = put_back  # type: ignore[method-assign]


def _keeps_circuits_open() -> None:
    def close(self: Health) -> None: ...

    Health.close = close  # type: ignore[method-assign]
    Health.probe_in = lambda self: 0.0 if self.outage is None else 60.0  # type: ignore[method-assign]


def _keeps_status_to_itself() -> None:
    right = StatusBoard.write

    def write(self: StatusBoard) -> None:
        if not self.now.playbacks:
            right(self)
        self._changed.clear()

    StatusBoard.write = write  # type: ignore[method-assign]


def _writes_half_a_status() -> None:
    def write(self: StatusBoard) -> None:
        self._changed.clear()
        self._file.write_text('{"pid": ' + str(os.getpid()))

    StatusBoard.write = write  # type: ignore[method-assign]


def _never_comes_back() -> None:
    right = PlayerDiscovery._hand_over

    async def accompany(self: PlayerDiscovery, player: Player, arrived: Callable[[Player], None]) -> None:
        await right(self, player, arrived)
        await asyncio.Event().wait()

    PlayerDiscovery._hand_over = accompany  # type: ignore[method-assign]


def _goes_down_with_a_player() -> None:
    right = Daemon._follow

    async def follow(self: Daemon, player: Player) -> None:
        await right(self, player)
        raise RuntimeError("a player left")

    Daemon._follow = follow  # type: ignore[method-assign]


def _waits_for_trickles() -> None:
    body._Speed.heard = lambda self, size: None  # type: ignore[method-assign]


def _never_gives_a_file_up() -> None:
    vars(host)["MAX_INCOMPLETE"] = 10**9


def _blames_the_host_for_one_path() -> None:
    def first_again(self: Host, ticket: Ticket, error: ProviderError) -> None:
        ticket.sent, ticket.place = False, -next(self._queue._serial)
        heapq.heappush(self._queue._heap, (Urgency.ON_SCREEN, ticket.place, ticket))

    Host._let_rest = first_again  # type: ignore[method-assign]
    Health.blames_host = lambda self, key: True  # type: ignore[method-assign]
    Health.hurry = lambda self: None  # type: ignore[method-assign]


def _keeps_cookies() -> None:
    right = HttpClient._make

    def make(self: HttpClient) -> Any:
        client = right(self)
        client.cookies.jar.set_policy(DefaultCookiePolicy())
        return client

    HttpClient._make = make  # type: ignore[method-assign]


def _opens_pipes() -> None:
    vars(nfo_files)["_read"] = lambda path: read_nfo(path.read_bytes()) if path.exists() else None


def _believes_every_peer() -> None:
    """Take a peer's word for what its commands are, and let what comes of it end the watch for players."""
    right = connection.Connection.open.__func__  # type: ignore[attr-defined]

    async def opened(*args: Any) -> Any:
        try:
            return await right(connection.Connection, *args)
        except CommandRefused as odd:
            raise TypeError("an answer of the wrong type") from odd

    async def follow(self: PlayerDiscovery, found: Announcement, arrived: Callable[[Player], None]) -> None:
        await self._serve(found, arrived)

    connection._Library.command = python_mpv_jsonipc.MPV.command  # type: ignore[method-assign]
    connection.Connection.open = opened  # type: ignore[method-assign,assignment]
    PlayerDiscovery._follow = follow  # type: ignore[method-assign]


def _never_looks_at_an_entry_again() -> None:
    vars(listings)["looks_given_away"] = lambda *_: False


def _knows_no_server() -> None:
    vars(places)["_server"] = lambda url: ""


BUILDS = {
    "writes subtitles in place": Build(_writes_in_place, "half file", "disk full"),
    "takes a file of any length": Build(_takes_any_length, "half file", "short file"),
    "leaves late tracks": Build(_leaves_late_tracks, "wrong track", "switch"),
    "skips saving pins": Build(_skips_saving_pins, "lost pin", "pin"),
    "overwrites pins of others": Build(_overwrites_pins, "lost pin", "pin"),
    "forgets the copy of the pins": Build(_forgets_the_copy_of_pins, "lost pin", "pins cut"),
    "drops tickets": Build(_drops_tickets, "stuck queue", "listing fails"),
    "keeps circuits open": Build(_keeps_circuits_open, "stuck queue", "listing drops"),
    "keeps its status to itself": Build(_keeps_status_to_itself, "no answer in status", "nothing"),
    "writes half a status": Build(_writes_half_a_status, "no answer in status", "nothing"),
    "never comes back to a player": Build(_never_comes_back, "next play fails", "cut"),
    "goes down with a player": Build(_goes_down_with_a_player, "daemon died", "quit"),
    "waits for trickles": Build(_waits_for_trickles, "held up", "trickle"),
    "never gives a file up": Build(_never_gives_a_file_up, "held up", "reset in body"),
    "blames the host for one path": Build(_blames_the_host_for_one_path, "held up", "path broken"),
    "keeps cookies": Build(_keeps_cookies, "cookie sent", "cookies"),
    "opens pipes": Build(_opens_pipes, "held up", "pipes"),
    "believes every peer": Build(_believes_every_peer, "daemon died", "nonsense"),
    "never looks at an entry again": Build(_never_looks_at_an_entry_again, "wrong track", "id used again"),
    "knows no server": Build(_knows_no_server, "held up", "server changed"),
}
