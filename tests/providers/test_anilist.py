from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from kotozoe.errors import Missing, ProviderError, Refused, Unavailable
from kotozoe.model import FuzzyDate, Relation, Urgency
from kotozoe.providers.anilist import AniList
from kotozoe.requests.host import HostDeps
from tests.fakes import Fault, Servers
from tests.providers.conftest import PATIENCE, REFERER, JumpingClock

SCREEN = Urgency.ON_SCREEN


async def test_facts_come_with_relations_to_anime_only(anilist: AniList, servers: Servers) -> None:
    (facts,) = await anilist.facts([900001], SCREEN)
    assert facts.titles == ("Kaze no Renshuu 2nd Season", "Wind Practice Season 2", "風の練習 第2期")
    assert (facts.synonyms, facts.format, facts.status) == (("Wind",), "TV", "RELEASING")
    assert (facts.episodes, facts.year, facts.next_episode) == (12, 2026, 9)
    assert facts.start == FuzzyDate(2026, 10, 3)
    assert facts.relations == (Relation("PREQUEL", 900000),)
    (first,) = await anilist.facts([900000], SCREEN)
    assert 950000 not in {relation.anilist_id for relation in first.relations}  # a manga
    assert len(first.relations) == 3


async def test_what_does_not_exist_is_left_out(anilist: AniList) -> None:
    assert await anilist.facts([1], SCREEN) == ()
    assert await anilist.facts([], SCREEN) == ()


async def test_fifty_media_cost_one_request(anilist: AniList, servers: Servers) -> None:
    found = await anilist.facts([*range(800000, 800091), *range(900000, 900004), *range(900000, 900004)], SCREEN)
    assert {facts.anilist_id for facts in found} == set(range(900000, 900004))
    assert len(servers.anilist.requests) == 2


async def test_many_titles_cost_one_request(anilist: AniList, servers: Servers) -> None:
    titles = ["Kaze no Renshuu", "星屑旅館", "nothing like it", 'a "quoted" } title', "", " "]
    found = await anilist.search(titles, SCREEN)
    assert set(found) == set(titles)
    assert found["Kaze no Renshuu"][0].anilist_id == 900000
    assert [facts.anilist_id for facts in found["星屑旅館"]] == [900010]
    assert found["nothing like it"] == found[""] == found[" "] == ()
    assert len(servers.anilist.requests) == 1


async def test_thirty_titles_a_request(anilist: AniList, servers: Servers) -> None:
    await anilist.search([f"title {at}" for at in range(61)], SCREEN)
    assert len(servers.anilist.requests) == 3


async def test_no_titles_no_request(anilist: AniList, servers: Servers) -> None:
    assert await anilist.search(["", "  "], SCREEN) == {"": (), "  ": ()}
    assert servers.anilist.requests == []


async def test_a_query_too_complex_is_split_by_what_the_answer_says(
    anilist: AniList, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.anilist.MOST", 160)
    found = await anilist.search([*(f"title {at}" for at in range(29)), "Hoshikuzu Ryokan"], SCREEN)
    assert found["Hoshikuzu Ryokan"][0].anilist_id == 900010
    assert servers.anilist.statuses == [400, 200, 200, 200]


async def test_we_say_who_we_are(anilist: AniList, servers: Servers) -> None:
    servers.anilist.mood = "referer"
    assert await anilist.facts([900000], SCREEN)
    headers = servers.anilist.requests[0].headers
    assert headers["referer"] == REFERER
    assert headers["user-agent"].startswith("kotozoe/")
    assert "authorization" not in headers


async def test_an_outage_is_left_alone_for_ten_minutes_and_longer(
    anilist: AniList, servers: Servers, clock: JumpingClock
) -> None:
    servers.anilist.mood = "outage"
    anilist._patience = 5.0
    for urgency in (Urgency.BACKFILL, Urgency.ON_SCREEN):
        with pytest.raises(Unavailable, match="switched off"):
            await anilist.facts([900000], urgency)
    anilist._patience = PATIENCE
    assert len(servers.anilist.requests) == 1
    servers.anilist.fault = Fault("html", 403, times=2)
    servers.anilist.mood = "open"
    assert await anilist.facts([900000], SCREEN)
    times = [asked.at for asked in servers.anilist.requests]
    assert [after - before >= 600 for before, after in pairwise(times)] == [True] * 3
    assert times[2] - times[1] >= 1200


FAULTS = [
    Fault("html", 502),
    Fault("status", 500, body=b'{"errors":[{"message":"Internal Server Error","status":500}],"data":null}'),
    Fault("status", 200, body=b'{"errors":[{"message":"Internal","status":500}],"data":null}'),
    Fault("status", 429, body=b'{"data":null,"errors":[{"message":"Too Many Requests.","status":429}]}'),
    Fault("status", 200, body=b'{"data":null,"errors":[{"message":"Too Many Requests.","status":429}]}'),
    Fault("html", 404),
    Fault("garbage"),
    Fault("garbage", body=b'{"data":{"Page":null}}'),
    Fault("garbage", body=b"[]"),
    Fault("status", 400, body=b'{"errors":[{"message":"Cannot query field x","status":400}],"data":null}'),
    Fault("drop"),
    Fault("cut"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_trouble_is_an_error_and_never_no_such_media(deps: HostDeps, servers: Servers, fault: Fault) -> None:
    anilist = AniList(deps, servers.anilist.url, REFERER, patience=0.5)
    servers.anilist.fault = replace(fault)
    with pytest.raises(ProviderError) as caught:
        await anilist.facts([900000], SCREEN)
    assert not isinstance(caught.value, Missing | Refused)
    await anilist.close()


async def test_a_404_with_its_own_message_is_missing(anilist: AniList, servers: Servers) -> None:
    body = b'{"errors":[{"message":"Not Found.","status":404}],"data":{"Media":null}}'
    servers.anilist.fault = Fault("status", 404, body=body)
    with pytest.raises(Missing):
        await anilist.facts([900000], SCREEN)


async def test_the_minute_after_too_many_requests_is_waited_out(
    anilist: AniList, servers: Servers, clock: JumpingClock
) -> None:
    servers.anilist.locked_until = clock.now + 45
    began = clock.now
    assert await anilist.facts([900000], SCREEN)
    assert servers.anilist.statuses == [429, 200]
    assert 45 <= clock.now - began <= 50


async def test_ids_that_were_not_asked_for_are_not_believed(anilist: AniList, servers: Servers) -> None:
    servers.anilist.fault = Fault("garbage", body=b'{"data":{"Page":{"media":[{"id":7},{"id":"x"},{"id":900000}]}}}')
    (facts,) = await anilist.facts([900000], SCREEN)
    assert facts.titles == ()


@pytest.mark.parametrize("honest", [True, False])
async def test_a_long_backfill_is_never_throttled(
    anilist: AniList, servers: Servers, clock: JumpingClock, honest: bool
) -> None:
    servers.anilist.honest = honest
    began = clock.now
    for media_id in range(100):
        await anilist.facts([media_id], Urgency.BACKFILL)
    assert 429 not in servers.anilist.statuses
    assert clock.now - began <= 100 * 2.01


async def test_it_is_asked_three_times_at_once_at_most(anilist: AniList, servers: Servers) -> None:
    servers.anilist.fault = Fault("slow", seconds=0.01)
    await asyncio.gather(*(anilist.facts([media_id], SCREEN) for media_id in range(6)))
    assert servers.anilist.most_at_once <= 3
