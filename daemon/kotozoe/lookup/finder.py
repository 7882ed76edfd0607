"""From a name to a verdict: decide, fetch what is needed, decide again, until nothing is needed."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kotozoe.errors import Malformed, ProviderError, Refused, Throttled, Unavailable
from kotozoe.identify.names.guessed import with_guessed
from kotozoe.identify.names.identify import Identified, identify
from kotozoe.identify.names.nfo import with_nfo
from kotozoe.identify.names.titles import Quality, key_of, tidy, title_keys
from kotozoe.identify.verdict.knowledge import (
    Knowledge,
    Want,
    WantEntry,
    WantFacts,
    WantListing,
    WantNear,
    WantSearch,
)
from kotozoe.identify.verdict.pins import Pin
from kotozoe.identify.verdict.resolve import Resolution, resolve
from kotozoe.lookup.local_answers import LocalAnswers, names_of
from kotozoe.lookup.nfo_files import read_nfo_files
from kotozoe.model import Entry, Facts, Listing, Urgency, Verdict, VideoFile
from kotozoe.providers.ports import FactsSource, ListingSource
from kotozoe.store.catalogue import Catalogue

T = TypeVar("T")

FACTS_A_REQUEST = 50
TITLES_A_REQUEST = 30
_MAX_AT_ONCE = 10_000  # videos whose wants are merged: it bounds the memory that a library takes, to some 50 MB
_SLICE = 50  # videos of one turn of a thread, which cannot be cancelled: half a second for new names
_QUICK = (Urgency.ON_SCREEN, Urgency.NEXT)  # for whom a verdict without AniList's facts is sought first
# The share right from which such a verdict is given: whole titles, and a number that the season map, a relation rule or
# the entry's own files lead to. Of 523 such names with known answers, 523 were right.
_SURE = 0.96
_USUAL_SECONDS = {"movie": (3300.0, math.inf), "tv": (18 * 60.0, 32 * 60.0)}
# Listings that are read for such a verdict: where a title has two seasons, each may offer the number. Of 16 real names
# that need two all were right; who would need more waits for one request for facts instead.
_MAX_LISTINGS = 2
_MAX_ROUNDS = 24  # of deciding and asking; each round knows more, real names need under eight


class _Absent:
    """Stands in for a service that is disabled."""

    def __init__(self, host: str) -> None:
        self._host = host

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:  # noqa: ARG002 - a Protocol
        raise self._off()

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:  # noqa: ARG002
        raise self._off()

    async def listing(self, entry_id: int, urgency: Urgency) -> Listing:  # noqa: ARG002
        raise self._off()

    def _off(self) -> Refused:
        return Refused(self._host, "disabled in the config")


@dataclass(slots=True)
class _Question:
    """One video on its way to its verdict. `retryable`: services in trouble that may answer later, and why."""

    video: VideoFile
    identified: Identified
    answers: dict[Want, object] = field(default_factory=dict)
    unanswered: dict[Want, str] = field(default_factory=dict)
    retryable: dict[str, None] = field(default_factory=dict)
    resolution: Resolution | None = None

    @property
    def doubtful(self) -> bool:
        """Say whether a name that looks like a release's was not answered, so that another reader is worth its time."""
        status = self.resolution.verdict.status if self.resolution is not None else ""
        return self.identified.looks_like_release and status in ("unknown", "ambiguous")

    @property
    def wants(self) -> tuple[Want, ...]:
        return self.resolution.wants if self.resolution is not None else ()

    def miss(self, wants: Mapping[Want, ProviderError | None]) -> None:
        for want, trouble in wants.items():
            self.unanswered[want] = reason = _reason(trouble) if trouble is not None else "not answered"
            if isinstance(trouble, Malformed | Throttled | Unavailable):
                self.retryable[reason] = None


