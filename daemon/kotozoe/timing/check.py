"""A subtitle and its video: the best reference there is, and what it says of the subtitle's timing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kotozoe.errors import KotozoeError
from kotozoe.lanes import TIMING
from kotozoe.printable import printable
from kotozoe.safe_files import bounded
from kotozoe.subtitles.text import decode
from kotozoe.subtitles.unreadable import Unreadable
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.fitting.fit import Fit, fit
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of
from kotozoe.timing.references.track import LineTrack, best_track, is_partial

STYLE = 0.3  # seconds by which lines may begin before or after the voices without being out of time
EXACT = 0.12  # where somebody asked for more
_MAX_SIDECARS, _MAX_SIDECAR_BYTES = 3, 8 * 1024 * 1024


class Video(Protocol):
    """What a video offers to time by. Both raise KotozoeError where it cannot be read within bounds."""

    async def tracks(self, path: str) -> tuple[LineTrack, ...]: ...
    async def speech(self, path: str, *, parts: bool) -> Reference: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a subtitle; `against` names the reference for a person, and is empty where there was none.

    `by_lines`: the reference is written lines, not voices.
    """

    fit: Fit
    against: str = ""
    by_lines: bool = False

    @property
    def sentence(self) -> str:
        fit = self.fit
        if not self.against:
            return fit.why
        share = f": {fit.after:.0%} of the lines agree, by chance {fit.chance:.0%}" if fit.after else ""
        return f"{fit.why} (by {self.against}{share})"


async def check(
    path: str, subtitle: Path, cues: Sequence[Cue], video: Video, *, by_sound: bool, least: float = STYLE
) -> Checked:
    """Check when a subtitle's lines are shown against the best reference that the video has; never raises.

    `least`: seconds by which lines may be before or after the voices and fit.
    """
    reasons, by_lines = [], False
    for voices in (False, True) if by_sound else (False,):
        try:
            checked = await (
                _against_voices(path, subtitle, cues, video, least) if voices else _against_track(path, cues, video)
            )
        except KotozoeError as trouble:
            reasons.append(str(trouble))
            continue
        if checked is not None and checked.fit.status != "unclear":
            return checked
        if checked is not None:
            reasons.append(checked.sentence)
            by_lines = by_lines or (checked.by_lines and checked.fit.judged)
    why = "; ".join(reasons) or "the video has no subtitle track to compare with"
    return Checked(Fit("unclear", why), by_lines=by_lines)


async def _against_track(path: str, cues: Sequence[Cue], video: Video) -> Checked | None:
    track = best_track(await video.tracks(path))
    if track is None:
        return None
    found = await TIMING.run(fit, cues, Reference(track.cues, track.windows))
    if found.status == "different" and is_partial(track):
        found = Fit("unclear", "the video's only subtitle track is one of signs and songs")
    language = f"{track.language} " if track.language not in {"", "und"} else ""
    return Checked(found, f"the video's {language}{'bitmap' if track.pictures else 'text'} track", by_lines=True)


async def _against_voices(path: str, subtitle: Path, cues: Sequence[Cue], video: Video, least: float) -> Checked:
    """Compare with parts of the sound, and with all of it if those settle nothing."""
    for parts in (True, False):
        reference = replace(await video.speech(path, parts=parts), least=least)
        sidecar = await TIMING.run(_confirmed_sidecar, Path(path), subtitle, reference)
        if sidecar is not None:
            name, known = sidecar
            found = await TIMING.run(fit, cues, Reference(known))
            return Checked(found, f"{printable(name, 80)} beside the video", by_lines=True)
        found = await TIMING.run(fit, cues, reference)
        if found.status in {"fits", "retime"} or not reference.windows:
            break
    if found.status == "different" and reference.windows:
        found = Fit("unclear", "only parts of the sound could be read, and they do not confirm it")
    return Checked(found, "the voices in the video")


def _confirmed_sidecar(video: Path, subtitle: Path, speech: Reference) -> tuple[str, tuple[Cue, ...]] | None:
    """Return the name and the lines of a subtitle beside the video that fits the voices, if there is one."""
    for path in _sidecars(video, subtitle):
        try:
            known = cues_of(decode(bounded(path, _MAX_SIDECAR_BYTES, links=False)), path.suffix[1:].lower())
        except (OSError, Unreadable, Untimed):
            continue
        if fit(known, speech).status == "fits":
            return path.name, known
    return None


def _sidecars(video: Path, subtitle: Path) -> list[Path]:
    """Return the text subtitles named like the video, with a language before the ending or not."""
    try:
        files = sorted(video.parent.iterdir())
    except OSError:
        return []
    named = [f for f in files if f.suffix[1:].lower() in FORMATS and f.name.startswith(f"{video.stem}.")]
    return [f for f in named if f != subtitle][:_MAX_SIDECARS]
