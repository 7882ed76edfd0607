"""From a verdict to a file in the cache; on failure the next one, and trouble is never told as "there is none"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from kotozoe.errors import Malformed, Missing, ProviderError, Unavailable
from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.titles import name_rows
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.identify.verdict.pins import Pick, Pins
from kotozoe.lookup.listings import Listings
from kotozoe.model import (
    Entry,
    EpisodeRef,
    Facts,
    Listing,
    MediaKey,
    NotObtained,
    Readable,
    SubtitleFile,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.candidate import CandidateLoader
from kotozoe.subtitles.fetcher import SubtitleFetcher
from kotozoe.subtitles.ranking.rank import Preferences
from tests.subtitles.test_archive import seven, zipped
from tests.subtitles.texts import CHINESE, LINE, ass, srt

GOOD = srt().encode()
NOW = 1_795_000_000.0
VOBSUB = b"\0\0\x01\xba" + bytes(range(256))
INDEX = b"# VobSub index file, v7\ntimestamp: 00:00:01:000, filepos: 000000000\n"


class Site:
    """An entry's folder: names and bytes, or the trouble that a download gives."""

    def __init__(self, files: dict[str, bytes | ProviderError]) -> None:
        self.files = files
        self.trouble: ProviderError | None = None
        self.listed = 0
        self.downloads: list[str] = []

    async def listing(self, entry_id: int, urgency: Urgency, known: object = None) -> Listing:
        self.listed += 1
        if self.trouble:
            raise self.trouble
        return Listing(entry_id, tuple(SubtitleFile(n, 9, 1.0) for n in self.files), NOW)

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        return Entry(entry_id, "Kaze no Renshuu", anilist_id=1)

    async def download(
        self, entry_id: int, file: SubtitleFile, urgency: Urgency, known: Callable[[], bytes | None] = lambda: None
    ) -> bytes:
        self.downloads.append(file.name)
        await asyncio.sleep(0)
        contents = self.files.get(file.name, Missing("jimaku.cc", "it is gone"))
        if isinstance(contents, ProviderError):
            raise contents
        return contents


class Known:
    """What the catalogue knows; the entry was changed long ago."""

    def __init__(self) -> None:
        self.listings: dict[int, Listing] = {}
        self.changed = 0.0
        self.titled: dict[str, int] = {}  # names of entries, and of which media

    def entry(self, entry_id: int) -> Entry | None:
        return Entry(entry_id, "Kaze no Renshuu", anilist_id=1, last_modified=self.changed)

    def upsert_entries(self, entries: Iterable[Entry]) -> None:
        """Keep nothing: the entry is as it was."""

    def listing_read_at(self, entry_id: int) -> float | None:
        kept = self.listing(entry_id)
        return kept.read_at if kept else None

    def listing(self, entry_id: int) -> Listing | None:
        return self.listings.get(entry_id)

    def keep_listing(self, listing: Listing) -> None:
        self.listings[listing.entry_id] = listing

    def facts(self, ids: Sequence[int]) -> dict[int, Facts]:
        return {}

    def rules(self) -> Rules:
        return Rules()

    def series_rows(self, anilist_id: int) -> tuple[SeasonRow, ...]:
        return ()

    def titles(self, keys: Sequence[str]) -> dict[str, tuple[TitleRow, ...]]:
        rows = [TitleRow(MediaKey("anilist", str(i)), name_rows(n)[0], n) for n, i in self.titled.items()]
        return {key: tuple(r for r in rows if r.key.key == key) for key in keys}


class Stage:
    """An fetcher with everything it needs, and a clock that is moved by hand."""

    def __init__(self, root: Path, files: dict[str, bytes | ProviderError] | Site) -> None:
        self.site = files if isinstance(files, Site) else Site(files)
        self.known, self.now = Known(), NOW + 1
        self.in_time: set[str] = set()
        self.pins, self.preferences = Pins(), Preferences()
        listings = Listings(self.site, self.known)
        self.fetcher = SubtitleFetcher(
            listings,
            self.site,
            self.known,
            SubtitleCache(root),
            preferences=lambda: self.preferences,
            in_time=lambda path, entry_id, names: self.in_time & set(names),
            pins=lambda: self.pins,
            clock=lambda: self.now,
        )

    async def obtain(
        self,
        episode: float = 3,
        end: float | None = None,
        *,
        duration: float | None = None,
        only: str = "",
        rejected: dict[str, str] | None = None,
    ) -> Readable | NotObtained:
        ref = EpisodeRef(MediaKey("anilist", "1"), episode, end)
        verdict = Verdict("resolved", "it is", ref, 5, "Kaze no Renshuu", "tv", 1.0)
        video = VideoFile(f"/anime/[Hane] Kaze no Renshuu - {episode:02g} (1080p).mkv", duration=duration)
        return await self.fetcher.obtain(verdict, video, Urgency.ON_SCREEN, only=only, rejected=rejected)


