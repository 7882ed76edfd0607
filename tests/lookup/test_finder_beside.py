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
    media(60, "Kumo no Shiro", year=2009, relations=(("SEQUEL", 61),)),
    media(61, "Kumo no Shiro of the Rain", year=2012, relations=(("PREQUEL", 60), ("SIDE_STORY", 62))),
    media(62, "Kumo no Shiro of the Rain: Tabi", form="OVA", episodes=1, year=2012, relations=(("PARENT", 61),)),
    media(63, "Kumo no Shiro OVA", form="OVA", episodes=2, year=2010, relations=(("PARENT", 60),)),
    media(70, "Ryuu no Michi: Haru-hen", year=2014, relations=(("SEQUEL", 71),)),
    media(71, "Ryuu no Michi: Aki-hen", episodes=22, year=2014, relations=(("PREQUEL", 70),)),
    media(72, "Tsuki no Kizuna", year=2020, relations=(("SEQUEL", 73),)),
    media(73, "Tsuki no Kizuna Part 2", episodes=13, year=2021, relations=(("PREQUEL", 72),)),
    media(80, "Kaze Monsters", year=1997, relations=(("SIDE_STORY", 81), ("SIDE_STORY", 82))),
    media(81, "Kaze Monsters: Akai Hoshi", form="MOVIE", episodes=1, year=1998, relations=(("PARENT", 80),)),
    media(82, "Kaze Monsters: Aoi Umi", form="MOVIE", episodes=1, year=1999, relations=(("PARENT", 80),)),
    media(84, "Neko Gunsou", year=2004, relations=(("SIDE_STORY", 85),)),
    media(85, "Neko Gunsou Movie 4: Umi no Uta", form="MOVIE", episodes=1, year=2009, relations=(("PARENT", 84),)),
    media(100, "Mado no Yuki OVA", form="OVA", episodes=2, year=2013),
    media(101, "Mado no Yuki: Yoake no Tabi", form="OVA", episodes=2, year=2013),
    media(90, "Kuruma D First Stage", year=1998, relations=(("SEQUEL", 91),)),
    media(91, "Kuruma D Final Stage", episodes=4, year=2014, relations=(("PREQUEL", 90),)),
    media(51, "Maou no Ie!!", "魔王の家 第二季", year=2022, relations=(("PREQUEL", 50),)),
)
SEASONS = """{
 "20": {"tvdb_id": 7, "tvdb_mappings": {"s1": "e1-e12"}},
 "21": {"tvdb_id": 7, "tvdb_mappings": {"s0": ""}}
}"""
RULES = "::rules\n- 0|0|70:13-34 -> 0|0|71:1-22!\n- 0|0|72:13-25 -> 0|0|73:1-13!\n"
UNLISTED = (12, 31, 40)  # Jimaku has no entry of these


class AniList(OtherAniList):
    world = WORLD


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(entries(tuple(f for f in WORLD if f.anilist_id not in UNLISTED)), anime=True, now=0)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    catalogue.keep_rules(RULES)
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
        ("/Anime/Kumo no Shiro of the Rain/OVA/Kumo no Shiro OVA - 02.mkv", ("anilist:63", 2)),  # it has a number
        ("/Anime/Kumo no Shiro/Specials/Kumo no Shiro OVA - 02.mkv", ("anilist:63", 2)),
        ("/Anime/Ryuu no Michi/Ryuu no Michi Aki-hen/S01E20.mkv", "unknown"),  # of it, or of the series
        ("[Group] Ryuu no Michi - Aki-hen - 20.mkv", "unknown"),
        ("[Group] Ryuu no Michi - Aki-hen - 25.mkv", ("anilist:71", 13)),  # from the series' start: it has 22
        ("[Group] Tsuki no Kizuna Part 2 - 13.mkv", "unknown"),
        ("[Group] Tsuki no Kizuna Part 2 - 05.mkv", ("anilist:73", 5)),
        ("[Group] Tsuki no Kizuna Part 2 - 15.mkv", ("anilist:73", 3)),
        ("[Group] Tsuki no Kizuna - 15.mkv", ("anilist:73", 3)),
        ("/Anime/Kaze Monsters/Season 1/Kaze Monsters - Movie - Aoi Umi.mkv", ("anilist:82", 1)),  # not the first film
        (
            "/Anime/Kaze Monsters/Movie 01 - Kaze Monsters - Aoi Umi.mkv",
            ("anilist:82", 1),
        ),  # where it lies, not its number
        ("/Anime/Kaze Monsters/Movies/1. Kaze Monsters - Aoi Umi.mkv", ("anilist:82", 1)),
        ("/Anime/Neko Gunsou/Neko Gunsou - 4 - Umi no Uta.mkv", ("anilist:85", 1)),  # a film's name, and no episode's
        ("/Anime/Neko Gunsou/Neko Gunsou - 4 - The Long Rain.mkv", ("anilist:84", 4)),
        ("[Group] Kaze Monsters - 4-nin to Umi 01.mkv", "ambiguous"),  # that is a word
        ("[Group] Kaze Monsters (ONA) - 04.mkv", "ambiguous"),  # no series
        ("/Anime/Kumo no Shiro/OVA/Haru no Tabi - 01.mkv", "ambiguous"),
        (
            "/Anime/Kaze Monsters/Season 2/Kumo no Shiro of the Rain - Tabi - OVA.mkv",
            ("anilist:62", 1),
        ),  # none of a season
        ("/Anime/Kaze Monsters/Season 2/Kaze Monsters - Aoi Umi.mkv", ("anilist:82", 1)),
        ("/Anime/Kumo no Shiro/Extras/OVA/Kumo no Shiro of the Rain - Tabi - 01.mkv", ("anilist:62", 1)),
        ("/Anime/Kumo no Shiro/Extras/Kumo no Shiro - 01.mkv", "skipped"),
        ("/Anime/Kawa no Oto/OVA/Aoi Umi Kaze - 01.mkv", "ambiguous"),
        (
            "/Anime/Mado no Yuki OVA/OVA/Yoake no Tabi - 02.mkv",
            ("anilist:101", 2),
        ),  # its own words go before the folder's
        ("/Anime/Kaze Monsters/Movies/Movie 2.mkv", ("anilist:82", 1)),
        ("/Anime/Kuruma D First Stage/Season 2/Kuruma D Final Stage - 04.mkv", ("anilist:91", 4)),
        ("/Anime/Mado no Yuki/SPs/Hane Web Azuma [01].mkv", ("anilist:31", 1)),  # a folder of specials is no title
        ("[Group] 魔王の家 第二季 / Maou no Ie!! - 02 (1920x1080).mkv", ("anilist:51", 2)),  # two titles, no folder
    ],
)
async def test_what_lies_beside_a_series(path: str, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer
