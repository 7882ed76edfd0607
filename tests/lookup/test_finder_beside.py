"""Films, OVAs and specials beside their series, and what a folder or a word says that they are; over a small world."""

from __future__ import annotations

from pathlib import Path

import pytest

from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.lookup.test_finder import entries, media, told
from tests.lookup.test_finder_family import AniList as OtherAniList

WORLD = (
    media(10, "Kawa no Oto", year=2010, relations=(("SIDE_STORY", 11), ("SIDE_STORY", 12))),
    media(11, "Kawa no Oto OVA", form="OVA", episodes=3, year=2011, relations=(("PARENT", 10),)),
    media(12, "Kawa no Oto 2", form="MOVIE", episodes=1, year=2012, relations=(("PARENT", 10),)),
    media(20, "Mado no Yuki", year=2013, relations=(("SIDE_STORY", 21),)),
    media(21, "Mado no Yuki the Movie", form="MOVIE", episodes=1, year=2014, relations=(("PARENT", 20),)),
    media(30, "Hane Azuma", year=2002, relations=(("OTHER", 31),)),
    media(31, "Hane Web Azuma", form="ONA", episodes=4, year=2000, relations=(("OTHER", 30),)),
    media(40, "Natsu no Niji", year=1999, relations=(("PREQUEL", 41),)),
    media(41, "Natsu no Niji II", form="OVA", episodes=3, year=1997, relations=(("SEQUEL", 40),)),
    media(50, "Maou no Ie!", "魔王の家", year=2013, relations=(("SEQUEL", 51),)),
    media(51, "Maou no Ie!!", "魔王の家 第二季", year=2022, relations=(("PREQUEL", 50),)),
)
SEASONS = """{
 "20": {"tvdb_id": 7, "tvdb_mappings": {"s1": "e1-e12"}},
 "21": {"tvdb_id": 7, "tvdb_mappings": {"s0": ""}}
}"""
UNLISTED = (12, 31, 40)  # Jimaku has no entry of these


class AniList(OtherAniList):
    world = WORLD


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(entries(tuple(f for f in WORLD if f.anilist_id not in UNLISTED)), anime=True, now=0)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/Anime/Kawa no Oto/Kawa no Oto - 02.mkv", ("anilist:10", 2)),
        ("/Anime/Kawa no Oto/OVA/Kawa no Oto - 02.mkv", ("anilist:11", 2)),  # the folder says what it is
        ("/Anime/Kawa no Oto/OVAs/02.mkv", ("anilist:11", 2)),
        ("/Anime/OVA/Kawa no Oto - 05.mkv", "unknown"),  # of three
        ("/Anime/Kawa no Oto/Movies/Kawa no Oto - 02.mkv", "ambiguous"),  # no episode of the series
        ("/downloads/Movies/Kawa no Oto - 02.mkv", ("anilist:10", 2)),  # where everything lies
        ("[Group] Kawa no Oto 2 [BD].mkv", ("anilist:12", 1)),  # a film without an entry is called so
        ("Kawa no Oto 02.mkv", ("anilist:10", 2)),
        ("Kawa no Oto 3.mkv", ("anilist:10", 3)),
        ("Mado no Yuki - S00E03 - Mado no Yuki the Movie.mkv", ("anilist:21", 1)),  # the map's third is none of its
        ("Mado no Yuki - S00E03.mkv", "unknown"),
        ("/Anime/Hane Azuma/[Group] Hane Web Azuma - 01 [BD].mkv", ("anilist:31", 1)),
        ("Hane.Web.Azuma.S01E02.1080p.CR.WEB-DL.x264-GRP.mkv", ("anilist:31", 2)),
        ("Hane Azuma Dual Audio - 02.mkv", ("anilist:30", 2)),
        ("/Anime/Natsu no Niji (1999)/OVA/Natsu no Niji II - 02.mkv", ("anilist:41", 2)),
        ("[Group] 魔王の家 第二季 / Maou no Ie!! - 02 (1920x1080).mkv", ("anilist:51", 2)),  # two titles, no folder
    ],
)
async def test_what_lies_beside_a_series(path: str, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer
