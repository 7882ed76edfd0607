"""The user's own folders come before Jimaku; what they lack is asked for there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.identify.verdict.pins import Pins, Rejection, base_name
from kotozoe.lookup.listings import Listings
from kotozoe.model import (
    Entry,
    EpisodeRef,
    Listing,
    MediaKey,
    NotObtained,
    Readable,
    SubtitleFile,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.providers.folder import Folders
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.fetcher import SubtitleFetcher
from kotozoe.subtitles.own_folders import FolderCatalogue, FolderIds, FolderListings, LocalFirst
from kotozoe.timing.measurements import family_of

LINES = "".join(
    f"{n}\n00:{n // 6:02}:{n % 6}1,000 --> 00:{n // 6:02}:{n % 6}4,000\nこれは{n}番目の台詞です\n\n"
    for n in range(1, 120)
).encode()
VIDEO = VideoFile("/anime/[Hayate] Kaze no Renshuu - 03.mkv")
VERDICT = Verdict("resolved", "It is so.", EpisodeRef(MediaKey("anilist", "42"), 3.0), entry_id=7)


@dataclass
class Jimaku:
    """The one entry, with one file an episode."""

    asked: list[str] = field(default_factory=list)

    async def listing(self, entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        self.asked.append("listing")
        return Listing(entry_id, (SubtitleFile("Kaze no Renshuu - 03.srt", len(LINES)),), 1.0)

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        raise AssertionError

    async def download(self, entry_id: int, file: SubtitleFile, urgency: Urgency, known: object = None) -> bytes:
        self.asked.append(file.name)
        return LINES


@dataclass
class Stage:
    fetcher: LocalFirst
    jimaku: Jimaku
    folder: Path

    async def obtain(self) -> Readable | NotObtained:
        return await self.fetcher.obtain(VERDICT, VIDEO, Urgency.ON_SCREEN)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    catalogue, jimaku, subtitle_cache = (
        Catalogue(tmp_path / "catalogue.sqlite"),
        Jimaku(),
        SubtitleCache(tmp_path / "cache"),
    )
    catalogue.replace_entries([Entry(7, "Kaze no Renshuu", anilist_id=42)], True, 1.0)
    folder = tmp_path / "mirror" / "Kaze no Renshuu"
    folder.mkdir(parents=True)
    ids = FolderIds()
    folders = Folders([tmp_path / "mirror"])
    own = FolderListings(folders, catalogue, ids, lambda: 1.0)
    local = SubtitleFetcher(
        own, own, FolderCatalogue(catalogue, ids), subtitle_cache, source="folder", clock=lambda: 1.0
    )
    remote = SubtitleFetcher(Listings(jimaku, catalogue), jimaku, catalogue, subtitle_cache, clock=lambda: 1.0)
    yield Stage(LocalFirst(local, remote, ids, folders), jimaku, folder)
    catalogue.close()


async def test_a_file_of_ones_own_is_taken_without_any_request(stage: Stage) -> None:
    (stage.folder / "風の練習 第03話.srt").write_bytes(LINES)
    obtained = await stage.obtain()
    assert isinstance(obtained, Readable)
    assert obtained.name == "風の練習 第03話.srt"
    assert (obtained.source, obtained.entry_id) == ("folder", 42)
    assert Path(obtained.path).parent.name == "folder-42"  # a copy in the cache, which may be retimed
    assert (stage.folder / "風の練習 第03話.srt").read_bytes() == LINES
    assert stage.folder not in Path(obtained.path).parents
    assert stage.jimaku.asked == []


async def test_what_the_folders_lack_is_asked_of_jimaku(stage: Stage) -> None:
    (stage.folder / "04.srt").write_bytes(LINES)
    obtained = await stage.obtain()
    assert isinstance(obtained, Readable)
    assert (obtained.source, obtained.entry_id) == ("jimaku", 7)


async def test_a_file_that_will_not_do_is_no_obstacle(stage: Stage) -> None:
    (stage.folder / "03.srt").write_bytes(b"<html>no</html>")
    obtained = await stage.obtain()
    assert isinstance(obtained, Readable)
    assert obtained.entry_id == 7


async def test_candidates_and_the_explanation_tell_of_both(stage: Stage) -> None:
    (stage.folder / "03.srt").write_bytes(LINES)
    names = [ranked.file.name for ranked in await stage.fetcher.candidates(VERDICT, VIDEO, Urgency.ON_SCREEN)]
    assert names == ["03.srt", "Kaze no Renshuu - 03.srt"]
    told = "\n".join(await stage.fetcher.explain(VERDICT, VIDEO, Urgency.ON_SCREEN))
    assert "03.srt" in told
    assert "Entry 7" in told


async def test_a_rejected_file_of_ones_own_is_not_taken_again(stage: Stage) -> None:
    (stage.folder / "03.srt").write_bytes(LINES)
    taken = await stage.obtain()
    assert isinstance(taken, Readable)
    video = base_name(VIDEO.path)
    pins = Pins().rejecting(Rejection(video, taken.entry_id, taken.name, 1.0, taken.source))
    names = pins.rejected(VIDEO.path, VERDICT.entry_id)
    again = await stage.fetcher.obtain(VERDICT, VIDEO, Urgency.ON_SCREEN, rejected=dict.fromkeys(names, "rejected"))
    assert isinstance(again, Readable)
    assert again.source == "jimaku"


def test_a_folder_and_an_entry_of_the_same_number_lie_apart(tmp_path: Path) -> None:
    cache, file = SubtitleCache(tmp_path), SubtitleFile("03.srt", 1, 1.0)
    assert cache.place(42, file, "srt") != cache.place(42, file, "srt", source="folder")
    assert family_of("/v", 42, "03.srt") != family_of("/v", 42, "03.srt", "folder")
