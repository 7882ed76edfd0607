"""The story of one loaded file, told with small whole doubles."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import pytest

from kotozoe.errors import CommandRefused, MovedOn, StorageError, Unanswered
from kotozoe.identify.verdict.pins import Pins, Rejection
from kotozoe.model import (
    EpisodeRef,
    MediaKey,
    NotObtained,
    Readable,
    Track,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.playback.playback import Playback, Wishes

VIDEO = Track(1, "video")
JAPANESE = Track(1, "sub", language="jpn", codec="ass")
RESOLVED = Verdict("resolved", "The title is exact.", EpisodeRef(MediaKey("anilist", "1"), 5.0))
UNKNOWN = Verdict("unknown", "No such title.")
CUT_OFF = Verdict("unknown", "No such title is known here.", unanswered=("AniList was not reachable",))
SKIPPED = Verdict("skipped", "It is an opening.", unanswered=("AniList was not reachable",))
PLAYED = VideoFile("/anime/[G] Show - 05.mkv")
FILE = Readable("/cache/5.ass", "[G] Show - 05.ass", 7, ("episode", "group"))
OTHER = Readable("/cache/5b.srt", "[H] Show - 05.srt", 7, ("episode",))
NOT_THERE = NotObtained("there is no file for episode 5")
IN_TROUBLE = NotObtained("jimaku.cc: no connection", retry=True)


@dataclass(frozen=True)
class File:
    tracks: tuple[Track, ...] = (VIDEO,)
    video: VideoFile = PLAYED
    playback_id: str = "mpv-1-1"
    attached: bool = False
    told_sid: int | str = "auto"
    slang: tuple[str, ...] = ()


@dataclass
class Mpv:
    tracks: tuple[Track, ...] = (VIDEO,)
    changed: bool = False
    refusal: Exception | None = None
    unopened: frozenset[str] = frozenset()
    added: list[tuple[str, str, str, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    shown: list[int | None] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    hangs: asyncio.Event | None = None  # set once it is asked to drop a track, which it never does then

    async def current(self) -> tuple[tuple[Track, ...], int | None]:
        return self.tracks, next((t.track_id for t in self.tracks if t.kind == "sub" and t.selected), None)

    def user_changed_track(self, playback_id: str) -> bool:
        return self.changed

    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None:
        if self.refusal:
            raise self.refusal
        if path in self.unopened:
            raise CommandRefused("error running command")
        self.added.append((path, title, language, select))
        track_id = max((t.track_id for t in self.tracks if t.kind == "sub"), default=0) + 1
        others = tuple(replace(t, selected=False) if select and t.kind == "sub" else t for t in self.tracks)
        self.tracks = (*others, Track(track_id, "sub", "ja", title, "ass", selected=select, external_filename=path))

    async def show_track(self, track_id: int | None, playback_id: str) -> None:
        self.shown.append(track_id)
        self.tracks = tuple(replace(t, selected=t.track_id == track_id) if t.kind == "sub" else t for t in self.tracks)

    async def show_second(self, track_id: int, playback_id: str) -> bool:
        self.second.append(track_id)
        return True

    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None:
        if self.hangs is not None:
            self.hangs.set()
            await asyncio.Event().wait()
        self.dropped.extend(track_ids)
        self.tracks = tuple(t for t in self.tracks if t.kind != "sub" or t.track_id not in track_ids)

    async def say(self, line: str) -> None:
        self.said.append(line)


@dataclass
class Stage:
    """Everything around one story: what is found and obtained, one answer after the other."""

    verdicts: list[Verdict] = field(default_factory=lambda: [RESOLVED])
    obtained: list[Readable | NotObtained] = field(default_factory=lambda: [FILE])
    player: Mpv = field(default_factory=Mpv)
    wishes: Wishes = field(default_factory=Wishes)
    told: list[tuple[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    asked: int = 0
    pins: Pins = field(default_factory=Pins)
    chosen: bool = False
    lacks: list[str] = field(default_factory=list)
    rejected: Mapping[str, str] | None = None

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        assert urgency is Urgency.ON_SCREEN
        self.asked += 1
        return self.verdicts.pop(0)

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
    ) -> Readable | NotObtained:
        self.rejected = rejected
        return self.obtained.pop(0)

    async def ready(self, urgency: Urgency) -> None:
        await asyncio.sleep(0)

    async def changed(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def story(self) -> Playback:
        def tell(step: str, sentence: str) -> None:
            self.told.append((step, sentence))

        return Playback(
            self.player,
            self,
            self,
            self.wishes,
            tell,
            self.ready,
            self.changed,
            lambda: self.lacks.pop(0) if self.lacks else "",
            lambda: self.pins,
            lambda path: path.startswith("/cache/"),
            self.chosen,
        )

    async def play(self, file: File | None = None) -> bool:
        return await self.story().play(file or File())

    @property
    def steps(self) -> list[str]:
        return [step for step, _ in self.told]


async def test_the_right_file_becomes_the_selected_track() -> None:
    stage = Stage()
    assert await stage.play()
    assert stage.player.added == [("/cache/5.ass", "[G] Show - 05.ass (Jimaku)", "ja", True)]
    assert stage.player.said == ["字幕 [G] Show - 05.ass"]
    assert stage.steps == ["resolved", "obtained", "selected"]


async def test_what_is_unknown_for_want_of_the_catalogue_is_looked_for_again() -> None:
    unknown = replace(RESOLVED, status="unknown")
    stage = Stage(verdicts=[unknown, RESOLVED], lacks=["the catalogue was not read yet"])
    assert await stage.play()
    assert stage.told[0] == ("waiting", "the catalogue was not read yet")
    assert stage.steps == ["waiting", "resolved", "obtained", "selected"]


async def test_beside_a_japanese_text_track_it_is_added_and_not_selected() -> None:
    stage = Stage(player=Mpv(tracks=(VIDEO, JAPANESE)))
    assert await stage.play()
    assert stage.player.added[0][3] is False
    assert stage.player.said == []
    assert stage.steps[-1] == "added"


async def test_a_track_that_the_user_chose_meanwhile_stays() -> None:
    stage = Stage(player=Mpv(changed=True))
    await stage.play()
    assert stage.player.added[0][3] is False


@pytest.mark.parametrize(
    ("file", "wishes"),
    [
        (File(tracks=(Track(1, "audio"),)), Wishes()),
        (File(), Wishes(exclude=("/anime",))),
        (File(), Wishes(include=("/films",))),
    ],
)
async def test_what_is_not_wanted_costs_nothing(file: File, wishes: Wishes) -> None:
    stage = Stage(wishes=wishes)
    assert await stage.play(file)
    assert stage.asked == 0
    assert stage.steps == ["skipped"]


@pytest.mark.parametrize(("verdict", "obtained"), [(UNKNOWN, FILE), (SKIPPED, FILE), (RESOLVED, NOT_THERE)])
async def test_without_an_answer_nothing_is_loaded_and_other_settings_may_help(
    verdict: Verdict, obtained: Readable | NotObtained
) -> None:
    stage = Stage([verdict], [obtained])
    assert not await stage.play()
    assert stage.player.added == []
    assert stage.pauses == []


@pytest.mark.parametrize(
    ("verdicts", "obtained"), [([CUT_OFF, CUT_OFF, RESOLVED], [FILE]), ([RESOLVED] * 3, [IN_TROUBLE, IN_TROUBLE, FILE])]
)
async def test_trouble_of_a_service_is_waited_out(
    verdicts: list[Verdict], obtained: list[Readable | NotObtained]
) -> None:
    stage = Stage(list(verdicts), list(obtained))
    assert await stage.play()
    assert stage.pauses == [10.0, 30.0]
    assert len(stage.player.added) == 1


@pytest.mark.parametrize("trouble", [StorageError("the disk is full"), Unanswered("mpv did not answer to sub-add")])
async def test_a_disk_or_player_in_trouble_is_told_and_waited_out(trouble: Exception) -> None:
    stage = Stage([RESOLVED] * 2, [FILE] * 2, player=Mpv(refusal=trouble))

    async def mended(seconds: float) -> None:
        stage.player.refusal = None

    story = stage.story()
    story.changed = mended
    assert await story.play(File())
    assert stage.steps == ["resolved", "obtained", "waiting", "resolved", "obtained", "selected"]
    assert len(stage.player.added) == 1


async def test_a_player_that_hangs_while_a_candidate_is_taken_is_told_of() -> None:
    stage = Stage([RESOLVED], [FILE] * 2)
    story = stage.story()
    await story.play(File())
    stage.player.refusal = Unanswered("mpv did not answer to sub-add")
    await story.take(File(), "5")
    assert stage.steps[-1] == "refused"


async def test_what_mpv_refuses_is_told_without_a_guess_at_the_cause() -> None:
    stage = Stage(obtained=[FILE, NOT_THERE], player=Mpv(refusal=CommandRefused("error running command")))
    assert await stage.play()
    assert stage.told[-1] == ("refused", "mpv could not open [G] Show - 05.ass: error running command")
    assert stage.rejected == {FILE.name: "mpv could not open it"}


async def test_a_file_that_mpv_cannot_open_gives_way_to_the_next() -> None:
    stage = Stage(obtained=[FILE, OTHER], player=Mpv(unopened=frozenset({FILE.path})))
    assert await stage.play()
    assert stage.steps == ["resolved", "obtained", "refused", "obtained", "selected"]
    assert [path for path, *_ in stage.player.added] == [OTHER.path]


async def test_only_several_refusals_in_a_row_point_at_the_player() -> None:
    files = [replace(FILE, name=f"{n}.ass") for n in range(4)]
    stage = Stage(obtained=list(files), player=Mpv(refusal=CommandRefused("error running command")))
    assert await stage.play()
    assert "sandbox" in stage.told[-1][1]
    assert len(stage.obtained) == 1


async def test_trouble_with_the_next_file_is_waited_out() -> None:
    stage = Stage([RESOLVED] * 2, [FILE, IN_TROUBLE, OTHER], player=Mpv(unopened=frozenset({FILE.path})))
    assert await stage.play()
    assert stage.steps[-1] == "selected"
    assert len(stage.pauses) == 1


async def test_a_player_that_went_on_gets_nothing() -> None:
    stage = Stage(player=Mpv(refusal=MovedOn("mpv plays something else by now")))
    with pytest.raises(MovedOn):
        await stage.play()


async def test_names_are_shown_without_their_tricks() -> None:
    trick = Readable("/cache/5.ass", "a\x1b[2J\n${path}\u202e.ass", 7)
    stage = Stage(obtained=[trick])
    await stage.play()
    assert "\x1b" not in stage.player.said[0]
    assert "\n" not in stage.player.added[0][1]


ENGLISH = Track(1, "sub", "eng", codec="ass", selected=True)
OTHER = Readable("/cache/other.ass", "other.ass", 7, ("episode",), "other.ass")


@pytest.mark.parametrize(
    ("file", "wishes", "tracks", "selected"),
    [
        (File(told_sid="no"), Wishes(), (VIDEO,), False),
        (File(told_sid=1), Wishes(), (VIDEO, ENGLISH), False),
        (File(told_sid=3), Wishes(), (VIDEO, ENGLISH), True),
        (File(slang=("en",)), Wishes(), (VIDEO, ENGLISH), False),
        (File(slang=("ja", "en")), Wishes(), (VIDEO, ENGLISH), True),
        (File(), Wishes(), (VIDEO, ENGLISH), True),
        (File(), Wishes(yield_to=()), (VIDEO, JAPANESE), True),
        (File(), Wishes(secondary="ours"), (VIDEO, ENGLISH), False),
        (File(), Wishes(secondary="ours"), (VIDEO,), True),
    ],
)
async def test_what_mpv_was_told_before_keeps_its_meaning(
    file: File, wishes: Wishes, tracks: tuple[Track, ...], selected: bool
) -> None:
    stage = Stage(player=Mpv(tracks=tracks), wishes=wishes)
    await stage.play(file)
    assert stage.player.added[0][3] is selected


@pytest.mark.parametrize(
    ("wish", "tracks", "second"),
    [("en", (VIDEO, ENGLISH), [1]), ("en", (VIDEO,), []), ("ours", (VIDEO, ENGLISH), [2]), ("", (VIDEO, ENGLISH), [])],
)
async def test_the_second_subtitle_is_filled_as_wished(wish: str, tracks: tuple[Track, ...], second: list[int]) -> None:
    stage = Stage(player=Mpv(tracks=tracks), wishes=Wishes(secondary=wish))
    await stage.play()
    assert stage.player.second == second


async def test_the_screen_stays_quiet_where_that_is_wished() -> None:
    stage = Stage([Verdict("ambiguous", "Two fit.")], wishes=Wishes(osd=False))
    await stage.play()
    assert stage.player.said == []


async def test_a_folder_that_is_left_alone_costs_nothing() -> None:
    stage = Stage(pins=Pins(folders=("/anime",)))
    assert await stage.play()
    assert stage.asked == 0


async def test_rejected_files_are_not_asked_for() -> None:
    stage = Stage(
        [replace(RESOLVED, entry_id=7)], pins=Pins(rejections=(Rejection("[G] Show - 05.mkv", 7, "bad.ass"),))
    )
    await stage.play()
    assert stage.rejected == {"bad.ass": "you rejected it"}


async def test_what_did_not_fit_is_told_apart_from_what_the_user_rejected() -> None:
    pins = Pins(rejections=(Rejection("[G] Show - 05.mkv", 7, "bad.ass"),))
    stage = Stage([replace(RESOLVED, entry_id=7)], obtained=[FILE, OTHER], pins=pins)
    story = stage.story()
    await story.play(File())
    await story.next_but(File(), ["late.ass"])
    assert stage.rejected == {"late.ass": "its lines do not fit this video", "bad.ass": "you rejected it"}


async def test_another_candidate_takes_the_place_of_the_first() -> None:
    stage = Stage(obtained=[FILE, OTHER])
    story = stage.story()
    await story.play(File())
    await story.take(File(), "other.ass")
    assert [t.external_filename for t in stage.player.tracks if t.kind == "sub"] == ["/cache/other.ass"]
    assert story.readable == OTHER


async def test_what_the_user_chose_is_shown_over_everything() -> None:
    stage = Stage(player=Mpv(tracks=(VIDEO, JAPANESE), changed=True), chosen=True)
    await stage.play(File(told_sid="no"))
    assert stage.player.added[0][3]


async def test_toggling_goes_between_ours_and_what_was_shown_before() -> None:
    stage = Stage(player=Mpv(tracks=(VIDEO, ENGLISH)))
    story = stage.story()
    await story.play(File())
    await story.toggle(File())
    await story.toggle(File())
    assert stage.player.shown == [1, 2]


async def test_an_outcome_of_what_the_user_asked_for_is_said() -> None:
    stage = Stage(obtained=[NOT_THERE], chosen=True)
    await stage.play()
    assert stage.player.said == ["kotozoe: there is no file for episode 5"]
