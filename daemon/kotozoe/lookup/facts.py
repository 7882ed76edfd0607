"""Several sources of facts as one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from kotozoe.errors import ProviderError
from kotozoe.lookup.finder import FactsSource
from kotozoe.model import Facts, Urgency

T = TypeVar("T")


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
