"""Checking and correcting the timing of a loaded subtitle, against stand-ins for player and video."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from kotozoe.errors import StorageError
from kotozoe.model import NotObtained, Readable, Track, Urgency, Verdict, VideoFile
from kotozoe.playback.retiming import Retiming
from kotozoe.playback.session import PlaybackSettings
from kotozoe.settings.schema import Osd
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.text import cues_of
from kotozoe.timing.references.track import LineTrack
from tests.support.fake_player import VIDEO, FakePlayer, loaded
from tests.support.lookup import FakeSubtitles
from tests.support.session import RESOLVED, SessionHarness
from tests.timing.fitting.test_fit import LINES, REFERENCE, changed, episode, speech
from tests.timing.test_check import _as_srt as as_srt

ENGLISH = LineTrack(0, "eng", "", forced=False, cues=REFERENCE.cues)


@dataclass
class Video:
    text: tuple[LineTrack, ...] = (ENGLISH,)
    voices: Reference = field(default_factory=lambda: Reference(()))

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        return self.text

    async def speech(self, path: str, *, parts: bool) -> Reference:
        return self.voices


class FakeSubtitleCandidates(FakeSubtitles):
    """Offers the best file that is not rejected."""

    def __init__(self, files: Sequence[Readable]) -> None:
        super().__init__()
        self.files = files

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
        opened: bool = False,
    ) -> Readable | NotObtained:
        left = [f for f in self.files if f.name not in (rejected or {})]
        return left[0] if left else NotObtained("there is no other")


class RetimingHarness(SessionHarness):
    """A playback whose first subtitle is loaded, and the other files that there would be."""

    def __init__(
        self,
        root: Path,
        *bodies: str,
        video: Video | None = None,
        settings: PlaybackSettings | None = None,
        path: str = "/anime/[G] Show - 05.mkv",
    ) -> None:
        files = []
        for number, body in enumerate(bodies):
            file = root / "7" / f"file{number}.srt"
            file.parent.mkdir(exist_ok=True)
            file.write_text(body, "utf-8")
            files.append(Readable(str(file), file.name, 7))
        first = Track(1, "sub", "ja", selected=True, external_filename=files[0].path)
        super().__init__(
            file=loaded(VideoFile(path)), player=FakePlayer((VIDEO, first)), settings=settings, cache_folder=root
        )
        self.files = files
        self.session.verdict, self.session.readable = RESOLVED, files[0]
        self.subtitles = FakeSubtitleCandidates(files)
        self.loader = replace(self.loader, subtitles=self.subtitles)
        self.timings = Timings(root / "timings.sqlite")
        self.retiming = Retiming(self.session, self.loader, video or Video(), SubtitleCache(root), self.timings)

    async def run(self) -> list[str]:
        """Check and correct; return the steps that were reported."""
        await self.retiming.run()
        self.timings.close()
        return self.steps

    @property
    def readable(self) -> Readable | None:
        return self.session.readable

    @property
    def shown(self) -> list[str]:
        """The subtitles that are loaded now."""
        return [t.external_filename for t in self.player.tracks if t.kind == "sub"]


LATE = as_srt(changed(lambda t: t + 3.0))


async def test_retiming_by_voices_alone_is_only_advised_in_check_mode(tmp_path: Path) -> None:
    settings = PlaybackSettings(sound_timing="check")
    harness = RetimingHarness(tmp_path, LATE, video=Video((), speech(LINES, 4)), settings=settings)
    assert await harness.run() == ["timing", "advice"]
    assert harness.player.added == []


async def test_retiming_by_voices_is_done_by_default(tmp_path: Path) -> None:
    harness = RetimingHarness(
        tmp_path, LATE, video=Video((), speech(LINES, 4)), settings=PlaybackSettings(sound_timing="retime")
    )
    assert await harness.run() == ["timing", "retimed"]
    assert len(harness.player.added) == 1
    assert harness.player.dropped == [1]


@pytest.mark.parametrize("sound", ["off", "check"])
async def test_retiming_changes_nothing_where_text_timing_is_off(tmp_path: Path, sound: str) -> None:
    harness = RetimingHarness(tmp_path, LATE, settings=PlaybackSettings(text_timing="off", sound_timing=sound))
    assert "retimed" not in await harness.run()
    assert harness.player.added == []


async def test_retiming_respects_a_contradicting_delay_of_the_user(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    harness.player.properties["sub-delay"] = 1.5
    assert await harness.run() == ["timing", "advice"]
    assert harness.player.delays == []


async def test_retiming_follows_the_previous_episodes_where_there_is_no_reference(tmp_path: Path) -> None:
    for number in (3, 4):
        harness = RetimingHarness(
            tmp_path,
            LATE + f"\n99{number}\n00:23:59,000 --> 00:23:59,900\nx\n",
            path=f"/anime/[G] Show - 0{number}.mkv",
        )
        assert "retimed" in await harness.run()
    harness = RetimingHarness(tmp_path, LATE, video=Video(()))
    assert await harness.run() == ["retimed"]


async def test_retiming_keeps_but_deselects_the_first_of_three_that_do_not_fit(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, *(as_srt(episode(seed)) for seed in (301, 302, 303, 304)))
    assert (await harness.run())[-1] == "unfit"
    assert harness.shown == [harness.files[0].path]
    assert harness.player.selected == [None]
    assert harness.player.said == ["kotozoe: none of 3 subtitles fits this video, deselected"]


@pytest.mark.parametrize("voices", [False, True])
async def test_retiming_keeps_a_misfit_where_configured_or_another_track_is_selected(
    tmp_path: Path, voices: bool
) -> None:
    video = Video((), speech(LINES, 4)) if voices else Video()
    settings = PlaybackSettings(misfit="keep")
    kept = RetimingHarness(tmp_path, as_srt(episode(301)), video=video, settings=settings)
    assert (await kept.run())[-1] == "unfit"
    assert kept.player.said == ["kotozoe: the subtitle is for another video"]
    other = RetimingHarness(tmp_path, as_srt(episode(301)), video=video)
    await other.player.add_subtitle("/chosen/by/the/user.srt", "", "ja", select=True, playback_id="")
    assert (await other.run())[-1] == "unfit"
    picked = RetimingHarness(tmp_path, as_srt(episode(301)), video=video)
    picked.session.chosen = True
    await picked.run()
    assert kept.player.selected == other.player.selected == picked.player.selected == []


async def test_retiming_by_voices_deselects_a_misfit(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, as_srt(episode(301)), video=Video((), speech(LINES, 4)))
    await harness.run()
    assert harness.player.selected == [None]


async def test_retiming_by_voices_is_remembered(tmp_path: Path) -> None:
    await RetimingHarness(tmp_path, LATE, video=Video((), speech(LINES, 4))).run()
    second = RetimingHarness(tmp_path, LATE, video=Video(()))
    assert await second.run() == ["retimed"]


async def test_undo_without_retiming_says_so(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    await harness.retiming.undo()
    assert "nothing to undo" in harness.player.said[0]


async def test_retiming_keeps_the_second_subtitle_second(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    harness.player.properties["secondary-sid"] = 1
    assert await harness.run() == ["timing", "retimed"]


async def test_speak_now_without_a_playback_position_says_so(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    await harness.retiming.speak_now()
    assert "no loaded subtitle" in harness.player.said[0]


# -- the keys


async def test_undo_restores_file_and_delay_and_is_remembered(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    harness.player.properties["sub-delay"] = -2.9
    assert await harness.run() == ["timing", "retimed"]
    assert harness.player.delays == [0.0]
    await harness.retiming.undo()
    assert harness.readable == harness.files[0]
    assert harness.player.delays == [0.0, -2.9]
    assert await harness.run() == ["timing", "retimed", "undone"]


async def test_speak_now_moves_the_nearest_line_whatever_delay_is_set(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    line = changed(lambda t: t + 3.0)[20]
    harness.player.properties |= {"time-pos": line.start + 0.4, "sub-delay": 0.5}
    await harness.retiming.speak_now()
    assert harness.steps == ["retimed"]
    assert harness.readable is not None
    moved_cues = cues_of(Path(harness.readable.path).read_text("utf-8"), "srt")
    assert moved_cues[20].start == pytest.approx(line.start - 0.1, abs=0.01)
    await harness.retiming.undo()
    assert harness.readable == harness.files[0]


async def test_speak_now_does_nothing_with_an_unreadable_file(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    Path(harness.files[0].path).unlink()
    harness.player.properties["time-pos"] = 60.0
    await harness.retiming.speak_now()
    assert harness.steps == []


# -- other candidates


async def test_retiming_loads_the_next_candidate_that_fits(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, as_srt(episode(301)), as_srt(LINES))
    assert await harness.run() == ["timing", "timing", "selected"]
    assert harness.readable == harness.files[1]


async def test_retiming_checks_at_most_three_candidates(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, *(as_srt(episode(seed)) for seed in (301, 302, 303)), as_srt(LINES))
    assert (await harness.run())[-1] == "unfit"
    assert harness.readable == harness.files[0]
    assert harness.shown == [harness.files[0].path]


async def test_retiming_says_that_the_only_subtitle_does_not_fit(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, as_srt(episode(301)))
    assert (await harness.run())[-1] == "unfit"
    assert "for another video" in harness.player.said[0]


async def test_retiming_does_not_replace_an_unfit_subtitle_by_an_unclear_one(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, as_srt(episode(301)), as_srt(LINES[:5]))
    assert (await harness.run())[-1] == "unfit"
    assert harness.readable == harness.files[0]


async def test_retiming_keeps_an_unclear_subtitle_silently(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, as_srt(LINES[:5]), as_srt(LINES))
    assert await harness.run() == []
    assert harness.readable == harness.files[0]
    assert harness.player.said == []


@pytest.mark.parametrize("mode", ["check", "retime"])
async def test_retiming_by_voices_takes_another_candidate_only_where_allowed(tmp_path: Path, mode: str) -> None:
    video = Video((), speech(LINES, 4))
    harness = RetimingHarness(
        tmp_path, as_srt(episode(301)), as_srt(LINES), video=video, settings=PlaybackSettings(sound_timing=mode)
    )
    await harness.run()
    assert harness.readable == harness.files[mode == "retime"]


async def test_check_mode_does_not_try_other_candidates(tmp_path: Path) -> None:
    harness = RetimingHarness(
        tmp_path, as_srt(episode(301)), as_srt(LINES), settings=PlaybackSettings(text_timing="check")
    )
    assert await harness.run() == ["timing"]
    assert harness.readable == harness.files[0]


# -- what is known, and what goes wrong


async def test_retiming_does_not_measure_the_same_pair_twice(tmp_path: Path) -> None:
    first = RetimingHarness(tmp_path, LATE)
    await first.run()
    second = RetimingHarness(tmp_path, LATE, video=Video(()))
    assert await second.run() == ["retimed"]
    assert second.readable is not None
    assert second.readable.path == first.readable.path  # type: ignore[union-attr]


async def test_retiming_ignores_a_missing_or_bitmap_subtitle(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    for readable in (None, Readable("/x/file.sup", "file.sup", 7)):
        harness.session.readable = readable
        await harness.retiming.run()
    assert harness.steps == []


async def test_retiming_waits_for_a_gap_between_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotozoe.playback.retiming._GAP_SECONDS", 0.0)
    harness = RetimingHarness(tmp_path, LATE)
    lines = iter(["a line", "a line", "", "never asked for"])
    harness.player.properties["sub-text"] = lambda: next(lines)
    assert await harness.run() == ["timing", "retimed"]
    assert next(lines) == "never asked for"


async def test_retiming_does_not_wait_forever_for_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotozoe.playback.retiming._GAP_SECONDS", 0.0)
    harness = RetimingHarness(tmp_path, LATE)
    harness.player.properties["sub-text"] = "a sign"
    assert await harness.run() == ["timing", "retimed"]


async def test_a_full_disk_costs_only_the_retiming(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    harness.retiming.subtitle_cache = FullCache(tmp_path)
    assert await harness.run() == ["timing", "advice"]
    assert harness.readable == harness.files[0]


class FullCache(SubtitleCache):
    def keep(self, path: Path, contents: bytes, in_use: Collection[str] = ()) -> Path:
        raise StorageError("the disk is full")


async def test_retiming_survives_a_track_that_was_removed(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE)
    harness.player.tracks = (VIDEO,)
    assert await harness.run() == ["timing", "retimed"]
    assert harness.player.dropped == []


@pytest.mark.parametrize("osd", ["problems", "none"])
async def test_retiming_shows_no_osd_line_where_the_settings_forbid_it(tmp_path: Path, osd: Osd) -> None:
    harness = RetimingHarness(tmp_path, LATE, settings=PlaybackSettings(osd=osd))
    assert await harness.run() == ["timing", "retimed"]
    assert harness.player.said == []


async def test_a_cancelled_retiming_changes_nothing(tmp_path: Path) -> None:
    harness = RetimingHarness(tmp_path, LATE, video=Slow())
    tending = asyncio.create_task(harness.retiming.run())
    await asyncio.wait_for(Slow.asked.wait(), 5)
    tending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tending
    assert harness.shown == [harness.files[0].path]
    assert harness.steps == []


class Slow(Video):
    asked = asyncio.Event()

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        self.asked.set()
        await asyncio.Event().wait()
        return ()
