"""Our own files after the disk, or somebody, has damaged them: rebuilt, and nothing of the user's lost."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import strategies as st

from kotozoe.identify.counting.seasons import SeasonMap, SeasonRow
from kotozoe.identify.names.identify import identify
from kotozoe.model import Entry, EpisodeRef, Facts, Listing, MediaKey, Relation, SubtitleFile, Urgency, VideoFile
from kotozoe.requests.rate_limit import JIMAKU, RateLimitHeaders
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.timing.fitting.cues import Piece, Transform
from kotozoe.timing.measurements import Timing, Timings
from tests.hostile.made import given, soon

ENTRIES = tuple(Entry(n, f"Kaze no Uta {n}", "Song", "風の歌", anilist_id=n, last_modified=1.5) for n in range(1, 12))
FACTS = tuple(
    Facts(n, ("Kaze", "Song"), ("K",), "TV", "FINISHED", 12, 2016, relations=(Relation("SEQUEL", n + 1),))
    for n in (1, 2)
)
LISTING = Listing(1, tuple(SubtitleFile(f"Kaze - {n:02d}.srt", n, 1.0, "/x") for n in range(9)), 5.0)
VIDEO = VideoFile("/tv/Kaze no Uta - 03.mkv")
REF = EpisodeRef(MediaKey("anilist", "1"), 3.0)
NOW = 1_700_000_000.0


def fill(path: Path) -> None:
    catalogue = Catalogue(path)
    catalogue.upsert_entries(ENTRIES)
    catalogue.keep_facts(FACTS, NOW)
    catalogue.keep_listing(LISTING)
    catalogue.keep_readings([(VIDEO, identify(VIDEO))])
    catalogue.keep_rules("- 1|1|1:13-24 -> 2|2|2:1-12!\n", "e")
    catalogue.keep_seasons(SeasonMap((SeasonRow(1, 7, 1, 1, 12),), ()), "e")
    catalogue.keep_value("x", "y")
    catalogue.close()


def use(catalogue: Catalogue) -> None:
    """Ask for everything; what is told must be whole."""
    entry, listing, reading = catalogue.entry(1), catalogue.listing(1), catalogue.reading(VIDEO)
    assert entry is None or isinstance(entry.entry_id, int)
    assert listing is None or all(isinstance(file, SubtitleFile) for file in listing.files)
    assert reading is None or reading.readings is not None
    catalogue.entry_of(REF.media)
    catalogue.entries_of([REF.media, MediaKey("anilist", "2")])
    catalogue.titles(["kazenouta"])
    catalogue.near(["kazenoutq"])
    catalogue.facts((1, 2, 3))
    catalogue.fresh_facts((1, 2), NOW)
    catalogue.searches(["Kaze"], NOW)
    catalogue.rules()
    catalogue.series_rows(1)
    catalogue.stated("tvdb", "7")
    catalogue.value("x")


def spoil(path: Path, wounds: list[tuple[float, bytes]], cut: float) -> None:
    raw = bytearray(path.read_bytes())
    for place, wound in wounds:
        at = int(place * len(raw))
        raw[at : at + len(wound)] = wound
    path.write_bytes(raw[: int(len(raw) * cut)])


_wounds = st.lists(
    st.tuples(
        st.floats(0, 1) | st.sampled_from([0.0, 0.0001, 0.0005]),
        st.binary(min_size=1, max_size=8)
        | st.sampled_from([bytes(512), b"\xff" * 512, bytes(4096), b"]]]]", b'"""', b"[[[["]),
    ),
    max_size=12,
)
_cuts = st.sampled_from([1.0, 1.0, 1.0, 0.99, 0.5, 0.01, 0.0])


@pytest.fixture(scope="module")
def whole() -> bytes:
    path = Path(os.environ["HOSTILE"], "own-whole.sqlite")
    fill(path)
    return path.read_bytes()


@given(_wounds, _cuts)
def test_a_damaged_atlas_is_used_or_begun_anew(whole: bytes, wounds: list[tuple[float, bytes]], cut: float) -> None:
    path = Path(os.environ["HOSTILE"], "own-catalogue.sqlite")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(whole)
    spoil(path, wounds, cut)
    with soon(5):
        catalogue = Catalogue(path)
        try:
            use(catalogue)
            catalogue.upsert_entries(ENTRIES)
            catalogue.keep_facts(FACTS, NOW)
            catalogue.keep_listing(LISTING)
            use(catalogue)
            kept = catalogue.listing(1)
            assert kept is not None
            assert kept.files == LISTING.files
        finally:
            catalogue.close()


@given(_wounds, _cuts)
def test_damaged_small_stores_cost_what_they_held_and_no_more(wounds: list[tuple[float, bytes]], cut: float) -> None:
    folder = Path(os.environ["HOSTILE"], "own-small")
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    transform = Transform(1.0, (Piece(-1e9, 1.0),))
    for spoilt in (False, True):
        pace = RateLimitStore(folder / "rate-limits.sqlite", lambda: NOW)
        wanted = AwaitedEpisodes(folder / "awaited.sqlite", lambda: NOW)
        timings = Timings(folder / "timings.sqlite", lambda: NOW)
        try:
            with soon(5):
                pace.claim("h", JIMAKU, Urgency.ON_SCREEN)
                pace.learn("h", JIMAKU, RateLimitHeaders(wait=5.0))
                assert pace.claim("h", JIMAKU, Urgency.ON_SCREEN).wait > 0
                wanted.lacks(REF, LISTING)
                wanted.due()
                wanted.next_at()
                timings.known("v", "s")
                timings.keep("v", "s", "f", Timing("fits", transform))
                timings.shift_of("f")
        finally:
            pace.close()
            wanted.close()
            timings.close()
        if not spoilt:
            for file in folder.glob("*.sqlite"):
                spoil(file, wounds, cut)


@pytest.mark.parametrize(
    "wound",
    ["DROP TABLE listings", "UPDATE listings SET value = CAST(x'ff31' AS TEXT)", "UPDATE listings SET value = '[[['"],
)
def test_a_store_in_which_something_is_missing_or_no_text_is_begun_anew(wound: str, tmp_path: Path) -> None:
    fill(tmp_path / "catalogue.sqlite")
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite", isolation_level=None)) as db:
        db.execute(wound)
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    try:
        assert catalogue.listing(1) is None
        catalogue.keep_listing(LISTING)
        assert catalogue.listing(1) is not None
    finally:
        catalogue.close()
