"""Archives that say no range."""

from __future__ import annotations

import pytest

from tests.subtitles.ranking.made import chosen

PACKS = ["KAZE_BD_CHS.7z", "KAZE_Web_JPN.7z", "KAZE2_Web_JPN.7z"]


@pytest.mark.parametrize(
    ("video", "entry", "files", "file"),
    [
        ("[X] Kaze - 05 [1080p].mkv", "KAZE", PACKS, "KAZE_Web_JPN.7z"),
        ("KAZE.S02E05.1080p.mkv", "KAZE 2", PACKS, "KAZE2_Web_JPN.7z"),
        ("[X] Kaze 2 - 05.mkv", "KAZE 2", PACKS, "KAZE2_Web_JPN.7z"),
        ("[X] Kaze - 05 [1080p].mkv", "KAZE", ["KAZE2_Web_JPN.7z"], None),
        ("KAZE.S02E05.1080p.mkv", "KAZE 2", ["KAZE_JPN.7z"], "KAZE_JPN.7z"),  # the season is the entry's
        ("KAZE.S03E05.1080p.mkv", "KAZE 3", PACKS, None),
        # more of them than seasons: episodes
        ("[X] Kaze - 05.mkv", "KAZE", [f"KAZE{n}.zip" for n in range(1, 10)], "KAZE5.zip"),
        ("[X] Kaze - 12.mkv", "KAZE", ["KAZE12.zip"], "KAZE12.zip"),
    ],
)
def test_the_digit_at_a_packs_title_is_its_season(video: str, entry: str, files: list[str], file: str | None) -> None:
    assert chosen(files, video, 12 if "12" in video else 5, entry=entry) == file


@pytest.mark.parametrize(
    ("files", "file"),
    [
        (["KAZE OVA.zip", "KAZE.zip"], "KAZE.zip"),
        (["KAZE SP.7z", "KAZE TV.7z"], "KAZE TV.7z"),
        (["KAZE TV+OVA.zip"], "KAZE TV+OVA.zip"),
        (["KAZE (01-12) + Special.zip"], "KAZE (01-12) + Special.zip"),
    ],
)
def test_a_pack_of_specials_holds_no_episode(files: list[str], file: str | None) -> None:
    assert chosen(files, "[X] Kaze - 05 [1080p].mkv", 5, entry="KAZE") == file


def test_a_box_is_no_season_and_no_episode() -> None:
    files = ["KAZE BDBOX2.7z", "KAZE BDBOX1.7z"]  # nobody says in which: each serves, and is opened
    assert chosen(files[:1], "[X] Kaze - 05.mkv", 5, entry="KAZE") == files[0]
    assert chosen(files[1:], "[X] Kaze - 05.mkv", 5, entry="KAZE") == files[1]
