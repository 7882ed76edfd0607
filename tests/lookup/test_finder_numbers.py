"""Every way in which a number is counted, over a small invented world."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.lookup.finder import Finder
from kotozoe.model import Entry, Facts, Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.lookup.test_finder import entries, media, told

WORLD = (
    media(1000, "Mizu no Oto"),
    media(1010, "Mizu no Oto: Nagare"),
    media(1020, "Aki no Sora", episodes=None),
    media(1030, "Hana Saku", relations=(("SEQUEL", 1040), ("SIDE_STORY", 1095))),
    media(1095, "Hana Saku: Natsuyasumi", form="OVA", episodes=2, year=2018, relations=(("PARENT", 1030),)),
    media(1120, "Asa no Hikari Part 2", year=2021),
    media(1100, "Yuki no Michi"),
    media(1110, "Yuki no Michi Part 2", year=2020),
    media(1040, "Hana Saku 2nd Season", year=2017, relations=(("PREQUEL", 1030), ("SEQUEL", 1050))),
    media(1050, "Hana Saku: Minori", year=2019, episodes=None, next_episode=9, relations=(("PREQUEL", 1040),)),
    media(1060, "Tabi no Hate", relations=(("SEQUEL", 1070),)),
    media(1070, "Tabi no Hate Part 2", year=2017, relations=(("PREQUEL", 1060),)),
    media(1080, "Nijiiro wo Mita", year=1999, episodes=50),
    *(media(2000 + i, "Onaji Namae", year=1990 + i) for i in range(14)),
    media(1090, "Tooi Machi", episodes=None, form="OVA"),
    media(1200, "Umi no Kaze", episodes=60),
    media(1210, "Umi no Kaze: Yoake", episodes=13, year=2020, relations=(("PREQUEL", 1200),)),
    media(1220, "Kawa no Uta", episodes=None),
    media(1230, "Hotaru: The Animation"),
    media(1250, "Shigure", episodes=1, form="MOVIE", year=None),
    media(1260, "Shigure no Machi", episodes=1, form="MOVIE", year=None),
    media(1240, "Sora to Umi: Kibou no Fune", episodes=None),
    media(1270, "Tsuki no Ko (2015)", year=2018),
)
SEASONS = """{
 "1000": {"tvdb_id": 1, "tvdb_mappings": {"s1": "e1-e12"}},
 "1010": {"tvdb_id": 1, "tvdb_mappings": {"s1": "e13-e24"}},
 "1020": {"tvdb_id": 2, "tvdb_mappings": {"s1": ""}},
 "1030": {"tvdb_id": 3, "tvdb_mappings": {"s1": ""}},
 "1040": {"tvdb_id": 3, "tvdb_mappings": {"s2": ""}},
 "1050": {"tvdb_id": 3, "tvdb_mappings": {"s3": ""}},
 "1200": {"tvdb_id": 4, "tvdb_mappings": {"s1": "e1-e20", "s2": "e1-e25", "s3": "e1-e15"}},
 "1210": {"tvdb_id": 4, "tvdb_mappings": {"s4": ""}},
 "1220": {"tvdb_id": 5, "tvdb_mappings": {"s0": "e9", "s1": "e1-e8", "s2": "e1-e22", "s3": "e1-"}}
}"""
NAMELESS = Entry(500, "Kumo no Ue")  # anime, but its AniList id is not known


class AniList:
    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        return tuple(f for f in WORLD if f.anilist_id in ids)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> dict[str, tuple[Facts, ...]]:
        return dict.fromkeys(titles, ())


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries((*entries(WORLD), NAMELESS), anime=True, now=0)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("Mizu.no.Oto.S01E14.1080p.mkv", ("anilist:1010", 2)),  # the map's season 1 goes on in another media
        ("[Group] Aki no Sora - 05.mkv", ("anilist:1020", 5)),  # all of the series is this media
        ("[Group] Aki no Sora - 00.mkv", "unknown"),
        ("[Group] Tsuki no Ko (2015) - 03.mkv", ("anilist:1270", 3)),  # the year is of its name
        ("[Group] Hana Saku 2nd Season - 15.mkv", ("anilist:1040", 3)),  # counted on from the first season
        ("[Group] Hana Saku S2 - 20.mkv", ("anilist:1040", 8)),
        ("Hana Saku S02E20.mkv", ("anilist:1040", 8)),
        ("Hana Saku S03E05.mkv", ("anilist:1050", 5)),  # still airing: eight are shown
        ("[Group] Hana Saku Final Season - 02.mkv", ("anilist:1050", 2)),
        ("[Group] Hana Saku - 14.mkv", ("anilist:1040", 2)),
        ("[Group] Hana Saku - 26.mkv", ("anilist:1050", 2)),
        ("[Group] Tabi no Hate S2 - 03.mkv", ("anilist:1070", 3)),  # its second part is the second season
        ("[Group] Tabi no Hate Part 2 - 03.mkv", ("anilist:1070", 3)),
        ("[Group] Hana Saku OVA 2 [BD].mkv", ("anilist:1095", 2)),
        ("[Group] Hana Saku OVA 3 [BD].mkv", "unknown"),
        ("[Group] Hana Saku Natsuyasumi SP2.mkv", ("anilist:1095", 2)),
        ("[Group] Hana Saku Natsuyasumi SP3.mkv", "unknown"),
        ("[Group] Hana Saku Season 1 - 05.mkv", ("anilist:1030", 5)),
        ("[Group] Hana Saku S7 - 05.mkv", "unknown"),
        ("[Group] Yuki no Michi S2 - 03.mkv", ("anilist:1110", 3)),  # joined by its name alone
        ("[Group] Asa no Hikari S2 - 03.mkv", ("anilist:1120", 3)),  # nothing else is called so
        ("[Group] Nijiiro (2005) - 05.mkv", "unknown"),  # so loose a likeness, and another year
        ("[Group] Nijiiro (1999) - 05.mkv", ("anilist:1080", 5)),
        ("[Group] Onaji Namae - 05.mkv", "ambiguous"),
        ("[Group] Onaji Namae (1995) - 05.mkv", ("anilist:2005", 5)),
        ("[Group] Kumo no Ue - 05.mkv", "unknown"),
        ("[Group] Tooi Machi - 05.mkv", ("anilist:1090", 5)),  # nothing bounds it, and nothing else is called so
        ("[Group] Tooi Machi - 5000.mkv", "ambiguous"),  # no series has as many
        ("Umi no Kaze S02E05.mkv", ("anilist:1200", 25)),  # one media, three seasons
        ("/tv/Umi no Kaze/Season 2/25.mkv", ("anilist:1200", 45)),  # the season's own number comes first
        ("/tv/Umi no Kaze/Season 2/Umi no Kaze - S02E26.mkv", ("anilist:1200", 26)),  # then the media's
        ("/tv/Umi no Kaze/Season 3/Umi no Kaze - S03E26.mkv", "unknown"),  # which is of another season
        ("[Group] Umi no Kaze S3 - 02.mkv", ("anilist:1200", 47)),
        ("[Group] Umi no Kaze S4 - 02.mkv", ("anilist:1210", 2)),  # the second media, the fourth season
        ("Kawa no Uta S02E05.mkv", "unknown"),  # a special stands somewhere before
        ("Kawa no Uta S02E29.mkv", ("anilist:1220", 29)),  # the media's own number, too high for the season's
        ("Kawa no Uta S02E40.mkv", "unknown"),  # which is of another season
        ("Kawa no Uta S00E09.mkv", "unknown"),  # which of its episodes that is, is not known; not the first
        ("Hotaru.S01E03.1080p.mkv", "unknown"),  # the bare word may be what the animation was made from
        ("[Group] Hotaru - 03.mkv", ("anilist:1230", 3)),
        ("Hotaru.The.Animation.S01E03.1080p.mkv", ("anilist:1230", 3)),
        ("[Group] Hotaru - 03 [live].mkv", "unknown"),
        ("Shigure.2013.1080p.BluRay.mkv", "unknown"),  # whose year is not known; there are many films of one word
        ("[Group] Shigure (2013) [BD].mkv", ("anilist:1250", 1)),
        ("Shigure.no.Machi.2013.1080p.BluRay.mkv", ("anilist:1260", 1)),
        ("[Group] Kibou no Fune - 05.mkv", "ambiguous"),  # a part of the name only, and nothing bounds the number
        ("[Group] Hana Saku 2nd Season S03E02.mkv", "unknown"),  # the seasons of "Hana Saku 2nd Season"
    ],
)
async def test_a_number_is_counted(finder: Finder, path: str, answer: tuple[str, float] | str) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


# -- live action


@pytest.fixture
def drama(tmp_path: Path) -> Finder:
    catalogue = Catalogue(tmp_path / "drama.sqlite")
    catalogue.replace_entries(entries(WORLD), anime=True, now=0)
    played = (
        Entry(700, "Machi no Isha", tmdb_id="tv:55", anime=False),
        Entry(701, "Umi no Tegami", tmdb_id="movie:66", anime=False, movie=True),
        Entry(702, "Yoru no Eki", anime=False),
        Entry(703, "Mura no Koe", tmdb_id="collection:7:x", anime=False),
        Entry(704, "Hana Saku", tmdb_id="tv:77", anime=False),
        Entry(705, "Futago", tmdb_id="tv:78", anime=False),
        Entry(706, "Futago", tmdb_id="tv:79", anime=False),
    )
    catalogue.replace_entries(played, anime=False, now=0)
    return Finder(catalogue, AniList(), None, lambda: 0.0)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("Machi.no.Isha.EP03.1080p.WEB-DL.mkv", ("tmdb:tv:55", 3)),
        ("/drama/Machi no Isha/Season 1/Machi no Isha - S01E03.mkv", ("tmdb:tv:55", 3)),
        ("Umi.no.Tegami.2016.1080p.mkv", ("tmdb:movie:66", 1)),
        ("Yoru no Eki ep02.mkv", ("jimaku:702", 2)),
        ("Mura no Koe ep02.mkv", ("tmdb:collection:7:x", 2)),  # a form of id that nobody knows stays as it is
        ("Machi no Isha.mkv", "unknown"),
        ("[Group] Hana Saku - 03.mkv", ("anilist:1030", 3)),  # an anime of the same name
        ("Hana Saku (Live Action) ep03.mkv", ("tmdb:tv:77", 3)),
        ("Machi no Ishaa ep03.mkv", "unknown"),  # by exactly its name only
        ("Futago ep03.mkv", "unknown"),  # two are called so
    ],
)
async def test_live_action_is_found_by_its_entry(drama: Finder, path: str, answer: tuple[str, float] | str) -> None:
    assert told(await drama.find(VideoFile(path), Urgency.ON_SCREEN)) == answer
