"""A subtitle track of a video, as far as it says when its lines are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kotozoe.timing.fitting.cues import Cue, spoken

_PARTIAL = re.compile(r"\b(?:signs?|songs?|forced|karaoke|lyrics)\b|看板|歌詞|テロップ", re.IGNORECASE)
_FEWEST = 12


@dataclass(frozen=True, slots=True)
class LineTrack:
    """`place` counts the video's subtitle tracks from 0; language and title are printable, and not to be believed.

    `windows` are the stretches that were read; none: all of it. `pictures`: its lines are bitmaps.
    """

    place: int
    language: str
    title: str
    forced: bool
    cues: tuple[Cue, ...] = ()
    windows: tuple[Cue, ...] = ()
    pictures: bool = False


def best_track(tracks: Iterable[LineTrack]) -> LineTrack | None:
    """Return the track with the most dialogue; one of signs and songs only if there is no other."""
    rich = [track for track in tracks if len(spoken(track.cues)) >= _FEWEST]
    return max(rich, key=lambda t: (not is_partial(t), not t.pictures, len(spoken(t.cues))), default=None)


def is_partial(track: LineTrack) -> bool:
    """Tell whether a track says that it holds no dialogue."""
    return track.forced or _PARTIAL.search(track.title) is not None
