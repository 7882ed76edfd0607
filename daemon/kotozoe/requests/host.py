"""One host: sends what waits for it in the order of urgency and at its pace, and retries by the kind of failure."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kotozoe import lanes
from kotozoe.errors import Incomplete, Malformed, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Urgency
from kotozoe.requests.circuit_breaker import Health
from kotozoe.requests.http import Answer, HttpClient, Request
from kotozoe.requests.queue import Queue, Ticket, Waiter
from kotozoe.requests.rate_limit import Headers, Quota, RateLimitHeaders, RequestSlot, interval_of, then

T = TypeVar("T")
log = logging.getLogger(__name__)

MAX_SERVER_ERRORS = 8  # to one request, then its callers hear of it
MAX_INCOMPLETE = 3  # bodies that broke off: soon enough to try another file instead
_SLOW_AFTER = 3.0  # seconds on its way, after which a request no longer counts against `parallel`
_MAX_SLOW = 2  # times `parallel`: so many may be on their way, the slow ones included
_SMALL = 1 << 15  # bytes of an answer that are read in the event loop: at most some 10 ms
LONGEST_SLEEP = 60.0  # the wall clock may be set meanwhile


class Slots(Protocol):
    """The shared buckets (the pace store)."""

    def claim(self, host: str, quota: Quota, urgency: Urgency, round_trip: float = 0.0) -> RequestSlot: ...
    def learn(
        self, host: str, quota: Quota, heard: RateLimitHeaders, sent: float = math.inf, in_flight: int = 0
    ) -> None: ...
    def peek(self, host: str, quota: Quota, urgency: Urgency) -> RequestSlot: ...


@dataclass(frozen=True, slots=True)
class HostDeps:
    """What every host needs from the outside. `clock` tells unix time, `steady` never jumps; `draw` is 0 to 1."""

    wire: HttpClient
    slots: Slots
    clock: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    draw: Callable[[], float] = random.random
    on_change: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class HostState:
    """For status: how many requests wait, the seconds until the next may go, and what is wrong, if anything."""

    name: str
    waiting: int
    next_slot_in: float
    trouble: str
    refused: bool
    sent: int


class Host:
    """`name` is the row of its bucket, and how people read of it. At most `parallel` requests are on their way, apart
    from slow ones: a few answers that trickle must not hold up all others.
    """

    def __init__(
        self,
        name: str,
        deps: HostDeps,
        quota: Quota,
        hear: Callable[[int, Headers, float], RateLimitHeaders],
        *,
        parallel: int = 4,
    ) -> None:
        self.name = name
        self._deps = deps
        self._quota = quota
        self._hear = hear
        self._parallel = parallel
        self._queue = Queue()
        self._health = Health(name, deps.steady, deps.draw)
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._on_their_way: dict[asyncio.Task[None], float] = {}  # since when, by the event loop's clock
        self._refused: Refused | None = None
        self._sent = 0
        self._in_flight = 0  # requests without an answer yet
        self._quickest = math.inf  # seconds that an answer took, apart from the first, which had to connect
        self._closed = False
        self._arming = 0

    async def ask(
        self,
        request: Request[T],
        urgency: Urgency,
        patience: float = math.inf,
        known: Callable[[], T | None] = lambda: None,
    ) -> T:
        """Return what `request` reads from the answer; equal requests are sent once.

        `known` is asked when its turn has come: what it tells is returned, and nothing is sent.

        Waits for its turn as long as it takes, and through trouble as long as it ends within `patience` seconds; cancel
        it to give up. Raises any ProviderError.
        """
        if self._refused is not None:
            raise Refused(self.name, self._refused.reason)
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        now = self._deps.steady()
        self._queue.join(request, Waiter(answer, urgency, now, now + patience, known))
        if urgency is Urgency.ON_SCREEN:
            self._health.hurry()
        self._stir()
        self._deps.on_change()
        try:
            return await answer
        except asyncio.CancelledError:
            self._deps.on_change()  # one waits less, and nothing else may happen here for long
            raise

    def refuse(self, error: Refused) -> None:
        """Send nothing any more, and fail what waits, until `rearm`."""
        if self._refused is None:
            log.warning("%s; nothing more is sent there until the key or the settings change", error)
        self._refused = self._health.trouble = error
        for ticket in self._queue.all():
            ticket.fail(error)
        self._stir()
        self._deps.on_change()

    def rearm(self) -> None:
        """Forget a refusal: the key or the settings changed."""
        self._arming += 1
        self._health.doubt()
        if self._refused is not None:
            self._refused = self._health.trouble = None
            self._deps.on_change()

    def state(self) -> HostState:
        waiting = self._queue.waiting()
        urgency = min((ticket.urgency for ticket in waiting if ticket.urgency is not None), default=Urgency.ON_SCREEN)
        pace = self._deps.slots.peek(self.name, self._quota, urgency).wait
        rest = self._queue.rest() - self._deps.steady() if self._queue.only_rest() else 0.0
        wait = max(pace, self._health.probe_in(), rest)
        trouble = self._health.trouble.reason if self._health.trouble else ""
        return HostState(self.name, len(waiting), round(wait, 3), trouble, self._refused is not None, self._sent)

    def interval(self) -> float:
        """Return the seconds that one request takes of the quota in the long run."""
        return interval_of(self._deps.slots.peek(self.name, self._quota, Urgency.BACKFILL).state, self._quota)

    async def close(self) -> None:
        """Cancel everything; whoever still waits is cancelled too."""
        self._closed = True
        tasks = [*self._on_their_way, *([self._pump] if self._pump else ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for ticket in self._queue.all():
            for waiter in ticket.live:
                waiter.answer.cancel()
            self._queue.forget(ticket)

    def _stir(self) -> None:
        self._wake.set()
        if not self._closed and (self._pump is None or self._pump.done()):
            self._pump = asyncio.create_task(self._run(), name=f"queue of {self.name}")
            self._pump.add_done_callback(self._report)

    def _report(self, task: asyncio.Task[None]) -> None:
        """Let nobody wait for a task that died of a mistake of ours."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the queue of %s stopped", self.name, exc_info=error)
            for ticket in self._queue.all():
                ticket.fail(Unavailable(self.name, "its queue stopped by a fault in kotozoe"))

    async def _run(self) -> None:
        """Send until nothing waits."""
        while True:
            self._wake.clear()
            now = self._deps.steady()
            ticket = self._queue.first(now)
            if ticket is None:
                if self._queue.rest() == math.inf:
                    return
                await self._pause(self._queue.rest() - now)
                continue
            ticket.settle()
            if ticket.urgency is None:
                self._deps.on_change()
                continue
            wait = await self._turn(ticket)
            if wait > 0:
                if ticket.urgency is not None:
                    await self._pause(wait)
                continue
            ticket = self._queue.first(self._deps.steady())  # someone more urgent may have come, or everybody gone
            if ticket is not None:
                self._queue.take(ticket)
                task = asyncio.create_task(self._serve(ticket), name=f"request to {self.name}")
                loop = asyncio.get_running_loop()
                self._on_their_way[task] = loop.time()
                loop.call_later(_SLOW_AFTER, self._wake.set)
                task.add_done_callback(lambda done: self._on_their_way.pop(done, None))

    async def _turn(self, ticket: Ticket) -> float:
        """Return 0 if the first ticket may be sent now, its slot taken; else the seconds to wait."""
        if self._is_full():
            return math.inf
        urgency = ticket.urgency if ticket.urgency is not None else Urgency.BACKFILL
        wait = self._health.probe_in()
        if wait > 0 and self._health.outage is not None:
            self._fail_impatient(self._health.outage, wait)
            return wait
        round_trip = self._quickest if self._quickest < math.inf else 0.0
        turn = await asyncio.to_thread(self._deps.slots.claim, self.name, self._quota, urgency, round_trip)
        if turn.held:
            self._fail_impatient(Throttled(self.name, f"asked us to wait {turn.wait:.0f} s", turn.wait), turn.wait)
        return turn.wait

    def _is_full(self) -> bool:
        parallel = 1 if self._health.doubtful else self._parallel
        slow_since = asyncio.get_running_loop().time() - _SLOW_AFTER
        quick = sum(since > slow_since for since in self._on_their_way.values())
        return quick >= parallel or len(self._on_their_way) >= _MAX_SLOW * parallel

    def _fail_impatient(self, error: ProviderError, wait: float) -> None:
        for ticket in self._queue.waiting():
            ticket.fail_impatient(error, self._deps.steady() + wait)

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until something happens."""
        happens = asyncio.ensure_future(self._wake.wait())
        pauses: list[asyncio.Future[Any]] = [happens]
        if seconds < math.inf:
            pauses.append(asyncio.ensure_future(self._deps.sleep(min(seconds, LONGEST_SLEEP))))
        try:
            await asyncio.wait(pauses, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pause in pauses:
                pause.cancel()

    async def _serve(self, ticket: Ticket) -> None:
        """Send one request and give everybody the answer, or decide what to do about the failure."""
        answered, arming = False, self._arming
        try:
            answer = await self._send(ticket)
            answered = True
            value = await self._read(ticket.request, answer)
        except ProviderError as error:
            ticket.failures += _counts(error, answered=answered)
            self._failed(ticket, error, answered=answered, rearmed=arming != self._arming)
        except Exception as error:  # noqa: BLE001 - a mistake of ours belongs to the one who asked
            self._queue.forget(ticket)
            ticket.fail(error)
        else:
            self._queue.forget(ticket)
            ticket.fulfil(value)
            self._health.well()
        finally:
            if (task := asyncio.current_task()) is not None:
                self._on_their_way.pop(task, None)
            self._stir()
            self._deps.on_change()

    async def _send(self, ticket: Ticket) -> Answer:
        request, status = ticket.request, 0
        sent, began = self._deps.clock(), self._deps.steady()
        who = ticket.told(began)
        self._sent += 1
        self._in_flight += 1
        first = self._sent == 1
        try:
            answer = await self._deps.wire.send(self.name, request)
            status = answer.status
        finally:
            self._in_flight -= 1
            spent = self._deps.steady() - began
            what = f"{request.method} {request.label} -> {status or '-'}"
            log.debug("%s: %s in %.0f ms; %s", self.name, what, spent * 1000, who)
        if not first:
            self._quickest = min(self._quickest, spent)
        heard = self._hear(answer.status, answer.headers, self._deps.clock())
        await asyncio.to_thread(self._deps.slots.learn, self.name, self._quota, heard, sent, self._in_flight)
        return answer

    async def _read(self, request: Request[T], answer: Answer) -> T:
        """Read large answers beside the event loop, one at a time: the catalogue takes a tenth of a second."""
        if len(answer.body) < _SMALL:
            return request.read(answer)
        return await lanes.ANSWERS.run(request.read, answer)

    def _failed(self, ticket: Ticket, error: ProviderError, *, answered: bool, rearmed: bool) -> None:
        again = then(error)
        if isinstance(error, Refused):
            self._queue.forget(ticket)
            ticket.fail(error)
            if not rearmed:  # else it was the old key that was refused
                self.refuse(error)
            return
        if again == "give up":
            self._health.well()
        else:
            self._health.note(error)
        own = isinstance(error, Incomplete) or (isinstance(error, Unavailable) and answered and not error.wait)
        if again == "retry" and not (own and not self._blames_host(ticket, error)):
            self._stand_off(error)
        tries = {"retry": MAX_SERVER_ERRORS, "retry once": 2}.get(again, 0)
        if ticket.failures >= (MAX_INCOMPLETE if isinstance(error, Incomplete) else tries):
            self._queue.forget(ticket)
            ticket.fail(error)
        elif own:
            self._let_rest(ticket, error)
        else:
            self._queue.put_back(ticket)

    def _blames_host(self, ticket: Ticket, error: ProviderError) -> bool:
        return not isinstance(error, Incomplete) and self._health.blames_host(ticket.request.key)

    def _let_rest(self, ticket: Ticket, error: ProviderError) -> None:
        now, seconds = self._deps.steady(), self._health.retry_delay(ticket.failures)
        ticket.fail_impatient(error, now + seconds)
        self._queue.let_rest(ticket, now, seconds)

    def _stand_off(self, error: ProviderError) -> None:
        """Keep away for a while; who has not the patience for it hears so at the next turn, which is now."""
        if isinstance(error, Unavailable):
            self._health.open(error)
        elif isinstance(error, Throttled):
            self._health.close()
            if wait := max(error.wait, self._health.throttled()):
                self._deps.slots.learn(self.name, self._quota, RateLimitHeaders(wait=wait))


def _counts(error: ProviderError, *, answered: bool) -> bool:
    """Return whether a failure may be the request's own fault; silence and being asked to wait never are."""
    return isinstance(error, Malformed) or (answered and not isinstance(error, Throttled))
