"""What the user says, heard by itself: small whole doubles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from kotozoe.errors import Unavailable
from kotozoe.identify.verdict.pins import Pins
from kotozoe.model import (
    Candidate,
    Entry,
    EpisodeRef,
    MediaKey,
    Ranked,
    Readable,
    SubtitleFile,
    Urgency,
    Verdict,
    VideoFile,
)
from kotozoe.playback.corrections import Corrections
from tests.playback.test_playback import FILE, File, Stage

SHOW = MediaKey("anilist", "1")
OTHER = Entry(8, "Other Show", "", "別の", 2)
RESOLVED = Verdict("resolved", "The title is its name.", EpisodeRef(SHOW, 5.0), 7, "Show", "tv")
AMBIGUOUS = Verdict("ambiguous", "Two fit.", candidates=(Candidate(EpisodeRef(SHOW, 5.0), "Show", "a title", 0.9),))
FIRST = Readable("/cache/5.ass", "[G] Show - 05.ass", 7, ("episode",), "[G] Show - 05.ass")
RANKED = tuple(Ranked(SubtitleFile(name), ("episode",)) for name in ("[G] Show - 05.ass", "b.srt", "c.srt"))


@dataclass
class Room:
    """Everything around one playback that is being corrected."""

    verdict: Verdict = RESOLVED
    video: VideoFile = field(default_factory=lambda: VideoFile("/anime/[G] Show - 05.mkv"))
    told: list[Mapping[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    kept: Pins = field(default_factory=Pins)
    hushed: int = 0
    trouble: bool = False

    async def begin(self) -> Corrections:
        self.stage = Stage([self.verdict], [FIRST, FILE, FILE])
        story = self.stage.story()
        file = File(video=self.video)
        await story.play(file)
        return Corrections(self, file, story, self, self, self, self.hush, lambda: 12.0)

    async def tell_script(self, name: str, content: Mapping[str, object]) -> None:
        assert name == "menu"
        self.told.append(content)

    async def say(self, line: str) -> None:
        self.said.append(line)

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        if self.trouble:
            raise Unavailable("jimaku.cc", "no connection")
        return RANKED

    async def search(self, text: str) -> tuple[Entry, ...]:
        self.searched = text
        return (OTHER,)

    def read(self) -> Pins:
        return self.kept

    def change(self, change: Callable[[Pins], Pins]) -> Pins:
        self.kept = change(self.kept)
        return self.kept

    async def hush(self) -> None:
        self.hushed += 1

    @property
    def lines(self) -> list[str]:
        return [item["title"] for item in self.told[-1]["items"]]

    def words(self, line: str, *text: str) -> tuple[str, ...]:
        """Return what the script says when this line is picked."""
        return str(self.told[-1]["menu"]), str(next(i for i, each in enumerate(self.lines) if line in each)), *text


async def test_the_menu_tells_what_was_loaded_and_what_else_there_is() -> None:
    room = Room()
    story = await room.begin()
    assert not await story.hear("open-menu", ())
    assert room.told[-1]["title"] == "Show, episode 5"
    assert room.lines[:4] == ["The title is its name.", "[G] Show - 05.ass", "b.srt", "c.srt"]
    assert [item["active"] for item in room.told[-1]["items"][:3]] == [False, True, False]


async def test_a_picked_show_is_pinned_with_its_number() -> None:
    room = Room()
    story = await room.begin()
    await story.hear("open-menu", ())
    await story.hear("pick", room.words("Wrong show"))
    assert room.searched == "Show"
    await story.hear("pick", room.words("Search by", "oth"))
    assert room.searched == "oth"
    assert await story.hear("pick", room.words("Other Show"))
    (pin,) = room.kept.pins
    assert (pin.media, pin.number, pin.episode, pin.entry_id, pin.title) == (OTHER.media, 5.0, None, 8, "Other Show")
    assert (pin.anchor.key, pin.anchor.group) == ("show", "g")
    assert room.stage.player.dropped == [1]


async def test_a_decision_that_the_next_word_overtakes_still_counts() -> None:
    room = Room()
    story = await room.begin()
    room.stage.player.hangs = asyncio.Event()
    deciding = asyncio.create_task(story.hear("reject", ()))
    await room.stage.player.hangs.wait()
    deciding.cancel()
    room.stage.player.hangs = None
    assert await story.hear("open-menu", ())


@pytest.mark.parametrize(("by", "episode"), [("1", 6.0), ("-1", 4.0), ("+2", 7.0)])
async def test_a_shift_is_pinned_as_an_offset(by: str, episode: float) -> None:
    room = Room()
    assert await (await room.begin()).hear("shift-episode", (by,))
    assert [(pin.media, pin.number, pin.episode) for pin in room.kept.pins] == [(SHOW, 5.0, episode)]


@pytest.mark.parametrize(("typed", "again"), [("12", True), ("7.5", True), ("x", False), ("-3", False), ("1e9", False)])
async def test_a_typed_number_is_looked_at(typed: str, again: bool) -> None:
    room = Room()
    story = await room.begin()
    await story.hear("shift-episode", ())
    assert await story.hear("pick", room.words("Another", typed)) is again
    assert len(room.kept.pins) == int(again)


async def test_a_rejection_is_for_this_video() -> None:
    room = Room()
    assert await (await room.begin()).hear("reject", ())
    assert room.kept.rejected("/moved/[G] Show - 05.mkv", 7) == {"[G] Show - 05.ass"}


async def test_cycling_takes_the_next_that_is_not_rejected() -> None:
    room = Room()
    story = await room.begin()
    await story.hear("cycle-candidate", ())
    assert room.stage.told[-2][0] == "added" or room.stage.steps[-1] == "selected"
    assert room.hushed == 1


async def test_an_ambiguous_name_offers_what_fits() -> None:
    room = Room(AMBIGUOUS)
    story = await room.begin()
    await story.hear("open-menu", ())
    assert await story.hear("pick", room.words("Show, episode 5"))
    assert [(pin.media, pin.episode) for pin in room.kept.pins] == [(SHOW, 5.0)]


async def test_a_folder_is_left_alone_and_served_again() -> None:
    room = Room()
    story = await room.begin()
    await story.hear("open-menu", ())
    assert await story.hear("pick", room.words("Never for"))
    assert room.kept.folders == ("/anime",)
    await story.hear("open-menu", ())
    assert room.lines == ["Serve anime again"]
    assert await story.hear("pick", room.words("Serve"))
    assert not room.kept.folders


async def test_a_stream_has_no_folder_to_leave_alone() -> None:
    room = Room(video=VideoFile("https://example/x", "[G] Show - 05", network=True))
    story = await room.begin()
    await story.hear("open-menu", ())
    assert not any("Never" in line for line in room.lines)


@pytest.mark.parametrize(
    ("name", "words"),
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
async def test_what_makes_no_sense_is_passed_over(name: str, words: tuple[str, ...]) -> None:
    room = Room()
    story = await room.begin()
    await story.hear("open-menu", ())
    assert not await story.hear(name, words)
    assert room.kept == Pins()


async def test_without_the_service_the_menu_still_opens() -> None:
    room = Room(trouble=True)
    story = await room.begin()
    await story.hear("open-menu", ())
    assert any("Wrong show" in line for line in room.lines)


async def test_a_name_without_a_title_is_not_pinned() -> None:
    room = Room(video=VideoFile("/05.mkv"))
    assert not await (await room.begin()).hear("shift-episode", ("1",))
    assert room.kept == Pins()
    assert "no title" in room.said[-1]
