"""The timing of a loaded subtitle: checked in the background, corrected only where that surely helps."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from kotozoe.errors import StorageError
from kotozoe.lanes import TIMING
from kotozoe.model import NotObtained, Readable
from kotozoe.playback.loader import SubtitleLoader
from kotozoe.playback.session import PlaybackSession
from kotozoe.printable import printable
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.check import Checked, Video, check
from kotozoe.timing.fitting.cues import Cue, Transform, moved, sentence
from kotozoe.timing.fitting.fit import Fit, Status
from kotozoe.timing.measurements import Timing, Timings, digest, family_of, video_of
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of, retimed

log = logging.getLogger(__name__)

_MAX_CANDIDATES = 3  # subtitle files that are checked before giving up
_GAP_LOOKS, _GAP_SECONDS = 150, 0.1  # how often a moment without a line is looked for
_SMALL_DELAY = 0.15  # seconds; a delay of the user's own that is no correction
_NEAR_DELAY = 0.4  # seconds by which the user's correction and ours may differ to be the same


@dataclass(frozen=True, slots=True)
class _Original:
    """What undoing brings back."""

    readable: Readable
    delay: float | None


@dataclass(slots=True)
class Retiming:
    """Checks and corrects for one session. Cancel the task to end it: each step is safe to cancel."""

    session: PlaybackSession
    loader: SubtitleLoader
    video: Video
    subtitle_cache: SubtitleCache
    timings: Timings
    _original: _Original | None = field(default=None, init=False)

    async def run(self) -> None:
        """Check what was loaded; take a better timing, or the next candidate, where there is one."""
        settings, first = self.session.settings, self.session.readable
        if first is None or settings.text_timing == settings.sound_timing == "off" or not _timed(first):
            return
        names: list[str] = []
        against = ""
        readable: Readable | NotObtained | None = first
        while isinstance(readable, Readable) and _timed(readable):
            checked = await self._check(readable)
            if checked.fit.status in {"fits", "retime"}:
                if readable is not first:
                    await self.session.load(readable)
                await self._apply(readable, checked)
                return
            if readable is first:
                if not self._excludes(checked):
                    return
                against = checked.against if checked.fit.status == "different" else ""
            names.append(readable.name)
            if len(names) == _MAX_CANDIDATES:
                break
            readable = await self.loader.next_candidate(names)
        if not against:
            return
        await self._handle_misfit(first, len(names), against)

    async def _handle_misfit(self, readable: Readable, count: int, against: str) -> None:
        """Deselect a subtitle for another video, if it is selected and nobody picked it; it stays in the track list."""
        session = self.session
        why = f"none of {count} subtitles fits this video" if count > 1 else "the subtitle is for another video"
        tracks, sid = await session.player.current()
        mine = next((t for t in tracks if t.kind == "sub" and t.external_filename == readable.path), None)
        selected = mine is not None and mine.track_id == sid
        deselects = session.settings.misfit == "deselect" and selected and not session.chosen
        done = "deselected" if deselects else "kept"
        session.report("unfit", f"{why} (by {against}): {printable(readable.name, 80)} is {done}")
        if deselects:
            await session.player.show_track(None, session.playback_id)
        await session.say(f"kotozoe: {why}" + (", deselected" if deselects else ""))

    async def undo(self) -> None:
        """Bring back the timing that the file came with, and the delay that was set."""
        original, self._original = self._original, None
        if original is None or self.session.readable is None:
            await self.session.say("kotozoe: nothing to undo, the subtitle was not retimed")
            return
        text, _ = await TIMING.run(_read_cues, original.readable.path)
        self.timings.keep(*self._key(text), self._family(original.readable), Timing("undone", None))
        await self._swap(self.session.readable, original.readable, "as it came")
        if original.delay is not None:
            await self.session.player.set_delay(original.delay, self.session.playback_id)
        self.session.report("undone", "the original timing is back")

    async def speak_now(self) -> None:
        """Shift all lines so that the one that was shown last, or is nearest, begins now."""
        readable = self.session.readable
        now, delay = await self.session.player.read("time-pos"), await self.session.player.read("sub-delay")
        if readable is None or not _timed(readable) or not isinstance(now, int | float):
            await self.session.say("kotozoe: no loaded subtitle whose timing can be changed")
            return
        _, cues = await TIMING.run(_read_cues, readable.path)
        at = float(now) - (float(delay) if isinstance(delay, int | float) else 0.0)
        nearest = min(cues, key=lambda cue: abs(cue.start - at), default=None)
        if nearest is not None:
            await self._take(readable, moved(at - nearest.start), hinted=False)

    # -- checking

    async def _check(self, readable: Readable) -> Checked:
        text, cues = await TIMING.run(_read_cues, readable.path)
        known = self.timings.known(*self._key(text))
        if known is not None:
            status: Status = "fits" if known.status in {"fits", "undone"} else "retime"
            return Checked(Fit(status, "as measured before", known.transform), by_lines=True)
        path, sound = self.session.video.path, self.session.settings.sound_timing != "off"
        checked = await check(path, Path(readable.path), cues, self.video, by_sound=sound)
        if checked.fit.status == "unclear":
            log.info("cannot determine the timing: %s", checked.sentence)
        else:
            self.session.report("timing", checked.sentence)
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
        """Tell whether other candidates are tried: voices that are only unclear exclude nothing."""
        return self._counts(checked) and (checked.by_lines or checked.fit.status == "different")

    def _counts(self, checked: Checked) -> bool:
        """Tell whether the settings allow to act on the result."""
        settings = self.session.settings
        return (settings.text_timing if checked.by_lines else settings.sound_timing) == "retime"

    async def _apply(self, readable: Readable, checked: Checked) -> None:
        transform = checked.fit.transform
        if checked.fit.status != "retime" or transform is None:
            return
        if not self._counts(checked):
            self.session.report("advice", f"might be {sentence(transform)}; [timing] only checks here")
            await self.session.say(f"kotozoe: timing seems off, might be {sentence(transform)}")
            return
        await self._take(readable, transform, hinted=True)

    # -- taking over

    async def _take(self, readable: Readable, transform: Transform, *, hinted: bool) -> None:
        """Replace the original by the retimed text. `hinted`: the user's delay may be the same hint."""
        delay = await self.session.player.read("sub-delay") if hinted else 0.0
        hint = float(delay) if isinstance(delay, int | float) and abs(delay) > _SMALL_DELAY else 0.0
        shift = transform.shift
        same = bool(hint) and shift is not None and abs(hint - shift) <= _NEAR_DELAY
        if hint and not same:
            advice = f"might be {sentence(transform)}; but you set a delay of {hint:+.1f} s yourself"
            self.session.report("advice", advice)
            return
        new = await TIMING.run(self._write_retimed, readable, transform)
        if new is None:
            return
        if hinted:
            await self._wait_for_gap()
        self._original = self._original or _Original(readable, hint if same else None)
        await self._swap(readable, new, sentence(transform))
        if same:
            await self.session.player.set_delay(0.0, self.session.playback_id)
        self.session.report("retimed", sentence(transform))
        await self.session.say(f"字幕 {sentence(transform)}", success=True)

    def _write_retimed(self, readable: Readable, transform: Transform) -> Readable | None:
        """Write the retimed text next to the original, under a name derived from both."""
        origin = Path(readable.path)
        try:
            text, _ = _read_cues(readable.path)
            name = digest(f"{self._key(text)}{transform}")[:12]
            path = origin.with_name(f"{origin.stem[:120]}.{name}{origin.suffix}")
            self.subtitle_cache.keep(path, retimed(text, origin.suffix[1:], transform).encode(), {readable.path})
        except (Untimed, StorageError) as trouble:
            self.session.report("advice", f"cannot retime it: {trouble}")
            return None
        return replace(readable, path=str(path))

    async def _wait_for_gap(self) -> None:
        """Wait for a moment in which no line is shown; at most 15 s, as there may be none."""
        for _ in range(_GAP_LOOKS):
            if not await self.session.player.read("sub-text"):
                return
            await asyncio.sleep(_GAP_SECONDS)

    async def _swap(self, old: Readable, new: Readable, how: str) -> None:
        """Add the new track, show it if and where the old one is shown, and remove the old one."""
        player, playback_id = self.session.player, self.session.playback_id
        tracks, sid = await player.current()
        second = await player.read("secondary-sid")
        mine = next((t for t in tracks if t.kind == "sub" and t.external_filename == old.path), None)
        title = f"{printable(new.name, 80)} ({how})"
        is_first, is_second = (mine is not None and mine.track_id == shown for shown in (sid, second))
        language = mine.language if mine else "ja"
        await player.add_subtitle(new.path, title, language, select=is_first, playback_id=playback_id)
        self.session.readable = new
        if mine is not None:
            await player.drop_tracks([mine.track_id], playback_id)
        if is_second:
            now, _ = await player.current()
            added = next((t.track_id for t in now if t.external_filename == new.path), None)
            if added is not None:
                await player.show_second(added, playback_id)

    # -- names

    def _key(self, text: str) -> tuple[str, str]:
        """Return what identifies this video and this subtitle."""
        return video_of(self.session.known_as), digest(text)

    def _family(self, readable: Readable) -> str:
        return family_of(self.session.known_as, readable.entry_id, readable.name, readable.source)


def _timed(readable: Readable) -> bool:
    return Path(readable.path).suffix[1:] in FORMATS


def _read_cues(path: str) -> tuple[str, tuple[Cue, ...]]:
    """Read a file of the cache: its text, and its lines; none of what cannot be read."""
    try:
        text = Path(path).read_text("utf-8")
        return text, cues_of(text, Path(path).suffix[1:])
    except (OSError, Untimed, UnicodeDecodeError):
        return "", ()