async def readable(stage: Stage, episode: float = 3) -> Readable:
    obtained = await stage.obtain(episode)
    assert isinstance(obtained, Readable), obtained
    return obtained


async def reason(stage: Stage, episode: float = 3, *, retry: bool) -> str:
    obtained = await stage.obtain(episode)
    assert isinstance(obtained, NotObtained)
    assert obtained.retry is retry
    return obtained.reason


@pytest.mark.parametrize("name", ["Kaze no Renshuu - 03.ass", "Kaze no Renshuu 03.ass"])
async def test_of_equals_the_one_that_needs_no_retiming_is_taken(tmp_path: Path, name: str) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.ass": ass().encode(), "Kaze no Renshuu 03.ass": ass().encode()})
    stage.in_time = {name}
    assert (await readable(stage)).name == name


async def test_a_picked_file_is_taken_again_and_the_next_is_named_like_it(tmp_path: Path) -> None:
    names = [f"[{group}] Kaze no Renshuu - {n:02}.ass" for group in ("Hane", "Tori") for n in (3, 4, 5)]
    stage = Stage(tmp_path, dict.fromkeys(names, ass().encode()))
    video = "[Hane] Kaze no Renshuu - 03 (1080p).mkv"
    assert (await readable(stage, 3)).name == "[Hane] Kaze no Renshuu - 03.ass"
    stage.pins = Pins(picks=(Pick(video, 5, "[Tori] Kaze no Renshuu - 03.ass"),))
    assert (await readable(stage, 3)).matches[:2] == ("episode", "picked")
    assert (await readable(stage, 4)).name == "[Tori] Kaze no Renshuu - 04.ass"
    later = Pick("[Hane] Kaze no Renshuu - 04 (1080p).mkv", 5, "[Hane] Kaze no Renshuu - 04.ass")
    stage.pins = stage.pins.picking(later)
    assert (await readable(stage, 5)).name == "[Hane] Kaze no Renshuu - 05.ass"
    assert (await readable(stage, 3)).name == "[Tori] Kaze no Renshuu - 03.ass"


async def test_what_lies_in_the_cache_stands_in_for_what_cannot_be_had(tmp_path: Path) -> None:
    best, other = "[Hane] Kaze no Renshuu - 03.ass", "[Tori] Kaze no Renshuu - 03.ass"
    stage = Stage(tmp_path, {best: Unavailable("jimaku.cc", "no connection"), other: ass().encode()})
    assert "no connection" in await reason(stage, retry=True)
    await stage.obtain(only=other)
    found = await readable(stage)
    assert (found.name, found.interim) == (other, "jimaku.cc: no connection")
    stage.site.files[best] = ass().encode()
    found = await readable(stage)
    assert (found.name, found.interim) == (best, "")


async def test_labels_are_taken_out_of_a_copy_and_the_file_is_fetched_once(tmp_path: Path) -> None:
    name = "Kaze no Renshuu - 03.ass"
    stage = Stage(tmp_path, {name: ass().replace(",,0,0,0,,", ",,0,0,0,,（風太）").encode()})
    whole = await readable(stage)
    stage.preferences = Preferences(strip=("speaker",))
    for _ in range(2):
        stripped = await readable(stage)
        assert stripped.name == name
        assert "（風太）" not in Path(stripped.path).read_text("utf-8")
    assert "（風太）" in Path(whole.path).read_text("utf-8")
    assert stage.site.downloads == [name]
    stage.site.files[name] = b""
    stage.preferences = Preferences()
    assert (await readable(stage)).path == whole.path


async def test_a_rejected_file_stands_in_for_nothing(tmp_path: Path) -> None:
    best, other = "[Hane] Kaze no Renshuu - 03.ass", "[Tori] Kaze no Renshuu - 03.ass"
    stage = Stage(tmp_path, {best: Unavailable("jimaku.cc", "no connection"), other: ass().encode()})
    await stage.obtain(only=other)
    obtained = await stage.obtain(rejected={other: "you rejected it"})
    assert isinstance(obtained, NotObtained)


