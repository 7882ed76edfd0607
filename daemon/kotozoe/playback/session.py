"""One loaded file: what is known of it, which subtitle is loaded, and what is done to mpv's tracks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kotozoe.errors import CommandRefused, Unanswered
from kotozoe.identify.names.identify import own_name
from kotozoe.model import Readable, Track, Verdict, VideoFile
from kotozoe.playback import tracks
from kotozoe.playback.keys import CYCLE, MENU, TOGGLE, key_of
from kotozoe.playback.ports import Reporter, VideoPlayer
from kotozoe.playback.track_text import TrackText
from kotozoe.player import Loaded
from kotozoe.printable import printable
from kotozoe.requests.http import HttpClient
from kotozoe.safe_files import bounded
from kotozoe.settings.schema import Osd, Settings
from kotozoe.store.pins import PinStore
from kotozoe.subtitles.ranking.language import language_of

_MAX_BYTES = 32 * 1024 * 1024  # of a file of ours that is read to label it
_DOES = {MENU: "menu", TOGGLE: "shows it", CYCLE: "next subtitle"}


@dataclass(frozen=True, slots=True)
class PlaybackSettings:
    """What the settings say about one file, read once when it is loaded.

    `text_timing`, `sound_timing`: "retime", "check" or "off" where lines, or only the voices, serve as the reference;
    `misfit`: "deselect" or "keep" a subtitle that is for another video.
    """

    languages: tuple[str, ...] = ("ja",)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    yield_to: tuple[str, ...] = ("text",)
    secondary: str = ""
    osd: Osd = "all"
    text_timing: str = "retime"
    sound_timing: str = "retime"
    misfit: str = "deselect"

    @classmethod
    def of(cls, settings: Settings) -> PlaybackSettings:
        return cls(
            settings.subtitles.languages,
            settings.watch.include,
            settings.watch.exclude,
            settings.watch.private,
            settings.subtitles.yield_to,
            settings.subtitles.secondary,
            settings.player.osd,
            settings.timing.text,
            settings.timing.sound,
            settings.timing.misfit,
        )


@dataclass(slots=True, eq=False)
class PlaybackSession:
    """The state of one playback. Each method is safe to cancel.

    `cache_folder` is where our subtitle files lie, by which our tracks are known. `chosen`: the user picked this show
    or file, so ours is selected whatever else is there. `reason` says why no subtitle is loaded. `user_decided`: from
    now on the user decides; `finished`: nothing more can come of it by itself. `http`: for files that the player got
    from the network.
    """

    loaded: Loaded
    player: VideoPlayer
    settings: PlaybackSettings
    reporter: Reporter
    pins: PinStore
    cache_folder: Path
    chosen: bool = False
    http: HttpClient | None = None
    track_text: TrackText = field(init=False)
    verdict: Verdict | None = field(default=None, init=False)
    readable: Readable | None = field(default=None, init=False)
    reason: str = field(default="", init=False)
    user_decided: bool = field(default=False, init=False)
    finished: bool = field(default=False, init=False)
    running: asyncio.Task[None] | None = field(default=None, init=False)
    _previous_sid: int | None = field(default=None, init=False)  # the track that was selected before ours
    _said_once: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.track_text = TrackText(self.player, self.http)
        self.user_decided = self.chosen

    @property
    def video(self) -> VideoFile:
        return self.loaded.video

    @property
    def known_as(self) -> str:
        """The path of the video, or what names a stream: by it choices for this video are known again."""
        return own_name(self.loaded.video)

    @property
    def playback_id(self) -> str:
        return self.loaded.playback_id

    @property
    def is_private(self) -> bool:
        return tracks.under(self.video.path, self.settings.private)

    def report(self, step: str, sentence: str) -> None:
        """Publish a step, in words for a person."""
        self.reporter.report(step, sentence)

    def rejected(self) -> Collection[str]:
        """Return the names of the files that the user rejected for this video."""
        return self.pins.read().rejected(self.known_as, self.verdict.entry_id if self.verdict is not None else None)

    async def cancel_current(self) -> None:
        """Stop whatever is still being done for the file by itself: from here on the user decides."""
        self.finished = self.user_decided = True
        await cancel(self.running)

    # -- on screen

    async def say(self, line: str, *, success: bool = False) -> None:
        """Show a line on the OSD if the settings want it: all lines, or those that are about no `success`."""
        if self.settings.osd == "all" or (self.settings.osd == "problems" and not success):
            with suppress(CommandRefused):  # a line on the OSD is worth no more than one try
                await self.player.say(line)

    async def key_hint(self, *commands: str) -> str:
        """Return " (KEY: …)" for the first of these commands that a key is bound to; empty for none."""
        with suppress(CommandRefused):
            key, command = key_of(await self.player.read("input-bindings"), *commands)
            return f" ({key}: {_DOES[command]})" if key else ""
        return ""

    async def say_once(self, line: str) -> None:
        """Show the first of several lines that would repeat each other."""
        if not self._said_once:
            self._said_once = True
            await self.say(line)

    # -- tracks

    async def load(self, readable: Readable) -> bool:
        """Load this file in place of our previous one; return false if mpv refuses it.

        Raises Unanswered while mpv hangs.
        """
        present, sid = await self._current()
        choice = self._selection(present, readable)
        name = printable(readable.name, 80)
        if not any(self._is_ours(t) and t.track_id == sid for t in present):
            self._previous_sid = sid
        self.readable, self.reason = readable, ""
        try:
            await self.player.add_subtitle(
                readable.path,
                f"{name} ({'Jimaku' if readable.source == 'jimaku' else 'own folder'})",
                await asyncio.to_thread(_language_of, readable.path, self.settings.languages),
                select=choice.select,
                playback_id=self.playback_id,
            )
        except Unanswered:
            self.readable = None
            raise
        except CommandRefused as refusal:
            self.readable, self.reason = None, f"mpv could not open {name}: {refusal}"
            self.report("refused", self.reason)
            return False
        await self.drop_tracks(keep=readable.path)
        await self._show_second(readable, first=choice.select)
        if choice.select:
            self.report("selected", name)
            hint = await self.key_hint(MENU) if self.settings.osd == "all" and self.reporter.introduces() else ""
            await self.say(f"字幕 {name}{hint}", success=True)
        else:
            self.report("added", f"{name}, not selected: {choice.why}")
            hint = await self.key_hint(TOGGLE, CYCLE, MENU)
            await self.say(f"kotozoe: subtitle added, not shown: {choice.why}{hint}", success=True)
        return True

    async def toggle(self) -> None:
        """Select our track; or, if it is selected, the one that was selected before it."""
        present, sid = await self.player.current()
        own = next((t for t in present if self._is_ours(t)), None)
        if own is None:
            await self.say("kotozoe: no subtitle loaded yet")
        elif own.track_id == sid:
            subtitles = {t.track_id for t in present if t.kind == "sub"}
            previous = self._previous_sid if self._previous_sid in subtitles else None
            await self.player.show_track(previous, self.playback_id)
        else:
            self._previous_sid = sid
            await self.player.show_track(own.track_id, self.playback_id)

    async def is_shown(self) -> bool:
        """Tell whether the selected subtitle track is ours. Raises CommandRefused."""
        present, sid = await self.player.current()
        return any(self._is_ours(t) and t.track_id == sid for t in present)

    async def drop_tracks(self, keep: str = "") -> None:
        """Remove our tracks, except that of the file `keep`."""
        present, _ = await self.player.current()
        others = [t.track_id for t in present if self._is_ours(t) and t.external_filename != keep]
        if others:
            await self.player.drop_tracks(others, self.playback_id)

    async def _current(self) -> tuple[tuple[Track, ...], int | None]:
        """Return the tracks, with the language of files whose text tells it, and the selected subtitle track."""
        present, sid = await self.player.current()
        return await self.track_text.read(present, self._is_ours), sid

    def _is_ours(self, track: Track) -> bool:
        return track.kind == "sub" and track.external_filename.startswith(f"{self.cache_folder}/")

    def _selection(self, present: tuple[Track, ...], readable: Readable) -> tracks.Selection:
        if self.chosen:
            return tracks.Selection(select=True)
        ours = {readable.path, *(t.external_filename for t in present if self._is_ours(t))}
        if self.settings.secondary == "ours" and any(
            t.kind == "sub" and t.selected and not self._is_ours(t) for t in present
        ):
            return tracks.Selection(select=False, why="[subtitles] secondary puts it second")
        return tracks.may_select(
            present,
            self.settings.languages,
            changed_by_user=self.player.user_changed_track(self.playback_id),
            attached=self.loaded.attached,
            ours=ours,
            requested_sid=self.loaded.requested_sid,
            slang=self.loaded.slang,
            yields=self.settings.yield_to,
        )

    async def _show_second(self, readable: Readable, *, first: bool) -> None:
        """Fill mpv's second subtitle as configured: with a track besides ours, or with ours besides another."""
        wanted = self.settings.secondary
        if not wanted or first is (wanted == "ours"):
            return
        present, sid = await self._current()
        if wanted == "ours":
            track = next((t for t in present if t.external_filename == readable.path), None) if sid else None
        else:
            track = tracks.second(present, wanted, {t.external_filename for t in present if self._is_ours(t)})
        if track is not None and await self.player.show_second(track.track_id, self.playback_id):
            self.report("second", f"track {track.track_id} is the second subtitle")


def _language_of(path: str, languages: tuple[str, ...]) -> str:
    """Return the language that a subtitle file is labelled with: that of its text, where several are wanted."""
    if languages == ("ja",):  # no other is taken then
        return "ja"
    with suppress(OSError):
        text = bounded(Path(path), _MAX_BYTES).decode("utf-8", "replace")
        return language_of(text) or languages[0]
    return languages[0]


async def cancel(task: asyncio.Task[None] | None) -> None:
    """Cancel a task, and wait until it has ended."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
