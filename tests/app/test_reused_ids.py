"""An entry that was deleted, and its id given to the next one: Jimaku does so, and tells of it a day later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kotozoe.app.services import Services, command_services
from kotozoe.model import NotObtained, Readable, Urgency, Verdict, VideoFile
from tests.fakes import Servers, World, WorldEntry, WorldFile, serve

NEW_SHOW = {"id": 1234, "name": "Zarathin Bravo", "anilist_id": 990000, "last_modified": "2026-11-26T10:00:00Z"}
FLAGS = {"anime": True, "unverified": False, "external": False, "movie": False, "adult": False}
OLD_EPISODE, NEW_EPISODE = (
    VideoFile(f"/anime/[Hayate] {show} - 05 (1080p).mkv") for show in ("Kaze no Renshuu", "Zarathin Bravo")
)


@pytest.fixture
async def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Servers]:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    with serve(World.small(), limits=False) as running:
        yield running


@pytest.fixture
async def services(tmp_path: Path, servers: Servers) -> AsyncIterator[Services]:
    urls = servers.urls()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[jimaku]\nurl = "{urls["jimaku"]}"\napi_key = "{servers.jimaku_key}"\n[anilist]\nurl = "{urls["anilist"]}"\n'
        + "".join(f'[{name}]\nurl = "{urls[name]}"\n' for name in ("relations", "seasons", "titles"))
    )
    config.chmod(0o600)
    async with command_services(config, 1.0) as opened:
        await opened.refresh.ready(Urgency.ON_SCREEN)
        yield opened


def give_away(servers: Servers) -> None:
    """Delete the entry of a show and make one of another, which gets its id."""
    name = "[Hayate] Zarathin Bravo - {:02} [1080p].ja.ass"
    files = [WorldFile(name.format(n), last_modified="2026-11-26T10:00:00Z") for n in range(1, 13)]
    media = servers.world.media[900000]
    titles = {"romaji": "Zarathin Bravo", "english": None, "native": None}
    servers.world.media[990000] = {**media, "id": 990000, "title": titles, "synonyms": [], "relations": []}
    servers.world.entries[1234] = WorldEntry({**NEW_SHOW, "flags": FLAGS}, files)


async def find(services: Services, video: VideoFile) -> Verdict:
    return await services.finder.find(video, Urgency.ON_SCREEN)


async def obtain(services: Services, video: VideoFile) -> Readable | NotObtained:
    return await services.fetcher.obtain(await find(services, video), video, Urgency.ON_SCREEN)


@pytest.mark.parametrize("listed_before", [True, False])
async def test_the_new_shows_files_are_not_taken_for_the_old_ones(
    services: Services, servers: Servers, listed_before: bool
) -> None:
    if listed_before:
        verdict = await find(services, OLD_EPISODE)
        assert await services.fetcher.candidates(verdict, OLD_EPISODE, Urgency.ON_SCREEN)
    give_away(servers)
    servers.jimaku.forget()
    refused = await obtain(services, OLD_EPISODE)
    assert isinstance(refused, NotObtained)
    assert "Zarathin Bravo" in refused.reason
    assert "/api/entries/1234" in [asked.path for asked in servers.jimaku.requests]
    assert not any("Zarathin" in asked.path for asked in servers.jimaku.requests)
    assert (await find(services, OLD_EPISODE)).entry_id is None
    taken = await obtain(services, NEW_EPISODE)
    assert isinstance(taken, Readable)
    assert taken.name == "[Hayate] Zarathin Bravo - 05 [1080p].ja.ass"


async def test_an_entry_that_holds_what_it_is_named_for_costs_no_further_request(
    services: Services, servers: Servers
) -> None:
    servers.jimaku.forget()
    assert isinstance(await obtain(services, OLD_EPISODE), Readable)
    assert [asked.path for asked in servers.jimaku.requests if asked.path.startswith("/api")] == [
        "/api/entries/1234/files"
    ]
