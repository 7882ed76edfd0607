"""An mpv that exists in memory: its tracks, its properties, and what was asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kotozoe.errors import CommandRefused
from kotozoe.model import Track, VideoFile
from kotozoe.player import Loaded

VIDEO = Track(1, "video")
JAPANESE = Track(1, "sub", language="jpn", codec="ass")
ENGLISH = Track(1, "sub", "eng", codec="ass", selected=True)
EPISODE = VideoFile("/anime/[G] Show - 05.mkv")


def loaded(
    video: VideoFile = EPISODE,
    tracks: tuple[Track, ...] = (VIDEO,),
    *,
    attached: bool = False,
    requested_sid: Any = "auto",
    slang: tuple[str, ...] = (),
) -> Loaded:
    """Return the event of a file that was just loaded."""
    return Loaded("mpv-1-1", video, tracks, None, attached, requested_sid, slang)


@dataclass
class FakePlayer:
    """`refusal` is raised where a subtitle is added, CommandRefused where it is one of `unreadable`.

    `hangs` is set once it is asked to drop a track, which it then never does. `properties` are values, or functions
    that return one.
    """

    tracks: tuple[Track, ...] = (VIDEO,)
    user_changed: bool = False
    refusal: Exception | None = None
    unreadable: frozenset[str] = frozenset()
    hangs: asyncio.Event | None = None
    next_video: VideoFile | Exception | None = None
    properties: dict[str, object | Callable[[], object]] = field(default_factory=dict)
    added: list[tuple[str, str, str, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    selected: list[int | None] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    messages: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    ways_made: int = 0

    @property
    def added_paths(self) -> list[str]:
        return [path for path, *_ in self.added]

    async def current(self) -> tuple[tuple[Track, ...], int | None]:
        return self.tracks, next((t.track_id for t in self.tracks if t.kind == "sub" and t.selected), None)

    async def read(self, name: str) -> object:
        value = self.properties.get(name)
        return value() if callable(value) else value

    async def upcoming(self) -> VideoFile | None:
        if isinstance(self.next_video, Exception):
            raise self.next_video
        return self.next_video

    def user_changed_track(self, playback_id: str) -> bool:
        return self.user_changed

    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None:
        if self.refusal:
            raise self.refusal
        if path in self.unreadable:
            raise CommandRefused("error running command")
        self.added.append((path, title, language, select))
        track_id = max((t.track_id for t in self.tracks if t.kind == "sub"), default=0) + 1
        others = tuple(replace(t, selected=False) if select and t.kind == "sub" else t for t in self.tracks)
        self.tracks = (*others, Track(track_id, "sub", "ja", title, "ass", selected=select, external_filename=path))

    async def show_track(self, track_id: int | None, playback_id: str) -> None:
        self.selected.append(track_id)
        self.tracks = tuple(replace(t, selected=t.track_id == track_id) if t.kind == "sub" else t for t in self.tracks)

    async def show_second(self, track_id: int, playback_id: str) -> bool:
        self.second.append(track_id)
        return True

    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None:
        if self.hangs is not None:
            self.hangs.set()
            await asyncio.Event().wait()
        self.dropped.extend(track_ids)
        self.tracks = tuple(t for t in self.tracks if t.kind != "sub" or t.track_id not in track_ids)

    async def set_delay(self, seconds: float, playback_id: str) -> None:
        self.delays.append(seconds)

    async def send_to_script(self, name: str, content: Mapping[str, object]) -> None:
        self.messages.append((name, content))

    async def say(self, line: str) -> None:
        self.said.append(line)

    def make_way(self) -> None:
        self.ways_made += 1
