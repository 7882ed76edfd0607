"""Several sources of facts as one, against whole stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from kotozoe.errors import ProviderError, Unavailable
from kotozoe.lookup.facts import Gathered, InTurn
from kotozoe.model import Facts, Urgency
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import HttpClient
from kotozoe.requests.rate_limit_store import RateLimitStore
from tests.fakes import Servers, World, serve


@pytest.fixture
def servers() -> Iterator[Servers]:
    with serve(World.small()) as running:
        yield running


@dataclass
class Both:
    sources: InTurn
    servers: Servers

    @property
    def asked(self) -> tuple[int, int]:
        return len(self.servers.anilist.requests), len(self.servers.amvstrm.requests)


@pytest.fixture
async def both(servers: Servers) -> AsyncIterator[Both]:
    wire = HttpClient("kotozoe/0.0 (+https://example.org/kotozoe)")
    deps = HostDeps(wire, RateLimitStore(None))
    anilist = AniList(deps, servers.anilist.url, "https://example.org/kotozoe", patience=0.0)
    amvstrm = Amvstrm(deps, servers.amvstrm.url, patience=0.0)
    yield Both(InTurn(anilist, amvstrm), servers)
    for client in (amvstrm, anilist, wire):
        await client.close()


async def test_the_second_facts_source_is_not_asked_while_the_first_answers(both: Both) -> None:
    assert [facts.anilist_id for facts in await both.sources.facts([900000], Urgency.ON_SCREEN)] == [900000]
    assert both.asked == (1, 0)


async def test_the_second_facts_source_answers_where_the_first_fails(both: Both) -> None:
    both.servers.anilist.mood = "outage"
    assert [facts.anilist_id for facts in await both.sources.facts([900000], Urgency.ON_SCREEN)] == [900000]
    found = await both.sources.search(["Kaze no Renshuu"], Urgency.ON_SCREEN)
    assert 900000 in [facts.anilist_id for facts in found["Kaze no Renshuu"]]
    assert both.asked == (1, 2)


async def test_failure_of_all_facts_sources_is_raised(both: Both) -> None:
    both.servers.anilist.mood = "outage"
    both.servers.amvstrm.upstream = "throttled"
    with pytest.raises(ProviderError) as told:
        await both.sources.facts([900000], Urgency.ON_SCREEN)
    assert told.value.host in both.servers.amvstrm.url


@dataclass
class Slow:
    """Answers when it is let; remembers what it was asked."""

    asked: list[Sequence[object]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    error: ProviderError | None = None

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        await self._wait(ids)
        return tuple(Facts(anilist_id) for anilist_id in ids if anilist_id < 1000)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        await self._wait(titles)
        return {title: (Facts(len(title)),) for title in titles}

    async def _wait(self, keys: Sequence[object]) -> None:
        self.asked.append(keys)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error


async def begun(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_facts_asked_during_a_request_share_the_next_one() -> None:
    source = Slow()
    gathered = Gathered(source)
    asked = [asyncio.create_task(gathered.facts([at, at + 100], Urgency.ON_SCREEN)) for at in range(6)]
    await begun(3)
    source.go.set()
    found = await asyncio.gather(*asked)
    assert [sorted(one.anilist_id for one in facts) for facts in found] == [[at, at + 100] for at in range(6)]
    assert [len(keys) for keys in source.asked] == [2, 10]


async def test_searches_are_gathered_too_and_no_request_is_larger_than_it_may_be() -> None:
    source = Slow()
    gathered = Gathered(source)
    titles = [[f"{at} {n}" for n in range(20)] for at in range(4)]
    asked = [asyncio.create_task(gathered.search(some, Urgency.NEXT)) for some in titles]
    await begun(3)
    source.go.set()
    assert [list(found) for found in await asyncio.gather(*asked)] == titles
    assert [len(keys) for keys in source.asked] == [20] * 4


async def test_a_full_request_does_not_wait_for_the_one_before() -> None:
    source = Slow()
    gathered = Gathered(source)
    asked = [asyncio.create_task(gathered.facts(range(at, at + 50), Urgency.BACKFILL)) for at in (0, 50, 100)]
    asked.append(asyncio.create_task(gathered.facts([200], Urgency.BACKFILL)))
    await begun(3)
    assert [len(keys) for keys in source.asked] == [50, 50, 50]
    source.go.set()
    await asyncio.gather(*asked)
    assert len(source.asked) == 4


async def test_facts_of_another_urgency_do_not_wait() -> None:
    source = Slow()
    gathered = Gathered(source)
    asked = [asyncio.create_task(gathered.facts([int(urgency)], urgency)) for urgency in Urgency]
    await begun(3)
    assert len(source.asked) == len(Urgency)
    source.go.set()
    await asyncio.gather(*asked)


async def test_who_leaves_takes_nothing_from_the_others_and_what_nobody_waits_for_is_dropped() -> None:
    source = Slow()
    gathered = Gathered(source)
    first, second = (asyncio.create_task(gathered.facts([at], Urgency.ON_SCREEN)) for at in range(2))
    await begun(3)
    second.cancel()
    third = asyncio.create_task(gathered.facts([7], Urgency.ON_SCREEN))
    await begun(2)
    first.cancel()
    await begun(6)
    assert source.cancelled == 1
    source.go.set()
    assert [facts.anilist_id for facts in await third] == [7]
    assert source.asked == [(0,), (7,)]


async def test_trouble_reaches_everybody_of_that_request_and_nobody_else() -> None:
    source = Slow(error=Unavailable("graphql.anilist.co", "no connection"))
    gathered = Gathered(source)
    asked = [asyncio.create_task(gathered.facts([at], Urgency.ON_SCREEN)) for at in range(3)]
    await begun(3)
    source.go.set()
    await asyncio.gather(asked[0], return_exceptions=True)
    source.error = None
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(found[0], Unavailable)
    assert all(isinstance(one, Unavailable | tuple) for one in found[1:])
    assert [facts.anilist_id for facts in await gathered.facts([5], Urgency.ON_SCREEN)] == [5]