async def test_a_picked_file_that_is_gone_makes_room_for_the_best(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"[Hane] Kaze no Renshuu - 03.ass": ass().encode()})
    stage.pins = Pins(picks=(Pick("[Hane] Kaze no Renshuu - 03 (1080p).mkv", 5, "gone.ass"),))
    assert (await readable(stage)).name == "[Hane] Kaze no Renshuu - 03.ass"


async def test_the_file_lies_in_the_cache_in_utf_8(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.ass": ass().encode("cp932")})
    got = await readable(stage)
    assert Path(got.path).read_bytes() == ass().encode()
    assert (got.name, got.entry_id, got.matches[0]) == ("Kaze no Renshuu - 03.ass", 5, "episode")


async def test_what_lies_in_the_cache_costs_no_request(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    first, second = await readable(stage), await readable(stage)
    assert first == second
    assert (stage.site.listed, len(stage.site.downloads)) == (1, 1)


BAD: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"<html>502</html>", "web page"),
    (srt(CHINESE).encode(), "not Japanese"),
    (ass(style="Signs").encode(), "signs"),
    (b"\x7fELF" + bytes(200) + b"\xff\xfe\xfd" * 99, "binary"),
    (b"words only", "no lines"),
]


@pytest.mark.parametrize(("raw", "why"), BAD)
async def test_a_file_that_is_not_fit_makes_room_for_the_next(raw: bytes, why: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"[Hane] Kaze no Renshuu - 03.srt": raw, "Kaze no Renshuu - 03.srt": GOOD})
    assert (await readable(stage)).name == "Kaze no Renshuu - 03.srt"
    del stage.site.files["Kaze no Renshuu - 03.srt"]
    stage.known.listings.clear()
    assert why in await reason(stage, retry=False)


async def test_a_file_that_is_named_as_chinese_is_offered_and_fetched_by_hand_only(tmp_path: Path) -> None:
    name = "Kaze no Renshuu - 03.chs.srt"
    stage = Stage(tmp_path, {name: GOOD})
    assert "in Chinese only" in await reason(stage, retry=True)
    assert stage.site.downloads == []
    verdict = Verdict("resolved", "it is", EpisodeRef(MediaKey("anilist", "1"), 3), 5, "Kaze no Renshuu", "tv", 1.0)
    offered = await stage.fetcher.candidates(verdict, VideoFile("/anime/Kaze no Renshuu - 03.mkv"), Urgency.ON_SCREEN)
    assert [ranked.file.name for ranked in offered] == [name]
    assert isinstance(await stage.obtain(only=name), Readable)


async def test_members_that_are_named_as_chinese_are_judged_by_their_text(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu 01-12.zip": zipped({"Kaze no Renshuu - 03.chs.srt": GOOD})})
    assert (await readable(stage)).name == "Kaze no Renshuu - 03.chs.srt"


async def test_at_most_three_files_are_fetched(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"[G{n}] Kaze no Renshuu - 03.srt": b"" for n in range(9)})
    assert "empty" in await reason(stage, retry=False)
    assert len(stage.site.downloads) == 3


async def test_an_episode_that_is_not_there_yet_is_said_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"Kaze no Renshuu - {n:02d}.srt": GOOD for n in range(1, 7)})
    assert await reason(stage, 7, retry=True) == "no file for episode 7 yet: the entry holds 1-6"
    assert stage.site.downloads == []


