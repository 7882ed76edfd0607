"""Words of a name that only another media, or none, explains; over a small invented world."""

from __future__ import annotations

from pathlib import Path

import pytest

from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.lookup.test_finder import entries, media, told
from tests.lookup.test_finder_family import AniList as OtherAniList

WORLD = (
    media(10, "Hana Nights", year=2007, relations=(("SIDE_STORY", 11), ("SIDE_STORY", 12), ("SIDE_STORY", 13))),
    media(11, "Hana Nights ONA", "Hana Nights", form="ONA", episodes=1, year=2005, relations=(("PARENT", 10),)),
    media(12, "Hana Nights: Winter Gift", form="OVA", episodes=1, year=2008, relations=(("PARENT", 10),)),
    media(13, "Hana Nights: Kokoro", form="OVA", episodes=1, year=2009, relations=(("PARENT", 10),)),
    media(20, "S-Star Dragon Dakedo, Cat Musume no Pet", year=2024),
    media(30, "Sora Rider", year=2015),
    media(31, "Sora Rider Kizuna", year=2018),
    media(40, "Ore, Yukishima", form="TV_SHORT", year=2021),
    media(41, "Ore, Yukishima (ONA)", "Ore, Yukishima", form="ONA", year=2019),
    media(50, "Kuro Neko (Movie)", form="MOVIE", episodes=1, year=1996),
    media(51, "Y: Movie", form="MOVIE", episodes=1, year=1999),
    media(60, "Tora III", year=1971, relations=(("SEQUEL", 61),)),
    media(61, "Tora III: Part IV", year=2015, relations=(("PREQUEL", 60),)),
    media(70, "Card Hunters", year=2002, relations=(("SEQUEL", 71), ("SIDE_STORY", 72))),
    media(71, "Card Hunters VS", year=2014, relations=(("PREQUEL", 70),)),
    media(72, "Card Hunters Movie 1: Yami", form="MOVIE", episodes=1, year=2005, relations=(("PARENT", 70),)),
    media(80, "Ookami Bros", year=2011, relations=(("SIDE_STORY", 81), ("SIDE_STORY", 82))),
    media(81, "Ookami Bros Movie 1: Dawn", form="MOVIE", episodes=1, year=2012, relations=(("PARENT", 80),)),
    media(
        82, "Ookami Bros Movie 2: Dusk", "Gekijouban Ookami Bros", form="MOVIE", episodes=1, relations=(("PARENT", 80),)
    ),
    media(52, "Tetsu Z tai Akuma", form="MOVIE", episodes=1, year=1973),
)


class AniList(OtherAniList):
    world = WORLD


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(entries(WORLD), anime=True, now=0)
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group]_Hana_Nights_OVA_-_Winter_Gift_(DVD)_[5DE6B483].mkv", ("anilist:12", 1)),
        ("[Group] Hana Nights OVA - Kokoro [1080p].mkv", ("anilist:13", 1)),
        ("[Group] Hana Nights OVA - Summer Beach [1080p].mkv", "ambiguous"),
        ("[Group] Hana Nights Special - Summer Beach (DVD).mkv", "ambiguous"),
        ("/lib/S-Star/[Group] S-Star Musume - S01E02.mkv", "unknown"),  # it has all these words, in other places
        ("/lib/Sora Rider/[Group] Sora Rider Kizuna - 02.mkv", ("anilist:31", 2)),
        ("/lib/Sora Rider/[Group] Sora Rider - 02.mkv", ("anilist:30", 2)),
        ("[Group] Ore, Yukishima TV [07][1080p].mkv", ("anilist:40", 7)),
        ("Tetsu Z tai Akuma - Movie [Group].mkv", ("anilist:52", 1)),
        ("Tetsu X tai Oni - Movie [Group].mkv", "unknown"),
        ("/a/Tora III/Tora III - Part IV - 03.mkv", ("anilist:61", 3)),  # the folder's number does not go before
        ("[Group] Card Hunters - Movie [1080p].mkv", ("anilist:72", 1)),
        ("[Group] Card Hunters VS - Movie [1080p].mkv", "ambiguous"),
        ("[Group] Hana Nights - Movie [1080p].mkv", "unknown"),
        ("[Group] Ookami Bros - Movie [1080p].mkv", "ambiguous"),  # it says no 2
        ("[Group] Ookami Bros Movie 2 [1080p].mkv", ("anilist:82", 1)),
        ("[Group] Hana Nights [NC02][1080p].mkv", "skipped"),
    ],
)
async def test_each_word_of_a_name_is_explained(path: str, answer: object, finder: Finder) -> None:
    verdict = (await finder.find_all([VideoFile(path)], Urgency.BACKFILL))[0]
    assert told(verdict) == answer, verdict
