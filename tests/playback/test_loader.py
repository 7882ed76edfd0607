"""From a loaded file to its subtitle track, against stand-ins for the player and the services."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.errors import CommandRefused, MovedOn, StorageError, Unanswered
from kotozoe.identify.verdict.pins import Pins, Rejection
from kotozoe.model import NotObtained, Readable, Status, Track, Urgency, Verdict, VideoFile
from kotozoe.playback.session import PlaybackSettings
from kotozoe.player import Loaded
from kotozoe.settings.schema import Osd
from tests.support.fake_player import ENGLISH, JAPANESE, VIDEO, FakePlayer, loaded
from tests.support.session import FILE, RESOLVED, SessionHarness

UNKNOWN = Verdict("unknown", "No such title.")
AMBIGUOUS = Verdict("ambiguous", "Two fit.")
CUT_OFF = Verdict("unknown", "No such title is known here.", unanswered=("AniList was not reachable",))
SKIPPED = Verdict("skipped", "It is an opening.", unanswered=("AniList was not reachable",))
NOT_THERE = NotObtained("there is no file for episode 5")
IN_TROUBLE = NotObtained("jimaku.cc: no connection", retry=True)
OTHER = Readable("/cache/other.ass", "other.ass", 7, ("episode",), "other.ass")
REJECTION = Rejection("[G] Show - 05.mkv", 7, "bad.ass")


async def test_loader_adds_the_right_file_as_selected_track() -> None:
    harness = SessionHarness()
    assert await harness.loader.run()
    assert harness.player.added == [("/cache/5.ass", "[G] Show - 05.ass (Jimaku)", "ja", True)]
    assert harness.player.said == ["字幕 [G] Show - 05.ass"]
    assert harness.steps == ["resolved", "obtained", "selected"]
    assert harness.finder.urgencies == harness.subtitles.urgencies == [Urgency.ON_SCREEN]


async def test_loader_retries_an_unknown_title_while_the_catalogue_is_missing() -> None:
    unknown = replace(RESOLVED, status="unknown")
    harness = SessionHarness([unknown, RESOLVED], lacking=["the catalogue was not read yet"])
    assert await harness.loader.run()
    assert harness.reports[0] == ("waiting", "the catalogue was not read yet")
    assert harness.steps == ["waiting", "resolved", "obtained", "selected"]


async def test_loader_adds_without_selecting_where_a_japanese_text_track_exists() -> None:
    harness = SessionHarness(player=FakePlayer((VIDEO, JAPANESE)))
    assert await harness.loader.run()
    assert harness.player.added[0][3] is False
    assert harness.player.said == ["kotozoe: subtitle added, not shown: the video has a jpn text track already"]
    assert harness.steps[-1] == "added"


async def test_loader_does_not_select_after_the_user_changed_the_track() -> None:
    harness = SessionHarness(player=FakePlayer(user_changed=True))
    await harness.loader.run()
    assert harness.player.added[0][3] is False


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        (loaded(tracks=(Track(1, "audio"),)), PlaybackSettings()),
        (loaded(), PlaybackSettings(exclude=("/anime",))),
        (loaded(), PlaybackSettings(include=("/films",))),
    ],
)
async def test_loader_sends_no_request_for_a_file_that_needs_none(file: Loaded, settings: PlaybackSettings) -> None:
    harness = SessionHarness(file=file, settings=settings)
    assert await harness.loader.run()
    assert harness.finder.asked == []
    assert harness.steps == ["skipped"]


@pytest.mark.parametrize(
    ("verdict", "answer"), [(UNKNOWN, FILE), (AMBIGUOUS, FILE), (SKIPPED, FILE), (RESOLVED, NOT_THERE)]
)
async def test_loader_loads_nothing_without_an_answer_and_is_not_final(
    verdict: Verdict, answer: Readable | NotObtained
) -> None:
    harness = SessionHarness([verdict], [answer])
    assert not await harness.loader.run()
    assert harness.player.added == []
    assert harness.changes.waits == []


@pytest.mark.parametrize(
    ("verdicts", "answers"), [([CUT_OFF, CUT_OFF, RESOLVED], [FILE]), ([RESOLVED] * 3, [IN_TROUBLE, IN_TROUBLE, FILE])]
)
async def test_loader_waits_out_trouble_of_a_service(
    verdicts: list[Verdict], answers: list[Readable | NotObtained]
) -> None:
    harness = SessionHarness(verdicts, answers)
    assert await harness.loader.run()
    assert harness.changes.waits == [10.0, 30.0]
    assert len(harness.player.added) == 1


@pytest.mark.parametrize("trouble", [StorageError("the disk is full"), Unanswered("mpv did not answer to sub-add")])
async def test_loader_reports_and_waits_out_trouble_of_disk_or_player(trouble: Exception) -> None:
    harness = SessionHarness(answers=[FILE] * 2, player=FakePlayer(refusal=trouble))

    def mend() -> None:
        harness.player.refusal = None

    harness.changes.on_wait = mend
    assert await harness.loader.run()
    assert harness.steps == ["resolved", "obtained", "waiting", "resolved", "obtained", "selected"]
    assert len(harness.player.added) == 1


async def test_loader_reports_a_player_that_hangs_while_a_candidate_is_loaded() -> None:
    harness = SessionHarness(answers=[FILE] * 2)
    await harness.loader.run()
    harness.player.refusal = Unanswered("mpv did not answer to sub-add")
    await harness.loader.load_named("5")
    assert harness.steps[-1] == "refused"


async def test_loader_reports_a_file_that_mpv_refuses_without_guessing_the_cause() -> None:
    player = FakePlayer(refusal=CommandRefused("error running command"))
    harness = SessionHarness(answers=[FILE, NOT_THERE], player=player)
    assert await harness.loader.run()
    assert harness.reports[-1] == ("refused", "mpv could not open [G] Show - 05.ass: error running command")
    assert harness.subtitles.rejected == {FILE.name: "mpv could not open it"}
    assert harness.session.readable is None


async def test_loader_takes_the_next_file_where_mpv_cannot_open_the_first() -> None:
    harness = SessionHarness(answers=[FILE, OTHER], player=FakePlayer(unreadable=frozenset({FILE.path})))
    assert await harness.loader.run()
    assert harness.steps == ["resolved", "obtained", "refused", "obtained", "selected"]
    assert harness.player.added_paths == [OTHER.path]


async def test_loader_suspects_the_player_only_after_several_refusals_in_a_row() -> None:
    files = [replace(FILE, name=f"{n}.ass") for n in range(4)]
    harness = SessionHarness(answers=files, player=FakePlayer(refusal=CommandRefused("error running command")))
    assert await harness.loader.run()
    assert "sandbox" in harness.reports[-1][1]
    assert len(harness.subtitles.answers) == 1


async def test_loader_waits_out_trouble_with_the_next_file() -> None:
    player = FakePlayer(unreadable=frozenset({FILE.path}))
    harness = SessionHarness([RESOLVED] * 2, [FILE, IN_TROUBLE, OTHER], player=player)
    assert await harness.loader.run()
    assert harness.steps[-1] == "selected"
    assert len(harness.changes.waits) == 1


async def test_session_adds_nothing_to_a_player_that_moved_on() -> None:
    harness = SessionHarness(player=FakePlayer(refusal=MovedOn("mpv plays something else by now")))
    with pytest.raises(MovedOn):
        await harness.loader.run()


async def test_session_shows_names_without_control_characters() -> None:
    trick = Readable("/cache/5.ass", "a\x1b[2J\n${path}\u202e.ass", 7)
    harness = SessionHarness(answers=[trick])
    await harness.loader.run()
    assert "\x1b" not in harness.player.said[0]
    assert "\n" not in harness.player.added[0][1]


@pytest.mark.parametrize(
    ("file", "settings", "tracks", "selected"),
    [
        (loaded(requested_sid="no"), PlaybackSettings(), (VIDEO,), False),
        (loaded(requested_sid=1), PlaybackSettings(), (VIDEO, ENGLISH), False),
        (loaded(requested_sid=3), PlaybackSettings(), (VIDEO, ENGLISH), True),
        (loaded(slang=("en",)), PlaybackSettings(), (VIDEO, ENGLISH), False),
        (loaded(slang=("ja", "en")), PlaybackSettings(), (VIDEO, ENGLISH), True),
        (loaded(), PlaybackSettings(), (VIDEO, ENGLISH), True),
        (loaded(), PlaybackSettings(yield_to=()), (VIDEO, JAPANESE), True),
        (loaded(), PlaybackSettings(secondary="ours"), (VIDEO, ENGLISH), False),
        (loaded(), PlaybackSettings(secondary="ours"), (VIDEO,), True),
    ],
)
async def test_session_respects_sid_and_slang_that_mpv_was_given(
    file: Loaded, settings: PlaybackSettings, tracks: tuple[Track, ...], selected: bool
) -> None:
    harness = SessionHarness(file=file, player=FakePlayer(tracks), settings=settings)
    await harness.loader.run()
    assert harness.player.added[0][3] is selected


@pytest.mark.parametrize(
    ("secondary", "tracks", "second"),
    [("en", (VIDEO, ENGLISH), [1]), ("en", (VIDEO,), []), ("ours", (VIDEO, ENGLISH), [2]), ("", (VIDEO, ENGLISH), [])],
)
async def test_session_fills_the_second_subtitle_as_configured(
    secondary: str, tracks: tuple[Track, ...], second: list[int]
) -> None:
    harness = SessionHarness(player=FakePlayer(tracks), settings=PlaybackSettings(secondary=secondary))
    await harness.loader.run()
    assert harness.player.second == second


@pytest.mark.parametrize(("osd", "count"), [("all", 1), ("problems", 1), ("none", 0)])
async def test_session_shows_a_problem_on_the_osd_unless_the_settings_forbid_all(osd: Osd, count: int) -> None:
    harness = SessionHarness([Verdict("ambiguous", "Two fit.")], settings=PlaybackSettings(osd=osd))
    await harness.loader.run()
    assert len(harness.player.said) == count


@pytest.mark.parametrize(("osd", "count"), [("all", 1), ("problems", 0), ("none", 0)])
async def test_session_shows_what_it_loaded_where_the_settings_want_all(osd: Osd, count: int) -> None:
    harness = SessionHarness(settings=PlaybackSettings(osd=osd))
    await harness.loader.run()
    assert len(harness.player.said) == count


async def test_loader_sends_no_request_for_a_folder_that_is_left_alone() -> None:
    harness = SessionHarness(pins=Pins(folders=("/anime",)))
    assert await harness.loader.run()
    assert harness.finder.asked == []


async def test_loader_does_not_ask_for_rejected_files() -> None:
    harness = SessionHarness(pins=Pins(rejections=(REJECTION,)))
    await harness.loader.run()
    assert harness.subtitles.rejected == {"bad.ass": "you rejected it"}


async def test_next_candidate_tells_unfit_files_apart_from_rejected_ones() -> None:
    harness = SessionHarness(answers=[FILE, OTHER], pins=Pins(rejections=(REJECTION,)))
    await harness.loader.run()
    await harness.loader.next_candidate(["late.ass"])
    assert harness.subtitles.rejected == {"late.ass": "its lines do not fit this video", "bad.ass": "you rejected it"}


async def test_another_candidate_replaces_the_first() -> None:
    harness = SessionHarness(answers=[FILE, OTHER])
    await harness.loader.run()
    await harness.loader.load_named("other.ass")
    assert [t.external_filename for t in harness.player.tracks if t.kind == "sub"] == ["/cache/other.ass"]
    assert harness.subtitles.only == "other.ass"
    assert harness.session.readable == OTHER


async def test_a_subtitle_that_the_user_chose_is_selected_over_everything() -> None:
    player = FakePlayer((VIDEO, JAPANESE), user_changed=True)
    harness = SessionHarness(file=loaded(requested_sid="no"), player=player, chosen=True)
    await harness.loader.run()
    assert harness.player.added[0][3]


async def test_toggle_goes_between_our_track_and_the_one_before_it() -> None:
    harness = SessionHarness(player=FakePlayer((VIDEO, ENGLISH)))
    await harness.loader.run()
    await harness.session.toggle()
    await harness.session.toggle()
    assert harness.player.selected == [1, 2]


BINDINGS = [
    {"key": "j", "cmd": "cycle sub", "priority": 0},
    {"key": "k", "cmd": "script-binding kotozoe/open-menu", "priority": 3},
]


@pytest.mark.parametrize(
    ("verdict", "answer", "name", "key", "line"),
    [
        (UNKNOWN, FILE, "[G] Show - 05.mkv", "", "no subtitle: No such title (k: menu)"),
        (UNKNOWN, FILE, "holiday.mkv", "", ""),
        (UNKNOWN, FILE, "holiday.mkv", "no key", ""),
        (UNKNOWN, FILE, "Show 05.mkv", "no key", "no key (k: menu)"),
        (UNKNOWN, FILE, "Show 05.mkv", "", ""),
        (UNKNOWN, FILE, "[G] Show - 05.mkv", "no key", "no key (k: menu)"),
        (SKIPPED, FILE, "[G] Show - 05.mkv", "no key", ""),
        (AMBIGUOUS, FILE, "5.mkv", "", "several shows match (k: menu)"),
        (RESOLVED, NOT_THERE, "5.mkv", "", "Show episode 5: there is no file for episode 5"),
        (RESOLVED, NOT_THERE, "5.mkv", "refused", "refused (k: menu)"),
    ],
)
async def test_the_player_tells_once_why_there_is_no_subtitle(
    verdict: Verdict, answer: Readable | NotObtained, name: str, key: str, line: str
) -> None:
    player = FakePlayer(properties={"input-bindings": BINDINGS})
    harness = SessionHarness([verdict], [answer], file=loaded(VideoFile(f"/anime/{name}")), player=player)
    harness.reporter.key = key
    await harness.loader.run()
    assert player.said == ([f"kotozoe: {line}"] if line else [])


async def test_what_a_service_makes_wait_for_is_not_said_as_if_there_were_nothing() -> None:
    harness = SessionHarness([CUT_OFF, RESOLVED, RESOLVED], [replace(IN_TROUBLE, trouble=True), FILE])
    await harness.loader.run()
    assert harness.player.said == ["字幕 [G] Show - 05.ass"]


async def test_the_first_line_ever_names_the_key_of_the_menu() -> None:
    harness = SessionHarness(player=FakePlayer(properties={"input-bindings": BINDINGS}))
    harness.reporter.introduction = True
    await harness.loader.run()
    assert harness.player.said == ["字幕 [G] Show - 05.ass (k: menu)"]


async def test_the_outcome_of_a_user_request_is_shown_on_screen() -> None:
    harness = SessionHarness(answers=[NOT_THERE], chosen=True)
    await harness.loader.run()
    assert harness.player.said == ["kotozoe: there is no file for episode 5"]


async def test_only_the_opening_of_a_video_is_a_reason_to_look_again() -> None:
    harness = SessionHarness(answers=[NotObtained("not yet", retry=True), NotObtained("not yet", retry=True), FILE])
    await harness.loader.run()
    assert harness.subtitles.opened == [True, False, False]


async def test_a_better_file_replaces_the_one_that_stood_in_for_it() -> None:
    interim = Readable("/cache/b.srt", "b.srt", 7, ("episode",), "b.srt", interim="no connection")
    harness = SessionHarness(answers=[interim, NotObtained("no connection", retry=True, trouble=True), interim, FILE])
    assert await harness.loader.run()
    assert "until a better one can be had: no connection" in dict(harness.reports)["obtained"]
    assert await harness.loader.improve()
    assert harness.player.added_paths == ["/cache/b.srt", FILE.path]
    assert harness.changes.waits == [10.0, 30.0, 60.0]
    assert not await harness.loader.improve()


@pytest.mark.parametrize("status", ["unknown", "ambiguous"])
async def test_a_folder_that_is_named_so_serves_where_nothing_is_known(status: Status) -> None:
    own = replace(FILE, source="folder")
    harness = SessionHarness([Verdict(status, "No known title fits this name.")], lacking=["no connection"])
    harness.subtitles.named = (RESOLVED, own)
    assert await harness.loader.run()
    assert harness.steps == ["resolved", "obtained", "selected"]
    assert harness.session.readable == own
