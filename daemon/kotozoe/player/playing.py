"""What an mpv plays, and whose choice its subtitle track is."""

from __future__ import annotations

from dataclasses import dataclass

from kotozoe.model import Track, VideoFile

_MAX_HELD = 8  # more than the two that are our own doing: somebody else is at work too


@dataclass(slots=True)
class Playing:
    """`sid` is the track as mpv or we chose it; `held` are its changes while we change it ourselves, else None.

    `turn` counts the starts and ends of files that were seen before it; `path` is what mpv calls its file.
    """

    playback_id: str
    turn: int
    path: object = None
    sid: int | None = None
    video: VideoFile | None = None
    changed: bool = False
    held: set[int | None] | None = None

    def observe(self, sid: int | None) -> None:
        if self.held is not None:
            if len(self.held) < _MAX_HELD:
                self.held.add(sid)
        elif sid != self.sid:
            self.changed = True

    def end_change(self, sid: int | None) -> None:
        """End our own change, which made it `sid`; any other value on the way was somebody else's."""
        self.changed = self.changed or any(value not in (self.sid, sid) for value in self.held or ())
        self.sid, self.held = sid, None


def track_of(path: str, tracks: tuple[Track, ...]) -> Track | None:
    ours = [track for track in tracks if track.kind == "sub" and track.external_filename == path]
    return next((track for track in ours if track.selected), ours[-1] if ours else None)
