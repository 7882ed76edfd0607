from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from kotozoe.errors import Incomplete, Refused, Throttled, Unavailable
from kotozoe.model import Urgency
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import Answer, Request, refuse_bad
from kotozoe.requests.rate_limit import JIMAKU, Quota, RequestSlot, hear_jimaku
from kotozoe.requests.rate_limit_store import RateLimitStore
from tests.fakes import Fault, Servers
from tests.providers.conftest import PATIENCE, JumpingClock

SLOW = Quota(limit=6, shares=(1, 1, 1, 1, 1))


def request(servers: Servers, path: str = "/api/openapi.json") -> Request[int]:
    def read(answer: Answer) -> int:
        refuse_bad("jimaku", answer)
        return answer.status

    return Request("GET", servers.jimaku.url + path, read, path)


@pytest.fixture
async def host(deps: HostDeps) -> AsyncIterator[Host]:
    host = Host("jimaku", deps, JIMAKU, hear_jimaku)
    yield host
    await host.close()


@pytest.fixture
async def slow_host(deps: HostDeps) -> AsyncIterator[Host]:
    """One request every 10 s, so that the order of sending is the order of arrival."""
    host = Host("jimaku", deps, SLOW, hear_jimaku, parallel=1)
    yield host
    await host.close()


def paths(servers: Servers) -> list[str]:
    return [asked.path for asked in servers.jimaku.requests]


async def test_equal_requests_are_sent_once(host: Host, servers: Servers) -> None:
    answers = await asyncio.gather(*(host.ask(request(servers), urgency) for urgency in Urgency))
    assert answers == [200] * 5
    assert len(servers.jimaku.requests) == 1


async def test_a_request_joins_its_equal_that_is_on_its_way(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()))
    first = asyncio.create_task(host.ask(request(servers), Urgency.BACKFILL))
    await asyncio.to_thread(servers.jimaku.wait_for, 1)
    second = asyncio.create_task(host.ask(request(servers), Urgency.ON_SCREEN))
    await asyncio.sleep(0)  # it joins
    go.set()
    assert [await first, await second] == [200, 200]
    assert len(servers.jimaku.requests) == 1


async def test_the_most_urgent_goes_first_and_equals_by_age(slow_host: Host, servers: Servers) -> None:
    order = [Urgency.BACKFILL, Urgency.REFRESH, Urgency.NEXT, Urgency.ON_SCREEN, Urgency.TERMINAL, Urgency.NEXT]
    asked = [slow_host.ask(request(servers, f"/{urgency}/{at}"), urgency) for at, urgency in enumerate(order)]
    await asyncio.gather(*asked, return_exceptions=True)
    assert paths(servers) == ["/0/3", "/1/2", "/1/5", "/2/4", "/3/1", "/4/0"]


async def test_a_more_urgent_waiter_lifts_a_request(slow_host: Host, servers: Servers) -> None:
    asked = [slow_host.ask(request(servers, f"/{at}"), Urgency.BACKFILL) for at in range(5)]
    lifted = slow_host.ask(request(servers, "/4"), Urgency.ON_SCREEN)
    await asyncio.gather(*asked, lifted)
    assert paths(servers)[0] == "/4"
    assert len(paths(servers)) == 5


async def test_what_nobody_waits_for_is_not_sent(deps: HostDeps, servers: Servers) -> None:
    never, counts = asyncio.Event(), list[int]()
    told = replace(deps, sleep=lambda _: never.wait(), on_change=lambda: counts.append(mine.state().waiting))
    mine = Host("jimaku", told, SLOW, hear_jimaku)
    await mine.ask(request(servers, "/first"), Urgency.ON_SCREEN)
    waiting = asyncio.create_task(mine.ask(request(servers, "/second"), Urgency.ON_SCREEN))
    await asyncio.sleep(0)  # it begins to wait
    assert mine.state().next_slot_in == pytest.approx(10.0, rel=0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert counts[-1] == 0
    assert paths(servers) == ["/first"]
    await mine.close()


async def test_one_of_two_may_stop_waiting(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()))
    leaves = asyncio.create_task(host.ask(request(servers), Urgency.ON_SCREEN))
    stays = asyncio.create_task(host.ask(request(servers), Urgency.BACKFILL))
    await asyncio.to_thread(servers.jimaku.wait_for, 1)
    leaves.cancel()
    go.set()
    assert await stays == 200
    assert leaves.cancelled()


async def test_an_outage_is_probed_ever_less_often(host: Host, servers: Servers, clock: JumpingClock) -> None:
    servers.jimaku.fault = Fault("drop", times=10)
    assert await host.ask(request(servers), Urgency.BACKFILL, PATIENCE) == 200
    times = [asked.at for asked in servers.jimaku.requests]
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300], rel=0.001)


