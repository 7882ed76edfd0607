from __future__ import annotations

import asyncio
import logging
import threading
import tracemalloc
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kotozoe.errors import Malformed, Missing, ProviderError, Refused, Unavailable
from kotozoe.model import Listing, Secret, SubtitleFile, Urgency
from kotozoe.providers.jimaku import Jimaku
from kotozoe.requests.host import HostDeps
from tests.fakes import Fault, Servers, WorldFile, serve
from tests.providers.conftest import JumpingClock, Keyring

SCREEN = Urgency.ON_SCREEN


async def only_file(jimaku: Jimaku, entry_id: int = 1236) -> SubtitleFile:
    return (await jimaku.listing(entry_id, SCREEN)).files[0]


async def test_the_catalogue_is_one_request(jimaku: Jimaku, servers: Servers) -> None:
    entries = {entry.entry_id: entry for entry in await jimaku.catalogue(True, None, SCREEN)}
    assert len(entries) == 10
    first = entries[1234]
    assert (first.name, first.english_name, first.japanese_name) == ("Kaze no Renshuu", "Wind Practice", "風の練習")
    assert (first.anilist_id, first.tmdb_id, first.anime) == (900000, None, True)
    assert first.last_modified == 1777807353.0
    assert entries[1236].movie
    assert len(servers.jimaku.requests) == 1


async def test_live_action_is_a_catalogue_of_its_own(jimaku: Jimaku) -> None:
    (entry,) = await jimaku.catalogue(False, None, SCREEN)
    assert (entry.tmdb_id, entry.anilist_id, entry.anime) == ("tv:5001", None, False)


async def test_the_catalogue_is_asked_from_a_moment_on(jimaku: Jimaku) -> None:
    entries = await jimaku.catalogue(True, 1795165200.9, SCREEN)  # 2026-11-20T09:00:00.9Z; the entry says .5
    assert {entry.entry_id for entry in entries} == {1235, 1250}


async def test_an_unknown_form_of_tmdb_id_is_kept_as_it_is(jimaku: Jimaku, servers: Servers) -> None:
    servers.world.entries[1270].row["tmdb_id"] = "show/5001-x"
    (entry,) = await jimaku.catalogue(False, None, SCREEN)
    assert str(entry.media) == "tmdb:show/5001-x"


@pytest.mark.parametrize(
    "change",
    [{"id": "x"}, {"name": 5}, {"name": ""}, {"id": True}],
)
async def test_a_row_that_cannot_be_right_is_left_out(
    jimaku: Jimaku, servers: Servers, change: dict[str, object]
) -> None:
    servers.world.entries[1234].row |= {"surprise": [1]}
    servers.world.entries[1240].row |= {"anilist_id": "many", "last_modified": "yesterday", "japanese_name": None}
    servers.world.entries[1271].row |= change
    if change.get("name") == 5:  # the stand-in sorts by name
        servers.jimaku.fault = Fault("garbage", body=b'[{"id": 1240, "name": "A"}, {"id": 1234, "name": 5}, 7]')
        assert [entry.entry_id for entry in await jimaku.catalogue(True, None, SCREEN)] == [1240]
        return
    entries = {entry.entry_id: entry for entry in await jimaku.catalogue(True, None, SCREEN)}
    assert len(entries) == 9
    assert (entries[1240].anilist_id, entries[1240].last_modified) == (None, 0.0)


async def test_a_listing_has_every_file(jimaku: Jimaku, servers: Servers, clock: JumpingClock) -> None:
    listing = await jimaku.listing(1234, SCREEN)
    world = {file.name: file.size for file in servers.world.entries[1234].files}
    assert {file.name: file.size for file in listing.files} == world
    assert listing.read_at == clock.now
    assert servers.jimaku.requests[0].query == ""


async def test_an_entry_that_is_gone_is_missing(jimaku: Jimaku) -> None:
    with pytest.raises(Missing):
        await jimaku.listing(999, SCREEN)
    assert jimaku.host.state().trouble == ""


