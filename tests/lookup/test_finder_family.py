"""What a name says beyond a title: films, parts, namesakes, titles without an entry; over a small invented world."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.lookup.finder import Finder
from kotozoe.model import Facts, Urgency, VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.lookup.test_finder import entries, media, told

WORLD = (
    media(10, "Kumo no Ito", minutes=24, relations=(("SIDE_STORY", 12), ("SIDE_STORY", 11), ("SEQUEL", 13))),
    media(11, "Kumo no Ito: Hajimari no Asa", form="MOVIE", episodes=1, year=2017),
    media(
        12, "Kumo no Ito: Yuuyake", "Thread of Cloud: To the Sunset", form="MOVIE", episodes=1, year=2019, minutes=90
    ),
    media(13, "Kumo no Ito: Arashi-hen", "Thread of Cloud: Storm", year=2020, relations=(("PREQUEL", 10),)),
    media(20, "Hoshi Furu", relations=(("SEQUEL", 21),)),
    media(21, "Hoshi Furu: Kirameki", relations=(("PREQUEL", 20),), year=2018),
    media(30, "Nami: Umi no Uta", year=2010),
    media(31, "Nami: Sora no Uta", year=2014),
    media(40, "Fuyu no Tsuki", year=1999),
    media(41, "Fuyu no Tsuki", year=2019),
    media(50, "Tori no Su Movie 2: Tobira", form="MOVIE", episodes=1, year=2012, relations=(("PARENT", 52),)),
    media(51, "Tori no Su Movie", form="MOVIE", episodes=1, year=2015, relations=(("PARENT", 52),)),
    media(52, "Tori no Su", relations=(("SIDE_STORY", 50), ("SIDE_STORY", 51))),
    media(60, "Haru Machi!!", year=2011),
    media(61, "Haru Machi!!!", year=2014),
    media(70, "Mizu Kagami", episodes=None, year=2020),
    media(80, "Yama no Koe (2022)", "Yama no Koe", year=2022),
    media(81, "Yama no Koe", year=1981),
    media(90, "Hanegoromo", "羽衣", relations=(("SEQUEL", 91), ("SIDE_STORY", 92)), year=2010),
    media(91, "Hanegoromo Kaze", "羽衣 疾風伝", relations=(("PREQUEL", 90),), year=2014),
    media(92, "Hanegoromo: Yoru", synonyms=("Hanegoromo Episode 7.5",), form="OVA", episodes=1, year=2011),
    media(100, "Mahou no Mori", "Magic Wood", "魔法の森", year=1994),
    media(101, "Mahou no Mori (2017)", "Magic Wood", "魔法の森", year=2017),
    media(110, "Owari no Umi Part 1", "終わりの海", year=2020, relations=(("SEQUEL", 111),)),
    media(111, "Owari no Umi Part 2", "終わりの海", year=2021, relations=(("PREQUEL", 110),)),
    media(120, "Yume no Ato (2)", year=2012),
    media(121, "Yume no Ato", year=2011),
    media(130, "Sakura Chiru", year=2015),
    media(131, "Sakura Chiru: Haru no Yoru", form="OVA", episodes=1, year=2016),
    media(140, "Koori no Shiro OVA", form="OVA", episodes=3),
    media(150, "Shinobu: Akatsuki no Kishi R9", year=2008),
    media(151, "Shinobu: Akatsuki no Kishi R9 Picture Drama", form="SPECIAL", episodes=1, year=2008),
    media(170, "Kage no Mai S", year=2021, relations=(("SIDE_STORY", 171),)),
    media(171, "Kage no Mai S: Mini", "Kage no Mai S", form="ONA", year=2021),
    media(180, "Nagai Yoru", episodes=25, year=2017),
    media(190, "Rakudai Ninja", episodes=None, year=1993),
    media(200, "Yami no Shibai 16", "闇の芝居 十六期", episodes=13, year=2024),
    media(210, "Tetsu no Umi", year=2013, relations=(("SIDE_STORY", 211), ("SIDE_STORY", 212))),
    media(211, "Tetsu no Umi OVA", form="OVA", episodes=3, year=2013, relations=(("PARENT", 210),)),
    media(212, "Tetsu no Umi: Chibi Gekijou", form="SPECIAL", episodes=9, year=2013),
    media(220, "Omote 5 Animation", episodes=26, year=2018),
    media(221, "Omote: Trinity", episodes=26, year=2008),
    media(230, "Midori no Hi", year=2007),
    media(231, "Midori no Hi", form=None, episodes=None, year=None),
    media(240, "Ao Boshi", "青星", year=2005),
    media(241, "Ao Boshi Episode 0", "青星", form="SPECIAL", episodes=1, year=2006),
    media(250, "Ginga Uta", year=2011, relations=(("SEQUEL", 251),)),
    media(251, "Ginga Uta Revolve", year=2013, relations=(("PREQUEL", 250), ("SEQUEL", 252))),
    media(252, "Ginga Uta Legend", year=2015, relations=(("PREQUEL", 251),)),
    media(260, "Toki no Fune 24", episodes=24, year=2016),
    media(261, "Toki no Fune", episodes=61, year=1975),
    media(270, "Saiyuu RELOAD", "Saiyu Reload", year=2003, relations=(("OTHER", 271),)),
    media(271, "Saiyuu RELOAD: Zero", "Saiyu Reload Zero", year=2022, relations=(("OTHER", 270),)),
    media(280, "Tani no Kaze", episodes=5, form="OVA", year=1993, relations=(("ALTERNATIVE", 281),)),
    media(281, "Tani no Kaze (TV)", "Tani no Kaze", year=2005, relations=(("ALTERNATIVE", 280),)),
    media(290, "Kusa Makura", year=2023, relations=(("SEQUEL", 291),)),
    media(291, "Kusa Makura Part 2", "Kusa Makura (2023)", year=2023, relations=(("PREQUEL", 290),)),
    media(300, "Aki no Umi", year=2001),
    media(301, "Aki no Umi: 1st Season", "Aki no Umi (2019)", year=2019),
    media(310, "Hotaru! Machi", year=2010, relations=(("SEQUEL", 311),)),
    media(311, "Hotaru!! Machi", form="OVA", episodes=3, year=2012, relations=(("PREQUEL", 310),)),
    media(320, "Sora Uta 2", year=2014),
    media(321, "Sora Uta", year=2012),
    media(340, "Ito Maki", year=2019, relations=(("SEQUEL", 341),)),
    media(341, "Ito Maki∽", year=2023, relations=(("PREQUEL", 340),)),
    media(350, "Kiri no Oto'", year=2012, relations=(("SEQUEL", 351),)),
    media(351, "Kiri no Oto''", year=2015, relations=(("PREQUEL", 350),)),
    media(360, "Tsuki Akari", year=1999),
    media(361, "Tsuki Akari 02", year=2000),
    media(370, "Fune no Yume: Asa", form="MOVIE", episodes=1, year=2007),
    media(371, "Fune no Yume: Owari", form="OVA", episodes=1, year=2011),
    media(380, "Yoru no Kane: Dai", "Night Bell: 2.0 You Will (Not) Sleep", form="MOVIE", episodes=1, year=2009),
    media(381, "Yoru no Kane: Ichi", "Night Bell: 1.0 You Can (Not) Wake", form="MOVIE", episodes=1, year=2007),
    media(390, "Mori no Kage", "森の影", year=2010, relations=(("SIDE_STORY", 391),)),
    media(391, "Mori no Kage: Glass Island", form="SPECIAL", episodes=1, year=2012, relations=(("PARENT", 390),)),
    media(400, "Road to Rain: Moon the Movie", form="MOVIE", episodes=1, year=2012, relations=(("PARENT", 401),)),
    media(401, "Moon Chronicle", year=2007, relations=(("SIDE_STORY", 400),)),
    media(410, "Umi Tora", year=2012, relations=(("SEQUEL", 411),)),
    media(411, "Umi Tora 2nd Season", year=2013, relations=(("PREQUEL", 410), ("SEQUEL", 412))),
    media(412, "Umi Tora 3rd Season", year=2015, relations=(("PREQUEL", 411),)),
    media(420, "Ame Oto", year=2019, relations=(("SIDE_STORY", 421),)),
    media(421, "Ame Oto: Chiisana Heya", form="ONA", episodes=6, year=2019, relations=(("PARENT", 420),)),
    media(330, "Ishi no Hana", "石之花 秋", "石の花 秋の章", year=2015),
    media(160, "Hyouga", episodes=26, year=None, synonyms=("Hyouga (1968)",)),
    media(161, "Hyouga", episodes=26, year=1979),
    media(162, "Hyouga", episodes=26, year=2001),
)
SEASONS = """{
 "110": {"tvdb_id": 7, "tvdb_mappings": {"s1": "e1-e12"}},
 "111": {"tvdb_id": 7, "tvdb_mappings": {"s1": "e13-e24"}}
}"""
UNLISTED = (20, 60, 81, 100, 110, 341)  # Jimaku has no entry of these


class AniList:
    world: Sequence[Facts] = WORLD

    def __init__(self) -> None:
        self.searched: list[str] = []

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        return tuple(f for f in self.world if f.anilist_id in ids)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> dict[str, tuple[Facts, ...]]:
        self.searched += titles
        return {
            t: tuple(f for f in self.world if any(n.casefold().startswith(t[:4]) for n in f.titles)) for t in titles
        }


@pytest.fixture
def anilist() -> AniList:
    return AniList()


def a_finder(file: Path, anilist: AniList) -> Finder:
    catalogue = Catalogue(file)
    listed = tuple(f for f in WORLD if f.anilist_id not in UNLISTED)
    catalogue.replace_entries(entries(listed), anime=True, now=0)
    catalogue.keep_seasons(parse_seasons(SEASONS))
    return Finder(catalogue, anilist, None, lambda: 0.0)


@pytest.fixture
def finder(tmp_path: Path, anilist: AniList) -> Finder:
    return a_finder(tmp_path / "catalogue.sqlite", anilist)


@pytest.fixture
def again(tmp_path: Path, anilist: AniList) -> Finder:
    return a_finder(tmp_path / "again.sqlite", anilist)


CASES = [
    ("[Group] Kumo no Ito - 05.mkv", ("anilist:10", 5)),
    ("[Group] Kumo no Ito Movie 2 [BD].mkv", ("anilist:12", 1)),  # by order of their beginning
    ("劇場版 Kumo no Ito 1.mkv", ("anilist:11", 1)),
    ("[Group] Kumo no Ito Movie 3.mkv", "unknown"),  # there are two; never the third episode
    ("[Group] Kumo no Ito Movie.mkv", "unknown"),
    ("[Group] Kumo no Ito - Yuuyake - Movie [BD].mkv", ("anilist:12", 1)),
    ("[Group] Kumo no Ito - Arashi-hen - 04.mkv", ("anilist:13", 4)),
    ("[Group] Thread of Cloud - Storm Arc - 04.mkv", ("anilist:13", 4)),
    ("[Group] Kumo no Ito - Natsu-hen - 04.mkv", "ambiguous"),  # a part that nothing known is called by
    ("[Group] Tori no Su Movie 2.mkv", ("anilist:50", 1)),  # its name says so, whatever the order
    ("[Group] Hoshi Furu - 05.mkv", ("anilist:20", 5)),  # no entry, and not its sequel's episode
    ("Hoshi Furu/Season 1/Hoshi Furu - S01E05.mkv", ("anilist:20", 5)),
    ("[Group] Haru Machi!! - 05.mkv", ("anilist:60", 5)),
    ("[Group] Nami - 05.mkv", "ambiguous"),
    ("[Group] Fuyu no Tsuki - 05.mkv", "ambiguous"),
    ("[HorribleSubs] Fuyu no Tsuki - 05.mkv", ("anilist:41", 5)),  # who did not publish in 1999
    ("Fuyu no Tsuki (1999)/Fuyu no Tsuki - 05.mkv", ("anilist:40", 5)),
    ("[Group] Fuyu no Tsuki (2019) - 05.mkv", ("anilist:41", 5)),
    ("[Group] Hoshi Furu: Kirameki (2017) - 05.mkv", ("anilist:21", 5)),  # one off, and nothing else is called so
    ("[Group] Yama no Koe - 05.mkv", ("anilist:81", 5)),  # the other's name has a mark by which it is told apart
    ("[SubsPlease] Yama no Koe - 05.mkv", ("anilist:80", 5)),
    ("[Group] Hanegoromo 疾風伝 - 05.mkv", ("anilist:91", 5)),  # its own script is no second title, but a part
    ("[Group] Hanegoromo (2014) - 05.mkv", ("anilist:91", 5)),  # the part that began then
    ("[Group] Hanegoromo - 07.5.mkv", ("anilist:92", 1)),
    ("[Group] Hanegoromo - 08.5.mkv", ("anilist:90", 8.5)),
    ("[Group] Hanegoromo: Yoru - 01.5.mkv", "unknown"),  # an OVA has no halves
    ("[Group] Magic Wood - 05.mkv", "ambiguous"),  # the media without an entry bears it as well
    ("[Group] 魔法の森 - 05.mkv", "ambiguous"),
    ("[HorribleSubs] 魔法の森 - 05.mkv", ("anilist:101", 5)),
    ("終わりの海 第5話.ts", ("anilist:110", 5)),  # the first of two halves with one name, though it has no entry
    ("[Group] Yume no Ato (2) - 05.mkv", ("anilist:120", 5)),  # the surer number is the episode's
    ("[Group] Yume no Ato (02).mkv", ("anilist:121", 2)),
    ("[Group] Yume no Ato 2 (TV).mkv", "unknown"),
    ("[Group] Sakura Chiru (2024_07_09).mkv", "unknown"),  # no number is no OVA
    ("[Group] Sakura Chiru - Haru no Yoru v2 [BD].mkv", ("anilist:131", 1)),
    ("Shinobu R9 TV [05 of 12].mkv", ("anilist:150", 5)),  # all its words are in the name of one
    ("Hyouga (1968) [ABC] episode 06.mkv", ("anilist:160", 6)),
    ("[Group] Kage no Mai S - 05.mkv", ("anilist:170", 5)),  # the show, not what was made beside it
    ("Nagai.Yoru.S02E19.mkv", ("anilist:180", 19)),  # a service's seasons of one show
    ("Nagai.Yoru.S02E05.mkv", "unknown"),
    ("Rakudai Ninja - S23E1821 - A Rainy Day.mkv", ("anilist:190", 1821)),
    ("Yami no Shibai - S16E05.mkv", ("anilist:200", 5)),
    ("闇の芝居 十六期 第5話.mp4", ("anilist:200", 5)),
    ("[Group][Sakura_Chiru][05][x264_704x396]_track4.mkv", ("anilist:130", 5)),
    ("Sakura Chiru - S01E05 第05話.mkv", ("anilist:130", 5)),
    ("[Group] Tetsu no Umi OVA - 05.mkv", "unknown"),  # what is called so has three
    ("[Group] Tetsu no Umi - 02 (OVA).mkv", ("anilist:211", 2)),
    ("/media/Anime/Tetsu no Umi OVA/02.mkv", ("anilist:211", 2)),
    ("/media/Anime/Tetsu no Umi OVA/Tetsu no Umi - 02.mkv", ("anilist:211", 2)),
    ("/media/Anime/[Group] Tetsu no Umi + OVA [BD]/Tetsu no Umi - 02.mkv", ("anilist:210", 2)),  # it holds both
    ("/media/Anime/Tetsu no Umi + OVA/02.mkv", ("anilist:210", 2)),
    ("/media/Anime/Tetsu no Umi/Specials/Tetsu no Umi OVA - 02.mkv", ("anilist:211", 2)),
    ("/media/Anime/Tetsu no Umi/[Group] Tetsu no Umi Encore - 02 [BD].mkv", "ambiguous"),  # more than its folder says
    ("/media/Anime/Tetsu no Umi/Specials/Kioku no Hate wo Miru - 02.mkv", "ambiguous"),
    ("/media/Anime/Tetsu no Umi/[Group] TnU - 02 [BD].mkv", ("anilist:210", 2)),  # what it is called for short
    ("/media/Anime/Tetsu no Umi/[Group] Tetu no Umi - 02 [BD].mkv", ("anilist:210", 2)),
    ("/media/Anime/Tetsu no Umi/Specials/Tetsu no Umi Chibi Gekijou - 03.mkv", ("anilist:212", 3)),
    ("[Group] Fune no Yume - 1 - The Long Rain [BD].mkv", "ambiguous"),  # of films and a special with one name
    ("Sora Uta/Sora Uta 2/Sora Uta - 05.mkv", ("anilist:320", 5)),  # the part is the folder's
    ("Sora Uta/02 - Sora Uta 2/05.mkv", ("anilist:320", 5)),
    ("[Group] Tetsu no Umi S2 OVA - 02.mkv", "unknown"),  # not the first season's
    ("Ito Maki∽ 02.mkv", ("anilist:341", 2)),
    ("[Group] Omote 5 Animation_2024_07_07_01_30.mkv", "unknown"),  # the number is the title's, the others a date
    ("[Group] Omote 5 Animation Movie 3 [BD].mkv", "unknown"),
    ("[Group] Omote 5 Animation Film 3 [BD].mkv", "unknown"),  # nor a part of a title with a number, and more words
    ("[Group] Omote 5 Journey 3 [BD].mkv", "ambiguous"),
    ("[Group] Tori no Su Film 2.mkv", ("anilist:50", 1)),
    ("[Group] Kumo no Ito - Arashi-hen Film 4.mkv", "unknown"),  # that part is no film
    ("[Group] Midori no Hi_2024_07_07_01_30.mkv", "unknown"),
    ("[Group] Midori no Hi (2006) - 05.mkv", "unknown"),  # one off, and of the other no year is known
    ("[Group] Midori no Hi (2007) - 05.mkv", ("anilist:230", 5)),
    ("青星 最終話.ts", "unknown"),  # which number that is, it does not say
    ("青星 第12話(最終話).ts", ("anilist:240", 12)),
    ("[Group] Yume no Ato Season 2.mkv", "unknown"),
    ("[Group] Ginga Uta Revolve - 17.mkv", ("anilist:251", 5)),  # counted on from the first season
    ("[Group] Ginga Uta - 29.mkv", ("anilist:252", 5)),
    ("[Group] Toki no Fune 24 - 29.mkv", "unknown"),  # never 24 to 29 of the other
    (
        "[Group] Saiyuu RELOAD - Saiyu Reload - 05.mkv",
        ("anilist:270", 5),
    ),  # one title, twice
    ("第5話 | 桜 Sakura Chiru | 期間限定公開.mp4", ("anilist:130", 5)),
    ("[Group] Tani no Kaze - 05.mkv", "ambiguous"),  # the OVAs came first
    ("[Group] Tani no Kaze - 06.mkv", ("anilist:281", 6)),
    ("[Group] Tani no Kaze (TV) - 05.mkv", ("anilist:281", 5)),
    ("Kusa Makura (2023)/Kusa Makura (2023) - 05.mkv", ("anilist:290", 5)),  # both parts are of that year
    ("[Group] Kusa Makura Part 2 (2023) - 05.mkv", ("anilist:291", 5)),
    ("Aki no Umi/Season 1/Aki no Umi - S01E05.mkv", "ambiguous"),  # one is called so, the other's name says the season
    ("Aki no Umi (2019)/Season 1/Aki no Umi - S01E05.mkv", ("anilist:301", 5)),
    ("Hotaru!! Machi - 02.mkv", ("anilist:311", 2)),  # its marks are its name
    ("Hotaru Machi - 02.mkv", ("anilist:310", 2)),
    ("[Group] Kiri no Oto'' - 03.mkv", ("anilist:351", 3)),
    ("Tsuki Akari 03 A Long Night.mkv", ("anilist:360", 3)),
    ("Tsuki Akari 02 A Long Night.mkv", "unknown"),  # that number is the other title's
    ("Tori no Su 2 Movie.mkv", ("anilist:50", 1)),
    ("Tori no Su Movie S01E02.mkv", "unknown"),
    ("Sora Uta 2 05.mkv", ("anilist:320", 5)),  # never the second of the first
    ("Sora Uta - 05: The Long Rain", ("anilist:321", 5)),
    ("[组][石之花 秋 石の花 秋の章][05][1080p].mkv", ("anilist:330", 5)),
    ("Kumo no Ito/Season 00/Kumo no Ito - S00E07 - Hajimari no Asa.mkv", ("anilist:11", 1)),  # whatever its number
    ("Kumo no Ito/Season 00/S00E07 - Kumo no Ito Yuuyake [1080p].mkv", ("anilist:12", 1)),
    ("Tori no Su - S00E03 - Tori no Su Movie.mkv", ("anilist:51", 1)),
    ("Sakura Chiru - S00E01 - Sakura Chiru the Movie.mkv", "unknown"),  # its only special is no film
    ("Tetsu no Umi - S00E02 - Chibi Gekijou.mkv", "unknown"),  # which of the nine, a library's number does not say
    ("[Group] Night Bell 2.22 - You Will (Not) Sleep [BD].mkv", ("anilist:380", 1)),  # a film's own number
    ("Night.Bell.1.11.You.Can.Not.Wake.2007.1080p.BluRay.x264-GRP.mkv", ("anilist:381", 1)),
    ("[Group] Night Bell 3.33 [BD].mkv", "unknown"),
    ("Night_Bell_1.11_You_Can_(Not)_Wake_(2009)_[1080p,BluRay]_-_GRP.mkv", ("anilist:381", 1)),  # the disc's year
    ("Fune no Yume Asa (2009) [BD].mkv", "unknown"),  # too short to be nothing else
    ("Night.Bell.1.11.You.Can.Not.Wake.2012.1080p.BluRay.x264-GRP.mkv", "unknown"),
    (
        "/tv/森の影 『GLASS ISLAND』/Season 1/森の影 『GLASS ISLAND』 - S01E01.mkv",
        ("anilist:391", 1),
    ),  # what is quoted is another media's
    ("Moon Chronicle - Road to Rain (Movie).mkv", ("anilist:400", 1)),  # the series' words, and its own
    ("Umi Tora/Season 2/Umi Tora 3rd Season - 05.mkv", ("anilist:412", 5)),  # its name says more than its folder
    ("Umi Tora/Season 2/Umi Tora - 05.mkv", ("anilist:411", 5)),
    ("Umi Tora 2nd Season/[Umi Tora] 3rd Season/05.mkv", ("anilist:412", 5)),
    ("Sora Uta/Season 2/Sora Uta 3 - 05.mkv", "ambiguous"),  # its name says 3, and there are two
    ("Ame Oto/Specials/Ame Oto - Chiisana Heya - 03.mkv", ("anilist:421", 3)),  # shorts count as they are called
    ("Sora Uta 2 A Long and Rainy Night in the Old Town 01.mkv", "unknown"),  # a longer title, and its number
    ("[Group] Kumo no Ito - 07.9.mkv", ("anilist:10", 7.9)),
    ("[Group] Ginga Uta Revolve - 24.9.mkv", "unknown"),  # it stands between two media
    ("[Group] Sakura Chiru (ENHANCED) - 05.mkv", ("anilist:130", 5)),
    ("[Group] Mizu Kagami - 156.mkv", ("anilist:70", 156)),  # nothing bounds it, and nothing follows it
]


@pytest.mark.parametrize(("path", "answer"), CASES)
async def test_what_a_name_says_is_accounted_for(path: str, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(path), Urgency.ON_SCREEN)) == answer


async def test_answers_do_not_depend_on_what_was_asked_before(finder: Finder, again: Finder) -> None:
    videos = [VideoFile(path) for path, _ in CASES]
    together = await finder.find_all(videos, Urgency.BACKFILL)
    assert [told(verdict) for verdict in together] == [answer for _, answer in CASES]
    backwards = [await again.find(video, Urgency.NEXT) for video in videos[::-1]]
    assert [told(verdict) for verdict in backwards[::-1]] == [answer for _, answer in CASES]
    assert [await again.confirm(video, Urgency.NEXT) for video in videos] == together
    assert await finder.find_all(videos, Urgency.BACKFILL) == together


async def test_a_whole_name_is_believed_unasked(finder: Finder, anilist: AniList) -> None:
    for title in ("Kumo no Ito", "Tori no Su"):
        await finder.find(VideoFile(f"[Group] {title} - 03.mkv"), Urgency.NEXT)
    assert not anilist.searched


@pytest.mark.parametrize(
    ("name", "minutes", "answer"),
    [
        ("[Group] Kumo no Ito - 05.mkv", 23.5, ("anilist:10", 5)),
        ("[Group] Kumo no Ito - 05.mkv", 47, ("anilist:10", 5)),  # two in one file
        ("[Group] Kumo no Ito - 05-08.mkv", 95, ("anilist:10", 5)),
        ("[Group] Kumo no Ito - 05.mkv", 92, "unknown"),
        ("[Group] Kumo no Ito - 05.mkv", 3, "unknown"),
        ("[Group] Kumo no Ito - Yuuyake.mkv", 92, ("anilist:12", 1)),
        ("[Group] Kumo no Ito - Yuuyake.mkv", 24, "unknown"),
        ("[Group] Hoshi Furu: Kirameki - 05.mkv", 92, ("anilist:21", 5)),  # how long it is, is not known
    ],
)
async def test_a_length_speaks_against_an_answer(name: str, minutes: float, answer: object, finder: Finder) -> None:
    assert told(await finder.find(VideoFile(name, duration=60 * minutes), Urgency.ON_SCREEN)) == answer


@pytest.mark.parametrize(
    "path",
    [
        "/tv/Succession/Season 02/Succession - S02E05 - Tern Haven.mkv",
        "/downloads/The.HttpClient.S03E07.1080p.BluRay.x264-GROUP.mkv",
        "/rec/相棒 第5話[字].ts",
        "/films/Heat.1995.1080p.BluRay.x264-GROUP.mkv",
        "/courses/Linear Algebra/Lecture 05.mp4",
    ],
)
async def test_nobody_is_asked_for_what_is_like_no_anime(path: str, finder: Finder, anilist: AniList) -> None:
    assert (await finder.find(VideoFile(path), Urgency.ON_SCREEN)).status == "unknown"
    assert not anilist.searched


@pytest.mark.parametrize(
    "path",
    [
        "[Group] Nobody Knows - 05.mkv",
        "/Anime/Nobody Knows/Nobody Knows - S01E05.mkv",
        "Nobody.Knows.S01E05.1080p.CR.WEB-DL.mkv",
        "Nobody Knows S01E05 Dual Audio [0A1B2C3D].mkv",
    ],
)
async def test_anilist_is_asked_for_what_is_published_as_anime_is(path: str, finder: Finder, anilist: AniList) -> None:
    await finder.find(VideoFile(path), Urgency.ON_SCREEN)
    assert anilist.searched == ["nobody knows"]
