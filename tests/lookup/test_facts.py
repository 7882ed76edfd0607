"""Several sources of facts as one, against whole stand-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from kotozoe.errors import ProviderError
from kotozoe.lookup.facts import InTurn
from kotozoe.model import Urgency
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


async def test_the_second_is_not_asked_while_the_first_answers(both: Both) -> None:
    assert [facts.anilist_id for facts in await both.sources.facts([900000], Urgency.ON_SCREEN)] == [900000]
    assert both.asked == (1, 0)


async def test_where_the_first_fails_the_second_answers(both: Both) -> None:
    both.servers.anilist.mood = "outage"
    assert [facts.anilist_id for facts in await both.sources.facts([900000], Urgency.ON_SCREEN)] == [900000]
    found = await both.sources.search(["Kaze no Renshuu"], Urgency.ON_SCREEN)
    assert 900000 in [facts.anilist_id for facts in found["Kaze no Renshuu"]]
    assert both.asked == (1, 2)


async def test_where_all_fail_it_is_said(both: Both) -> None:
    both.servers.anilist.mood = "outage"
    both.servers.amvstrm.upstream = "throttled"
    with pytest.raises(ProviderError) as told:
        await both.sources.facts([900000], Urgency.ON_SCREEN)
    assert told.value.host in both.servers.amvstrm.url