NAMES = [
    "a+b & c#d%20e?.srt",
    "[x]{y}|z^`~.srt",
    "風 ＃02 第５話.ass",
    "back\\slash.srt",
    "..srt",
    "%2e%2e%2f.srt",
    "x" * 200,
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_comes_whole_whatever_its_name(jimaku: Jimaku, servers: Servers, name: str) -> None:
    servers.world.entries[1236].files[:] = [WorldFile(name, "字幕".encode() * 50)]
    assert await jimaku.download(1236, await only_file(jimaku), SCREEN) == "字幕".encode() * 50


async def test_the_key_goes_to_the_api_and_nowhere_else(jimaku: Jimaku, servers: Servers) -> None:
    await jimaku.download(1236, await only_file(jimaku), SCREEN)
    listed, fetched = servers.jimaku.requests
    assert listed.headers["authorization"] == servers.jimaku_key
    assert "authorization" not in fetched.headers
    assert fetched.headers["accept-encoding"] == "identity"
    assert all(asked.headers["user-agent"].startswith("kotozoe/") for asked in (listed, fetched))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://user:word@{own}", "//evil.example", ""])
async def test_only_the_path_of_a_files_address_counts(jimaku: Jimaku, servers: Servers, origin: str) -> None:
    file = await only_file(jimaku)
    start = origin.format(own=urlsplit(servers.jimaku.url).netloc)
    moved = replace(file, url=start + urlsplit(file.url).path)
    assert len(await jimaku.download(1236, moved, SCREEN)) == file.size
    assert "authorization" not in servers.jimaku.requests[-1].headers


async def test_a_named_download_origin_is_used(deps: HostDeps, servers: Servers, keyring: Keyring) -> None:
    with serve(servers.world) as mirror:
        servers.jimaku.base = mirror.jimaku.url
        jimaku = Jimaku(deps, servers.jimaku.url, keyring, download_origins=[mirror.jimaku.url])
        await jimaku.download(1236, await only_file(jimaku), SCREEN)
        assert len(mirror.jimaku.requests) == 1
        await jimaku.close()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "javascript:alert(1)", "http://[bad", "relative"])
async def test_an_address_of_another_kind_is_never_asked_for(jimaku: Jimaku, servers: Servers, url: str) -> None:
    with pytest.raises(Malformed):
        await jimaku.download(1236, SubtitleFile("x.srt", 1, 0.0, url), SCREEN)
    assert servers.jimaku.requests == []


async def test_a_file_that_vanished_since_the_listing_is_missing(jimaku: Jimaku, servers: Servers) -> None:
    file = await only_file(jimaku)
    servers.jimaku.vanished.add(file.name)
    with pytest.raises(Missing):
        await jimaku.download(1236, file, SCREEN)


async def test_a_file_of_another_size_than_listed_is_missing(jimaku: Jimaku, servers: Servers) -> None:
    file = await only_file(jimaku)
    with pytest.raises(Missing):
        await jimaku.download(1236, replace(file, size=file.size + 1), SCREEN)


async def test_a_cut_file_is_fetched_again(jimaku: Jimaku, servers: Servers) -> None:
    file = await only_file(jimaku)
    servers.jimaku.fault = Fault("cut", times=2)
    assert len(await jimaku.download(1236, file, SCREEN)) == file.size
    assert len(servers.jimaku.requests) == 4


async def test_a_web_page_is_not_a_subtitle(jimaku: Jimaku, servers: Servers) -> None:
    file = await only_file(jimaku)
    servers.jimaku.fault = Fault("html", 200)
    with pytest.raises(Malformed):
        await jimaku.download(1236, file, SCREEN)


async def test_a_file_too_long_is_not_taken(jimaku: Jimaku, servers: Servers) -> None:
    servers.world.entries[1236].files[:] = [WorldFile("long.zip", bytes(18 * 1024 * 1024))]
    with pytest.raises(Malformed, match="longer"):
        await jimaku.download(1236, await only_file(jimaku), SCREEN)


async def test_two_players_share_one_download_and_one_of_them_may_leave(jimaku: Jimaku, servers: Servers) -> None:
    file = await only_file(jimaku)
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/entry/")
    before = len(servers.jimaku.requests)
    leaving, staying = (asyncio.create_task(jimaku.download(1236, file, SCREEN)) for _ in range(2))
    await asyncio.to_thread(servers.jimaku.wait_for, before + 1)
    leaving.cancel()
    go.set()
    assert len(await staying) == file.size
    assert len(servers.jimaku.requests) == before + 1