async def test_an_open_circuit_lets_one_probe_through(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("html", 502, times=1)
    with pytest.raises(Unavailable):
        await host.ask(request(servers, "/probe"), Urgency.NEXT, patience=0.0)
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()))
    probing = [host.ask(request(servers, f"/{at}"), Urgency.NEXT, PATIENCE) for at in range(4)]
    started = [asyncio.create_task(one) for one in probing]
    await asyncio.to_thread(servers.jimaku.wait_for, 2)
    assert host.state().waiting == 3
    go.set()
    await asyncio.gather(*started)


async def test_what_is_on_screen_need_not_wait_out_a_long_back_off(
    host: Host, servers: Servers, clock: JumpingClock
) -> None:
    servers.jimaku.fault = Fault("drop", times=9)
    with pytest.raises(Unavailable):
        await host.ask(request(servers), Urgency.BACKFILL, patience=500.0)
    before = clock.now
    assert await host.ask(request(servers, "/api/openapi.json/"), Urgency.ON_SCREEN, PATIENCE) == 200
    assert clock.now - before <= 5.0


async def test_the_impatient_hear_of_trouble_at_once(host: Host, servers: Servers, clock: JumpingClock) -> None:
    servers.jimaku.fault = Fault("status", 503, headers={"retry-after": "30"})
    before = clock.now
    with pytest.raises((Unavailable, Throttled)):
        await host.ask(request(servers), Urgency.TERMINAL, patience=5.0)
    assert clock.now - before < 5.0


async def test_being_throttled_tells_the_wait(host: Host, servers: Servers, clock: JumpingClock) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "4.3"}
    servers.jimaku.fault = Fault("status", 429, headers=headers)
    with pytest.raises(Throttled) as caught:
        await host.ask(request(servers), Urgency.TERMINAL, patience=1.0)
    assert caught.value.wait == pytest.approx(4.3)
    assert host.state().next_slot_in == pytest.approx(4.3)


async def test_a_host_that_slows_us_down_for_no_time_at_all_is_not_asked_for_ever(
    host: Host, servers: Servers, clock: JumpingClock
) -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "0"}
    servers.jimaku.fault = Fault("status", 429, headers=headers, times=1000)
    before = clock.now
    with pytest.raises(Throttled):
        await host.ask(request(servers), Urgency.ON_SCREEN, patience=300.0)
    assert clock.now - before < 300.0
    assert len(servers.jimaku.statuses) < 15


