"""The story of a loaded subtitle's timing: checked in the background, put right where that surely helps, else left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from kotozoe.errors import StorageError
from kotozoe.model import NotObtained, Readable, Track, VideoFile
from kotozoe.printable import printable
from kotozoe.timing.check import Checked, Video, check
from kotozoe.timing.fitting.cues import Cue, Transform, moved, sentence
from kotozoe.timing.fitting.fit import Fit, Status
from kotozoe.timing.measurements import Timing, Timings, digest, family_of, video_of
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of, retimed

log = logging.getLogger(__name__)

_CANDIDATES = 3  # subtitle files that are checked before it is said that none fits
_GAP_LOOKS, _GAP_SECONDS = 150, 0.1  # how often it is looked for a moment without a line
_SMALL_DELAY = 0.15  # seconds; a delay of the user's own that is no correction
_NEAR_DELAY = 0.4  # seconds by which the user's correction and ours may differ to be the same


class Loaded(Protocol):
    @property
    def playback_id(self) -> str: ...
    @property
    def video(self) -> VideoFile: ...


class Player(Protocol):
    """One mpv. Raises PlayerGone once it has left, MovedOn once it plays something else."""

    async def current(self) -> tuple[tuple[Track, ...], int | None]: ...
    async def read(self, name: str) -> object: ...
    async def set_delay(self, seconds: float, playback_id: str) -> None: ...
    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None: ...
    async def show_track(self, track_id: int | None, playback_id: str) -> None: ...
    async def show_second(self, track_id: int, playback_id: str) -> bool: ...
    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None: ...
    async def say(self, line: str) -> None: ...


class SubtitleCache(Protocol):
    """Where retimed text is kept. Raises StorageError."""

    def keep(self, path: Path, contents: bytes, in_use: Collection[str] = ()) -> Path: ...


class Loading(Protocol):
    """Knows which file of ours is loaded, and hears where that changes. `chosen`: the user asked for it."""

    readable: Readable | None

    @property
    def chosen(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Modes:
    """`text`, `sound`: "retime", "check" or "off" where lines, or only the voices, say how the timing should be.

    `misfit`: "deselect" or "keep" a subtitle that is for another video.
    """

    text: str = "retime"
    sound: str = "retime"
    misfit: str = "deselect"
    osd: bool = True


@dataclass(frozen=True, slots=True)
class _Before:
    """What undoing brings back."""

    readable: Readable
    delay: float | None


@dataclass(slots=True)
class Retiming:
    """Tends the timing of one playback; cancel the task to end it: each step is safe to cancel.

    `next_but` obtains the best file whose name is none of these; `load` loads it in the place of ours.
    """

    player: Player
    loaded: Loaded
    loading: Loading
    next_but: Callable[[Collection[str]], Awaitable[Readable | NotObtained]]
    load: Callable[[Readable], Awaitable[object]]
    video: Video
    subtitle_cache: SubtitleCache
    timings: Timings
    modes: Modes
    told: Callable[[str, str], None]
    _before: _Before | None = field(default=None, init=False)

    async def tend(self) -> None:
        """Check what was loaded; take a better timing, or the next candidate, where there is one."""
        first = self.loading.readable
        if first is None or self.modes.text == self.modes.sound == "off" or not _timed(first):
            return
        names: list[str] = []
        against = ""
        readable: Readable | NotObtained | None = first
        while isinstance(readable, Readable) and _timed(readable):
            checked = await self._checked(readable)
            if checked.fit.status in {"fits", "retime"}:
                if readable is not first:
                    await self.load(readable)
                await self._act(readable, checked)
                return
            if readable is first:
                if not self._excludes(checked):
                    return
                against = checked.against if checked.fit.status == "different" else ""
            names.append(readable.name)
            if len(names) == _CANDIDATES:
                break
            readable = await self.next_but(names)
        if not against:
            return
        await self._misfit(first, len(names), against)

    async def _misfit(self, readable: Readable, count: int, against: str) -> None:
        """Deselect what is for another video, if it is shown and the user did not ask for it; it stays in the list."""
        why = f"none of {count} subtitles fits this video" if count > 1 else "the subtitle is for another video"
        tracks, sid = await self.player.current()
        mine = next((t for t in tracks if t.kind == "sub" and t.external_filename == readable.path), None)
        shown = mine is not None and mine.track_id == sid
        deselects = self.modes.misfit == "deselect" and shown and not self.loading.chosen
        done = "deselected" if deselects else "kept"
        self.told("unfit", f"{why} (by {against}): {printable(readable.name, 80)} is {done}")
        if deselects:
            await self.player.show_track(None, self.loaded.playback_id)
        await self._say(f"kotozoe: {why}" + (", deselected" if deselects else ""))

    async def undo(self) -> None:
        """Bring back the timing that the file came with, and the delay that was set."""
        before, self._before = self._before, None
        if before is None or self.loading.readable is None:
            await self._say("kotozoe: nothing was retimed")
            return
        text, _ = await asyncio.to_thread(_opened, before.readable.path)
        self.timings.keep(*self._key(text), self._family(before.readable), Timing("undone", None))
        await self._swap(self.loading.readable, before.readable, "as it came")
        if before.delay is not None:
            await self.player.set_delay(before.delay, self.loaded.playback_id)
        self.told("undone", "the subtitle is timed as it came")

    async def speak_now(self) -> None:
        """Shift all lines so that the one that was shown last, or is nearest, begins now."""
        readable = self.loading.readable
        now, delay = await self.player.read("time-pos"), await self.player.read("sub-delay")
        if readable is None or not _timed(readable) or not isinstance(now, int | float):
            await self._say("kotozoe: there is no subtitle of ours whose timing can be changed")
            return
        _, cues = await asyncio.to_thread(_opened, readable.path)
        at = float(now) - (float(delay) if isinstance(delay, int | float) else 0.0)
        nearest = min(cues, key=lambda cue: abs(cue.start - at), default=None)
        if nearest is not None:
            await self._take(readable, moved(at - nearest.start), hinted=False)

    # -- checking

    async def _checked(self, readable: Readable) -> Checked:
        text, cues = await asyncio.to_thread(_opened, readable.path)
        known = self.timings.known(*self._key(text))
        if known is not None:
            status: Status = "fits" if known.status in {"fits", "undone"} else "retime"
            return Checked(Fit(status, "as measured before", known.transform), by_lines=True)
        path, sound = self.loaded.video.path, self.modes.sound != "off"
        checked = await check(path, Path(readable.path), cues, self.video, by_sound=sound)
        if checked.fit.status == "unclear":
            log.info("the timing is not known: %s", checked.sentence)
        else:
            self.told("timing", checked.sentence)
        if checked.fit.status in {"fits", "retime"} and self._counts(checked):
            transform = checked.fit.transform or moved(0.0)
            self.timings.keep(*self._key(text), self._family(readable), Timing(checked.fit.status, transform))
        elif not checked.by_lines and checked.fit.status != "different" and (shift := self._usual_shift(readable)):
            fit = Fit("retime", "as with the episodes before", moved(shift))
            return Checked(fit, "the episodes before", by_lines=True)
        return checked

    def _usual_shift(self, readable: Readable) -> float | None:
        return self.timings.shift_of(self._family(readable))

    def _excludes(self, checked: Checked) -> bool:
        """Tell whether others are looked for: what was only not heard clearly excludes nothing."""
        return self._counts(checked) and (checked.by_lines or checked.fit.status == "different")

    def _counts(self, checked: Checked) -> bool:
        """Tell whether something is done about what was found."""
        return (self.modes.text if checked.by_lines else self.modes.sound) == "retime"

    async def _act(self, readable: Readable, checked: Checked) -> None:
        transform = checked.fit.transform
        if checked.fit.status != "retime" or transform is None:
            return
        if not self._counts(checked):
            self.told("advice", f"might be {sentence(transform)}; [sync] only checks here")
            return
        await self._take(readable, transform, hinted=True)

    # -- taking over

    async def _take(self, readable: Readable, transform: Transform, *, hinted: bool) -> None:
        """Put the retimed text in the place of the text as it came. `hinted`: the user's delay may be the same hint."""
        delay = await self.player.read("sub-delay") if hinted else 0.0
        hint = float(delay) if isinstance(delay, int | float) and abs(delay) > _SMALL_DELAY else 0.0
        shift = transform.shift
        same = bool(hint) and shift is not None and abs(hint - shift) <= _NEAR_DELAY
        if hint and not same:
            self.told("advice", f"might be {sentence(transform)}; but you set a delay of {hint:+.1f} s yourself")
            return
        made = await asyncio.to_thread(self._made, readable, transform)
        if made is None:
            return
        if hinted:
            await self._gap()
        self._before = self._before or _Before(readable, hint if same else None)
        await self._swap(readable, made, sentence(transform))
        if same:
            await self.player.set_delay(0.0, self.loaded.playback_id)
        self.told("retimed", sentence(transform))
        await self._say(f"字幕 {sentence(transform)}")

    def _made(self, readable: Readable, transform: Transform) -> Readable | None:
        """Write the retimed text beside the text as it came, under a name that follows from both."""
        origin = Path(readable.path)
        try:
            text, _ = _opened(readable.path)
            name = digest(f"{self._key(text)}{transform}")[:12]
            made = origin.with_name(f"{origin.stem[:120]}.{name}{origin.suffix}")
            self.subtitle_cache.keep(made, retimed(text, origin.suffix[1:], transform).encode(), {readable.path})
        except (Untimed, StorageError) as trouble:
            self.told("advice", f"it could not be retimed: {trouble}")
            return None
        return replace(readable, path=str(made))

    async def _gap(self) -> None:
        """Wait for a moment in which no line is shown; at most 15 s, as there may be none."""
        for _ in range(_GAP_LOOKS):
            if not await self.player.read("sub-text"):
                return
            await asyncio.sleep(_GAP_SECONDS)

    async def _swap(self, old: Readable, new: Readable, how: str) -> None:
        """Add the new track, show it if and where the old one is shown, and remove the old one."""
        tracks, sid = await self.player.current()
        second = await self.player.read("secondary-sid")
        mine = next((t for t in tracks if t.kind == "sub" and t.external_filename == old.path), None)
        title = f"{printable(new.name, 80)} ({how})"
        shown, beside = (mine is not None and mine.track_id == place for place in (sid, second))
        language = mine.language if mine else "ja"
        await self.player.add_subtitle(new.path, title, language, select=shown, playback_id=self.loaded.playback_id)
        self.loading.readable = new
        if mine is not None:
            await self.player.drop_tracks([mine.track_id], self.loaded.playback_id)
        if beside:
            now, _ = await self.player.current()
            place = next((t.track_id for t in now if t.external_filename == new.path), None)
            if place is not None:
                await self.player.show_second(place, self.loaded.playback_id)

    # -- names

    def _key(self, text: str) -> tuple[str, str]:
        """Return what tells this video, and this subtitle, from all others."""
        return video_of(self.loaded.video.path), digest(text)

    def _family(self, readable: Readable) -> str:
        return family_of(self.loaded.video.path, readable.entry_id, readable.name)

    async def _say(self, line: str) -> None:
        if self.modes.osd:
            await self.player.say(line)


def _timed(readable: Readable) -> bool:
    return Path(readable.path).suffix[1:] in FORMATS


def _opened(path: str) -> tuple[str, tuple[Cue, ...]]:
    """Read a file of the cache: its text, and its lines; none of what cannot be read."""
    try:
        text = Path(path).read_text("utf-8")
        return text, cues_of(text, Path(path).suffix[1:])
    except (OSError, Untimed, UnicodeDecodeError):
        return "", ()
