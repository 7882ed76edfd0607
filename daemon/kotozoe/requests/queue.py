"""Requests that wait for one host: the most urgent first, equal ones together, and none that nobody waits for."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kotozoe.errors import ProviderError
from kotozoe.model import Urgency
from kotozoe.requests.circuit_breaker import EAGER
from kotozoe.requests.http import Request


@dataclass(frozen=True, slots=True)
class Waiter:
    """Someone who awaits the answer since `came`, through trouble until `gives_up` (on the host's steady clock).

    `known` tells the answer if it has come another way meanwhile.
    """

    answer: asyncio.Future[Any]
    urgency: Urgency
    came: float
    gives_up: float
    known: Callable[[], Any] = lambda: None


@dataclass(eq=False, slots=True)
class Ticket:
    """One request and all who wait for it. `failures` counts the bad answers it has had; `place` its turn.

    After a failure of its own it is not sent before `rests_until`, on the host's steady clock; `failed_at` is when.
    """

    request: Request[Any]
    waiters: list[Waiter] = field(default_factory=list)
    failures: int = 0
    sent: bool = False
    place: int = 0
    failed_at: float = 0.0
    rests_until: float = 0.0

    @property
    def live(self) -> list[Waiter]:
        return [waiter for waiter in self.waiters if not waiter.answer.done()]

    @property
    def urgency(self) -> Urgency | None:
        """Return the greatest urgency of those who still wait; None if nobody does."""
        return min((waiter.urgency for waiter in self.live), default=None)

    def told(self, now: float) -> str:
        """Say for the log who waits and for how long already."""
        if self.urgency is None:
            return "nobody waits"
        waited = max(now - waiter.came for waiter in self.live if waiter.urgency == self.urgency)
        return f"{self.urgency.name.lower()} waited {waited:.3f} s"

    def settle(self) -> None:
        """Give the answer to those who know it by now: for them nothing need be sent."""
        for waiter in self.live:
            try:
                value = waiter.known()
            except Exception as error:  # noqa: BLE001 - it belongs to the one who brought it
                waiter.answer.set_exception(error)
            else:
                if value is not None:
                    waiter.answer.set_result(value)

    def fulfil(self, value: object) -> None:
        for waiter in self.live:
            waiter.answer.set_result(value)

    def fail(self, error: Exception) -> None:
        for waiter in self.live:
            waiter.answer.set_exception(error)

    def fail_impatient(self, error: ProviderError, until: float) -> None:
        """Fail those who would have given up by `until`, when the trouble may end."""
        for waiter in self.live:
            if waiter.gives_up < until:
                waiter.answer.set_exception(error)


class Queue:
    """A heap by urgency, then age. A ticket stays known while it is being sent, so that equal requests join it.

    Those that rest after a failure of their own stand aside, so that they block no other.
    """

    def __init__(self) -> None:
        self._resting: list[Ticket] = []
        self._heap: list[tuple[Urgency, int, Ticket]] = []
        self._tickets: dict[tuple[object, ...], Ticket] = {}
        self._serial = itertools.count(1)

    def join(self, request: Request[Any], waiter: Waiter) -> None:
        """Wait for `request`; it takes the place of its most urgent waiter."""
        ticket = self._tickets.setdefault(request.key, Ticket(request))
        before = ticket.urgency
        ticket.waiters.append(waiter)
        if waiter.urgency is Urgency.ON_SCREEN:
            ticket.rests_until = min(ticket.rests_until, ticket.failed_at + EAGER)
        if not ticket.sent and ticket not in self._resting and (before is None or waiter.urgency < before):
            self._place(ticket, waiter.urgency)

    def rest(self) -> float:
        """Return the moment from which the first of those that rest may be sent; infinity if none rests."""
        return min((ticket.rests_until for ticket in self._resting), default=math.inf)

    def only_rest(self) -> bool:
        """Tell whether all that waits rests."""
        return bool(self._resting) and len(self._resting) >= len(self.waiting())

    def first(self, now: float) -> Ticket | None:
        """Return the ticket whose turn is next, and leave it; drop what nobody waits for any more."""
        rested = [ticket for ticket in self._resting if ticket.rests_until <= now or ticket.urgency is None]
        for ticket in rested:
            self._resting.remove(ticket)
            self.put_back(ticket)
        while self._heap:
            urgency, place, ticket = self._heap[0]
            present = ticket.urgency
            if place == ticket.place and not ticket.sent and present == urgency:
                return ticket
            heapq.heappop(self._heap)
            if place != ticket.place or ticket.sent:
                continue
            if present is None:
                self.forget(ticket)
            else:
                self._place(ticket, present)
        return None

    def take(self, ticket: Ticket) -> None:
        """Mark it as being sent."""
        ticket.sent = True

    def put_back(self, ticket: Ticket) -> None:
        """Let it wait again, behind its equals: one that always fails must not block the others."""
        ticket.sent = False
        urgency = ticket.urgency
        if urgency is None:
            self.forget(ticket)
        else:
            self._place(ticket, urgency)

    def let_rest(self, ticket: Ticket, now: float, seconds: float) -> None:
        """Let it wait again, not before so many seconds are over."""
        ticket.sent, ticket.place = False, 0
        ticket.failed_at, ticket.rests_until = now, now + seconds
        self._resting.append(ticket)

    def forget(self, ticket: Ticket) -> None:
        if self._tickets.get(ticket.request.key) is ticket:
            del self._tickets[ticket.request.key]
        if ticket in self._resting:
            self._resting.remove(ticket)
        ticket.place = 0

    def waiting(self) -> list[Ticket]:
        """Return the tickets that somebody waits for and that are not being sent."""
        return [ticket for ticket in self._tickets.values() if not ticket.sent and ticket.urgency is not None]

    def all(self) -> list[Ticket]:
        return list(self._tickets.values())

    def _place(self, ticket: Ticket, urgency: Urgency) -> None:
        ticket.place = next(self._serial)
        heapq.heappush(self._heap, (urgency, ticket.place, ticket))