class Finder:
    """Finds the media and episode of videos, by the catalogue first; `facts` and `listings` may be missing."""

    def __init__(
        self,
        catalogue: Catalogue,
        facts: FactsSource | None = None,
        listings: ListingSource | None = None,
        clock: Callable[[], float] = time.time,
        pins: Callable[[], tuple[Pin, ...]] = tuple,
    ) -> None:
        self._catalogue = catalogue
        self._pins = pins
        self._facts = facts or _Absent("AniList")
        self._listings = listings or _Absent("Jimaku")
        self._clock = clock
        self._local_answers = LocalAnswers(catalogue, clock)

    async def find(self, video: VideoFile, urgency: Urgency) -> Verdict:
        """Return the verdict for one video. Never raises ProviderError.

        What is on screen, or comes next, waits for no facts of AniList where all else agrees; the verdict is then
        provisional, until `confirm`.
        """
        return (await self.find_all((video,), urgency))[0]

    async def confirm(self, video: VideoFile, urgency: Urgency) -> Verdict:
        """Return the verdict of all that services know, where `find` gave a provisional one."""
        return (await self._find_some((video,), urgency, provisional=False))[0]

    async def find_all(self, videos: Sequence[VideoFile], urgency: Urgency) -> list[Verdict]:
        """Return the verdicts for many videos, in order; what ten thousand of them want is fetched together."""
        verdicts: list[Verdict] = []
        for some in _chunked(videos, _MAX_AT_ONCE):
            verdicts += await self._find_some(some, urgency)
        return verdicts

    async def _find_some(
        self, videos: Sequence[VideoFile], urgency: Urgency, *, provisional: bool = True
    ) -> list[Verdict]:
        questions: list[_Question] = []
        first: dict[Want, None] = {}
        for part in _chunked(videos, _SLICE):
            begun, wanted = await asyncio.to_thread(self._begin, part)
            questions += begun
            first.update(dict.fromkeys(wanted))
        if provisional and len(questions) == 1 and urgency in _QUICK:
            verdict = await self._without_facts(questions[0], tuple(first), urgency)
            if verdict is not None:
                return [verdict]
        await self._answer(questions, tuple(first), urgency)
        wants = await self._guess([q for q in questions if q.doubtful])
        await self._answer([q for q in questions if q.wants], wants, urgency)
        return [_final(q) for q in questions]

    async def _without_facts(self, question: _Question, wants: tuple[Want, ...], urgency: Urgency) -> Verdict | None:
        """Return what title, season map and listings say by themselves; None if they leave a doubt."""
        trial = replace(question, answers=dict(question.answers), unanswered=dict(question.unanswered))
        may_ask = _MAX_LISTINGS
        while wants:
            asked = [w for w in wants if isinstance(w, WantListing)]
            may_ask -= len(asked)
            if may_ask < 0 or any(isinstance(w, WantSearch) for w in wants):  # others may bear that title
                return None
            answers, troubles = await self._fetch(asked, urgency)
            if troubles:
                return None
            question.answers |= answers
            trial.answers |= answers
            trial.unanswered |= {w: "not asked yet" for w in wants if isinstance(w, WantFacts)}
            wants = await self._decide_all([trial])
        verdict = trial.resolution.verdict if trial.resolution is not None else None
        if verdict is None or verdict.ref is None or trial.unanswered == question.unanswered:
            return None
        entry = trial.answers.get(WantEntry(verdict.ref.media))
        alone = isinstance(entry, Entry) and _stands_alone(verdict, entry, question)
        return replace(verdict, provisional=True) if alone else None

    async def _answer(self, questions: Sequence[_Question], wants: tuple[Want, ...], urgency: Urgency) -> None:
        """Fetch what the questions want and decide again, until nothing is wanted."""
        open_ones = questions
        for _ in range(_MAX_ROUNDS):
            open_ones = [q for q in open_ones if q.wants]
            if not open_ones:
                break
            answers, unanswered = await self._fetch(wants, urgency)
            for question in open_ones:
                question.answers.update((w, answers[w]) for w in question.wants if w in answers)
                question.miss({w: unanswered.get(w) for w in question.wants if w not in answers})
            wants = await self._decide_all(open_ones)

    async def _guess(self, questions: Sequence[_Question]) -> tuple[Want, ...]:
        """Let guessit read the names that were not answered; return what must be fetched where it finds more."""
        wants: dict[Want, None] = {}
        for part in _chunked(questions, _SLICE):
            wants.update(dict.fromkeys(await asyncio.to_thread(self._guess_some, part)))
        return tuple(wants)

    async def _decide_all(self, questions: Sequence[_Question]) -> tuple[Want, ...]:
        """Decide in short turns of a thread, so that a cancelled search soon comes to its end."""
        wants: dict[Want, None] = {}
        for part in _chunked(questions, _SLICE):
            wants.update(dict.fromkeys(await asyncio.to_thread(self._decide, part)))
        return tuple(wants)

    async def read(self, videos: Sequence[VideoFile]) -> None:
        """Read the names beforehand: what takes longest of finding many. Kept, so that it is done once."""
        for part in _chunked(videos, _SLICE):
            await asyncio.to_thread(self._read, part)

    # -- what the disk knows, in a thread

    def _begin(self, videos: Sequence[VideoFile]) -> tuple[list[_Question], tuple[Want, ...]]:
        questions = self._read(videos)
        return questions, self._decide(questions)

    def _read(self, videos: Sequence[VideoFile]) -> list[_Question]:
        questions: list[_Question] = []
        fresh: list[tuple[VideoFile, Identified]] = []
        for video in videos:
            identified = self._catalogue.reading(video)
            if identified is None:
                identified = identify(video)
                fresh.append((video, identified))
            questions.append(_Question(video, with_nfo(identified, read_nfo_files(video))))
        if fresh:
            self._catalogue.keep_readings(fresh)
        return questions

    def _guess_some(self, questions: Sequence[_Question]) -> tuple[Want, ...]:
        again: list[_Question] = []
        for question in questions:
            guessed = with_guessed(question.identified)
            if guessed is not question.identified:
                question.identified = guessed
                again.append(question)
        return self._decide(again)

    def _decide(self, questions: Iterable[_Question]) -> tuple[Want, ...]:
        """Decide each question as far as the disk's knowledge goes; return what must be fetched, each want once."""
        rules, pins = self._catalogue.rules(), self._pins()
        near: dict[WantNear, None] = {}
        pending = list(questions)
        remote: dict[Want, None] = {}
        while pending:
            again: list[_Question] = []
            for question in pending:
                question.resolution = resolve(
                    question.identified,
                    Knowledge(rules, question.answers, question.unanswered, pins, question.video.duration),
                )
                if self._learn(question, near, remote):
                    again.append(question)
            if near:
                found = self._local_answers.near(near)
                for question in pending:
                    question.answers.update((w, found[w]) for w in question.wants if w in found)
                near.clear()
            pending = again
        return tuple(remote)

    def _learn(self, question: _Question, near: dict[WantNear, None], remote: dict[Want, None]) -> bool:
        """Answer the local wants; say whether to decide again. Remote ones wait until no local one is left."""
        wants = question.wants
        near.update((w, None) for w in wants if isinstance(w, WantNear))
        local = self._local_answers.answers(wants)
        question.answers.update(local)
        if not local and not any(isinstance(w, WantNear) for w in wants):
            remote.update((w, None) for w in wants)
            return False
        return True

    # -- what services know

    async def _fetch(
        self, wants: Sequence[Want], urgency: Urgency
    ) -> tuple[dict[Want, object], dict[Want, ProviderError]]:
        answers: dict[Want, object] = {}
        unanswered: dict[Want, ProviderError] = {}
        ids = _chunked([w.anilist_id for w in wants if isinstance(w, WantFacts)], FACTS_A_REQUEST)
        titles = _chunked([w.title for w in wants if isinstance(w, WantSearch)], TITLES_A_REQUEST)
        listings = (want for want in wants if isinstance(want, WantListing))
        async with asyncio.TaskGroup() as group:  # how many are on their way at once is the host's matter
            for some in ids:
                group.create_task(self._fetch_facts(some, urgency, answers, unanswered))
            for some_titles in titles:
                group.create_task(self._fetch_searches(some_titles, urgency, answers, unanswered))
            for want in listings:
                group.create_task(self._fetch_listing(want, urgency, answers, unanswered))
        return answers, unanswered

    async def _fetch_facts(
        self, ids: Sequence[int], urgency: Urgency, answers: dict[Want, object], unanswered: dict[Want, ProviderError]
    ) -> None:
        try:
            found = {f.anilist_id: f for f in await self._facts.facts(ids, urgency)}
        except ProviderError as trouble:
            stale = await asyncio.to_thread(self._catalogue.facts, ids)
            answers.update((WantFacts(i), f) for i, f in stale.items())
            unanswered.update((WantFacts(i), trouble) for i in ids if i not in stale)
            return
        absent = [i for i in ids if i not in found]
        await asyncio.to_thread(self._catalogue.keep_facts, tuple(found.values()), self._clock(), absent)
        answers.update((WantFacts(i), found.get(i)) for i in ids)

    async def _fetch_searches(
        self,
        titles: Sequence[str],
        urgency: Urgency,
        answers: dict[Want, object],
        unanswered: dict[Want, ProviderError],
    ) -> None:
        try:
            found = await self._facts.search(titles, urgency)
        except ProviderError as trouble:
            unanswered.update((WantSearch(t), trouble) for t in titles)
            return
        await asyncio.to_thread(self._keep_searches, {t: found.get(t, ()) for t in titles})
        answers.update((WantSearch(t), found.get(t, ())) for t in titles)

    def _keep_searches(self, found: Mapping[str, tuple[Facts, ...]]) -> None:
        self._catalogue.keep_searches(found, self._clock())

    async def _fetch_listing(
        self, want: WantListing, urgency: Urgency, answers: dict[Want, object], unanswered: dict[Want, ProviderError]
    ) -> None:
        # another playback may have read it meanwhile
        kept = await asyncio.to_thread(self._local_answers.listing, want.entry_id)
        try:
            answers[want] = kept if kept is not None else names_of(await self._listings.listing(want.entry_id, urgency))
        except ProviderError as trouble:
            unanswered[want] = trouble


