"""Brings the subtitle of a loaded file: is one needed, which episode is it, fetch, load; else retry."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kotozoe.errors import StorageError, Unanswered
from kotozoe.identify.names.identify import identify
from kotozoe.lookup.ports import CatalogueState, EpisodeFinder
from kotozoe.model import NotObtained, Readable, Urgency, Verdict, VideoFile
from kotozoe.playback import tracks
from kotozoe.playback.change_signal import ChangeSignal
from kotozoe.playback.keys import MENU
from kotozoe.playback.session import PlaybackSession
from kotozoe.printable import printable
from kotozoe.subtitles.ports import SubtitleSource

log = logging.getLogger(__name__)

# Seconds before the same question is asked again after a service failed; the last one repeats.
_RETRY_DELAYS = (10.0, 30.0, 60.0, 120.0, 300.0)
_REJECTED, _UNFIT = "you rejected it", "its lines do not fit this video"
_NOT_OPENED = "mpv could not open it"
_MAX_REFUSED = 3  # files that mpv could not open, one after the other


@dataclass(frozen=True, slots=True)
class SubtitleLoader:
    """Finds, fetches and loads for one session. Cancel the task to end it: each step is safe to cancel."""

    session: PlaybackSession
    finder: EpisodeFinder
    subtitles: SubtitleSource
    catalogue: CatalogueState
    changes: ChangeSignal

    async def run(self) -> bool:
        """Load the subtitle, or report why there is none; retry while a service is in trouble.

        Return whether that is final: false if other settings, or another key, may bring more.
        """
        opened = True
        for delay in _delays():
            try:
                done = await self._attempt(opened=opened)
            except (StorageError, Unanswered) as trouble:
                self.session.reason, done = str(trouble), None
                self.session.report("waiting", self.session.reason)
            if done is not None:
                return done
            opened = False
            await self.changes.wait(delay)
        raise AssertionError("the delays never end")

    async def improve(self) -> bool:
        """Where the loaded file only stands in for a better one, wait for that and load it; return whether it did."""
        session, delays = self.session, _delays()
        while session.readable is not None and session.readable.interim:
            await self.changes.wait(next(delays))
            obtained = await self._next_candidate({})
            if isinstance(obtained, Readable) and not obtained.interim:
                better = obtained.path != session.readable.path
                session.report("obtained", f"{printable(obtained.name)}, which could not be had before")
                return better and await self._load_best(obtained) is None
        return False

    async def load_named(self, file: str) -> None:
        """Load this file of the entry's listing, and select it."""
        session = self.session
        if session.verdict is None:
            return
        session.chosen = True
        obtained = await self.subtitles.obtain(session.verdict, session.video, Urgency.ON_SCREEN, only=file)
        if isinstance(obtained, Readable):
            session.report("taken", printable(obtained.name))
            try:
                await session.load(obtained)
            except Unanswered as trouble:
                session.report("refused", str(trouble))
        else:
            session.report("none", obtained.reason)
            await session.say(f"kotozoe: {obtained.reason}")

    async def confirm(self) -> bool:
        """Ask for what a provisional verdict went without; return whether it turned out to be wrong."""
        session, verdict = self.session, self.session.verdict
        if verdict is None or not verdict.provisional:
            return False
        confirmed = await self.finder.confirm(session.video, Urgency.REFRESH)
        if session.user_decided or confirmed.unanswered or session.verdict is not verdict:
            return False
        if confirmed.ref == verdict.ref:
            log.info("%s: confirmed by AniList's facts", session.playback_id)
            session.verdict = confirmed
            return False
        session.report("corrected", f"AniList's facts say otherwise: {_sentence(confirmed)}")
        return True

    async def next_candidate(self, unfit: Collection[str]) -> Readable | NotObtained:
        """Obtain the best file besides those that do not fit, without loading it."""
        return await self._next_candidate(dict.fromkeys(unfit, _UNFIT))

    async def _next_candidate(self, rejected: Mapping[str, str]) -> Readable | NotObtained:
        """Obtain the best file besides the rejected ones, each with its reason."""
        session = self.session
        if session.verdict is None:
            return NotObtained("the episode is not known")
        rejected = {**rejected, **self._rejected()}
        return await self.subtitles.obtain(session.verdict, session.video, Urgency.ON_SCREEN, rejected=rejected)

    def _rejected(self) -> dict[str, str]:
        """Return the files that the user rejected, each with that reason."""
        return dict.fromkeys(self.session.rejected(), _REJECTED)

    async def _attempt(self, *, opened: bool) -> bool | None:
        """Return what `run` does; None: to be retried. Raises StorageError, and Unanswered while mpv hangs."""
        session = self.session
        if reason := self._not_needed():
            session.reason = reason
            session.report("skipped", reason)
            if session.chosen:
                await session.say(f"kotozoe: {reason}")
            return True
        obtained = await self._obtain(opened=opened)
        if isinstance(obtained, Readable):
            failure = await self._load_best(obtained)
            if failure is None:
                return True
            obtained = failure
        session.reason = obtained.reason
        if line := await self._line_of(obtained):
            await session.say_once(f"kotozoe: {line}")
        return None if obtained.retry else False

    async def _line_of(self, obtained: NotObtained) -> str:
        """Return what the user would want to know on screen; empty for what is hardly an episode of anything."""
        session, verdict = self.session, self.session.verdict
        if session.chosen:
            return obtained.reason
        if verdict is None or verdict.status == "skipped":
            return ""
        known = verdict.status != "unknown"
        numbered, released = (True, True) if known else await asyncio.to_thread(_looks, session.video)
        if numbered and (trouble := session.reporter.key_trouble()):
            return f"{trouble}{await session.key_hint(MENU)}"
        if not released:
            return ""
        if verdict.status == "ambiguous" and not obtained.trouble:
            return f"several shows match{await session.key_hint(MENU) or ', choose one in the menu'}"
        if obtained.trouble or verdict.unanswered:
            return ""  # what a service makes us wait for is said where that takes long
        if verdict.status == "unknown":
            return f"no subtitle: {verdict.why.rstrip('.')}{await session.key_hint(MENU)}"
        return f"{_episode(verdict)}: {obtained.reason}"

    async def _load_best(self, readable: Readable) -> NotObtained | None:
        """Load this file or, where mpv cannot open it, the next best.

        Return a service's trouble with that next one; None if one is loaded, or if mpv opens none of them.
        """
        session, refused = self.session, dict[str, str]()
        while not await session.load(readable):
            refused[readable.name] = _NOT_OPENED
            if len(refused) == _MAX_REFUSED:
                session.reason += f" ({len(refused)} files failed: mpv may run in a sandbox, or as another user)"
                session.report("refused", session.reason)
                return None
            obtained = await self._next_candidate(refused)
            if not isinstance(obtained, Readable):
                return obtained if obtained.retry else None
            session.report("obtained", f"{printable(obtained.name)} ({', '.join(obtained.matches)})")
            readable = obtained
        return None

    def _not_needed(self) -> str:
        """Return why this file gets no subtitle, or an empty text."""
        session, settings = self.session, self.session.settings
        if session.pins.read().left_alone(session.video.path):
            return 'you chose "never" for its folder'
        unwatched = tracks.unwatched(session.video, settings.include, settings.exclude)
        return unwatched or tracks.unwanted(session.loaded.tracks)

    async def _obtain(self, *, opened: bool) -> Readable | NotObtained:
        session = self.session
        await self.catalogue.ready(Urgency.ON_SCREEN, titles=False)
        verdict = await self.finder.find(session.video, Urgency.ON_SCREEN)
        if verdict.status in ("unknown", "ambiguous") and not self.catalogue.knows_titles:
            await self.catalogue.ready(Urgency.ON_SCREEN)
            verdict = await self.finder.find(session.video, Urgency.ON_SCREEN)
        session.verdict = verdict
        if verdict.status in ("unknown", "ambiguous") and (own := await self._from_own_folder(verdict)):
            return own
        if verdict.status in ("unknown", "ambiguous") and (lack := self.catalogue.lacking):
            session.report("waiting", lack)
            return NotObtained(lack, retry=True, trouble=True)
        session.report(verdict.status, _sentence(verdict))
        if verdict.status != "resolved":
            unanswered = verdict.status != "skipped" and bool(verdict.unanswered)
            return NotObtained(verdict.why, retry=unanswered)
        obtained = await self.subtitles.obtain(
            verdict, session.video, Urgency.ON_SCREEN, rejected=self._rejected(), opened=opened
        )
        if isinstance(obtained, Readable):
            interim = f", until a better one can be had: {obtained.interim}" if obtained.interim else ""
            session.report("obtained", f"{printable(obtained.name)} ({', '.join(obtained.matches)}){interim}")
        else:
            session.report("waiting" if obtained.retry else "none", obtained.reason)
        return obtained

    async def _from_own_folder(self, verdict: Verdict) -> Readable | None:
        """Take what a folder of the user's has under the video's own name, where its episode is not known otherwise."""
        session = self.session
        found = await self.subtitles.by_name(verdict, session.video, Urgency.ON_SCREEN, self._rejected())
        if found is None:
            return None
        session.verdict, readable = found
        session.report("resolved", _sentence(session.verdict))
        session.report("obtained", f"{printable(readable.name)} ({', '.join(readable.matches)})")
        return readable


def _delays() -> Iterator[float]:
    return itertools.chain(_RETRY_DELAYS, itertools.repeat(_RETRY_DELAYS[-1]))


def _sentence(verdict: Verdict) -> str:
    ref = verdict.ref
    if verdict.status != "resolved" or ref is None:
        return verdict.why
    return f"{_episode(verdict)} ({ref.media}): {verdict.why.removeprefix(f'{printable(verdict.title)}: ')}"


def _episode(verdict: Verdict) -> str:
    ref = verdict.ref
    episode = "" if ref is None or ref.episode is None or verdict.kind == "movie" else f" episode {ref.episode:g}"
    end = "" if ref is None or ref.episode_end is None else f"-{ref.episode_end:g}"
    return f"{printable(verdict.title, 80)}{episode}{end}"


def _looks(video: VideoFile) -> tuple[bool, bool]:
    """Tell whether a name says a number that may be an episode's, and whether it looks like a release."""
    identified = identify(video)
    released = identified.looks_like_release
    return released or any(r.parsed.episode is not None for r in identified.readings), released