async def test_a_request_that_always_fails_blocks_no_other(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("status", 500, path="/bad")
    bad = asyncio.create_task(host.ask(request(servers, "/bad"), Urgency.ON_SCREEN))
    assert await host.ask(request(servers), Urgency.ON_SCREEN) == 200
    with pytest.raises(Unavailable):
        await bad
    assert paths(servers).count("/bad") == 8


async def test_a_refusal_fails_all_that_waits(deps: HostDeps, servers: Servers) -> None:
    host = Host("jimaku", deps, SLOW, hear_jimaku)
    servers.jimaku.fault = Fault("status", 401)
    asked = [host.ask(request(servers, f"/{at}"), Urgency.NEXT) for at in range(5)]
    assert {type(result) for result in await asyncio.gather(*asked, return_exceptions=True)} == {Refused}
    assert len(paths(servers)) == 1
    assert host.state().refused
    host.rearm()
    servers.jimaku.fault = None
    assert await host.ask(request(servers), Urgency.NEXT) == 200
    await host.close()


async def test_a_mistake_in_reading_reaches_the_caller(host: Host, servers: Servers) -> None:
    def read(answer: Answer) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await host.ask(Request("GET", servers.jimaku.url, read, "/"), Urgency.NEXT)


async def test_a_mistake_in_knowing_harms_no_other(host: Host, servers: Servers) -> None:
    def known() -> int:
        raise ZeroDivisionError

    asked = (host.ask(request(servers), Urgency.NEXT, known=known), host.ask(request(servers), Urgency.NEXT))
    wrong, right = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(wrong, ZeroDivisionError)
    assert right == 200


async def test_a_broken_slot_store_leaves_nobody_waiting(deps: HostDeps, servers: Servers) -> None:
    class Broken(RateLimitStore):
        def claim(self, host: str, quota: Quota, urgency: Urgency, round_trip: float = 0.0) -> RequestSlot:
            raise ZeroDivisionError

    host = Host("jimaku", replace(deps, slots=Broken(None)), JIMAKU, hear_jimaku)
    with pytest.raises(Unavailable, match="fault"):
        await host.ask(request(servers), Urgency.NEXT)
    await host.close()


async def test_closing_cancels_who_waits(deps: HostDeps, servers: Servers) -> None:
    host = Host("jimaku", deps, JIMAKU, hear_jimaku)
    servers.jimaku.fault = Fault("hang", seconds=5.0)
    waiting = asyncio.create_task(host.ask(request(servers), Urgency.NEXT))
    await asyncio.to_thread(servers.jimaku.wait_for, 1)
    await host.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_refusal_of_the_old_key_does_not_disarm_the_new(host: Host, servers: Servers) -> None:
    assert await host.ask(request(servers), Urgency.NEXT) == 200
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/late", then=401)
    late = asyncio.create_task(host.ask(request(servers, "/late"), Urgency.NEXT))
    await asyncio.to_thread(servers.jimaku.wait_for, 2)
    host.rearm()
    go.set()
    with pytest.raises(Refused):
        await late
    assert not host.state().refused


async def test_a_change_is_told(deps: HostDeps, servers: Servers) -> None:
    told: list[int] = []
    host = Host("jimaku", replace(deps, on_change=lambda: told.append(1)), JIMAKU, hear_jimaku)
    await host.ask(request(servers), Urgency.NEXT)
    assert told
    await host.close()


async def test_an_answer_must_come_in_time(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("hang", seconds=5.0)
    hurried = replace(request(servers), seconds=0.05)
    with pytest.raises(Unavailable, match="whole answer"):
        await host.ask(hurried, Urgency.NEXT, patience=0.0)


def test_httpx_is_not_imported_before_the_first_request() -> None:
    code = "import sys, kotozoe.providers.jimaku, kotozoe.providers.reference_lists; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


async def test_two_clients_of_one_store_share_the_budget(deps: HostDeps, servers: Servers, tmp_path: Path) -> None:
    stores = [RateLimitStore(tmp_path / "rate-limits.sqlite", deps.clock) for _ in range(2)]
    hosts = [Host("jimaku", replace(deps, slots=store), JIMAKU, hear_jimaku) for store in stores]
    asked = [
        host.ask(request(servers, f"/api/entries/{at}"), urgency)
        for at in range(40)
        for host, urgency in zip(hosts, (Urgency.ON_SCREEN, Urgency.BACKFILL), strict=True)
    ]
    await asyncio.gather(*asked, return_exceptions=True)
    assert 429 not in servers.jimaku.statuses
    for host, store in zip(hosts, stores, strict=True):
        await host.close()
        store.close()


async def test_a_path_that_is_broken_for_good_holds_up_no_other(host: Host, servers: Servers) -> None:
    servers.jimaku.fault = Fault("status", 500, path="/bad")
    bad = asyncio.create_task(host.ask(request(servers, "/bad"), Urgency.ON_SCREEN))
    await asyncio.to_thread(servers.jimaku.wait_for, 4)
    sent = len(paths(servers))  # more than four if this took long to come back
    assert await host.ask(request(servers), Urgency.ON_SCREEN) == 200
    assert len(paths(servers)) <= sent + 2
    with pytest.raises(Unavailable):
        await bad
    assert not host.state().waiting


async def test_two_paths_that_fail_are_the_hosts_trouble(host: Host, servers: Servers, clock: JumpingClock) -> None:
    assert await host.ask(request(servers), Urgency.NEXT) == 200
    servers.jimaku.fault = Fault("status", 500)
    asked = [host.ask(request(servers, f"/{at}"), Urgency.NEXT, patience=3.0) for at in range(6)]
    assert {type(one) for one in await asyncio.gather(*asked, return_exceptions=True)} == {Unavailable}
    assert len(paths(servers)) < 1 + 6 * 2  # not each on its own


async def test_a_body_that_breaks_off_is_given_up_soon(host: Host, servers: Servers, clock: JumpingClock) -> None:
    servers.jimaku.fault = Fault("cut", path="/api/openapi")
    before = clock.now
    with pytest.raises(Incomplete):
        await host.ask(request(servers), Urgency.ON_SCREEN)
    assert len(paths(servers)) == 3
    assert clock.now - before < 10.0


async def test_slow_answers_hold_no_place(deps: HostDeps, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotozoe.requests.host._SLOW_AFTER", 0.02)
    host = Host("jimaku", deps, JIMAKU, hear_jimaku, parallel=2)
    assert await host.ask(request(servers), Urgency.NEXT) == 200
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/slow")
    slow = [asyncio.create_task(host.ask(request(servers, f"/slow/{at}"), Urgency.NEXT)) for at in range(2)]
    assert await host.ask(request(servers, "/api/openapi.json?quick"), Urgency.NEXT) == 200
    assert not any(one.done() for one in slow)
    go.set()
    await asyncio.gather(*slow, return_exceptions=True)
    await host.close()
