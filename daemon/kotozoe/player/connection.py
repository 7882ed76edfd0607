"""The lasting connection to one mpv, from python-mpv-jsonipc's threads to asyncio.

The library's habits that are worked around here: it waits two minutes for an answer (`TIMEOUT`), `terminate` waits for
a hung mpv unless called with `join=False`, a client that is only dropped leaks two threads, sending blocks once the
socket is full, and every player that quits is logged as an error.
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
from kotozoe.printable import printable

ANSWER_SECONDS = 5.0
# A hung mpv reads nothing: so many commands of ours fit its socket many times over, and no send ever blocks.
_MAX_PENDING = 16

OnEvent = Callable[[str, dict[str, object]], None]


class _Library(library.MPV):  # type: ignore[misc]  # the library has no types
    """The library's client, which does not leave its threads behind when its constructor fails."""

    def __init__(self, path: Path, gone: Callable[[], None]) -> None:
        try:
            super().__init__(start_mpv=False, ipc_socket=str(path), quit_callback=gone)
        except BaseException as error:
            self.terminate(join=False)
            _close_dropped(error)
            raise

    def terminate(self, join: bool = True) -> None:
        """Close, and the socket, too, which the library leaves open where the other side has closed first."""
        wrapper = getattr(self.mpv_inter, "socket", None)
        sock = getattr(wrapper, "socket", None)
        super().terminate(join=join)
        if sock is not None:
            sock.close()


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

    @classmethod
    async def open(
        cls, path: Path, events: Sequence[str], observed: Sequence[str], on_event: OnEvent, on_gone: Callable[[], None]
    ) -> Connection:
        """Connect; `on_event` and `on_gone` are called in the event loop. The socket must have been probed before."""
        loop = asyncio.get_running_loop()
        connected: asyncio.Future[_Library] = loop.create_future()

        def later(call: Callable[..., None], *args: object) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(call, *args)

        def build() -> None:
            try:
                client = _Library(path, lambda: later(on_gone))
                for name in events:
                    client.bind_event(name, lambda event: later(on_event, event["event"], event))
                for name in observed:
                    client.bind_property_observer(
                        name, lambda name, value: later(on_event, "property-change", {"name": name, "data": value})
                    )
            except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to the one who waits
                later(_fail, connected, error.with_traceback(None))  # whose frames hold the library's open socket
            else:
                later(_deliver, connected, client)

        library.TIMEOUT = ANSWER_SECONDS
        logging.getLogger("mpv-jsonipc").setLevel(logging.CRITICAL + 1)
        # a daemon thread, not the loop's executor: Python would wait for that one at exit, and it may hang in connect
        threading.Thread(target=build, name="mpv-connect", daemon=True).start()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return cls(await connected)
        except TimeoutError:
            raise CommandRefused(f"the player behind {printable(path.name)} does not answer") from None
        except OSError as error:
            raise PlayerGone(f"no player listens at {printable(path.name)} ({error.strerror})") from None
        except library.MPVError as error:
            raise CommandRefused(f"the player behind {printable(path.name)} refuses the connection: {error}") from None

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


def _deliver(connected: asyncio.Future[_Library], client: _Library) -> None:
    if connected.done():  # given up meanwhile
        client.terminate(join=False)
    else:
        connected.set_result(client)


def _fail(connected: asyncio.Future[_Library], error: Exception) -> None:
    if not connected.done():
        connected.set_exception(error)