def _stands_alone(verdict: Verdict, entry: Entry, question: _Question) -> bool:
    """Say whether facts would hardly change a verdict; those of fractions, specials and videos of an odd length do."""
    episode = verdict.ref.episode if verdict.status == "resolved" and verdict.ref is not None else None
    special = any(reading.parsed.special for reading in question.identified.readings)
    if episode is None or episode < 1 or episode != int(episode) or special:
        return False
    shortest, longest = _USUAL_SECONDS["movie" if verdict.kind == "movie" else "tv"]
    seconds = question.video.duration
    usual = seconds is None or shortest <= seconds <= longest
    return usual and verdict.confidence >= _SURE and not _may_be_shared(entry, question.identified)


def _may_be_shared(entry: Entry, identified: Identified) -> bool:
    """Say whether the video bears a name of the media that says no season or part, while another of its names does.

    It may share such a name with the part before it.
    """
    names = {name: _season_and_part(name) for name in entry.names}
    season, part = max(names.values())
    plain = {key_of(tidy(name)) for name, said in names.items() if said == (1, 1)}
    return (season, part) != (1, 1) and any(
        key_of(tidy(reading.title_text)) in plain and (part > 1 or reading.parsed.season != season)
        for reading in identified.readings
    )


def _season_and_part(name: str) -> tuple[int, int]:
    said = next((key for key in title_keys(name) if key.quality is Quality.STRIPPED), None)
    return (said.season or 1, said.part or 1) if said is not None else (1, 1)


def _reason(trouble: ProviderError) -> str:
    return f"{trouble.host} could not be asked: {trouble.reason}"


def _chunked(values: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (values[i : i + size] for i in range(0, len(values), size))


def _final(question: _Question) -> Verdict:
    if question.resolution is None:
        return Verdict("unknown", "The name was not looked at.")
    return replace(question.resolution.verdict, unanswered=tuple(question.retryable))
