"""What names put around a title, and numbers that are none of an episode; over a small invented world."""

from __future__ import annotations

from pathlib import Path

import pytest

from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.lookup.test_finder import entries, media, told
from tests.lookup.test_finder_family import AniList as OtherAniList

WORLD = (
    media(10, "Hagane!", "鋼!", form="MOVIE", episodes=1, year=2017),
    media(11, "Hagane! Movie 2", "鋼! (続き)", form="MOVIE", episodes=None, year=None),
    media(20, "Kumo Senki", "雲戦記", episodes=25, year=2015),
    media(21, "Kumo Senki (OVA)", "雲戦記", "雲戦記 (OVA)", form="OVA", episodes=6, year=1991),
    media(30, "Niji World", form="ONA", relations=(("SIDE_STORY", 31),)),
    media(31, "Niji World OVA", form="OVA", episodes=None, relations=(("PARENT", 30),)),
    media(40, "Yuki Peta", form="TV_SHORT"),
    media(41, "Yuki Peta: Mizu no Hi", synonyms=("Yuki Peta OVA",), form="OVA", episodes=None),
    media(50, "Sora Spirits", year=2008),
    media(51, "Sora Spirits: Saigo no Ginga", year=2013),
    media(60, "Mori no Chara", "モリ・ノ・キャラ"),
    media(70, "Kage Yori Kuroi", year=2007, relations=(("SEQUEL", 71),)),
    media(71, "Kage Yori Kuroi: Ryuusei", year=2009, relations=(("PREQUEL", 70),)),
    media(80, "Kujira: Hitotsu no Ten", year=2021),
    media(90, "Inu Bungaku", year=2016, relations=(("SEQUEL", 91),)),
    media(91, "Inu Bungaku 2", year=2016, relations=(("PREQUEL", 90), ("SEQUEL", 92))),
    media(92, "Inu Bungaku 3", year=2019, relations=(("PREQUEL", 91),)),
    media(100, "Mizu The Animation", year=2005),
    media(101, "Okiro! Mizu", synonyms=("Mizu",), form="OVA", episodes=None, year=2001),
    media(
        110, "Kibou: Ai no Gakuen The Animation", "Hope: Love's Peak Academy", year=2013, relations=(("SEQUEL", 111),)
    ),
    media(111, "Kibou 3: Owari no Gakuen", "Hope 3: The End of Love's Peak - Future", relations=(("PREQUEL", 110),)),
    media(120, "Gin no Ito", episodes=201, year=2006, relations=(("SEQUEL", 121),)),
    media(121, "Gin no Ito°", episodes=51, year=2015, relations=(("PREQUEL", 120),)),
    media(130, "Fushigi na Tabi (TV)", episodes=26, year=2012, relations=(("SEQUEL", 131),)),
    media(131, "Fushigi na Tabi: Daiya", episodes=39, year=2016, relations=(("PREQUEL", 130),)),
    media(140, "Mahou Guruma", year=1994),
    media(141, "Mahou Guruma (2017)", year=2017),
    media(150, "Hoshi Musume", year=1981),
    media(151, "Hoshi Musume (2022)", "Star Girl", year=2022, relations=(("SEQUEL", 152),)),
    media(152, "Hoshi Musume (2022) 2nd Season", year=2024, relations=(("PREQUEL", 151),)),
)
SEASONS = """{
 "20": {"tvdb_id": 6, "tvdb_mappings": {"s1": ""}},
 "90": {"tvdb_id": 8, "tvdb_mappings": {"s1": "e1-e12"}}, "91": {"tvdb_id": 8, "tvdb_mappings": {"s1": "e13-e24"}},
 "92": {"tvdb_id": 8, "tvdb_mappings": {"s2": ""}},
 "120": {"tvdb_id": 9, "tvdb_mappings": {"s1": "e1-e49", "s2": "e1-e50"}},
 "121": {"tvdb_id": 9, "tvdb_mappings": {"s5": ""}},
 "70": {"tvdb_id": 7, "tvdb_mappings": {"s1": ""}}, "71": {"tvdb_id": 7, "tvdb_mappings": {"s2": ""}}
}"""

