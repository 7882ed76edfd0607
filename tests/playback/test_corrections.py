"""What the user asks for while a file plays, against stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from kotozoe.errors import Unavailable
from kotozoe.identify.verdict.pins import Pins
from kotozoe.lookup.title_search import TitleSearch
from kotozoe.model import (
    Candidate,
    Entry,
    EpisodeRef,
    MediaKey,
    NotObtained,
    Ranked,
    Readable,
    SubtitleFile,
    Verdict,
    VideoFile,
)
from kotozoe.playback.corrections import Corrections
from tests.support.fake_player import EPISODE, loaded
from tests.support.session import FILE, SessionHarness

SHOW = MediaKey("anilist", "1")
OTHER = Entry(8, "Other Show", "", "別の", 2)
RESOLVED = Verdict("resolved", "The title is its name.", EpisodeRef(SHOW, 5.0), 7, "Show", "tv")
AMBIGUOUS = Verdict("ambiguous", "Two fit.", candidates=(Candidate(EpisodeRef(SHOW, 5.0), "Show", "a title", 0.9),))
FIRST = Readable("/cache/5.ass", "[G] Show - 05.ass", 7, ("episode",), "[G] Show - 05.ass")
RANKED = tuple(Ranked(SubtitleFile(name), ("episode",)) for name in ("[G] Show - 05.ass", "b.srt", "c.srt"))


class FakeTitleSearch(TitleSearch):
    def __init__(self) -> None:
        self.searched = ""
        self.found: tuple[Entry, ...] = (OTHER,)

    async def search(self, text: str) -> tuple[Entry, ...]:
        self.searched = text
        return self.found


class CorrectionsHarness(SessionHarness):
    """A playback that has its subtitle, and is being corrected."""

    def __init__(self, verdict: Verdict = RESOLVED, video: VideoFile = EPISODE) -> None:
        super().__init__([verdict], [FIRST, FILE, FILE], file=loaded(video))
        self.subtitles.ranked = RANKED
        self.title_search = FakeTitleSearch()
        self.corrections = Corrections(self.session, self.loader, self.title_search, lambda: 12.0)

    async def send(self, name: str, *args: str) -> bool:
        """Hand over what the script says; the playback has begun by then."""
        if self.session.verdict is None:
            await self.loader.run()
        return await self.corrections.handle_message(name, args)

    async def pick(self, line: str, *text: str) -> bool:
        """Pick a line of the menu that is open."""
        position = next(i for i, each in enumerate(self.lines) if line in each)
        return await self.send("pick", str(self.menu["menu"]), str(position), *text)

    @property
    def menu(self) -> Mapping[str, Any]:
        name, content = self.player.messages[-1]
        assert name == "menu"
        return content

    @property
    def saved(self) -> Pins:
        return self.pins.pins

    @property
    def lines(self) -> list[str]:
        return [item["title"] for item in self.menu["items"]]


async def test_menu_shows_the_loaded_file_and_the_other_candidates() -> None:
    harness = CorrectionsHarness()
    assert not await harness.send("open-menu")
    assert harness.menu["title"] == "Show, episode 5"
    assert harness.lines[:4] == ["The title is its name.", "[G] Show - 05.ass", "b.srt", "c.srt"]
    assert [item["active"] for item in harness.menu["items"][:3]] == [False, True, False]


async def test_picking_a_show_pins_it_with_the_episode_number() -> None:
    harness = CorrectionsHarness()
    await harness.send("open-menu")
    await harness.pick("Wrong show")
    assert harness.title_search.searched == "Show"
    await harness.pick("Search by", "oth")
    assert harness.title_search.searched == "oth"
    assert await harness.pick("Other Show")
    (pin,) = harness.saved.pins
    assert (pin.media, pin.number, pin.episode, pin.entry_id, pin.title) == (OTHER.media, 5.0, None, 8, "Other Show")
    assert (pin.anchor.key, pin.anchor.group) == ("show", "g")
    assert harness.player.dropped == [1]


async def test_a_correction_that_the_next_request_cancels_still_restarts_the_playback() -> None:
    harness = CorrectionsHarness()
    harness.player.hangs = asyncio.Event()
    deciding = asyncio.create_task(harness.send("reject"))
    await harness.player.hangs.wait()
    deciding.cancel()
    harness.player.hangs = None
    assert await harness.send("open-menu")


@pytest.mark.parametrize(("by", "episode"), [("1", 6.0), ("-1", 4.0), ("+2", 7.0)])
async def test_shift_episode_pins_an_offset(by: str, episode: float) -> None:
    harness = CorrectionsHarness()
    assert await harness.send("shift-episode", by)
    assert [(pin.media, pin.number, pin.episode) for pin in harness.saved.pins] == [(SHOW, 5.0, episode)]


@pytest.mark.parametrize(
    ("typed", "accepted"), [("12", True), ("7.5", True), ("x", False), ("-3", False), ("1e9", False)]
)
async def test_a_typed_episode_number_is_validated(typed: str, accepted: bool) -> None:
    harness = CorrectionsHarness()
    await harness.send("shift-episode")
    assert await harness.pick("Another", typed) is accepted
    assert len(harness.saved.pins) == int(accepted)


async def test_reject_applies_to_this_video_only() -> None:
    harness = CorrectionsHarness()
    assert await harness.send("reject")
    assert harness.saved.rejected("/moved/[G] Show - 05.mkv", 7) == {"[G] Show - 05.ass"}


async def test_cycle_candidate_loads_the_next_file_and_leaves_the_rest_to_the_user() -> None:
    harness = CorrectionsHarness()
    await harness.send("cycle-candidate")
    assert harness.steps[-1] == "selected"
    assert harness.subtitles.only == "b.srt"
    assert harness.session.user_decided
    assert harness.session.finished


async def test_menu_of_an_ambiguous_name_offers_the_possible_shows() -> None:
    harness = CorrectionsHarness(AMBIGUOUS)
    await harness.send("open-menu")
    assert await harness.pick("Show, episode 5")
    assert [(pin.media, pin.episode) for pin in harness.saved.pins] == [(SHOW, 5.0)]


async def test_never_for_this_folder_can_be_undone_in_the_menu() -> None:
    harness = CorrectionsHarness()
    await harness.send("open-menu")
    assert await harness.pick("Never for")
    assert harness.saved.folders == ("/anime",)
    await harness.send("open-menu")
    assert harness.lines == ["Load subtitles for anime again"]
    assert await harness.pick("Load subtitles")
    assert not harness.saved.folders


async def test_menu_of_a_stream_does_not_offer_never_for_this_folder() -> None:
    harness = CorrectionsHarness(video=VideoFile("https://example/x", "[G] Show - 05", network=True))
    await harness.send("open-menu")
    assert not any("Never" in line for line in harness.lines)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("pick", ()),
        ("pick", ("0", "1")),
        ("pick", ("x", "y", "z")),
        ("pick", ("-1", "99999999999")),
        ("shift-episode", ("x",)),
        ("shift-episode", ("1e400",)),
        ("no-such-thing", ()),
    ],
)
async def test_corrections_ignore_malformed_messages(name: str, args: tuple[str, ...]) -> None:
    harness = CorrectionsHarness()
    await harness.send("open-menu")
    assert not await harness.send(name, *args)
    assert harness.saved == Pins()


async def test_menu_opens_while_jimaku_is_unavailable() -> None:
    harness = CorrectionsHarness()
    harness.subtitles.error = Unavailable("jimaku.cc", "no connection")
    await harness.send("open-menu")
    assert any("Wrong show" in line for line in harness.lines)


async def test_a_file_name_without_a_title_is_not_pinned() -> None:
    harness = CorrectionsHarness(video=VideoFile("/05.mkv"))
    assert not await harness.send("shift-episode", "1")
    assert harness.saved == Pins()
    assert "no title" in harness.player.said[-1]


async def test_a_missing_key_can_be_entered_from_the_menu() -> None:
    harness = CorrectionsHarness()
    await harness.send("open-menu")
    assert not any("API key" in line for line in harness.lines)
    harness.reporter.key = "no Jimaku API key"
    await harness.send("open-menu")
    assert not await harness.pick("API key")
    assert harness.player.messages[-1] == ("login", {"command": ["kotozoe", "login"]})


async def test_a_picked_file_is_remembered_for_the_video_and_can_be_taken_back() -> None:
    harness = CorrectionsHarness()
    harness.subtitles.answers[1:] = [Readable("/cache/b.srt", "b.srt", 7, (), "b.srt")]
    await harness.send("open-menu")
    assert not await harness.pick("b.srt")
    assert harness.saved.picked("/moved/[G] Show - 05.mkv", 7) == "b.srt"
    await harness.send("open-menu")
    assert not await harness.pick("Take back")
    assert harness.lines == ["b.srt"]
    assert await harness.pick("b.srt")
    assert harness.saved == Pins()


async def test_a_file_that_could_not_be_loaded_is_not_remembered() -> None:
    harness = CorrectionsHarness()
    harness.subtitles.answers[1:] = [NotObtained("no connection", retry=True)]
    await harness.send("open-menu")
    await harness.pick("b.srt")
    assert harness.saved == Pins()


async def test_rejections_and_pins_are_taken_back_in_the_menu() -> None:
    harness = CorrectionsHarness()
    await harness.send("reject")
    await harness.send("shift-episode", "1")
    await harness.send("open-menu")
    await harness.pick("Take back")
    assert harness.lines == ["[G] Show - 05.ass", "This name is Show, 5 is episode 6"]
    assert [item["hint"] for item in harness.menu["items"]] == ["rejected", "show"]
    assert await harness.pick("This name")
    assert not harness.saved.pins
    assert harness.saved.rejections


async def test_a_stream_is_corrected_under_its_title() -> None:
    harness = CorrectionsHarness(video=VideoFile("http://h/stream.mkv?x=1", "[G] Show - 05", network=True))
    await harness.send("reject")
    assert harness.saved.rejections[0].video == "[G] Show - 05"


@pytest.mark.parametrize(("toggled", "selects"), [(False, True), (True, False)])
async def test_rejecting_what_is_not_shown_shows_nothing_else(toggled: bool, selects: bool) -> None:
    harness = CorrectionsHarness()
    if toggled:
        await harness.send("toggle")
    assert await harness.send("reject")
    assert harness.corrections.selects is selects


async def test_the_log_says_which_episode_a_pin_means() -> None:
    harness = CorrectionsHarness()
    await harness.send("shift-episode", "-1")
    assert harness.reports[-1] == ("pinned", "Show - 5 is now Show episode 4")


async def test_the_show_that_was_called_wrong_is_never_preselected() -> None:
    harness = CorrectionsHarness()
    harness.title_search.found = (Entry(7, "Show", anilist_id=1), OTHER, Entry(9, "Third", anilist_id=3))
    await harness.send("open-menu")
    await harness.pick("Wrong show")
    assert harness.lines == ["Search by name …", "Other Show", "Third", "Show"]
    assert not any(item["active"] for item in harness.menu["items"])
    await harness.pick("Search by", "sho")
    assert [item["title"] for item in harness.menu["items"] if item["active"]] == ["Other Show"]
    await harness.pick("Search by", "show")
    harness.title_search.found = (Entry(7, "Show", anilist_id=1),)
    await harness.pick("Search by", "show")
    assert harness.lines == ["Search by name …", "Show"]
    assert not any(item["active"] for item in harness.menu["items"])
