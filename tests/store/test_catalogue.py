"""The catalogue: what is kept comes back, and a damaged file is begun anew."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kotozoe.errors import StorageError
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.identify import identify
from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.model import Entry, Facts, FuzzyDate, Listing, MediaKey, Relation, SubtitleFile, VideoFile
from kotozoe.store.catalogue import Catalogue

KAZE = Entry(1, "Kaze no Uta", "Song of the Wind", "風の歌", 100)
KAZE2 = Entry(2, "Kaze no Uta 2nd Season", "", "", 200)
DRAMA = Entry(3, "Umi no Ie", "", "", None, "tv:77", anime=False)
FACTS = Facts(
    100,
    ("Kaze no Uta",),
    ("Windsong",),
    "TV",
    "FINISHED",
    12,
    2016,
    FuzzyDate(2016, 4),
    None,
    (Relation("SEQUEL", 200),),
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.replace_entries((KAZE, KAZE2), anime=True, now=1000)
    catalogue.replace_entries((DRAMA,), anime=False, now=1000)
    return catalogue


def test_an_entry_is_found_by_id_and_by_media(catalogue: Catalogue) -> None:
    assert catalogue.entry(1) == KAZE
    assert catalogue.entry_of(MediaKey("anilist", "200")) == KAZE2
    assert catalogue.entry_of(MediaKey("tmdb", "tv:77")) == DRAMA
    assert catalogue.entry(9) is None


def test_a_name_is_found_by_its_keys(catalogue: Catalogue) -> None:
    found = catalogue.titles(["kazenouta", "songofwind", "nothing"])
    assert [(str(r.media), r.key.season) for r in found["kazenouta"]] == [("anilist:100", None), ("anilist:200", 2)]
    assert len(found["songofwind"]) == 1
    assert found["nothing"] == ()


def test_replacing_one_half_of_the_catalogue_leaves_the_other(catalogue: Catalogue) -> None:
    catalogue.replace_entries((), anime=True, now=2000)
    assert [catalogue.entry(n) for n in (1, 2, 3)] == [None, None, DRAMA]
    assert catalogue.titles(["kazenouta"])["kazenouta"] == ()


def test_a_whole_catalogue_writes_only_what_changed(catalogue: Catalogue, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other:
        other.execute("UPDATE titles SET text = text || '!'")  # seen where a name was not written anew
        other.commit()
    renamed, touched, new = (
        replace(KAZE, name="Ame no Uta"),
        replace(KAZE2, last_modified=5.0),
        replace(KAZE, entry_id=4),
    )
    catalogue.replace_entries((renamed, touched, new), anime=True, now=2000)
    found = [row for rows in catalogue.titles(["amenouta", "kazenouta"]).values() for row in rows]
    assert sorted(row.text for row in found) == ["Ame no Uta", "Kaze no Uta", "Kaze no Uta 2nd Season!"]
    assert (catalogue.entry(1), catalogue.entry(2), catalogue.entry(4)) == (renamed, touched, new)


def test_an_entry_that_moved_to_the_other_half_is_there_once(catalogue: Catalogue) -> None:
    moved = replace(KAZE, anime=False)
    catalogue.replace_entries((DRAMA, moved), anime=False, now=2000)
    assert [row.anime for row in catalogue.titles(["songofwind"])["songofwind"]] == [False]
    catalogue.replace_entries((KAZE2,), anime=True, now=2000)
    assert catalogue.entry(1) == moved


def test_a_file_damaged_meanwhile_holds_the_whole_catalogue_again(catalogue: Catalogue, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other:
        other.execute("UPDATE entries SET value='{' WHERE entry_id=1")
        other.commit()
    catalogue.replace_entries((KAZE, KAZE2), anime=True, now=2000)
    assert (catalogue.entry(1), catalogue.entry(2)) == (KAZE, KAZE2)


def test_an_entry_that_was_renamed_is_found_by_the_new_name_only(catalogue: Catalogue) -> None:
    catalogue.upsert_entries((Entry(1, "Ame no Uta", anilist_id=100),))
    found = catalogue.titles(["kazenouta", "amenouta"])
    assert [str(r.media) for r in found["kazenouta"]] == ["anilist:200"]
    assert len(found["amenouta"]) == 1


def test_near_names_are_found_until_the_catalogue_changes(catalogue: Catalogue) -> None:
    assert [str(n.row.media) for n in catalogue.near(["kazenoutaa"])["kazenoutaa"]] == ["anilist:100", "anilist:200"]
    catalogue.replace_entries((), anime=True, now=2000)
    assert catalogue.near(["kazenoutaa"])["kazenoutaa"] == ()


def test_names_that_begin_with_whole_words_are_found(catalogue: Catalogue) -> None:
    assert {str(r.media) for r in catalogue.prefixed("kazeno")} == {"anilist:100", "anilist:200"}
    assert catalogue.prefixed("kazen") == ()


def test_finished_facts_hold_for_good_and_no_such_anime_a_day(catalogue: Catalogue) -> None:
    catalogue.keep_facts((FACTS,), now=0, absent=(999,))
    assert catalogue.facts([100, 999]) == {100: FACTS}
    assert catalogue.fresh_facts([100, 999], now=3600) == {100: FACTS, 999: None}
    assert catalogue.fresh_facts([100, 999], now=1e9) == {100: FACTS}


def test_a_search_is_kept_with_what_it_found(catalogue: Catalogue) -> None:
    catalogue.keep_searches({"windsong": (FACTS,), "nothing": ()}, now=0)
    assert catalogue.searches(["windsong", "nothing", "never"], now=3600) == {"windsong": (FACTS,), "nothing": ()}
    assert catalogue.searches(["nothing"], now=2e5) == {}


def test_a_listing_comes_back_as_it_was(catalogue: Catalogue) -> None:
    listing = Listing(1, (SubtitleFile("Kaze - 01.srt", 10, 5.0, "https://example.org/1"),), 1000.0)
    catalogue.keep_listing(listing)
    assert catalogue.listing(1) == listing
    assert catalogue.listing(2) is None


@pytest.mark.parametrize("path", ["/a/[Group] Kaze - 05 (1080p) {tvdb-5}.mkv", "/a/\udcff\udcfe - 05.mkv", "01.mkv"])
def test_a_reading_comes_back_as_it_was(catalogue: Catalogue, path: str) -> None:
    video = VideoFile(path)
    identified = identify(video)
    assert catalogue.reading(video) is None
    catalogue.keep_readings([(video, identified)])
    assert catalogue.reading(video) == identified


def test_a_pipe_is_read_anew_under_each_title(catalogue: Catalogue) -> None:
    first = VideoFile("fd://0", "Kaze no Uta - 05")
    catalogue.keep_readings([(first, identify(first))])
    assert catalogue.reading(VideoFile("fd://0", "Kaze no Uta - 06")) is None
    assert catalogue.reading(first) is not None


def test_rules_and_the_season_map_are_kept(catalogue: Catalogue) -> None:
    catalogue.keep_rules("- 1|1|100:13-24 -> 2|2|200:1-12", etag="x")
    assert catalogue.rules().find(100, 14) == (200, 2)
    catalogue.keep_seasons(
        parse_seasons(
            '{"100": {"tvdb_id": 5, "tvdb_mappings": {"s1": ""}}, "200": {"tvdb_id": 5, "tvdb_mappings": {"s2": ""}}}'
        )
    )
    assert [r.anilist_id for r in catalogue.series_rows(200)] == [100, 200]
    assert catalogue.stated("tvdb", "5") == (100, 200)


def test_named_values_are_kept(catalogue: Catalogue) -> None:
    assert catalogue.value("etag") is None
    catalogue.keep_value("etag", "abc")
    assert catalogue.value("etag") == "abc"


def test_all_is_there_after_opening_again(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.close()
    assert Catalogue(tmp_path / "catalogue.sqlite").entry(1) == KAZE


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"this is no database" * 1000)
    assert Catalogue(path).entry(1) is None


def test_damage_met_later_does_not_stop_the_work(catalogue: Catalogue, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as other:
        other.execute("UPDATE entries SET value='{'")
    other.close()
    assert catalogue.entry(1) is None
    catalogue.upsert_entries((KAZE,))
    assert catalogue.entry(1) == KAZE


def test_a_damaged_file_that_cannot_be_removed_yet_is_begun_anew_later(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as other:
        other.execute("UPDATE entries SET value='{'")
    other.close()

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "unlink", refuse)
        assert catalogue.entry(1) is None
        catalogue.upsert_entries((KAZE,))
        assert catalogue.entry(1) == KAZE
    catalogue.close()
    reopened = Catalogue(tmp_path / "catalogue.sqlite")
    assert reopened.entry(1) is None
    reopened.upsert_entries((KAZE,))
    assert reopened.entry(1) == KAZE
    reopened.close()


def test_another_version_of_the_tables_is_begun_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.close()
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as other:
        other.execute("PRAGMA user_version=999")
    other.close()
    assert Catalogue(tmp_path / "catalogue.sqlite").entry(1) is None


def test_keys_are_made_anew_when_their_rules_change(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.keep_titles((ListedMedia(100, ("Windsong",)),))
    catalogue.keep_value("keys-version", "0")
    catalogue.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other:
        other.execute("UPDATE titles SET key = 'old'")
        other.commit()
    again = Catalogue(tmp_path / "catalogue.sqlite")
    assert [str(r.media) for r in again.titles(["windsong"])["windsong"]] == ["anilist:100"]
    assert len(again.titles(["kazenouta"])["kazenouta"]) == 2


def test_the_first_names_leave_every_index(tmp_path: Path) -> None:
    def indices() -> list[tuple[str]]:
        with contextlib.closing(sqlite3.connect(tmp_path / "new.sqlite")) as other:
            sql = "SELECT name FROM sqlite_master WHERE type='index' AND tbl_name='titles' ORDER BY name"
            return other.execute(sql).fetchall()

    catalogue = Catalogue(tmp_path / "new.sqlite")
    made = indices()
    catalogue.replace_entries((KAZE, KAZE2), anime=True, now=1000)
    assert indices() == made != []
    assert len(catalogue.titles(["kazenouta"])["kazenouta"]) == 2
    catalogue.close()


def test_what_anilist_said_of_a_media_makes_no_name_known(catalogue: Catalogue) -> None:
    catalogue.keep_facts((FACTS,), now=0)
    assert catalogue.titles(["windsong"])["windsong"] == ()


def test_values_that_no_database_takes_are_refused_and_cost_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(StorageError, match="surrogates not allowed"):
        catalogue.titles(["\udc80"])
    assert catalogue.entry(1) == KAZE


def test_many_threads_may_use_it(catalogue: Catalogue) -> None:
    troubles: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for i in range(20):
                catalogue.keep_value(f"{number}-{i}", "x")
                catalogue.titles(["kazenouta"])
        except BaseException as trouble:  # noqa: BLE001 - told to the test
            troubles.append(trouble)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles


def test_a_catalogue_that_shrinks_keeps_what_it_holds(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.keep_value("name", "kept")
    catalogue.shrink()
    assert catalogue.value("name") == "kept"
    catalogue.close()
    catalogue.shrink()  # it is not opened for that
