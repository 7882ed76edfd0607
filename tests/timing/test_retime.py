"""The story of a loaded subtitle's timing, told with doubles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kotozoe.errors import StorageError
from kotozoe.model import NotObtained, Readable, Track, VideoFile
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.text import cues_of
from kotozoe.timing.references.track import LineTrack
from kotozoe.timing.retime import Modes, Retiming
from tests.timing.fitting.test_fit import LINES, REFERENCE, changed, episode, speech
from tests.timing.test_check import _as_srt as as_srt

ENGLISH = LineTrack(0, "eng", "", forced=False, cues=REFERENCE.cues)


@dataclass
class Mpv:
    values: dict[str, object] = field(default_factory=dict)
    ask: dict[str, Callable[[], object]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    selected: list[int | None] = field(default_factory=list)

    async def current(self) -> tuple[tuple[Track, ...], int | None]:
        tracks = [Track(n, "sub", "ja", external_filename=path) for n, path in enumerate(self.shown, 1)]
        return tuple(t for t in tracks if t.track_id not in self.removed), len(self.shown)

    async def read(self, name: str) -> object:
        return self.ask[name]() if name in self.ask else self.values.get(name)

    async def set_delay(self, seconds: float, playback_id: str) -> None:
        self.delays.append(seconds)

    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None:
        self.shown.append(path)

    async def show_track(self, track_id: int | None, playback_id: str) -> None:
        self.selected.append(track_id)

    async def show_second(self, track_id: int, playback_id: str) -> bool:
        return True

    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None:
        self.removed += track_ids

    async def say(self, line: str) -> None:
        self.said.append(line)


@dataclass
class Video:
    text: tuple[LineTrack, ...] = (ENGLISH,)
    voices: Reference = field(default_factory=lambda: Reference(()))

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        return self.text

    async def speech(self, path: str, *, parts: bool) -> Reference:
        return self.voices


@dataclass
class Loaded:
    playback_id: str = "mpv-1-1"
    video: VideoFile = field(default_factory=lambda: VideoFile("/anime/[G] Show - 05.mkv"))


class Stage:
    """A loaded file, and the others that there would be."""

    chosen = False

    def __init__(self, root: Path, *bodies: str, video: Video | None = None, modes: Modes | None = None) -> None:
        self.files = []
        for number, body in enumerate(bodies):
            path = root / "7" / f"file{number}.srt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(body, "utf-8")
            self.files.append(Readable(str(path), path.name, 7))
        self.readable: Readable | None = self.files[0]
        self.player = Mpv(shown=[self.files[0].path])
        self.told: list[str] = []
        self.timings = Timings(root / "timings.sqlite")
        self.story = Retiming(
            self.player,
            Loaded(),
            self,
            self.next_but,
            self.load,
            video or Video(),
            SubtitleCache(root),
            self.timings,
            modes or Modes(),
            lambda step, _: self.told.append(step),
        )

    async def next_but(self, names: Collection[str]) -> Readable | NotObtained:
        left = [f for f in self.files if f.name not in names]
        return left[0] if left else NotObtained("there is no other")

    async def load(self, readable: Readable) -> None:
        self.readable = readable
        self.player.shown.append(readable.path)

    async def tend(self) -> list[str]:
        await self.story.tend()
        self.timings.close()
        return self.told


LATE = as_srt(changed(lambda t: t + 3.0))


async def test_where_only_voices_tell_it_may_be_advice(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE, video=Video((), speech(LINES, 4)), modes=Modes(sound="check"))
    assert await stage.tend() == ["timing", "advice"]
    assert len(stage.player.shown) == 1


async def test_unless_the_settings_say_no_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE, video=Video((), speech(LINES, 4)))
    assert await stage.tend() == ["timing", "retimed"]
    assert len(stage.player.shown) == 2
    assert stage.player.removed == [1]


@pytest.mark.parametrize("modes", [Modes("off", "off"), Modes("off", "check")])
async def test_what_is_switched_off_changes_nothing(tmp_path: Path, modes: Modes) -> None:
    stage = Stage(tmp_path, LATE, modes=modes)
    assert "retimed" not in await stage.tend()
    assert len(stage.player.shown) == 1


async def test_a_delay_of_the_user_that_says_something_else_wins(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    stage.player.values["sub-delay"] = 1.5
    assert await stage.tend() == ["timing", "advice"]
    assert stage.player.delays == []


async def test_two_episodes_before_tell_where_nothing_else_does(tmp_path: Path) -> None:
    for number in (3, 4):
        stage = Stage(tmp_path, LATE + f"\n99{number}\n00:23:59,000 --> 00:23:59,900\nx\n")
        stage.story.loaded = Loaded(video=VideoFile(f"/anime/[G] Show - 0{number}.mkv"))
        assert "retimed" in await stage.tend()
    stage = Stage(tmp_path, LATE, video=Video(()))
    assert await stage.tend() == ["retimed"]


async def test_of_three_that_do_not_fit_the_first_stays_in_the_list_but_is_not_shown(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *(as_srt(episode(seed)) for seed in (301, 302, 303, 304)))
    assert (await stage.tend())[-1] == "unfit"
    assert stage.player.shown == [stage.files[0].path]
    assert stage.player.selected == [None]
    assert stage.player.said == ["kotozoe: none of 3 subtitles fits this video, deselected"]


@pytest.mark.parametrize("voices", [False, True])
async def test_or_is_kept_where_that_is_wished_or_something_else_is_shown(tmp_path: Path, voices: bool) -> None:
    video = Video((), speech(LINES, 4)) if voices else Video()
    kept = Stage(tmp_path, as_srt(episode(301)), video=video, modes=Modes(misfit="keep"))
    assert (await kept.tend())[-1] == "unfit"
    assert kept.player.said == ["kotozoe: the subtitle is for another video"]
    other = Stage(tmp_path, as_srt(episode(301)), video=video)
    other.player.shown.append("/chosen/by/the/user.srt")
    assert (await other.tend())[-1] == "unfit"
    asked_for = Stage(tmp_path, as_srt(episode(301)), video=video)
    asked_for.chosen = True
    await asked_for.tend()
    assert kept.player.selected == other.player.selected == asked_for.player.selected == []


async def test_what_voices_say_of_a_misfit_is_acted_upon(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(episode(301)), video=Video((), speech(LINES, 4)))
    await stage.tend()
    assert stage.player.selected == [None]


async def test_what_voices_measured_is_remembered(tmp_path: Path) -> None:
    await Stage(tmp_path, LATE, video=Video((), speech(LINES, 4))).tend()
    again = Stage(tmp_path, LATE, video=Video(()))
    assert await again.tend() == ["retimed"]


async def test_with_nothing_to_undo_it_says_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    await stage.story.undo()
    assert "nothing was retimed" in stage.player.said[0]


async def test_the_second_subtitle_stays_the_second(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    stage.player.values["secondary-sid"] = 1
    assert await stage.tend() == ["timing", "retimed"]


async def test_without_lines_there_is_none_that_is_spoken_now(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    await stage.story.speak_now()
    assert "no subtitle of ours" in stage.player.said[0]


# -- the keys


async def test_undoing_brings_back_file_and_delay_and_is_remembered(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    stage.player.values["sub-delay"] = -2.9
    assert await stage.tend() == ["timing", "retimed"]
    assert stage.player.delays == [0.0]
    await stage.story.undo()
    assert stage.readable == stage.files[0]
    assert stage.player.delays == [0.0, -2.9]
    assert await stage.tend() == ["timing", "retimed", "undone"]


async def test_the_line_that_is_spoken_now_begins_now_whatever_delay_is_set(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    line = changed(lambda t: t + 3.0)[20]
    stage.player.values |= {"time-pos": line.start + 0.4, "sub-delay": 0.5}
    await stage.story.speak_now()
    assert stage.told == ["retimed"]
    assert stage.readable is not None
    moved_cues = cues_of(Path(stage.readable.path).read_text("utf-8"), "srt")
    assert moved_cues[20].start == pytest.approx(line.start - 0.1, abs=0.01)
    await stage.story.undo()
    assert stage.readable == stage.files[0]


async def test_of_what_cannot_be_read_no_line_is_spoken_now(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    Path(stage.files[0].path).unlink()
    stage.player.values["time-pos"] = 60.0
    await stage.story.speak_now()
    assert stage.told == []


# -- other candidates


async def test_the_next_candidate_that_fits_is_loaded(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(episode(301)), as_srt(LINES))
    assert await stage.tend() == ["timing", "timing"]
    assert stage.readable == stage.files[1]


async def test_only_three_are_looked_at(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *(as_srt(episode(seed)) for seed in (301, 302, 303)), as_srt(LINES))
    assert (await stage.tend())[-1] == "unfit"
    assert stage.readable == stage.files[0]
    assert stage.player.shown == [stage.files[0].path]


async def test_one_that_alone_does_not_fit_is_said_to(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(episode(301)))
    assert (await stage.tend())[-1] == "unfit"
    assert "for another video" in stage.player.said[0]


async def test_what_cannot_be_told_of_is_not_loaded_in_the_place_of_what_does_not_fit(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(episode(301)), as_srt(LINES[:5]))
    assert (await stage.tend())[-1] == "unfit"
    assert stage.readable == stage.files[0]


async def test_a_first_that_cannot_be_told_of_stays_without_a_word(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(LINES[:5]), as_srt(LINES))
    assert await stage.tend() == []
    assert stage.readable == stage.files[0]
    assert stage.player.said == []


@pytest.mark.parametrize("mode", ["check", "retime"])
async def test_by_voices_another_is_taken_only_where_they_may_decide(tmp_path: Path, mode: str) -> None:
    video = Video((), speech(LINES, 4))
    stage = Stage(tmp_path, as_srt(episode(301)), as_srt(LINES), video=video, modes=Modes(sound=mode))
    await stage.tend()
    assert stage.readable == stage.files[mode == "retime"]


async def test_what_only_checks_does_not_look_for_others(tmp_path: Path) -> None:
    stage = Stage(tmp_path, as_srt(episode(301)), as_srt(LINES), modes=Modes(text="check"))
    assert await stage.tend() == ["timing"]
    assert stage.readable == stage.files[0]


# -- what is known, and what goes wrong


async def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    first = Stage(tmp_path, LATE)
    await first.tend()
    again = Stage(tmp_path, LATE, video=Video(()))
    assert await again.tend() == ["retimed"]
    assert again.readable is not None
    assert again.readable.path == first.readable.path  # type: ignore[union-attr]


async def test_nothing_is_tended_where_nothing_is_loaded_or_pictures_are(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    for readable in (None, Readable("/x/file.sup", "file.sup", 7)):
        stage.readable = readable
        await stage.story.tend()
    assert stage.told == []


async def test_no_line_is_taken_away_while_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kotozoe.timing.retime._GAP_SECONDS", 0.0)
    stage = Stage(tmp_path, LATE)
    lines = iter(["a line", "a line", "", "never asked for"])
    stage.player.ask = {"sub-text": lambda: next(lines)}
    assert await stage.tend() == ["timing", "retimed"]
    assert next(lines) == "never asked for"


async def test_a_line_that_is_always_shown_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kotozoe.timing.retime._GAP_SECONDS", 0.0)
    stage = Stage(tmp_path, LATE)
    stage.player.values["sub-text"] = "a sign"
    assert await stage.tend() == ["timing", "retimed"]


async def test_a_cache_that_is_full_costs_only_the_retiming(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    stage.story.subtitle_cache = Full()
    assert await stage.tend() == ["timing", "advice"]
    assert stage.readable == stage.files[0]


class Full:
    def keep(self, path: Path, contents: bytes, in_use: Collection[str] = ()) -> Path:
        raise StorageError("the disk is full")


async def test_a_track_that_is_gone_is_not_missed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE)
    stage.player.shown.clear()
    assert await stage.tend() == ["timing", "retimed"]
    assert stage.player.removed == []


async def test_nothing_is_said_on_the_screen_unless_wished(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE, modes=Modes(osd=False))
    assert await stage.tend() == ["timing", "retimed"]
    assert stage.player.said == []


async def test_who_plays_something_else_is_not_retimed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, LATE, video=Slow())
    tending = asyncio.create_task(stage.story.tend())
    await asyncio.wait_for(Slow.asked.wait(), 5)
    tending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tending
    assert stage.player.shown == [stage.files[0].path]
    assert stage.told == []


class Slow(Video):
    asked = asyncio.Event()

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        self.asked.set()
        await asyncio.Event().wait()
        return ()
