"""One loaded file from beginning to end, against stand-ins."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kotozoe.errors import CommandRefused
from kotozoe.model import EpisodeRef, MediaKey, NotObtained, Readable, Verdict, VideoFile
from kotozoe.playback import playback as module
from kotozoe.playback.corrections import Corrections
from kotozoe.playback.playback import Playback
from kotozoe.playback.prefetch import Prefetch
from kotozoe.playback.retiming import Retiming
from kotozoe.playback.session import PlaybackSettings
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.video import Reader
from tests.playback.test_corrections import RANKED, FakeTitleSearch
from tests.support.fake_player import FakePlayer
from tests.support.session import FILE, RESOLVED, SessionHarness

SECOND = Readable("/cache/b.srt", "b.srt", 7, ("episode",), "b.srt")
NEXT = Readable("/cache/6.srt", "[G] Show - 06.srt", 7)
OTHER = EpisodeRef(MediaKey("anilist", "99"), 5)
FOLLOWING = VideoFile("/anime/[G] Show - 06.mkv")


class FakeAwaited(AwaitedEpisodes):
    def __init__(self) -> None:
        super().__init__(None)
        self.hurried = 0

    def hurry(self) -> None:
        self.hurried += 1


class PlaybackHarness(SessionHarness):
    def __init__(
        self, *answers: Readable | NotObtained, waits: str = "", settings: PlaybackSettings | None = None
    ) -> None:
        super().__init__(answers=answers, player=FakePlayer(next_video=FOLLOWING), settings=settings)
        self.subtitles.ranked = RANKED
        self.awaited = FakeAwaited()
        self.playback = Playback(
            self.session,
            self.loader,
            Corrections(self.session, self.loader, FakeTitleSearch()),
            Prefetch(self.session, self.finder, self.subtitles),
            Retiming(self.session, self.loader, Reader(), SubtitleCache(Path("/nowhere")), Timings(None)),
            self.awaited,
            lambda: waits,
        )


async def test_playback_loads_the_subtitle_and_prefetches_the_next() -> None:
    harness = PlaybackHarness(FILE, NEXT)
    await harness.playback.run()
    assert [video.path for video in harness.subtitles.asked] == [harness.session.video.path, FOLLOWING.path]
    assert harness.reporter.shown[-1] == FILE.path
    assert harness.session.finished


async def test_a_provisional_verdict_that_is_confirmed_stands() -> None:
    harness = PlaybackHarness(FILE, NEXT)
    path = harness.session.video.path
    harness.finder.by_path = {path: replace(RESOLVED, provisional=True), FOLLOWING.path: RESOLVED}
    harness.finder.confirmations = {path: RESOLVED}
    await harness.playback.run()
    assert [video.path for video in harness.finder.confirmed] == [path]
    assert harness.session.verdict == RESOLVED
    assert harness.session.readable == FILE
    assert "corrected" not in harness.steps


@pytest.mark.parametrize("final", [Verdict("unknown", "No such title."), replace(RESOLVED, ref=OTHER)])
async def test_a_provisional_verdict_that_was_wrong_is_corrected(final: Verdict) -> None:
    harness = PlaybackHarness(FILE, NEXT, SECOND)
    path = harness.session.video.path
    harness.finder.by_path = {FOLLOWING.path: RESOLVED}
    harness.finder.verdicts = [replace(RESOLVED, provisional=True), final]
    harness.finder.confirmations = {path: final}
    await harness.playback.run()
    assert harness.session.verdict == final
    assert "corrected" in harness.steps
    assert not any(track.external_filename == FILE.path for track in (await harness.player.current())[0])


async def test_a_provisional_verdict_stands_while_anilist_is_away() -> None:
    harness = PlaybackHarness(FILE, NEXT)
    path, away = harness.session.video.path, Verdict("unknown", "AniList is away.", unanswered=("AniList",))
    harness.finder.by_path = {path: replace(RESOLVED, provisional=True), FOLLOWING.path: RESOLVED}
    harness.finder.confirmations = {path: away}
    await harness.playback.run()
    assert harness.session.readable == FILE
    assert "corrected" not in harness.steps


async def test_playback_does_nothing_for_a_private_file() -> None:
    harness = PlaybackHarness(settings=PlaybackSettings(private=("/anime",)))
    await harness.playback.run()
    assert harness.steps == ["skipped"]
    assert harness.session.finished
    assert not await harness.playback.handle_message("reject", ())
    assert harness.finder.asked == []


@pytest.mark.parametrize("verdict", [RESOLVED, Verdict("unknown", "No such title.")])
async def test_playback_without_a_subtitle_is_not_finished(verdict: Verdict) -> None:
    harness = PlaybackHarness(NotObtained("there is no file for episode 5"), NEXT)
    harness.finder.verdicts = [verdict]
    await harness.playback.run()
    assert not harness.session.finished


async def test_playback_says_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONG_WAIT", 0.0)
    harness = PlaybackHarness(FILE, NEXT, waits="jimaku.cc: its quota is spent, next request in 9 s")
    said = asyncio.Event()

    async def find(*_: object) -> Verdict:
        await said.wait()
        return harness.finder.verdicts[0]

    async def say(line: str) -> None:
        harness.player.said.append(line)
        said.set()

    monkeypatch.setattr(harness.finder, "find", find)
    monkeypatch.setattr(harness.player, "say", say)
    await harness.playback.run()
    assert harness.player.said[0] == "kotozoe: waiting for jimaku.cc: its quota is spent, next request in 9 s"
    assert harness.reports[0][0] == "waiting"


async def test_retry_hurries_awaited_episodes_and_restarts() -> None:
    harness = PlaybackHarness(FILE, NEXT)
    assert await harness.playback.handle_message("retry", ())
    assert harness.awaited.hurried == 1


async def test_a_user_request_cancels_what_the_playback_still_does(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = PlaybackHarness(NotObtained("jimaku.cc: no connection", retry=True), SECOND)
    waiting = asyncio.Event()

    async def wait(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(harness.changes, "wait", wait)
    harness.session.running = asyncio.create_task(harness.playback.run())
    await waiting.wait()
    assert not await harness.playback.handle_message("cycle-candidate", ())
    assert harness.session.running.cancelled()
    assert harness.session.user_decided
    assert harness.reporter.shown[-1] == SECOND.path


async def test_a_player_that_refuses_the_retimed_subtitle_keeps_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = PlaybackHarness(FILE, NEXT)

    async def refuse(_: Retiming) -> None:
        raise CommandRefused("mpv refused sub-add")

    monkeypatch.setattr(Retiming, "run", refuse)
    await harness.playback.run()
    assert ("advice", "mpv would not load the retimed subtitle: mpv refused sub-add") in harness.reports
    assert harness.reporter.shown[-1] == FILE.path
