from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kotozoe.errors import Missing, ProviderError, Refused, Throttled
from kotozoe.model import FuzzyDate, Relation, Urgency
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.requests.host import HostDeps
from tests.fakes import Fault, Servers
from tests.fakes.amvstrm import Generation
from tests.providers.conftest import JumpingClock

SCREEN = Urgency.ON_SCREEN


@pytest.fixture(params=["master", "express"], autouse=True)
def generation(request: pytest.FixtureRequest, servers: Servers) -> Generation:
    servers.amvstrm.generation = request.param
    return servers.amvstrm.generation


@pytest.fixture
async def hasty(deps: HostDeps, servers: Servers) -> AsyncIterator[Amvstrm]:
    client = Amvstrm(deps, servers.amvstrm.url, patience=0.5)
    yield client
    await client.close()


async def test_titles_are_found(amvstrm: Amvstrm, servers: Servers) -> None:
    found = await amvstrm.search(["Kaze no Renshuu", "星屑旅館", "nothing", " "], SCREEN)
    assert {facts.anilist_id for facts in found["Kaze no Renshuu"]} >= {900000, 900001}
    assert [facts.titles for facts in found["星屑旅館"]] == [("Hoshikuzu Ryokan", "Stardust Inn", "星屑旅館")]
    assert found["nothing"] == found[" "] == ()
    assert len(servers.amvstrm.requests) == 3
    assert all(asked.method == "GET" for asked in servers.amvstrm.requests)


async def test_facts_lack_only_the_kind_of_relations(amvstrm: Amvstrm) -> None:
    (facts,) = await amvstrm.facts([900001, 1], SCREEN)
    assert (facts.episodes, facts.year, facts.format, facts.next_episode) == (12, 2026, "TV", 9)
    assert facts.start == FuzzyDate(2026, 10, 3)
    assert facts.relations == (Relation("OTHER", 900000),)


@pytest.mark.parametrize("upstream", ["throttled", "unreachable"])
async def test_a_failure_that_looks_like_success_is_a_failure(hasty: Amvstrm, servers: Servers, upstream: str) -> None:
    servers.amvstrm.upstream = upstream  # type: ignore[assignment] # one of its words
    with pytest.raises(ProviderError) as caught:
        await hasty.search(["Kaze no Renshuu"], SCREEN)
    assert not isinstance(caught.value, Missing | Refused)
    with pytest.raises(ProviderError):
        await hasty.facts([900000], SCREEN)


async def test_a_failure_that_was_kept_is_asked_past(hasty: Amvstrm, servers: Servers, clock: JumpingClock) -> None:
    servers.amvstrm.upstream = "throttled"
    with pytest.raises(ProviderError):
        await hasty.search(["Kaze no Renshuu"], SCREEN)
    servers.amvstrm.upstream = "fine"
    clock.now += 120
    assert (await hasty.search(["Kaze no Renshuu"], SCREEN))["Kaze no Renshuu"]


async def test_what_a_search_told_is_not_asked_for_again(hasty: Amvstrm, servers: Servers) -> None:
    found = (await hasty.search(["Kaze no Renshuu"], SCREEN))["Kaze no Renshuu"]
    asked = len(servers.amvstrm.requests)
    ids = [facts.anilist_id for facts in found]
    assert set(await hasty.facts(ids, SCREEN)) == set(found)
    assert len(servers.amvstrm.requests) == asked


async def test_too_many_requests_are_waited_out(hasty: Amvstrm, servers: Servers, clock: JumpingClock) -> None:
    await hasty.facts([900000], Urgency.BACKFILL)
    counts = servers.amvstrm.minute.counts
    counts.update(dict.fromkeys(counts, 60))  # others spent the rest
    with pytest.raises(Throttled):
        await hasty.facts([900002], SCREEN)
    clock.now += 61
    assert await hasty.facts([900002], SCREEN)


async def test_a_long_backfill_is_never_throttled(amvstrm: Amvstrm, servers: Servers, clock: JumpingClock) -> None:
    began = clock.now
    for media_id in range(120):  # one after the other: waits on this clock leave answers no time to come
        await amvstrm.facts([media_id], Urgency.BACKFILL)
    assert 429 not in servers.amvstrm.statuses
    assert clock.now - began <= len(servers.amvstrm.requests) * 2 * 1.01  # 30 a minute


@pytest.mark.parametrize(
    "fault",
    [Fault("garbage"), Fault("garbage", body=b'{"code":200}'), Fault("html", 502), Fault("drop"), Fault("status", 404)],
    ids=["garbage", "empty", "page", "drop", "no route"],
)
async def test_trouble_is_never_no_such_media(hasty: Amvstrm, servers: Servers, fault: Fault) -> None:
    servers.amvstrm.fault = fault
    with pytest.raises(ProviderError) as caught:
        await hasty.facts([900000], SCREEN)
    assert not isinstance(caught.value, Missing | Refused)
