"""Folders: they give the title that a name leaves out, complete the one it has, and are otherwise not believed."""

from __future__ import annotations

import pytest

from kotozoe.identify.names.identify import identify
from kotozoe.identify.names.words import generic
from kotozoe.model import VideoFile


def titles(path: str) -> list[tuple[str, int | None, float | None]]:
    return [(r.title_text, r.parsed.season, r.parsed.episode) for r in identify(VideoFile(path)).readings]


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/v/Kaze no Uta/Season 3 Part 2/04.mkv", ("Kaze no Uta Season 3 Part 2", None, 4)),
        ("/v/Kaze no Uta/Final Season [1080p]/04.mkv", ("Kaze no Uta Final Season", None, 4)),
        ("/v/Kaze no Uta/1c. Season 2 (2009)/04.mkv", ("Kaze no Uta", 2, 4)),
        ("/v/Kaze no Uta/3) Final Season/04.mkv", ("Kaze no Uta Final Season", None, 4)),
        ("/v/Kaze no Uta/2 - Season 2/04.mkv", ("Kaze no Uta", 2, 4)),
        ("/v/Kaze no Uta/第二季/04.mkv", ("Kaze no Uta", 2, 4)),
        ("/v/Kaze no Uta/S2/E11.mkv", ("Kaze no Uta", 2, 11)),
        ("/v/Kaze no Uta (Batch)/[11].mkv", ("Kaze no Uta", None, 11)),
        ("/v/Kaze no Uta/Season 2 - 05.mkv", ("Kaze no Uta", 2, 5)),
        ("/録画/2024年春/風の歌/第3話.ts", ("風の歌", None, 3)),
        ("/v/Kaze no Uta Nonstop/Kaze no Uta - 05.mkv", ("Kaze no Uta Nonstop", None, 5)),
        ("/v/Kaze no Uta/Part 2/Kaze no Uta - 05.mkv", ("Kaze no Uta Part 2", None, 5)),
        ("/v/Kaze no Uta/Ame no Hi/05.mkv", ("Kaze no Uta Ame no Hi", None, 5)),
        ("/v/Kaze/Kaze Season 2/Kaze - 05.mkv", ("Kaze season 2", None, 5)),
        ("/v/Kaze 2nd Season/Kaze - S02E01.mkv", ("Kaze 2nd season", 2, 1)),
        ("/v/86/Season 01/86 - S01E01.mkv", ("86", 1, 1)),
        ("/v/Kaze no Uta/Extras/Kaze no Uta - S01OVA02.mkv", ("Kaze no Uta", None, 2)),
        ("/v/Kaze no Uta 1-12/06.mkv", ("Kaze no Uta", None, 6)),
        ("/v/Kaze no Uta/06.1080p.mkv", ("Kaze no Uta", None, 6)),
        ("http://nas.lan/Anime/Kaze%20no%20Uta/05.mkv", ("Kaze no Uta", None, 5)),
        ("/downloads/05 - Kaze no Uta.mkv", ("Kaze no Uta", None, 5)),
        ("/v/[Kaze no Uta] - S03E02.mkv", ("Kaze no Uta", 3, 2)),
        ("/v/[Kaze no Uta] Season 2; Episode 11.mkv", ("Kaze no Uta", 2, 11)),
        ("/v/Bot.[Group]_Kaze_no_Uta_-_01v2_[720p].mkv", ("Kaze no Uta", None, 1)),
        ("/v/AnimePahe_Kaze_no_Uta_-_01_1080p_Group.mp4", ("Kaze no Uta", None, 1)),
        ("smb://nas/anime/Kaze no Uta? #1/06.mkv", ("Kaze no Uta? #1", None, 6)),
        ("sftp://me@nas/anime/Kaze%20no%20Uta/06.mkv", ("Kaze no Uta", None, 6)),
        ("edl:///v/Kaze no Uta - 06.mkv;/v/Kaze no Uta - 07.mkv", ("Kaze no Uta", None, 6)),
        ("edl://!new_stream;%24%/v/Kaze; no Uta - 06.mkv,0,20;x", ("Kaze; no Uta", None, 6)),
    ],
)
def test_the_wanted_reading_is_made(path: str, reading: tuple[str, int | None, float | None]) -> None:
    assert reading in titles(path)


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/rec/05.ts",
        "/mnt/kaze/05.mkv",
        "/v/Season 2/05.mkv",
        "/v/The Series - 25.mkv",
        "/v/BD menu/05.mkv",
        "/data/recorded/2024/05.ts",
        "edl://",
        "edl://!no_chapters",
    ],
)
def test_roots_shelves_and_seasons_are_no_titles(path: str) -> None:
    assert titles(path) == []


def test_a_folder_that_gives_the_title_is_not_followed_by_another() -> None:
    """What follows the number is then the title of the episode."""
    assert "Ame no Hi" not in [title_text for title_text, _, _ in titles("/v/Kaze no Uta/05 - Ame no Hi.mkv")]


@pytest.mark.parametrize(
    "path", ["/v/Kaze Nonstop/Kaze - 05.mkv", "/v/Kaze/Kaze Nonstop/05.mkv", "/v/Kaze/Ame no Hi/05.mkv"]
)
def test_the_longer_title_of_the_nearest_folder_leaves_none_to_the_shorter(path: str) -> None:
    assert "Kaze" not in [title_text for title_text, _, _ in titles(path)]


def test_the_year_of_a_folder_counts_with_the_title_of_the_name() -> None:
    found = identify(VideoFile("/v/Kaze no Uta (2011)/Season 1/Kaze no Uta - S01E30.mkv")).readings
    assert {r.parsed.year for r in found} == {2011}


def test_a_collections_folder_completes_nothing() -> None:
    found = identify(VideoFile("/v/Ame Collection/Kaze no Uta - 05.mkv")).readings
    assert not any("Ame" in r.title_text for r in found if r.folder == 0)


def test_a_streams_own_file_name_is_no_title_of_it() -> None:
    video = VideoFile("http://nas.lan/Anime/Kaze%20no%20Uta/05.mkv", "05.mkv", network=True)
    assert "Kaze no Uta" in [r.title_text for r in identify(video).readings]


@pytest.mark.parametrize("folder", ["Anime 2024", "New Folder (2)", "2024年春", "春アニメ", "Winter 2024 Q1", "録画"])
def test_a_generic_folder_is_known(folder: str) -> None:
    assert generic(folder)
    assert not generic(f"{folder} Kaze")