# English names of the list are often those of a whole series.
LISTED = (
    ListedMedia(130, ("STRANGE JOURNEY",), "TV", "2012-10-05"),
    ListedMedia(131, ("STRANGE JOURNEY",), "TV", "2016-04-01"),
    ListedMedia(151, ("HOSHI MUSUME",), "TV", "2022-10-14"),
)


class AniList(OtherAniList):
    world = WORLD


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(entries(WORLD), anime=True, now=0)
    catalogue.keep_titles(LISTED)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Hagane! Movie - 00 [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie - 01 [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie - 03 [1080p].mkv", "unknown"),
        ("雲戦記.S01E03.旅立ち.mkv", ("anilist:20", 3)),  # libraries count the seasons of the show
        ("雲戦記 第3話.mkv", "ambiguous"),
        ("[Group] Niji World - OVA2 [1080p].mkv", ("anilist:31", 2)),  # how many there are is not known
        ("[Group] Niji World - OVA40 [1080p].mkv", "unknown"),
        ("[Group] Yuki Peta OVA [1080p].mkv", ("anilist:41", 1)),
        ("[Group] Saigo no Ginga - Sora Spirits - 04 [1080p].mkv", ("anilist:51", 4)),
        ("[Group] Saigo no Ginga - Sora Spirits CH-04 [1080p].mkv", ("anilist:51", 4)),
        ("[Group] Hajime no Ginga - Sora Spirits - 04 [1080p].mkv", "ambiguous"),
        ("[Group] -MoriNoChara- モリ・ノ・キャラ Vol1 第02話 [1080p].mkv", ("anilist:60", 2)),
        ("[Group] Mori no Chara Vol.01 - 02 [1080p].mkv", ("anilist:60", 2)),
        ("[Group] Mori no Chara Vol.2 - 02 [1080p].mkv", "unknown"),  # the second of which of both?
        (
            "/v/KAGE YORI KUROI (2007-2009) Complete/1c. Season 2 (2009)/Kage Yori Kuroi - S02 E02.mkv",
            ("anilist:71", 2),
        ),
    ],
)
async def test_a_title_is_found_in_its_dressing(path: str, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Kujira 1 - Movie [1080p].mkv", "unknown"),
        ("Inu.Bungaku.S02E05.1080p.CR.WEB-DL.x264-GRP.mkv", "ambiguous"),  # as it is called, or as the map counts
        ("/tv/Inu Bungaku/Season 02/Inu Bungaku - S02E05.mkv", ("anilist:92", 5)),  # libraries go by the map
        ("/tv/Inu Bungaku 2nd Season/Inu.Bungaku.S02E05.1080p.x264-GRP.mkv", ("anilist:91", 5)),
        ("[Group] Mizu - 05 [1080p].mkv", ("anilist:100", 5)),  # a lesser name of an OVA is not meant
        ("[Group] Hope 3 - The End of Love's Peak Academy - Future - 05 [1080p].mkv", ("anilist:111", 5)),
        ("[Group] Strange Journey - 15 [1080p].mkv", ("anilist:130", 15)),
        ("[HorribleSubs] Mahou Guruma - 05 [1080p].mkv", ("anilist:141", 5)),  # the other was over
        ("[Group] Mahou Guruma - 05 [1080p].mkv", ("anilist:140", 5)),
        ("[SubsPlease] Hoshi Musume - 05 (1080p) [ABCDEF12].mkv", ("anilist:151", 5)),
        ("Gin.no.Ito.S02E10.1080p.NF.WEB-DL.x264-GRP.mkv", ("anilist:120", 59)),  # streamed, and no newer for that
    ],
)
async def test_a_likeness_is_no_answer(path: str, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer
