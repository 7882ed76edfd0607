"""Several sources of facts as one, and several questions as one request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kotozoe.errors import ProviderError
from kotozoe.lookup.finder import FACTS_A_REQUEST, TITLES_A_REQUEST
from kotozoe.model import Facts, Urgency
from kotozoe.providers.ports import FactsSource

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class InTurn:
    """Asks one source after the other until one answers; raises what the last one raised."""

    def __init__(self, first: FactsSource, *others: FactsSource) -> None:
        self._sources = (first, *others)

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        return await self._first(lambda source: source.facts(ids, urgency))

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        return await self._first(lambda source: source.search(titles, urgency))

    async def _first(self, ask: Callable[[FactsSource], Awaitable[T]]) -> T:
        *firsts, last = self._sources
        for source in firsts:
            try:
                return await ask(source)
            except ProviderError:
                continue
        return await ask(last)


class Gathered:
    """What is asked while a request of that urgency is on its way or waits for its turn goes out together after it.

    Six players that open six new shows at once thus cost AniList two requests, not six that wait for each other.
    """

    def __init__(self, source: FactsSource) -> None:
        async def facts(ids: Sequence[int], urgency: Urgency) -> Mapping[int, Facts]:
            return {facts.anilist_id: facts for facts in await source.facts(ids, urgency)}

        self._facts = {urgency: _Batches(facts, urgency, FACTS_A_REQUEST) for urgency in Urgency}
        self._searches = {urgency: _Batches(source.search, urgency, TITLES_A_REQUEST) for urgency in Urgency}

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        return tuple((await self._facts[urgency].ask(ids)).values())

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        return await self._searches[urgency].ask(titles)


@dataclass(eq=False, slots=True)
class _BatchedQuestion(Generic[K, T]):
    keys: Sequence[K]
    answer: asyncio.Future[dict[K, T]]


class _Batches(Generic[K, T]):
    """One request for everybody who asked since the last; a full one, of `size` keys, does not wait for that."""

    def __init__(
        self, ask: Callable[[Sequence[K], Urgency], Awaitable[Mapping[K, T]]], urgency: Urgency, size: int
    ) -> None:
        self._ask, self._urgency, self._size = ask, urgency, size
        self._waiting: list[_BatchedQuestion[K, T]] = []
        self._asking: dict[asyncio.Task[None], list[_BatchedQuestion[K, T]]] = {}

    async def ask(self, keys: Sequence[K]) -> dict[K, T]:
        """Return what is known of `keys`. Raises ProviderError; who is cancelled takes nothing from the others."""
        question = _BatchedQuestion(keys, asyncio.get_running_loop().create_future())
        self._waiting.append(question)
        self._begin()
        try:
            return await question.answer
        finally:
            for task, asked in self._asking.items():
                if all(one.answer.done() for one in asked):
                    task.cancel()  # nobody waits for it any more

    def _begin(self) -> None:
        self._waiting = [question for question in self._waiting if not question.answer.done()]
        while self._waiting and (not self._asking or self._is_full()):
            asked = self._take()
            task = asyncio.create_task(self._send(asked), name="gathered facts")
            self._asking[task] = asked
            task.add_done_callback(self._end)

    def _is_full(self) -> bool:
        return len({key for question in self._waiting for key in question.keys}) >= self._size

    def _take(self) -> list[_BatchedQuestion[K, T]]:
        """Return the questions that fit into one request; the first always does."""
        taken, keys = [self._waiting.pop(0)], set[K]()
        keys.update(taken[0].keys)
        while self._waiting and len(keys | set(self._waiting[0].keys)) <= self._size:
            taken.append(self._waiting.pop(0))
            keys.update(taken[-1].keys)
        return taken

    def _end(self, task: asyncio.Task[None]) -> None:
        self._asking.pop(task, None)
        if not task.cancelled():
            task.exception()  # everybody who asked has it
        self._begin()

    async def _send(self, asked: Sequence[_BatchedQuestion[K, T]]) -> None:
        keys = tuple(dict.fromkeys(key for question in asked for key in question.keys))
        try:
            found = await self._ask(keys, self._urgency)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who asked
            for question in asked:
                if not question.answer.done():
                    question.answer.set_exception(error)
            return
        for question in asked:
            if not question.answer.done():
                question.answer.set_result({key: found[key] for key in question.keys if key in found})
