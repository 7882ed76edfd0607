"""The story of one loaded file: is a subtitle wanted, which episode is it, fetch, load, tell."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from kotozoe.errors import CommandRefused, StorageError, Unanswered
from kotozoe.identify.verdict.pins import Pins
from kotozoe.model import NotObtained, Readable, Track, Urgency, Verdict, VideoFile
from kotozoe.playback import tracks
from kotozoe.printable import printable

# How long a service's trouble is waited out before the same question is put again, in seconds; the last one repeats.
_AGAIN = (10.0, 30.0, 60.0, 120.0, 300.0)
_REJECTED, _UNFIT = "you rejected it", "its lines do not fit this video"
_UNOPENED = "mpv could not open it"
_MAX_REFUSED = 3  # files that mpv could not open, one after the other


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
    @property
    def told_sid(self) -> int | str: ...
    @property
    def slang(self) -> tuple[str, ...]: ...


class Player(Protocol):
    """One mpv. Raises PlayerGone once it has left."""

    async def current(self) -> tuple[tuple[Track, ...], int | None]: ...
    def user_changed_track(self, playback_id: str) -> bool: ...
    async def add_subtitle(self, path: str, title: str, language: str, *, select: bool, playback_id: str) -> None: ...
    async def show_track(self, track_id: int | None, playback_id: str) -> None: ...
    async def show_second(self, track_id: int, playback_id: str) -> bool: ...
    async def drop_tracks(self, track_ids: Collection[int], playback_id: str) -> None: ...
    async def say(self, line: str) -> None: ...


class Finder(Protocol):
    """A name to a verdict."""

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict: ...


class SubtitleFetcher(Protocol):
    """A verdict to a readable file in the cache."""

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
    ) -> Readable | NotObtained: ...


class Told(Protocol):
    """Who is told of each step, in words for a person."""

    def __call__(self, step: str, sentence: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings say about this one file, read once at its start."""

    languages: tuple[str, ...] = ("ja",)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    yield_to: tuple[str, ...] = ("text",)
    secondary: str = ""
    osd: bool = True


