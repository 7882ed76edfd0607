"""A subtitle and its video: the best reference there is, and what it says of the subtitle's timing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from kotozoe.errors import KotozoeError
from kotozoe.printable import printable
from kotozoe.subtitles.text import decode
from kotozoe.subtitles.unreadable import Unreadable
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import Cue, Transform
from kotozoe.timing.fitting.fit import Fit, fit
from kotozoe.timing.fitting.heard import STYLE, fit_sound, verified
from kotozoe.timing.fitting.speech import Sound
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of
from kotozoe.timing.references.track import TextTrack, best_track, is_partial


class Video(Protocol):
    """What a video offers to time by, and what other programs propose by its sound.

    All raise KotozoeError where it cannot be read within bounds.
    """

    async def tracks(self, path: str) -> tuple[TextTrack, ...]: ...
    async def sound(self, path: str) -> Sound: ...
    def proposals(self, path: str, cues: Sequence[Cue]) -> AsyncIterator[tuple[str, Transform]]: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a subtitle; `against` names the reference for a person, and is empty where there was none.

    `by_text`: the reference is text, which may be acted upon.
    """

    fit: Fit
    against: str = ""
    by_text: bool = False

    @property
    def sentence(self) -> str:
        fit = self.fit
        if not self.against:
            return fit.why
        share = (
            f": {fit.after:.0%} of the lines agree, by chance {fit.chance:.0%}" if self.by_text and fit.after else ""
        )
        return f"{fit.why} (by {self.against}{share})"


_Look = Callable[[str, Path, Sequence[Cue], Video], Awaitable[Checked | None]]


async def check(
    path: str, subtitle: Path, cues: Sequence[Cue], video: Video, *, by_sound: bool, least: float = STYLE
) -> Checked:
    """Check when a subtitle's lines are shown against the best reference that the video has; never raises.

    `least`: seconds by which lines may be before or after the voices and fit.
    """
    reasons, by_text = [], False
    looks: tuple[_Look, ...] = (_against_track, partial(_against_sound, least=least)) if by_sound else (_against_track,)
    for look in looks:
        try:
            checked = await look(path, subtitle, cues, video)
        except KotozoeError as trouble:
            reasons.append(str(trouble))
            continue
        if checked is not None and checked.fit.status != "unclear":
            return checked
        if checked is not None:
            reasons.append(checked.sentence)
            by_text = by_text or (checked.by_text and checked.fit.judged)
    why = "; ".join(reasons) or "the video has no text track to compare with"
    return Checked(Fit("unclear", why), by_text=by_text)


async def _against_track(path: str, _: Path, cues: Sequence[Cue], video: Video) -> Checked | None:
    track = best_track(await video.tracks(path))
    if track is None:
        return None
    found = await asyncio.to_thread(fit, cues, Reference(track.cues, track.windows))
    if found.status == "different" and is_partial(track):
        found = Fit("unclear", "the video's only text track is one of signs and songs")
    language = f"{track.language} " if track.language not in {"", "und"} else ""
    return Checked(found, f"the video's {language}text track", by_text=True)


async def _against_sound(path: str, subtitle: Path, cues: Sequence[Cue], video: Video, least: float) -> Checked:
    """Compare with a subtitle beside the video that the voices say fits, else with the voices."""
    sound = await video.sound(path)
    for sidecar in await asyncio.to_thread(_sidecars, Path(path), subtitle):
        try:
            known = cues_of(await asyncio.to_thread(_text_of, sidecar), sidecar.suffix[1:].lower())
        except (Unreadable, Untimed):
            continue
        if (await asyncio.to_thread(fit_sound, known, sound)).status == "fits":
            found = await asyncio.to_thread(fit, cues, Reference(known))
            return Checked(found, f"{printable(sidecar.name, 80)} beside the video", by_text=True)
    found = await asyncio.to_thread(fit_sound, cues, sound, least)
    if found.status not in {"fits", "retime"}:
        async for name, transform in video.proposals(path, cues):
            proposed = await asyncio.to_thread(verified, transform, cues, sound, least)
            if proposed.status == "retime":
                return Checked(proposed, f"the voices in the video, as {name} proposed")
    return Checked(found, "the voices in the video")


def _sidecars(video: Path, subtitle: Path) -> list[Path]:
    """Return the text subtitles named like the video, with a language before the ending or not; at most three."""
    try:
        beside = sorted(video.parent.iterdir())
    except OSError:
        return []
    named = [f for f in beside if f.suffix[1:].lower() in FORMATS and f.name.startswith(f"{video.stem}.")]
    return [f for f in named if f != subtitle][:3]


def _text_of(path: Path) -> str:
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}") from None