async def test_a_gap_is_looked_at_again_after_a_while_only(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 02.srt": GOOD})
    await reason(stage, retry=True)
    await reason(stage, retry=True)
    assert stage.site.listed == 1
    stage.site.files["Kaze no Renshuu - 03.srt"] = GOOD
    stage.now += 16 * 60
    assert (await readable(stage)).name == "Kaze no Renshuu - 03.srt"


async def test_a_listing_is_read_again_when_the_catalogue_tells_of_a_change(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    await readable(stage)
    stage.now += 3 * 86400
    await readable(stage)
    assert stage.site.listed == 1
    stage.known.changed = NOW + 5
    await readable(stage)
    assert stage.site.listed == 2


@pytest.mark.parametrize("trouble", [Unavailable("jimaku.cc", "no connection"), Malformed("jimaku.cc", "a web page")])
async def test_a_services_trouble_is_never_told_as_no_subtitles(trouble: ProviderError, tmp_path: Path) -> None:
    stage = Stage(tmp_path, {})
    stage.site.trouble = trouble
    assert await reason(stage, retry=True) == str(trouble)


async def test_an_old_listing_serves_while_the_service_is_away(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    await readable(stage)
    stage.now += 30 * 86400
    stage.site.trouble = Unavailable("jimaku.cc", "no connection")
    assert isinstance(await readable(stage), Readable)


async def test_a_download_that_fails_is_the_services_trouble(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": Unavailable("jimaku.cc", "no connection")})
    assert "no connection" in await reason(stage, retry=True)


async def test_a_file_that_is_gone_is_looked_for_in_a_fresh_listing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    gone = Listing(5, (SubtitleFile("[Hane] Kaze no Renshuu - 03.srt"),), NOW)
    stage.known.keep_listing(gone)
    assert (await readable(stage)).name == "Kaze no Renshuu - 03.srt"
    assert stage.site.listed == 1


@pytest.mark.parametrize("make", [zipped, seven])
async def test_an_archive_is_opened_and_fetched_once(make: object, tmp_path: Path) -> None:
    members = {f"風の練習/Kaze no Renshuu - {n:02d}.srt": srt(f"{LINE}{n}").encode("euc_jp") for n in range(1, 13)}
    stage = Stage(tmp_path, {"Kaze no Renshuu (01-12).zip": make(members)})  # type: ignore[operator]
    for n in (3, 4):
        got = await readable(stage, n)
        assert Path(got.path).read_text() == srt(f"{LINE}{n}")
        assert "archive" in got.matches
    assert len(stage.site.downloads) == 1


async def test_members_that_are_numbers_alone_and_nested_archives_are_found(tmp_path: Path) -> None:
    inner = zipped({"03.srt": GOOD, "04.srt": GOOD})
    stage = Stage(tmp_path, {"Kaze no Renshuu 01-12.zip": zipped({"Kaze no Renshuu 01-12.zip": inner})})
    assert (await readable(stage)).name.endswith("03.srt")
    deeper = zipped({"Kaze no Renshuu 01-12.zip": zipped({"Kaze no Renshuu 01-12.zip": inner})})
    stage = Stage(tmp_path / "deeper", {"Kaze no Renshuu 01-12.zip": deeper})
    assert "archive inside an archive" in await reason(stage, retry=False)


async def test_an_archive_that_cannot_be_opened_makes_room_for_the_next(tmp_path: Path) -> None:
    stage = Stage(
        tmp_path,
        {
            "[Hane] Kaze no Renshuu - 03.rar": b"Rar!\x1a\x07\x00junk",
            "Kaze no Renshuu 03.zip": zipped({"03.srt": GOOD}),
        },
    )
    assert (await readable(stage)).name == "03.srt"


async def test_picture_subtitles_are_kept_as_they_are_with_their_other_half(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.idx": INDEX, "Kaze no Renshuu - 03.sub": VOBSUB})
    path = Path((await readable(stage)).path)
    assert path.suffix == ".idx"
    assert path.with_suffix(".sub").read_bytes() == VOBSUB
    stage = Stage(tmp_path / "sup", {"Kaze no Renshuu - 03.sup": b"PG" + bytes(99)})
    assert Path((await readable(stage)).path).suffix == ".sup"


@pytest.mark.parametrize(
    "files",
    [{"Kaze no Renshuu - 03.sub": VOBSUB}, {"Kaze no Renshuu - 03.idx": INDEX}, {"Kaze no Renshuu - 03.sup": GOOD}],
)
async def test_half_a_pair_is_not_offered(files: dict[str, bytes | ProviderError], tmp_path: Path) -> None:
    await reason(Stage(tmp_path, files), retry=False)


async def test_what_mpv_cannot_show_is_not_offered(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.txt": GOOD, "Kaze no Renshuu - 03.docx": GOOD})
    await reason(stage, retry=False)
    assert stage.site.downloads == []


async def test_an_explanation_fetches_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    verdict = Verdict("resolved", "it is", EpisodeRef(MediaKey("anilist", "1"), 3), 5, "Kaze no Renshuu")
    lines = await stage.fetcher.explain(verdict, VideoFile("/x/Kaze no Renshuu - 03.mkv"), Urgency.TERMINAL)
    assert lines[0].startswith("Entry 5 has 1 file; 1 of them may serve")
    assert stage.site.downloads == []


async def test_a_full_disk_is_said(tmp_path: Path) -> None:
    (tmp_path / "5").write_text("in the way")
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD})
    assert "cannot be stored" in await reason(stage, retry=True)


async def test_a_media_without_an_entry_is_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {})
    verdict = Verdict("resolved", "it is", EpisodeRef(MediaKey("anilist", "1"), 3), None, "Kaze no Renshuu")
    obtained = await stage.fetcher.obtain(verdict, VideoFile("/x/a.mkv"), Urgency.ON_SCREEN)
    assert obtained == NotObtained("Jimaku has no entry for Kaze no Renshuu yet", retry=True)


EPISODE, FILM = srt(count=284).encode(), srt(count=1080).encode()


async def test_a_file_of_another_length_gives_way_before_anything_is_shown(tmp_path: Path) -> None:
    files: dict[str, bytes | ProviderError] = {
        "[Hane] Kaze no Renshuu - 03.srt": FILM,
        "Kaze no Renshuu - 03.srt": EPISODE,
    }
    stage = Stage(tmp_path, files)
    for _ in range(2):  # the second time out of the cache
        found = await stage.obtain(duration=1425)
        assert isinstance(found, Readable)
        assert found.name == "Kaze no Renshuu - 03.srt"
    assert len(stage.site.downloads) == 2
    assert (await readable(stage)).name == "[Hane] Kaze no Renshuu - 03.srt"  # an unknown length says nothing
    film = await stage.obtain(duration=5520)
    assert isinstance(film, Readable)
    assert film.name == "[Hane] Kaze no Renshuu - 03.srt"


async def test_a_wrong_length_is_the_reason_where_there_is_no_other_file(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": EPISODE})
    found = await stage.obtain(duration=5520)
    assert isinstance(found, NotObtained)
    assert "its last line ends at 23:38, and the video is 1:32:00 long" in found.reason
    assert isinstance(await stage.obtain(duration=5520, only="Kaze no Renshuu - 03.srt"), Readable)


async def test_a_file_of_two_episodes_may_be_longer_than_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03-04.srt": srt(count=568).encode()})
    assert isinstance(await stage.obtain(duration=1425), Readable)


async def test_a_member_of_an_archive_is_judged_by_its_length(tmp_path: Path) -> None:
    members = {"a - 03.srt": FILM, "b - 03.srt": GOOD, "c - 03.srt": EPISODE}
    stage = Stage(tmp_path, {"Kaze no Renshuu 01-12.zip": zipped(members)})
    found = await stage.obtain(duration=1425)
    assert isinstance(found, Readable)
    assert found.name == "c - 03.srt"


async def test_a_format_that_cannot_be_read_is_said_as_such(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu - 03.ttml": b"<tt/>", "Kaze no Renshuu - 04.srt": GOOD})
    told = await reason(stage, retry=False)
    assert told == "the only file for episode 3 is in a format that cannot be read here (ttml)"


async def test_the_title_of_another_entry_does_not_count_here(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"[Hane] Ame no Bravo - {n:02d}.srt": GOOD for n in range(1, 13)})
    stage.known.titled = {"Kaze no Renshuu": 1, "Ame no Bravo": 2}
    assert "named as something else" in await reason(stage, retry=False)
    stage.known.titled = {"Kaze no Renshuu": 1, "Ame no Bravo": 1}
    assert isinstance(await stage.obtain(), Readable)


async def test_the_medias_own_title_goes_before_a_group_and_a_majority(tmp_path: Path) -> None:
    files: dict[str, bytes | ProviderError] = {f"[Hane] Mura Nichijou - {n:02d}.srt": GOOD for n in range(1, 13)}
    stage = Stage(tmp_path, files | {f"[X] Kaze no Renshuu - {n:02d}.srt": GOOD for n in range(1, 4)})
    assert (await readable(stage)).name == "[X] Kaze no Renshuu - 03.srt"


async def test_a_file_that_is_fetched_and_not_kept_yet_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, keep = Stage(tmp_path, {"Kaze no Renshuu - 03.srt": GOOD}), CandidateLoader._keep
    fetched, both = asyncio.Event(), asyncio.Barrier(2)

    async def together(loader: CandidateLoader, path: Path, contents: bytes) -> None:
        fetched.set()
        await both.wait()
        await keep(loader, path, contents)

    monkeypatch.setattr(CandidateLoader, "_keep", together)
    async with asyncio.timeout(60):
        first = asyncio.create_task(stage.obtain())
        await fetched.wait()
        obtained = await asyncio.gather(first, stage.obtain())
    assert all(isinstance(one, Readable) for one in obtained)
    assert len(stage.site.downloads) == 1
