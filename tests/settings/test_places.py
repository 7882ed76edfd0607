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
    assert at.pace == homes / "state/kotozoe/pace.sqlite"
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