async def test_a_download_that_was_skipped_is_not_sent(
    deps: HostDeps, servers: Servers, keyring: Keyring, jimaku: Jimaku
) -> None:
    file, never = await only_file(jimaku), asyncio.Event()
    waits = Jimaku(replace(deps, sleep=lambda _: never.wait()), servers.jimaku.url, keyring)
    servers.jimaku.fault = Fault("slow", until=(go := threading.Event()), path="/entry/")
    before = len(servers.jimaku.requests)
    first = asyncio.create_task(waits.download(1236, file, SCREEN))
    await asyncio.to_thread(servers.jimaku.wait_for, before + 1)
    skipped = [asyncio.create_task(waits.download(1236, replace(file, size=at), SCREEN)) for at in range(5)]
    others = [
        asyncio.create_task(waits.download(1236, replace(file, url=f"{file.url}{at}"), SCREEN)) for at in range(5)
    ]
    await asyncio.sleep(0)
    for one in (*skipped, *others):
        one.cancel()
    go.set()
    assert len(await first) == file.size
    await waits.close()
    assert len(servers.jimaku.requests) == before + 1


async def test_downloads_come_two_at_a_time(jimaku: Jimaku, servers: Servers) -> None:
    files = (await jimaku.listing(1234, SCREEN)).files[:6]
    servers.jimaku.fault = Fault("slow", path="/download/", seconds=0.02)
    await asyncio.gather(*(jimaku.download(1234, file, SCREEN) for file in files))
    assert servers.jimaku.most_at_once == 2


async def test_it_is_asked_four_times_at_once_at_most(jimaku: Jimaku, servers: Servers) -> None:
    servers.jimaku.fault = Fault("slow", path="/files", seconds=0.02)
    await asyncio.gather(*(jimaku.listing(entry_id, SCREEN) for entry_id in list(servers.world.entries)[:10]))
    assert 1 < servers.jimaku.most_at_once <= 4


async def test_a_file_named_by_our_key_is_not_listed(jimaku: Jimaku, servers: Servers) -> None:
    files = servers.world.entries[1234].files
    files.append(WorldFile(f"[G] {servers.jimaku_key} - 03.srt"))
    names = [file.name for file in (await jimaku.listing(1234, SCREEN)).files]
    assert len(names) == len(files) - 1
    assert not any(servers.jimaku_key in name for name in names)


async def test_without_a_key_nothing_is_sent(jimaku: Jimaku, servers: Servers, keyring: Keyring) -> None:
    keyring.key = None
    with pytest.raises(Refused, match="/account"):
        await jimaku.catalogue(True, None, SCREEN)
    assert servers.jimaku.requests == []
    assert jimaku.host.state().refused
    keyring.key = Secret(servers.jimaku_key)
    assert await jimaku.catalogue(True, None, SCREEN)


@pytest.mark.parametrize("key", ["Bearer abc", "abc\ndef", "ключ", ""])
async def test_an_impossible_key_is_not_sent_and_not_shown(
    jimaku: Jimaku, servers: Servers, keyring: Keyring, key: str
) -> None:
    keyring.key = Secret(key)
    with pytest.raises(Refused) as caught:
        await jimaku.listing(1234, SCREEN)
    assert servers.jimaku.requests == []
    assert not key or key not in str(caught.value)


async def test_a_wrong_key_is_one_request_then_silence_until_it_changes(
    jimaku: Jimaku, servers: Servers, keyring: Keyring
) -> None:
    keyring.key = Secret("A" * 58)
    asked = (jimaku.listing(entry_id, SCREEN) for entry_id in (1234, 1235, 1236))
    for result in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(result, Refused)
    for _ in range(5):
        with pytest.raises(Refused):
            await jimaku.listing(1234, SCREEN)
    assert len(servers.jimaku.requests) == 1
    keyring.key = Secret(servers.jimaku_key)
    assert (await jimaku.listing(1234, SCREEN)).files


async def test_rearming_tries_the_same_key_again(jimaku: Jimaku, servers: Servers, keyring: Keyring) -> None:
    servers.jimaku.keys.clear()
    with pytest.raises(Refused):
        await jimaku.listing(1234, SCREEN)
    servers.jimaku.keys.add(servers.jimaku_key)
    jimaku.host.rearm()
    assert not jimaku.host.state().refused
    assert (await jimaku.listing(1234, SCREEN)).files


