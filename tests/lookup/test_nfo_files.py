"""The files beside a video: which are read, and that none of them can do harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kotozoe.identify.names.identify import StatedId
from kotozoe.identify.names.nfo import MAX_SIZE, Nfo
from kotozoe.lookup.nfo_files import read_nfo_files
from kotozoe.model import VideoFile

SHOW = "<tvshow><tvdbid>5</tvdbid></tvshow>"
MOVIE = "<movie><tmdbid>7</tmdbid></movie>"
EPISODE = "<episodedetails><season>1</season><episode>2</episode></episodedetails>"
TOLD = Nfo("tvshow", (StatedId("tvdb", "5"),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Kaze" / "Season 01"
    made.mkdir(parents=True)
    return made


def beside(folder: Path, name: str = "Kaze.S01.E02.mkv") -> tuple[Nfo, ...]:
    return read_nfo_files(VideoFile(str(folder / name)))


@pytest.mark.parametrize("place", ["tvshow.nfo", "../tvshow.nfo"])
def test_the_shows_file_is_beside_the_video_or_above_its_season(folder: Path, place: str) -> None:
    (folder / place).write_text(SHOW)
    assert beside(folder) == (TOLD,)


def test_the_nearest_nfo_file_comes_first(folder: Path) -> None:
    (folder / "Kaze.S01.E02.nfo").write_text(EPISODE)
    (folder / "tvshow.nfo").write_text(SHOW)
    (folder / "movie.nfo").write_text(MOVIE)
    assert [n.kind for n in beside(folder)] == ["episodedetails", "movie", "tvshow"]


def test_a_file_of_another_kind_than_its_name_says_nothing(folder: Path) -> None:
    (folder / "tvshow.nfo").write_text(MOVIE)
    (folder / "movie.nfo").write_text(SHOW)
    assert beside(folder) == ()


def test_an_nfo_that_is_no_plain_file_is_ignored(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "tvshow.nfo")
    (folder / "movie.nfo").mkdir()
    (folder / "Kaze.S01.E02.nfo").symlink_to("/dev/zero")
    (tmp_path / "elsewhere").write_text(SHOW)
    (folder.parent / "tvshow.nfo").symlink_to(tmp_path / "elsewhere")
    assert beside(folder) == ()


def test_a_huge_nfo_file_is_not_read_to_its_end(folder: Path) -> None:
    with (folder / "tvshow.nfo").open("wb") as stream:
        stream.truncate(1 << 40)
    assert beside(folder) == ()
    (folder / "tvshow.nfo").unlink()
    (folder / "tvshow.nfo").write_text(SHOW + " " * MAX_SIZE)
    assert beside(folder) == ()


@pytest.mark.parametrize(
    "video",
    [
        VideoFile("https://example.org/tvshow/01.mkv"),
        VideoFile("/v/01.mkv", network=True),
        VideoFile("01.mkv"),
        VideoFile("/v/\0.mkv"),
        VideoFile("/"),
        VideoFile(""),
        VideoFile("/v/\udcff/" + "x" * 5000 + ".mkv"),
    ],
)
def test_streams_have_no_nfo_files(video: VideoFile) -> None:
    assert read_nfo_files(video) == ()
