"""What `identify`, `explain` and `choose` do: the daemon's own services, opened for one question and closed again."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kotozoe.app.library_fetch import LACK
from kotozoe.app.services import command_services, preferences_of
from kotozoe.errors import UserError
from kotozoe.identify.names.identify import identify
from kotozoe.identify.verdict.anchor import primary
from kotozoe.lookup.title_search import TitleSearch
from kotozoe.model import MediaKey, Urgency, Verdict, VideoFile
from kotozoe.settings import places as where
from kotozoe.settings.load import load
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles import background
from kotozoe.subtitles.ranking.choose import Background, choose_json

# A person waits at the terminal: after so many seconds of a service's trouble, it is reported.
_PATIENCE = 20.0
_MAX_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict and how it came about, one step a line."""

    verdict: Verdict
    lines: tuple[str, ...]


def identify_chunks(config: Path, chunks: Iterator[Sequence[str]]) -> Iterator[list[Verdict]]:
    """Yield the verdicts of each chunk of paths, in order. The requests of one chunk are made together."""
    with asyncio.Runner() as runner:
        opening = command_services(config, _PATIENCE)
        services = runner.run(opening.__aenter__())
        try:
            runner.run(services.refresh.ready(Urgency.TERMINAL))
            for chunk in chunks:
                found = runner.run(services.finder.find_all([video_of(path) for path in chunk], Urgency.TERMINAL))
                yield [_with_lack(verdict, services.refresh.lacking) for verdict in found]
        finally:
            runner.run(opening.__aexit__(None, None, None))


def explain(config: Path, path: str) -> Explanation:
    """Explain the answer for one path, down to the subtitle files; nothing is downloaded or loaded."""
    return asyncio.run(_explain(config, video_of(path)))


def choose_lines(config: Path, requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Answer each request to choose among given files, from what is known on disk alone.

    Raises UserError for a request that lacks something, or has something else in its place.
    """
    settings = load(config)
    at = where.places(config).for_server(settings.jimaku.url)
    where.prepare(at)
    preferences = preferences_of(settings.subtitles)
    with contextlib.closing(Catalogue(at.catalogue)) as catalogue:
        for number, request in enumerate(requests, start=1):
            known = _background(catalogue, request.get("anilist_id"))
            try:
                answer = choose_json(request, known, preferences)
            except ValueError as mistake:
                raise UserError(f"Request {number}: {mistake}") from None
            yield answer


def _background(catalogue: Catalogue, anilist_id: object) -> Background:
    if not isinstance(anilist_id, int):
        return Background()
    return background.background(catalogue, MediaKey("anilist", str(anilist_id)))


def video_of(path: str) -> VideoFile:
    """Return the video that a path, or URL, on the command line means.

    A name that is not on this disk stays as it is: the folder one stands in says nothing about it.
    """
    if "://" in path:
        return VideoFile(path, network=True)
    return VideoFile(os.path.abspath(path) if os.path.lexists(path) else path)  # noqa: PTH100 - bytes survive


async def _explain(config: Path, video: VideoFile) -> Explanation:
    async with command_services(config, _PATIENCE) as services:
        await services.refresh.ready(Urgency.TERMINAL)
        verdict = await services.finder.find(video, Urgency.TERMINAL)
        lines = [*verdict.trace, f"{verdict.status.capitalize()}: {verdict.why}", *_others(verdict)]
        lines += [f"Not answered: {reason}." for reason in verdict.unanswered]
        if verdict.status == "resolved":
            lines += await services.fetcher.explain(verdict, video, Urgency.TERMINAL)
        elif verdict.status == "unknown" and services.refresh.lacking:
            lines.append(LACK.format(services.refresh.lacking))
        elif verdict.status == "unknown":
            lines += await _similar(video, services.catalogue)
        return Explanation(verdict, tuple(lines))


def _with_lack(verdict: Verdict, lacking: str) -> Verdict:
    """Add to an unknown verdict that Jimaku's entries, and so nearly all titles, are not known here, and why."""
    if verdict.status != "unknown" or not lacking:
        return verdict
    return replace(verdict, why=f"{verdict.why} {LACK.format(lacking)}")


def _others(verdict: Verdict) -> list[str]:
    word = "Less likely" if verdict.status == "resolved" else "Possible"
    return [
        f"  {word}: {c.title} ({c.ref.media}) episode {c.ref.episode:g}: {c.evidence}."
        for c in verdict.candidates
        if c.ref.episode is not None
    ]


async def _similar(video: VideoFile, catalogue: Catalogue) -> list[str]:
    """Name the entries whose titles are nearest to what was read."""
    reading = primary(identify(video))
    entries = await TitleSearch(catalogue).search(reading.title_text) if reading is not None else ()
    names = [entry.name for entry in entries[:_MAX_SIMILAR]]
    if not names:
        return ["No title of Jimaku's entries is like it."]
    return [f"The nearest of Jimaku's titles: {'; '.join(names)}."]
