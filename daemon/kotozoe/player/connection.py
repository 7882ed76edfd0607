"""The lasting connection to one mpv, from python-mpv-jsonipc's threads to asyncio.

The library's habits that are worked around here: it believes whatever a peer says of itself, gathers lines and events
without a bound, waits two minutes for an answer (`TIMEOUT`), `terminate` waits for a hung mpv unless called with
`join=False`, a client that is only dropped leaks two threads, sending blocks once the socket is full, and every player
that quits is logged as an error.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import python_mpv_jsonipc as library

from kotozoe.errors import CommandRefused, PlayerGone, Unanswered
from kotozoe.player.inbox import Inbox, LineSocket, OnEvent
from kotozoe.printable import printable

ANSWER_SECONDS = 5.0
# A hung mpv reads nothing: so many commands of ours fit its socket many times over, and no send ever blocks.
_MAX_PENDING = 16


class _Library(library.MPV):  # type: ignore[misc]  # the library has no types
    """The library's client with one thread, not two, and nothing that a peer's answers could make of it.

    It leaves no thread behind when its constructor fails. Events go to `inbox` from the thread that reads them: the
    library's own queue of events has no bound.
    """

    def __init__(self, path: Path, events: Sequence[str], observed: Sequence[str], inbox: Inbox) -> None:
        self.properties = ()
        self._wanted = frozenset((*events, "property-change"))
        self._inbox = inbox
        try:
            super().__init__(start_mpv=False, ipc_socket=str(path), quit_callback=inbox.end)
            for name in observed:
                self.bind_property_observer(name, None)
            self.event_handler.stop(join=False)  # from here on answers come on the reading thread
        except BaseException as error:
            self.terminate(join=False)
            _close_dropped(error)
            raise

    def command(self, command: str, *args: object) -> object:
        """Answer for mpv what its commands and properties are: none.

        The library would make each an attribute of this object, whatever their names, and whoever listens there names
        them.
        """
        if args in (("property-list",), ("command-list",)):
            return []
        return super().command(command, *args)

    def _callback(self, event: object, data: object) -> None:
        if event in self._wanted:
            self._inbox.put(event, data)

    def terminate(self, join: bool = True) -> None:
        """Let go. The library leaves its socket open where the other side has gone first; not so we."""
        wrapper = getattr(self.mpv_inter, "socket", None)
        sock = getattr(wrapper, "socket", None)
        super().terminate(join=join)
        if sock is not None:
            sock.close()


class _UnixSocket(library.UnixSocket):  # type: ignore[misc]
    """The library's reading thread, over a socket that bounds what it gathers."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.socket: LineSocket = LineSocket(vars(self)["socket"])


library.UnixSocket = _UnixSocket


def _close_dropped(error: BaseException) -> None:
    """Close the socket that the library made and then could not connect: only the error's frames still know it."""
    frames = error.__traceback__
    while frames is not None:
        wrapper = frames.tb_frame.f_locals.get("self")
        sock = wrapper.socket if isinstance(wrapper, library.UnixSocket) else None
        if sock is not None:  # it may have been let go of already
            sock.close()
        frames = frames.tb_next


class Connection:
    """Commands to one mpv, and its events, in the order in which mpv sent them."""

    def __init__(self, client: _Library) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._pending: set[Future[object]] = set()
        self._closed = False
        self._name: object = None

    @classmethod
    async def open(
        cls, path: Path, events: Sequence[str], observed: Sequence[str], on_event: OnEvent, on_gone: Callable[[], None]
    ) -> Connection:
        """Connect; `on_event` and `on_gone` are called in the event loop. The socket must have been probed before."""
        loop = asyncio.get_running_loop()
        connected: asyncio.Future[_Library] = loop.create_future()
        inbox = Inbox(loop, on_event, on_gone)

        def later(call: Callable[..., None], *args: object) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(call, *args)

        def build() -> None:
            try:
                client = _Library(path, events, observed, inbox)
            except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to the one who waits
                later(_fail, connected, error.with_traceback(None))  # whose frames hold the library's open socket
            else:
                later(_deliver, connected, client)

        library.TIMEOUT = ANSWER_SECONDS
        logging.getLogger("mpv-jsonipc").setLevel(logging.CRITICAL + 1)
        # a daemon thread, not the loop's executor: Python would wait for that one at exit, and it may hang in connect
        connecting = threading.Thread(target=build, name="mpv-connect", daemon=True)
        try:
            connecting.start()
            async with asyncio.timeout(ANSWER_SECONDS):
                return cls(await connected)
        except TimeoutError:
            raise Unanswered(f"the player behind {printable(path.name)} does not answer") from None
        except OSError as error:
            raise PlayerGone(f"no player listens at {printable(path.name)} ({error.strerror})") from None
        except library.MPVError as error:
            raise CommandRefused(f"the player behind {printable(path.name)} refuses the connection: {error}") from None
        except Exception as error:  # noqa: BLE001 - its answers made no sense, or no thread was to be had
            raise CommandRefused(
                f"no connection to the player behind {printable(path.name)}: {_described(error)}"
            ) from None

    async def command(self, *words: object) -> object:
        """Return mpv's answer; None for a property that is not available.

        Raises CommandRefused when mpv refuses, Unanswered when it does not answer in time, PlayerGone when it has quit.
        """
        name = printable(str(words[0]))
        if self._closed:
            raise PlayerGone("the player has quit")
        if len(self._pending) >= _MAX_PENDING:
            raise Unanswered(f"mpv does not answer; {name} was not sent")
        future: Future[object] = self._client.command_async(*words)
        self._pending.add(future)
        future.add_done_callback(self._answered)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise Unanswered(f"mpv did not answer to {name} within {ANSWER_SECONDS:.0f} s") from None
        except OSError:
            raise PlayerGone("the player has quit") from None
        except library.MPVError as error:
            raise CommandRefused(f"mpv refused {name}: {printable(str(error))}") from None
        except Exception as error:  # noqa: BLE001 - whatever an answer makes of the library concerns this player alone
            raise CommandRefused(f"mpv's answer to {name} makes no sense: {_described(error)}") from None

    async def client_name(self) -> object:
        """Return by which name mpv knows us; it is asked once. Raises as `command`."""
        if self._name is None:
            self._name = await self.command("client_name")
        return self._name

    async def get(self, name: str) -> object:
        """Return a property's present value, None if it has none now."""
        return await self.command("get_property", name)

    def close(self) -> None:
        """Close without waiting; the threads end by themselves, those of a hung mpv as soon as it wakes or dies."""
        if not self._closed:
            self._closed = True
            self._client.terminate(join=False)

    def _answered(self, future: Future[object]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._pending.discard, future)


def _described(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}", 200)


def _deliver(connected: asyncio.Future[_Library], client: _Library) -> None:
    if connected.done():  # given up meanwhile
        client.terminate(join=False)
    else:
        connected.set_result(client)


def _fail(connected: asyncio.Future[_Library], error: Exception) -> None:
    if not connected.done():
        connected.set_exception(error)
