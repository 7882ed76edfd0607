"""Lists are read into the catalogue by a process of their own, or here where that cannot be."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.errors import Malformed
from kotozoe.lookup import kept_lists
from kotozoe.lookup.kept_lists import keep_apart
from kotozoe.lookup.list_reader import Kind
from kotozoe.store.catalogue import Catalogue

ENTRIES = json.dumps([{"id": 7, "name": "Kaze no Renshuu", "anilist_id": 10}, {"id": 8}, "no entry"]).encode()
TITLES = '{"items": [{"title": "風の練習", "sites": [{"site": "aniList", "id": "10"}]}]}'.encode()
SEASONS = b'{"10": {"tvdb_id": 5, "tvdb_mappings": {"s1": ""}}}'


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    yield catalogue
    catalogue.close()


async def keep(catalogue: Catalogue, tmp_path: Path, kind: Kind, content: bytes) -> int:
    return await keep_apart(catalogue, tmp_path / "catalogue.sqlite", kind, content, '"1"', 5.0)


async def test_another_process_fills_the_catalogue(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_lists, "keep", None)  # nothing is read in this process
    lists: dict[Kind, bytes] = {"anime": ENTRIES, "seasons": SEASONS, "titles": TITLES}
    kept = await asyncio.gather(*(keep(catalogue, tmp_path, kind, content) for kind, content in lists.items()))
    assert kept == [1, 0, 0]
    entry = catalogue.entry(7)
    assert entry is not None
    assert entry.name == "Kaze no Renshuu"
    assert catalogue.value("catalogue-anime") == "5.0"
    assert catalogue.series_rows(10) != ()
    assert catalogue.titles(["風の練習"])["風の練習"] != ()


@pytest.mark.parametrize(
    ("kind", "content"), [("anime", ENTRIES[:-5]), ("seasons", b"<html>"), ("titles", TITLES[:-3]), ("other", b"{}")]
)
async def test_a_malformed_list_is_refused(catalogue: Catalogue, tmp_path: Path, kind: Kind, content: bytes) -> None:
    with pytest.raises(Malformed):
        await keep(catalogue, tmp_path, kind, content)
    assert catalogue.entry(7) is None


async def test_without_another_process_the_list_is_read_here(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    assert await keep(catalogue, tmp_path, "anime", ENTRIES) == 1
    assert catalogue.entry(7) is not None


async def test_what_lies_in_memory_alone_is_filled_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    memory = Catalogue(":memory:")
    assert await keep(memory, tmp_path, "anime", ENTRIES) == 1
    assert memory.entry(7) is not None
    memory.close()
