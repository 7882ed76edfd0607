"""Local folders: a show is found by its folder's name, and nothing leads out of the roots."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kotozoe.errors import Missing, Unavailable
from kotozoe.model import SubtitleFile
from kotozoe.providers.folder import Folders

NAMES = ("Kaze no Renshuu", "Wind Practice", "風の練習")


def put(path: Path, contents: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents)
    return path


@pytest.mark.parametrize(
    "folder",
    [
        "Kaze no Renshuu",
        "kaze no renshuu!",
        "Wind Practice",
        "風の練習",
        "anime_tv/Kaze no Renshuu",
        "Some Other Name [42]",
    ],
)
async def test_a_show_is_known_by_any_of_its_names_or_its_id(folder: str, tmp_path: Path) -> None:
    put(tmp_path / folder / "03.srt")
    put(tmp_path / folder / "Season 1" / "04.srt")
    listing = await Folders((tmp_path,)).listing(42, NAMES, 5.0)
    assert listing is not None
    assert [f.name for f in listing.files] == ["03.srt", "04.srt"]
    assert (listing.files[0].size, listing.read_at) == (1, 5.0)


@pytest.mark.parametrize(
    "folder", ["Kaze no Renshuu 2nd Season", "Kaze", "Kaze no Renshuu [43]", ".Kaze no Renshuu", "x"]
)
async def test_another_show_or_season_is_not_taken(folder: str, tmp_path: Path) -> None:
    put(tmp_path / folder / "03.srt")
    assert await Folders((tmp_path, tmp_path / "missing")).listing(42, NAMES, 0.0) is None


async def test_a_file_is_read_and_one_that_is_gone_is_missing(tmp_path: Path) -> None:
    path = put(tmp_path / "Kaze no Renshuu" / "03.srt", b"abc")
    folders = Folders((tmp_path,))
    listing = await folders.listing(42, NAMES, 0.0)
    assert listing is not None
    assert await folders.download(0, listing.files[0]) == b"abc"
    path.unlink()
    with pytest.raises(Missing):
        await folders.download(0, listing.files[0])


async def test_what_is_no_file_or_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="not a regular file"):
        await Folders(()).download(0, SubtitleFile("zero", url="/dev/zero"))
    large = put(tmp_path / "large.srt")
    os.truncate(large, 1 << 30)
    with pytest.raises(Unavailable, match="too large"):
        await Folders(()).download(0, SubtitleFile("large.srt", url=str(large)))


async def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    put(tmp_path / "Kaze no Renshuu" / "03.srt")
    (tmp_path / "Kaze no Renshuu" / "again").symlink_to(tmp_path)
    listing = await Folders((tmp_path,)).listing(42, NAMES, 0.0)
    assert listing is not None
    assert len(listing.files) == 1