FAULTS = [
    Fault("html", 502, times=2),
    Fault("html", 403, times=2),
    Fault("status", 500, times=2, body=b'{"error":"x","code":0}'),
    Fault("status", 408, times=2),
    Fault("drop", times=2),
    Fault("cut", times=2),
    Fault("garbage", times=1),
    Fault("garbage", times=1, body=b'{"not": "a list"}'),
    Fault("html", 200, times=1),
    Fault("redirect", 302, times=2, location="http://login.example/"),
    Fault("status", 429, times=2, body=b'{"error":"rate limit exceeded","code":8}'),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_what_passes_is_waited_out(
    jimaku: Jimaku, servers: Servers, clock: JumpingClock, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    fault = servers.jimaku.fault = replace(fault)
    times = fault.times or 0
    with caplog.at_level(logging.DEBUG):
        assert (await jimaku.listing(1234, SCREEN)).files
    assert len(servers.jimaku.requests) == times + 1
    assert jimaku.host.state().trouble == ""
    assert servers.jimaku_key not in caplog.text


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_trouble_that_stays_is_an_error_by_its_kind_and_never_nothing(
    deps: HostDeps, servers: Servers, keyring: Keyring, fault: Fault
) -> None:
    jimaku = Jimaku(deps, servers.jimaku.url, keyring, patience=0.0)
    servers.jimaku.fault = replace(fault, times=None)
    with pytest.raises(ProviderError) as caught:
        await jimaku.catalogue(True, None, SCREEN)
    assert not isinstance(caught.value, Refused | Missing)
    assert jimaku.host.state().trouble
    assert servers.jimaku_key not in f"{caught.value!r} {caught.value} {jimaku.host.state()}"
    await jimaku.close()


async def test_a_malformed_answer_is_asked_for_once_more(jimaku: Jimaku, servers: Servers) -> None:
    servers.jimaku.fault = Fault("garbage")
    with pytest.raises(Malformed):
        await jimaku.listing(1234, SCREEN)
    assert len(servers.jimaku.requests) == 2


async def test_no_connection_is_unavailable(deps: HostDeps, keyring: Keyring) -> None:
    jimaku = Jimaku(deps, "http://127.0.0.1:9", keyring, patience=0.0)
    with pytest.raises(Unavailable, match="no connection"):
        await jimaku.catalogue(True, None, SCREEN)
    await jimaku.close()


async def test_a_long_backfill_is_never_throttled(jimaku: Jimaku, servers: Servers, clock: JumpingClock) -> None:
    began = clock.now
    for turn in range(120):
        await jimaku.listing([1234, 1235, 1236, 1237][turn % 4], Urgency.BACKFILL)
    assert 429 not in servers.jimaku.statuses
    assert 118 / ((clock.now - began) / 2.4) > 0.99


async def test_nothing_secret_is_in_any_repr(jimaku: Jimaku, servers: Servers) -> None:
    await jimaku.listing(1234, SCREEN)
    shown = f"{jimaku!r} {jimaku.__dict__!r} {jimaku.host.__dict__!r}"
    assert servers.jimaku_key not in shown


async def test_a_listing_that_became_known_while_it_waited_is_not_asked_for(jimaku: Jimaku, servers: Servers) -> None:
    known = Listing(1235, (), 5.0)
    assert await jimaku.listing(1235, Urgency.BACKFILL, lambda: known) is known
    waits, knows = await asyncio.gather(
        jimaku.listing(1235, Urgency.ON_SCREEN), jimaku.listing(1235, Urgency.ON_SCREEN, lambda: known)
    )
    assert knows is known
    assert waits.files
    assert sum(asked.path.endswith("/files") for asked in servers.jimaku.requests) == 1


async def test_one_entry_is_read_as_it_is_now(jimaku: Jimaku, servers: Servers) -> None:
    entry = await jimaku.entry(1234, Urgency.ON_SCREEN)
    assert (entry.entry_id, entry.name, entry.anilist_id) == (1234, "Kaze no Renshuu", 900000)
    assert servers.jimaku.requests[-1].path == "/api/entries/1234"
    with pytest.raises(Missing):
        await jimaku.entry(99, Urgency.ON_SCREEN)


@pytest.mark.parametrize("body", [b"[]", b"5", b'{"id": 7, "name": "Another"}', b'{"id": 1234}'])
async def test_what_is_not_the_entry_is_refused(jimaku: Jimaku, servers: Servers, body: bytes) -> None:
    servers.jimaku.fault = Fault("garbage", body=body)
    with pytest.raises(Malformed):
        await jimaku.entry(1234, Urgency.ON_SCREEN)


@pytest.mark.parametrize("body", [b"[" + b"[]," * 4_000_000 + b"0]", b"[" + b"{}," * 200_000 + b"{}]"])
async def test_a_list_of_nothing_takes_little_memory(jimaku: Jimaku, servers: Servers, body: bytes) -> None:
    servers.jimaku.fault = Fault("garbage", body=body)
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            await jimaku.catalogue(True, None, SCREEN)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body) + (16 << 20)
    finally:
        tracemalloc.stop()
