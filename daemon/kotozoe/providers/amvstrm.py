"""A self-hosted amvstrm, of either generation: AniList's facts by another way, one title or media per request.

It answers with success when AniList behind it failed, and one generation keeps such answers for half an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from kotozoe.errors import Malformed, Missing, Throttled, Unavailable
from kotozoe.model import Facts, Relation, Urgency
from kotozoe.providers.anilist import read_facts
from kotozoe.providers.fields import rows, whole
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import Answer, Request, host_of, odd, read_json, refuse_bad
from kotozoe.requests.rate_limit import AMVSTRM, hear_amvstrm

T = TypeVar("T")
Json = Mapping[str, Any]
BYPASS = {"x-apicache-bypass": "true"}
_MAX_REMEMBERED = 500  # media that searches told of
UPSTREAM_WAIT = 60.0  # AniList's own timeout after too many requests


@dataclass(frozen=True, slots=True)
class _Stale:
    """A failure that was kept: worth asking once more past the store of answers."""


class Amvstrm:
    """`url` is the root of the instance. The same questions as to AniList; relations are all of kind OTHER."""

    def __init__(self, deps: HostDeps, url: str, *, patience: float = math.inf) -> None:
        self._root = url.rstrip("/")
        self._patience = patience
        self.host = Host(host_of(url), deps, AMVSTRM, hear_amvstrm, parallel=3)
        self._found: dict[int, Facts] = {}  # by a search, the latest last

    @property
    def hosts(self) -> tuple[Host, ...]:
        return (self.host,)

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        """Return what is known of these media; what is left out does not exist.

        What a search has just told is not asked for again: a request for each media costs AniList as many.
        """
        found = await asyncio.gather(*(self._facts_of(media_id, urgency) for media_id in sorted(set(ids))))
        return tuple(facts for facts in found if facts is not None)

    async def _facts_of(self, media_id: int, urgency: Urgency) -> Facts | None:
        if media_id in self._found:
            return self._found[media_id]
        with contextlib.suppress(Missing):
            return await self._ask(f"/api/v2/info/{media_id}", "/api/v2/info/{id}", self._info(media_id), urgency)
        return None

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        """Return for each title what it offers, the most popular first."""
        asked = tuple(dict.fromkeys(titles))
        return dict(zip(asked, await asyncio.gather(*(self._search(title, urgency) for title in asked)), strict=True))

    async def _search(self, title: str, urgency: Urgency) -> tuple[Facts, ...]:
        if not title.strip():
            return ()
        query = urlencode({"q": title.encode("utf-8", "replace")}, quote_via=quote)
        found = await self._ask(f"/api/v2/search?{query}", "/api/v2/search", self._results, urgency)
        self._remember(found)
        return found

    def _remember(self, found: Sequence[Facts]) -> None:
        for facts in found:
            self._found.pop(facts.anilist_id, None)
            self._found[facts.anilist_id] = facts
        while len(self._found) > _MAX_REMEMBERED:
            del self._found[next(iter(self._found))]

    async def close(self) -> None:
        await self.host.close()

    async def _ask(self, path: str, label: str, read: Callable[[Json, Answer], T], urgency: Urgency) -> T:
        for headers in ({}, BYPASS):
            request: Request[T | _Stale] = Request(
                "GET", self._root + path, self._reader(read, replayable=not headers), label, headers=headers
            )
            found = await self.host.ask(request, urgency, self._patience)
            if not isinstance(found, _Stale):
                return found
        raise Unavailable(self.host.name, "keeps answering with a failure of long ago")

    def _reader(self, read: Callable[[Json, Answer], T], *, replayable: bool) -> Callable[[Answer], T | _Stale]:
        def read_or_stale(answer: Answer) -> T | _Stale:
            try:
                return read(self._success(answer), answer)
            except (Unavailable, Throttled, Malformed):
                if replayable and "apicache-version" in answer.headers:
                    return _Stale()
                raise

        return read_or_stale

    def _success(self, answer: Answer) -> Json:
        """Return the object of an answer that says twice that all is well."""
        name = self.host.name
        refuse_bad(name, answer)
        found = read_json(name, answer)
        if not isinstance(found, dict) or answer.status != 200:
            raise odd(name, answer)
        code = whole(found, "code")
        if code == 404:
            raise Missing(name, "there is no such media")
        if code == 429:
            raise Throttled(name, "AniList behind it asked to slow down", UPSTREAM_WAIT)
        if code != 200:
            raise Unavailable(name, f"AniList behind it failed ({code})")
        return found

    def _results(self, found: Json, answer: Answer) -> tuple[Facts, ...]:
        del answer
        if not isinstance(found.get("results"), list):
            raise Unavailable(self.host.name, "AniList behind it failed (no results at all)")
        facts = (read_facts(row, lambda _: ()) for row in rows(found, "results"))
        return tuple(one for one in facts if one is not None)

    def _info(self, media_id: int) -> Callable[[Json, Answer], Facts]:
        def read(found: Json, answer: Answer) -> Facts:
            renamed = {"seasonYear": "year", "startDate": "startIn", "nextAiringEpisode": "nextair"}
            row = {**found, **{name: found.get(theirs) for name, theirs in renamed.items()}}
            facts = read_facts(row, _related)
            if facts is None or facts.anilist_id != media_id:
                raise Malformed(self.host.name, "answered about another media than asked", answer.excerpt())
            return facts

        return read


def _related(row: Json) -> tuple[Relation, ...]:
    ids = (whole(node, "id") for node in rows(row, "relation") if node.get("type", "ANIME") == "ANIME")
    return tuple(Relation("OTHER", media_id) for media_id in ids if media_id is not None)
