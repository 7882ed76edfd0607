"""What names put around a title, and numbers that are none of an episode; over a small invented world."""

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
)
SEASONS = """{
 "20": {"tvdb_id": 6, "tvdb_mappings": {"s1": ""}},
 "70": {"tvdb_id": 7, "tvdb_mappings": {"s1": ""}}, "71": {"tvdb_id": 7, "tvdb_mappings": {"s2": ""}}
}"""


class AniList(OtherAniList):
    world = WORLD


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(entries(WORLD), anime=True, now=0)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("[Group] Hagane! Movie - 00 [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie - 01 [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie [1080p].mkv", ("anilist:10", 1)),
        ("[Group] Hagane! Movie - 03 [1080p].mkv", "unknown"),
        ("雲戦記.S01E03.旅立ち.mkv", ("anilist:20", 3)),  # the map knows no season of the OVA
        ("雲戦記 第3話.mkv", "ambiguous"),
        ("雲戦記 第3話 (WEBRip.Netflix).mkv", ("anilist:20", 3)),  # nothing so old is streamed there
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