@dataclass(slots=True)
class Playback:
    """Tells the story once. Cancel the task to end it: each step is safe to cancel.

    `ready` waits for what finding needs to know beforehand (the catalogue); `changed` waits until something changed
    that may bring a better answer, at most so many seconds. `lacking` tells why the catalogue is not known, if it is
    not. `pins` is asked at each decision. `ours` knows a subtitle file of ours by its path. `chosen`: the user asked
    for this, so ours is shown whatever else is.
    """

    player: Player
    finder: Finder
    fetcher: SubtitleFetcher
    wishes: Wishes
    told: Told
    ready: Callable[[Urgency], Awaitable[None]]
    changed: Callable[[float], Awaitable[None]]
    lacking: Callable[[], str] = str
    pins: Callable[[], Pins] = Pins
    ours: Callable[[str], bool] = bool
    chosen: bool = False
    verdict: Verdict | None = field(default=None, init=False)
    readable: Readable | None = field(default=None, init=False)
    reason: str = field(default="", init=False)
    _before: int | None = field(default=None, init=False)  # the track that was shown when ours came
    _said: bool = field(default=False, init=False)

    async def play(self, loaded: Loaded) -> bool:
        """Bring the subtitle for `loaded`, or say why there is none; asks again while a service is in trouble.

        Return whether the story is at its end: false if other settings, or another key, may bring more.
        """
        for pause in itertools.chain(_AGAIN, itertools.repeat(_AGAIN[-1])):
            try:
                done = await self._once(loaded)
            except (StorageError, Unanswered) as trouble:
                self.reason, done = str(trouble), None
                self.told("waiting", self.reason)
            if done is not None:
                return done
            await self.changed(pause)
        raise AssertionError("the pauses never end")

    async def _once(self, loaded: Loaded) -> bool | None:
        """Return what `play` does; None: to be tried again. Raises StorageError, and Unanswered while mpv hangs."""
        if reason := self._unwanted(loaded):
            self.reason = reason
            self.told("skipped", reason)
            if self.chosen:
                await self._say(f"kotozoe: {reason}")
            return True
        obtained = await self._obtained(loaded.video)
        if isinstance(obtained, Readable):
            left = await self._load_one(loaded, obtained)
            if left is None:
                return True
            obtained = left
        self.reason = obtained.reason
        if self.chosen:
            await self._say_once(f"kotozoe: {obtained.reason}")
        return None if obtained.retry else False

    async def _load_one(self, loaded: Loaded, readable: Readable) -> NotObtained | None:
        """Load this file or, where mpv cannot open it, the next best.

        Return a service's trouble with that next one; None if one is loaded, or if mpv takes none of them.
        """
        refused: dict[str, str] = {}
        while not await self.load(loaded, readable):
            refused[readable.name] = _UNOPENED
            if len(refused) == _MAX_REFUSED:
                self.reason += f". So it was with {len(refused)} files: mpv may be in a sandbox, or be another user's"
                self.told("refused", self.reason)
                return None
            obtained = await self._next_but(loaded, refused)
            if not isinstance(obtained, Readable):
                return obtained if obtained.retry else None
            self.told("obtained", f"{printable(obtained.name)} ({', '.join(obtained.matches)})")
            readable = obtained
        return None

    async def take(self, loaded: Loaded, file: str) -> None:
        """Load this file of the entry's listing, and show it."""
        if self.verdict is None:
            return
        self.chosen = True
        obtained = await self.fetcher.obtain(self.verdict, loaded.video, Urgency.ON_SCREEN, only=file)
        if isinstance(obtained, Readable):
            self.told("taken", printable(obtained.name))
            try:
                await self.load(loaded, obtained)
            except Unanswered as trouble:
                self.told("refused", str(trouble))
        else:
            self.told("none", obtained.reason)
            await self._say(f"kotozoe: {obtained.reason}")

    async def next_but(self, loaded: Loaded, names: Collection[str]) -> Readable | NotObtained:
        """Obtain the best file whose name is none of these, without loading it."""
        return await self._next_but(loaded, dict.fromkeys(names, _UNFIT))

    async def _next_but(self, loaded: Loaded, names: Mapping[str, str]) -> Readable | NotObtained:
        """Obtain the best file whose name is none of these, each with its reason."""
        if self.verdict is None:
            return NotObtained("it is not known what this is")
        by_user = dict.fromkeys(self.pins().rejected(loaded.video.path, self.verdict.entry_id), _REJECTED)
        rejected = {**names, **by_user}
        return await self.fetcher.obtain(self.verdict, loaded.video, Urgency.ON_SCREEN, rejected=rejected)

    async def load(self, loaded: Loaded, readable: Readable) -> bool:
        """Load this file in the place of ours; return false if mpv refuses it. Raises Unanswered while mpv hangs."""
        present, sid = await self.player.current()
        choice = self._selection(loaded, present, readable)
        name = printable(readable.name, 80)
        if not any(self._is_ours(t) and t.track_id == sid for t in present):
            self._before = sid
        self.readable, self.reason = readable, ""
        try:
            await self.player.add_subtitle(
                readable.path,
                f"{name} ({'Jimaku' if readable.entry_id > 0 else 'own folder'})",
                self.wishes.languages[0],
                select=choice.select,
                playback_id=loaded.playback_id,
            )
        except Unanswered:
            self.readable = None
            raise
        except CommandRefused as refusal:
            self.readable, self.reason = None, f"mpv could not open {name}: {refusal}"
            self.told("refused", self.reason)
            return False
        await self.drop(loaded, readable.path)
        await self._show_second(loaded, readable, first=choice.select)
        if choice.select:
            self.told("selected", name)
            await self._say(f"字幕 {name}")
        else:
            self.told("added", f"{name}, not selected: {choice.why}")
        return True

    async def toggle(self, loaded: Loaded) -> None:
        """Show our track; or, if it is shown, what was shown before it."""
        present, sid = await self.player.current()
        own = next((t for t in present if self._is_ours(t)), None)
        if own is None:
            await self._say("kotozoe: there is no subtitle of ours yet")
        elif own.track_id == sid:
            before = self._before if any(t.track_id == self._before for t in present if t.kind == "sub") else None
            await self.player.show_track(before, loaded.playback_id)
        else:
            self._before = sid
            await self.player.show_track(own.track_id, loaded.playback_id)

    async def drop(self, loaded: Loaded, but: str = "") -> None:
        """Take our tracks away, except the one of the file `but`."""
        present, _ = await self.player.current()
        others = [t.track_id for t in present if self._is_ours(t) and t.external_filename != but]
        if others:
            await self.player.drop_tracks(others, loaded.playback_id)

    def _is_ours(self, track: Track) -> bool:
        return track.kind == "sub" and bool(track.external_filename) and self.ours(track.external_filename)

    def _unwanted(self, loaded: Loaded) -> str:
        wishes = self.wishes
        if self.pins().left_alone(loaded.video.path):
            return 'you said "never" for its folder'
        return tracks.unwatched(loaded.video, wishes.include, wishes.exclude) or tracks.unwanted(loaded.tracks)

    async def _obtained(self, video: VideoFile) -> Readable | NotObtained:
        await self.ready(Urgency.ON_SCREEN)
        self.verdict = verdict = await self.finder.find(video, Urgency.ON_SCREEN)
        if verdict.status in ("unknown", "ambiguous") and (lack := self.lacking()):
            self.told("waiting", lack)
            return NotObtained(lack, retry=True)
        self.told(verdict.status, _sentence(verdict))
        if verdict.status != "resolved":
            if verdict.status == "ambiguous":
                await self._say_once("kotozoe: several shows fit, its menu lets you choose")
            waiting = verdict.status != "skipped" and bool(verdict.unanswered)
            return NotObtained(verdict.why, retry=waiting)
        rejected = dict.fromkeys(self.pins().rejected(video.path, verdict.entry_id), _REJECTED)
        obtained = await self.fetcher.obtain(verdict, video, Urgency.ON_SCREEN, rejected=rejected)
        if isinstance(obtained, Readable):
            self.told("obtained", f"{printable(obtained.name)} ({', '.join(obtained.matches)})")
        else:
            self.told("waiting" if obtained.retry else "none", obtained.reason)
        return obtained

    def _selection(self, loaded: Loaded, present: tuple[Track, ...], readable: Readable) -> tracks.Selection:
        if self.chosen:
            return tracks.Selection(select=True)
        ours = {readable.path, *(t.external_filename for t in present if self._is_ours(t))}
        if self.wishes.secondary == "ours" and any(
            t.kind == "sub" and t.selected and not self._is_ours(t) for t in present
        ):
            return tracks.Selection(select=False, why="[subtitles] secondary puts it second")
        return tracks.may_select(
            present,
            self.wishes.languages,
            changed_by_user=self.player.user_changed_track(loaded.playback_id),
            attached=loaded.attached,
            ours=ours,
            told_sid=loaded.told_sid,
            slang=loaded.slang,
            yields=self.wishes.yield_to,
        )

    async def _show_second(self, loaded: Loaded, readable: Readable, *, first: bool) -> None:
        """Fill mpv's second subtitle as the settings wish: with a track beside ours, or with ours beside another."""
        wish = self.wishes.secondary
        if not wish or first is (wish == "ours"):
            return
        present, sid = await self.player.current()
        if wish == "ours":
            track = next((t for t in present if t.external_filename == readable.path), None) if sid else None
        else:
            track = tracks.second(present, wish, {t.external_filename for t in present if self._is_ours(t)})
        if track is not None and await self.player.show_second(track.track_id, loaded.playback_id):
            self.told("second", f"track {track.track_id} is shown as second")

    async def _say_once(self, line: str) -> None:
        if not self._said:
            self._said = True
            await self._say(line)

    async def _say(self, line: str) -> None:
        if self.wishes.osd:
            with suppress(CommandRefused):  # a line on the OSD is worth no more than one try
                await self.player.say(line)


def _sentence(verdict: Verdict) -> str:
    ref = verdict.ref
    if verdict.status != "resolved" or ref is None:
        return verdict.why
    episode = "" if ref.episode is None else f" episode {ref.episode:g}"
    end = "" if ref.episode_end is None else f"-{ref.episode_end:g}"
    return f"{printable(verdict.title)}{episode}{end} ({ref.media}): {verdict.why}"
