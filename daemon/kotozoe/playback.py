"""The story of one loaded file: is a subtitle wanted, which episode is it, fetch, load, tell."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from kotozoe.decide import tracks
from kotozoe.decide.printable import printable
from kotozoe.errors import CommandRefused
from kotozoe.model import NotObtained, Readable, Track, Urgency, Verdict, VideoFile

# How long a service's trouble is waited out before the same question is put again, in seconds; the last one repeats.
_AGAIN = (10.0, 30.0, 60.0, 120.0, 300.0)


class Loaded(Protocol):
    """One file in one player, at the moment mpv had opened it (or when we came, if `attached`)."""

    @property
    def playback_id(self) -> str: ...
    @property
    def video(self) -> VideoFile: ...
    @property
    def tracks(self) -> tuple[Track, ...]: ...
    @property
    def attached(self) -> bool: ...


class Player(Protocol):
    """One mpv. Raises PlayerGone once it has left."""

    async def current(self) -> tuple[tuple[Track, ...], int | None]: ...
    def user_changed_track(self, playback_id: str) -> bool: ...
    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None: ...
    async def say(self, line: str) -> None: ...


class Finder(Protocol):
    """A name to a verdict."""

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict: ...


class Obtainer(Protocol):
    """A verdict to a readable file on the shelf."""

    async def obtain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> Readable | NotObtained: ...


class Told(Protocol):
    """Who is told of each step, in words for a person."""

    def __call__(self, step: str, sentence: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings say about this one file, read once at its start."""

    languages: tuple[str, ...] = ("ja",)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playback:
    """Tells the story once. Cancel the task to end it: each step is safe to cancel.

    `ready` waits for what finding needs to know beforehand (the catalogue); `changed` waits until something changed
    that may bring a better answer, at most so many seconds.
    """

    player: Player
    finder: Finder
    obtainer: Obtainer
    wishes: Wishes
    told: Told
    ready: Callable[[Urgency], Awaitable[None]]
    changed: Callable[[float], Awaitable[None]]

    async def play(self, loaded: Loaded) -> bool:
        """Bring the subtitle for `loaded`, or say why there is none; asks again while a service is in trouble.

        Return whether the story is at its end: false if other settings, or another key, may bring more.
        """
        if reason := self._unwanted(loaded):
            self.told("skipped", reason)
            return True
        for pause in itertools.chain(_AGAIN, itertools.repeat(_AGAIN[-1])):
            obtained = await self._obtained(loaded.video)
            if isinstance(obtained, Readable):
                await self._load(loaded, obtained)
                return True
            if not obtained.retry:
                return False
            await self.changed(pause)
        raise AssertionError("the pauses never end")

    def _unwanted(self, loaded: Loaded) -> str:
        wishes = self.wishes
        return tracks.unwatched(loaded.video, wishes.include, wishes.exclude) or tracks.unwanted(loaded.tracks)

    async def _obtained(self, video: VideoFile) -> Readable | NotObtained:
        await self.ready(Urgency.ON_SCREEN)
        verdict = await self.finder.find(video, Urgency.ON_SCREEN)
        self.told(verdict.status, _sentence(verdict))
        if verdict.status != "resolved":
            waiting = verdict.status != "skipped" and bool(verdict.unanswered)
            return NotObtained(verdict.why, retry=waiting)
        obtained = await self.obtainer.obtain(verdict, video, Urgency.ON_SCREEN)
        if isinstance(obtained, Readable):
            self.told("obtained", f"{printable(obtained.name)} ({', '.join(obtained.matches)})")
        else:
            self.told("waiting" if obtained.retry else "none", obtained.reason)
        return obtained

    async def _load(self, loaded: Loaded, readable: Readable) -> None:
        present, _ = await self.player.current()
        choice = tracks.may_select(
            present,
            self.wishes.languages,
            changed_by_user=self.player.user_changed_track(loaded.playback_id),
            attached=loaded.attached,
            ours=(readable.path,),
        )
        name = printable(readable.name, 80)
        try:
            await self.player.add_subtitle(
                readable.path,
                f"{name} (Jimaku)",
                self.wishes.languages[0],
                select=choice.select,
                playback_id=loaded.playback_id,
            )
        except CommandRefused as refusal:
            self.told("refused", f"mpv would not take {name}: {refusal}")
            return
        if choice.select:
            self.told("selected", name)
            await self.player.say(f"字幕 {name}")
        else:
            self.told("added", f"{name}, not selected: {choice.why}")


def _sentence(verdict: Verdict) -> str:
    ref = verdict.ref
    if verdict.status != "resolved" or ref is None:
        return verdict.why
    episode = "" if ref.episode is None else f" episode {ref.episode:g}"
    end = "" if ref.episode_end is None else f"-{ref.episode_end:g}"
    return f"{printable(verdict.title)}{episode}{end} ({ref.media}): {verdict.why}"
