"""AniList's GraphQL: facts of many media, and searches for many titles, in one request each."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from kotozoe.errors import Malformed, Missing, Throttled, Unavailable
from kotozoe.model import Facts, FuzzyDate, Relation, Urgency
from kotozoe.providers.fields import inner, readable, rows, text, whole
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import Answer, Request, host_of, odd, read_json, refuse_bad
from kotozoe.requests.rate_limit import ANILIST, hear_anilist

T = TypeVar("T")
Json = Mapping[str, Any]
IDS = 50  # media per request, the page's limit
ALIASES = 30  # titles per request; 33 reach the limit of complexity
OUTAGE = 600.0  # seconds to leave it alone when it says that it is switched off

_FIELDS = (
    "fragment m on Media { id idMal format status(version: 2) episodes seasonYear synonyms "
    "title { romaji english native } startDate { year } }"
)
_FACTS = """query ($ids: [Int]) { Page(perPage: 50) { media(id_in: $ids, type: ANIME) {
  id idMal format status(version: 2) episodes seasonYear synonyms title { romaji english native }
  startDate { year month day } isAdult duration season nextAiringEpisode { episode airingAt }
  relations { edges { relationType(version: 2)
    node { id type format episodes seasonYear title { romaji english native } } } } } } }"""


class _TooComplex(Malformed):
    """The query was refused for its size; at most `share` of it would do."""

    def __init__(self, host: str, share: float) -> None:
        super().__init__(host, "the query was too complex")
        self.share = share


class AniList:
    """`referer` is our own home page: without one many networks are turned away."""

    def __init__(self, deps: HostDeps, url: str, referer: str, *, patience: float = math.inf) -> None:
        self._url = url
        self._patience = patience
        self._headers = {"content-type": "application/json", "accept": "application/json", "referer": referer}
        # AniList limits requests a minute and, by an unpublished number, bursts; nothing limits how many are on their
        # way at once. So many as our burst has may be: one at a time would, with answers that take 4 s, use half of
        # what is permitted. After a failure it is one again.
        self.host = Host(host_of(url), deps, ANILIST, hear_anilist, parallel=3)

    @property
    def hosts(self) -> tuple[Host, ...]:
        return (self.host,)

    async def facts(self, ids: Sequence[int], urgency: Urgency) -> tuple[Facts, ...]:
        """Return what is known of these media, in no order; what is left out does not exist."""
        found: list[Facts] = []
        for chunk in _chunks(sorted(set(ids)), IDS):
            data = await self._ask(_FACTS, {"ids": chunk}, "/ (facts)", urgency)
            wanted = set(chunk)
            found += [facts for facts in _media(self.host.name, data, "Page") if facts.anilist_id in wanted]
        return tuple(found)

    async def search(self, titles: Sequence[str], urgency: Urgency) -> Mapping[str, tuple[Facts, ...]]:
        """Return for each title what AniList offers, best first in its opinion; without relations."""
        found: dict[str, tuple[Facts, ...]] = {title: () for title in titles if not title.strip()}
        waiting = [title for title in dict.fromkeys(titles) if title.strip()]
        size = ALIASES
        while waiting:
            chunk = waiting[:size]
            try:
                data = await self._ask(search_query(len(chunk)), _variables(chunk), "/ (search)", urgency)
            except _TooComplex as error:
                if len(chunk) == 1:
                    raise
                size = max(1, min(math.floor(len(chunk) * error.share), len(chunk) - 1))
                continue
            for at, title in enumerate(chunk):
                found[title] = _media(self.host.name, data, f"a{at}")
            waiting = waiting[len(chunk) :]
        return found

    async def close(self) -> None:
        await self.host.close()

    async def _ask(self, query: str, variables: Json, label: str, urgency: Urgency) -> Json:
        body = json.dumps({"query": query, "variables": variables}, ensure_ascii=False).encode("utf-8", "replace")
        request: Request[Json | _TooComplex] = Request(
            "POST", self._url, self._read, label, headers=self._headers, body=body
        )
        found = await self.host.ask(request, urgency, self._patience)
        if isinstance(found, _TooComplex):
            raise found
        return found

    def _read(self, answer: Answer) -> Json | _TooComplex:
        """Return the data of an answer. Errors may come with status 200; a 404 counts only with its own message."""
        name = self.host.name
        if answer.status == 403:
            raise Unavailable(name, "is switched off, or shuts this network out (403)", wait=OUTAGE)
        if answer.status != 400:
            refuse_bad(name, answer)
        found = read_json(name, answer)
        if not isinstance(found, dict):
            raise Malformed(name, "answered with something else than an object", answer.excerpt())
        if errors := rows(found, "errors"):
            return _judge(name, errors[0], answer)
        if answer.status != 200 or not isinstance(found.get("data"), dict):
            raise odd(name, answer)
        return inner(found, "data")


def _judge(name: str, error: Json, answer: Answer) -> _TooComplex:
    """Raise what a GraphQL error means, or return that the query must be smaller: no fault of the host's."""
    message, status = text(error, "message"), whole(error, "status") or answer.status
    if found := re.search(r"complexity should be (\d{1,9}) but got (\d{1,9})", message):
        return _TooComplex(name, int(found[1]) / max(1, int(found[2])))
    if status == 429:
        raise Throttled(name, "asked us to slow down", 0.0 if answer.status == 429 else 60.0)
    if status == 403:
        raise Unavailable(name, "is switched off, or shuts this network out (403)", wait=OUTAGE)
    if status >= 500:
        raise Unavailable(name, f"answered with an error of its own ({status})")
    if status == 404 and message == "Not Found.":
        raise Missing(name, "there is no such media")
    raise Malformed(name, f"did not take the query ({status})", answer.excerpt())


