"""The list of titles in the catalogue: kept, changed and forgotten row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.title_list import ListedMedia
from kotozoe.store.catalogue import Catalogue

UTA = ListedMedia(5, ("風の歌", "风之歌"), "TV", "2016-04-05", (("mal", "70"), ("tmdb-tv", "8")))
UMI = ListedMedia(6, ("海の家",), "MOVIE", "", (("mal", "71"),))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.keep_titles((UTA, UMI), etag='"1"')
    yield catalogue
    catalogue.close()


def known(catalogue: Catalogue, *keys: str) -> list[int | None]:
    return [row.media.anilist_id for key in keys for row in catalogue.titles([key])[key]]


def test_names_and_ids_are_found(catalogue: Catalogue) -> None:
    assert known(catalogue, "風の歌", "风之歌", "海の家") == [5, 5, 6]
    assert {row.source for row in catalogue.titles(["風の歌"])["風の歌"]} == {"list"}
    assert (catalogue.stated("mal", "71"), catalogue.stated("tmdb-tv", "8")) == ((6,), (5,))
    assert catalogue.value("titles-etag") == '"1"'


def test_what_changed_is_written_and_what_is_gone_forgotten(catalogue: Catalogue) -> None:
    catalogue.keep_titles((replace(UTA, names=("風の詩",), ids=(("mal", "72"),)),))
    assert known(catalogue, "風の詩", "風の歌", "海の家") == [5]
    assert [catalogue.stated("mal", value) for value in ("70", "71", "72")] == [(), (), (5,)]
    catalogue.keep_titles(())
    assert known(catalogue, "風の詩") == []


def test_what_the_season_map_says_of_an_id_comes_first(catalogue: Catalogue) -> None:
    catalogue.keep_seasons(parse_seasons('{"9": {"mal_id": [70, 75]}}'))
    assert [catalogue.stated("mal", value) for value in ("70", "71", "75")] == [(9,), (6,), (9,)]


def test_a_list_that_breaks_off_changes_nothing(catalogue: Catalogue) -> None:
    def broken() -> Iterator[ListedMedia]:
        raise ValueError("cut off")
        yield UTA

    with pytest.raises(ValueError, match="cut off"):
        catalogue.keep_titles(broken())
    assert known(catalogue, "風の歌") == [5]


def test_keys_are_made_anew_when_their_rules_change(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.keep_value("keys-version", "0")
    catalogue.close()
    again = Catalogue(tmp_path / "catalogue.sqlite")
    assert known(again, "風の歌", "海の家") == [5, 6]
    again.close()


def test_more_is_kept_than_one_transaction_takes(catalogue: Catalogue) -> None:
    catalogue.keep_titles(ListedMedia(n, (f"海の家{n}",)) for n in range(1, 1001))
    assert known(catalogue, "海の家1", "海の家1000", "風の歌") == [1, 1000]
