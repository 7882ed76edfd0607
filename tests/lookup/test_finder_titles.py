"""The list of titles as a source of names and ids: what it adds, and what it does not outrank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.lookup.finder import Finder
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, Relation, Urgency, Verdict, VideoFile
from kotozoe.store.catalogue import Catalogue


def media(anilist_id: int, *titles: str, year: int = 2016, relations: tuple[tuple[str, int], ...] = ()) -> Facts:
    edges = tuple(Relation(kind, to) for kind, to in relations)
    return Facts(anilist_id, titles, (), "TV", "FINISHED", 12, year, FuzzyDate(year, 4), None, edges)


WORLD = {
    facts.anilist_id: facts
    for facts in (
        media(100, "Kaze no Uta", "風の歌", relations=(("SEQUEL", 200),)),
        media(200, "Kaze no Uta: Fuyu", "風の歌 冬", year=2018, relations=(("PREQUEL", 100),)),
        media(300, "Umi.", "海"),
        media(310, "Umi. 2", "海2", year=2018),
        media(400, "Kaze no Uta: Haru", "風の歌 Haru", year=2020),
        media(410, "Mountain Tales", "山の話", year=2020),
    )
}
ENTRIES = (Entry(1, "Kaze no Uta: Fuyu", "", "風の歌 冬", 200), Entry(2, "Umi.", "", "海", 300))
UTA_IDS = (("mal", "70"), ("tmdb-tv", "8"))
LISTED = (
    ListedMedia(100, ("風の歌", "风之歌", "風之歌", "Song of the Wind"), "TV", "2016-04-05", UTA_IDS),
    ListedMedia(200, ("風の歌 冬", "风之歌 冬"), "TV", "2018-01-05", (("anidb", "9"),)),
    ListedMedia(310, ("海2", "Umi", "Mountain Tales"), "TV", "2018-04-05"),  # names of whole series
)


class AniList:
    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        return tuple(WORLD[i] for i in ids if i in WORLD)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        return {t: tuple(f for f in WORLD.values() if t.casefold() in str(f.titles).casefold()) for t in titles}


class Jimaku:
    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:
        return Listing(entry_id, (), 0.0)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries(ENTRIES, anime=True, now=0)
    catalogue.keep_titles(LISTED)
    return catalogue


async def found(catalogue: Catalogue, path: str) -> Verdict:
    return await Finder(catalogue, AniList(), Jimaku(), lambda: 0.0).find(VideoFile(path), Urgency.ON_SCREEN)


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("[Group] 风之歌 [05][1080p].mkv", 100),
        ("[Group] 風之歌 [05][1080p].mkv", 100),
        ("[Group] 风之歌 冬 [05][1080p].mkv", 200),
        ("Song.of.the.Wind.S01E05.1080p.mkv", 100),
        ("風の歌 第5話.mkv", 100),
        ("/anime/Anything [mal-70]/05.mkv", 100),
        ("/anime/Anything [anidb-9]/05.mkv", 200),
        ("/anime/Anything {tmdb-8}/Season 01/Anything - S01E05.mkv", 100),
        ("[Group] Umi - 05.mkv", 300),
        ("[Group] 海2 - 05.mkv", 310),
        ("[Group] Mountain Tales - 05.mkv", 410),  # AniList is asked before an English name of the list is believed
        ("[Group] 風の歌 Haru - 05.mkv", 400),  # the list knows the first half of it only
    ],
)
async def test_what_the_list_names_is_found(catalogue: Catalogue, path: str, media: int) -> None:
    verdict = await found(catalogue, path)
    assert verdict.ref is not None
    assert (verdict.ref.media.anilist_id, verdict.ref.episode) == (media, 5)


async def test_no_entry_is_an_answer(catalogue: Catalogue) -> None:
    verdict = await found(catalogue, "[Group] 風の歌 - 05 [1080p].mkv")
    assert verdict.ref is not None
    assert (verdict.ref.media.anilist_id, verdict.entry_id) == (100, None)