def search_query(count: int) -> str:
    """Return the query for `count` titles, as variables: nothing in a title needs escaping."""
    names = ", ".join(f"$a{at}: String" for at in range(count))
    pages = " ".join(
        f"a{at}: Page(perPage: 8) {{ media(search: $a{at}, type: ANIME) {{ ...m }} }}" for at in range(count)
    )
    return f"query ({names}) {{ {pages} }} {_FIELDS}"


def _variables(titles: Sequence[str]) -> dict[str, str]:
    return {f"a{at}": readable(title) for at, title in enumerate(titles)}


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _media(name: str, data: Json, alias: str) -> tuple[Facts, ...]:
    page = data.get(alias)
    if not isinstance(page, dict) or not isinstance(page.get("media"), list):
        raise Malformed(name, "answered without a list of media")
    found = (read_facts(row, relations_of) for row in rows(page, "media"))
    return tuple(facts for facts in found if facts is not None)


def read_facts(row: Json, relations: Callable[[Json], tuple[Relation, ...]]) -> Facts | None:
    """Read one media in AniList's field names; None without an id."""
    media_id = whole(row, "id")
    if media_id is None:
        return None
    titles = (text(inner(row, "title"), key) for key in ("romaji", "english", "native"))
    synonyms = row.get("synonyms")
    return Facts(
        anilist_id=media_id,
        titles=tuple(dict.fromkeys(title for title in titles if title)),
        synonyms=tuple(readable(name) for name in synonyms if isinstance(name, str) and name)
        if isinstance(synonyms, list)
        else (),
        format=text(row, "format") or None,
        status=text(row, "status") or None,
        episodes=whole(row, "episodes"),
        year=whole(row, "seasonYear"),
        start=read_date(inner(row, "startDate")),
        next_episode=whole(inner(row, "nextAiringEpisode"), "episode"),
        relations=relations(row),
        minutes=whole(row, "duration"),
    )


def read_date(row: Json) -> FuzzyDate:
    return FuzzyDate(whole(row, "year"), whole(row, "month"), whole(row, "day"))


def relations_of(row: Json) -> tuple[Relation, ...]:
    """Return the edges to other anime; manga and novels have no episodes."""
    found = []
    for edge in rows(inner(row, "relations"), "edges"):
        node = inner(edge, "node")
        media_id = whole(node, "id")
        if media_id is not None and node.get("type") == "ANIME":
            found.append(Relation(text(edge, "relationType") or "OTHER", media_id))
    return tuple(found)
