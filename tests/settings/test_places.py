from __future__ import annotations

from pathlib import Path

import pytest

from kotozoe.errors import StorageError
from kotozoe.settings.places import places, prepare


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


@pytest.mark.skipif("sys.platform == 'darwin'", reason="the platform's own places")
def test_places_follow_the_platforms_customs(homes: Path) -> None:
    at = places()
    assert at.config == homes / "config/kotozoe/config.toml"
    assert at.catalogue == homes / "cache/kotozoe/catalogue.sqlite"
    assert at.subtitle_cache == homes / "cache/kotozoe/subtitles"
    assert at.rate_limits == homes / "state/kotozoe/rate-limits.sqlite"
    assert at.status == homes / "state/kotozoe/status.json"
    assert at.pins == homes / "data/kotozoe/pins.json"
    assert at.lock == homes / "state/kotozoe/kotozoe.lock"
    assert places(Path("/else")).config == Path("/else")


def test_folders_are_made_for_this_user_only(homes: Path) -> None:
    at = places()
    prepare(at)
    prepare(at)
    assert [folder.stat().st_mode & 0o777 for folder in (at.cache, at.subtitle_cache, at.state, at.data)] == [0o700] * 4


def test_a_folder_that_cannot_be_made_says_what_to_do(homes: Path) -> None:
    (homes / "state").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be made .*: make it yourself, or set XDG_STATE_HOME"):
        prepare(places())


def test_a_cache_that_cannot_be_made_is_gone_without(homes: Path) -> None:
    (homes / "cache").write_text("in the way")
    prepare(places())
    assert places().state.is_dir()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "https://jimaku.example/base", "http://jimaku.cc"])
def test_what_is_known_by_a_servers_ids_lies_apart(homes: Path, url: str) -> None:
    usual, other = places(), places().for_server(url)
    assert usual.for_server("https://jimaku.cc") == usual == other.for_server("https://jimaku.cc")
    assert other.catalogue != usual.catalogue
    assert other.awaited != usual.awaited
    assert (other.pins, other.rate_limits, other.lock) == (usual.pins, usual.rate_limits, usual.lock)


def test_spellings_of_one_address_are_one_server(homes: Path) -> None:
    spelt = ("https://Jimaku.example", "https://jimaku.example:443", "https://jimaku.example/")
    assert len({places().for_server(url) for url in spelt}) == 1
    assert places().for_server("http://jimaku.example").server != places().for_server(spelt[0]).server
