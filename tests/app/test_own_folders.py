"""Folders of the user's own need neither key nor network, and their names are known titles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kotozoe.app.services import Services, command_services
from kotozoe.model import Entry, Readable, Urgency, VideoFile
from tests.fakes.cues import subtitle


@pytest.fixture
async def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    """Nothing is known, and nobody answers."""
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    config = tmp_path / "config.toml"
    hosts = ("jimaku", "anilist", "relations", "seasons", "titles")
    config.write_text(
        "".join(f'[{host}]\nurl = "http://127.0.0.1:9/{host}"\n' for host in hosts)
        + f'[folders]\npaths = ["{tmp_path}/own"]\n'
    )
    async with command_services(config, 0.1) as opened:
        yield opened


def put(root: Path, folder: str, name: str) -> None:
    path = root / "own" / folder / name
    path.parent.mkdir(parents=True)
    path.write_bytes(subtitle(name))


async def obtained(services: Services, video: str) -> str:
    """Return the file that a video gets, and whose it is; or why it gets none."""
    file = VideoFile(f"/videos/{video}")
    verdict = await services.finder.find(file, Urgency.ON_SCREEN)
    if verdict.status != "resolved":
        named = await services.fetcher.by_name(verdict, file, Urgency.ON_SCREEN, {})
        return f"{named[1].source}: {named[1].name}" if named is not None else verdict.status
    found = await services.fetcher.obtain(verdict, file, Urgency.ON_SCREEN)
    return f"{found.source}: {found.name}" if isinstance(found, Readable) else found.reason


@pytest.mark.parametrize(
    ("folder", "file", "video"),
    [
        ("Ubbelohde Charlie [990003]", "Ubbelohde Charlie - 05.srt", "[Grp] Ubbelohde Charlie - 05.mkv"),
        ("Unknownia", "Unknownia - 05.srt", "[Grp] Unknownia - 05.mkv"),
        ("Unknownia", "第05話.srt", "Unknownia.S01E05.1080p.mkv"),
        ("anime_tv/Pellgor no Ie", "05.srt", "[Grp] Pellgor no Ie - 05.mkv"),
    ],
)
async def test_a_folder_is_enough(services: Services, tmp_path: Path, folder: str, file: str, video: str) -> None:
    put(tmp_path, folder, file)
    assert await obtained(services, video) == f"folder: {file}"
    assert await obtained(services, "[Grp] Another Show - 05.mkv") == "unknown"


async def test_a_show_without_an_anilist_id_is_found_in_its_folder(services: Services, tmp_path: Path) -> None:
    services.catalogue.replace_entries([Entry(5, "Pellgor no Ie", tmdb_id="tv:77")], True, 1.0)
    put(tmp_path, "Pellgor no Ie", "Pellgor no Ie 04.srt")
    assert await obtained(services, "[Grp] Pellgor no Ie - 04.mkv") == "folder: Pellgor no Ie 04.srt"


async def test_a_title_of_the_catalogue_names_the_folders_media(services: Services, tmp_path: Path) -> None:
    services.catalogue.replace_entries([Entry(5, "Kaze no Renshuu", anilist_id=42)], True, 1.0)
    put(tmp_path, "Kaze no Renshuu", "Kaze no Renshuu - 04.srt")
    assert await obtained(services, "[Grp] Kaze no Renshuu - 04.mkv") == "folder: Kaze no Renshuu - 04.srt"
    assert await obtained(services, "[Grp] Kaze no Renshuu - 05.mkv") == "ambiguous"
    assert await obtained(services, "Kaze.no.Renshuu.S02E04.mkv") in ("ambiguous", "unknown")
