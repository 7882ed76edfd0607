"""A stand-in for AniList: GraphQL over a cut-down schema, its complexity rule, its rate limit and its moods."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Literal

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLResolveInfo,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.fakes.limits import Rush, Window
from tests.fakes.server import Answer, Asked, Server
from tests.fakes.titles import TitleSearch
from tests.fakes.world import Row, World

DISABLED = "The AniList API has been temporarily disabled due to severe stability issues. Please check back later."
MOST = 500
SCHEMA = build_schema("""
type Query { Page(page: Int, perPage: Int): Page  Media(id: Int, search: String, type: MediaType): Media }
type Page { pageInfo: PageInfo
  media(id: Int, id_in: [Int], search: String, type: MediaType, sort: [MediaSort]): [Media] }
type PageInfo { total: Int perPage: Int currentPage: Int lastPage: Int hasNextPage: Boolean }
enum MediaType { ANIME MANGA }
enum MediaSort { SEARCH_MATCH POPULARITY_DESC START_DATE ID SCORE_DESC }
type Title { romaji: String english: String native: String userPreferred: String }
type FuzzyDate { year: Int month: Int day: Int }
type Airing { airingAt: Int timeUntilAiring: Int episode: Int }
type Media { id: Int! idMal: Int title: Title synonyms: [String] type: MediaType format: String
  status(version: Int): String episodes: Int duration: Int season: String seasonYear: Int startDate: FuzzyDate
  endDate: FuzzyDate nextAiringEpisode: Airing isAdult: Boolean countryOfOrigin: String updatedAt: Int
  relations: Relations popularity: Int averageScore: Int genres: [String] }
type Relations { edges: [Edge] }
type Edge { relationType(version: Int): String node: Media }
""")


class AniListServer(Server):
    """`mood`: open, `referer` (403 unless the request names one), `outage` (403 for all). `wrong_season_first` turns
    search results round; `honest` tells the true limit in the headers, else 90.
    """

    name = "anilist"

    def __init__(
        self, world: World, *, limits: bool = True, scale: float = 1.0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(clock)
        self.world = world
        self.mood: Literal["open", "referer", "outage"] = "open"
        self.wrong_season_first = False
        self.honest = True
        self.limited = limits
        self.minute = Window(clock, 30, 60.0 * scale)
        self.rush = Rush(clock, window=1.0 * scale)
        self.locked_until = 0.0
        self.lock_seconds = 60.0 * scale

    @cached_property
    def titles(self) -> TitleSearch:
        return TitleSearch(self.world.media)

    def answer(self, asked: Asked) -> Answer:
        if asked.path != "/":
            return Answer(404)
        if asked.method != "POST":
            return _errors("Not Found.", 404)
        if self.mood == "outage" or (self.mood == "referer" and not asked.headers.get("referer")):
            return _errors(DISABLED, 403)
        refused, headers = self._admit(asked.address) if self.limited else (None, {})
        answer = refused or self._graphql(asked.body)
        answer.headers |= headers
        return answer

    def _admit(self, address: str) -> tuple[Answer | None, dict[str, str]]:
        now, locked = self.clock(), self.clock() < self.locked_until
        admitted, remaining, _ = self.minute.admit(address) if not locked else (False, 0, 0.0)
        if not locked and (not admitted or not self.rush.admit()):
            self.locked_until, locked = now + self.lock_seconds, True
        headers = {"X-RateLimit-Limit": "30" if self.honest else "90"}
        headers["X-RateLimit-Remaining"] = str(0 if locked else remaining + (0 if self.honest else 60))
        if not locked:
            return None, headers
        headers["Retry-After"] = str(max(1, round(self.locked_until - now)))
        headers["X-RateLimit-Reset"] = str(round(self.locked_until))
        return _errors("Too Many Requests.", 429), headers

    def _graphql(self, body: bytes) -> Answer:
        try:
            sent = json.loads(body)
            document = parse(sent["query"])
        except (ValueError, KeyError, TypeError, GraphQLError) as error:
            return _errors(f"Syntax Error: {error}", 400)
        if wrong := validate(SCHEMA, document):
            return _errors(wrong[0].message, 400, validation=True)
        cost = complexity(document)
        if cost > MOST:
            return _errors(f"Max query complexity should be {MOST} but got {cost}.", 400)
        done = execute_sync(
            SCHEMA,
            document,
            root_value=_Root(self),
            variable_values=sent.get("variables") or {},
            field_resolver=_resolve,
        )
        if done.errors:
            status = 404 if done.errors[0].message == "Not Found." else 400
            return _errors(done.errors[0].message, status, data=done.data)
        return Answer.of({"data": done.data})


def _errors(message: str, status: int, *, data: object = None, validation: bool = False) -> Answer:
    error: Row = {"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}
    if validation:
        error["validation"] = {"query": [message]}
    return Answer.of({"errors": [error], "data": data}, status)


def complexity(document: DocumentNode) -> int:
    """Count every selected field, containers and aliases included; a fragment counts wherever it is spread."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def cost(selections: SelectionSetNode | None) -> int:
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total += 1 + cost(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                total += cost(fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                total += cost(node.selection_set)
        return total

    operations = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return sum(cost(node.selection_set) for node in operations)


class _Root:
    """Resolves the two root fields over the world."""

    def __init__(self, server: AniListServer) -> None:
        self.server = server

    def page(self, page: int = 1, perPage: int = 50) -> _Page:  # noqa: N803 - the schema's spelling
        if page * min(perPage, 50) > 5000:
            raise GraphQLError("Page depth exceeds maximum allowed for API requests (5000 entries)")
        return _Page(self.server, page, min(perPage, 50))

    def media(self, **wanted: Any) -> Row:
        found = _Page(self.server, 1, 1).media(**wanted)
        if not found:
            raise GraphQLError("Not Found.")
        return found[0]


class _Page:
    def __init__(self, server: AniListServer, page: int, size: int) -> None:
        self.server, self.first, self.size = server, (page - 1) * size, size

    def media(self, **wanted: Any) -> list[Row]:
        if wanted.get("type") == "MANGA":
            return []
        return list(self._matching(wanted))[self.first : self.first + self.size]

    def _matching(self, wanted: Row) -> Iterable[Row]:
        media = self.server.world.media
        if wanted.get("search"):
            found = self.server.titles.find(wanted["search"])
            return reversed(found) if self.server.wrong_season_first else found
        ids = wanted.get("id_in") or [wanted["id"]] if "id" in wanted or "id_in" in wanted else sorted(media)
        return (media[i] for i in sorted(set(ids)) if i in media)


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    if isinstance(source, _Root):
        return source.page(**arguments) if info.field_name == "Page" else source.media(**arguments)
    if isinstance(source, _Page):
        if info.field_name == "media":
            return source.media(**arguments)
        return {"total": 5000, "perPage": source.size, "currentPage": 1, "lastPage": 100, "hasNextPage": False}
    if info.parent_type.name == "Media":
        return _media_field(source, info)
    return source.get(info.field_name)


def _media_field(row: Row, info: GraphQLResolveInfo[Any]) -> Any:
    name = info.field_name
    if name == "relations":
        return {"edges": [_edge(edge, info.root_value.server.world.media) for edge in row.get("relations", ())]}
    if name == "type":
        return row.get("type", "ANIME")
    if name == "status":
        return row.get("status", "FINISHED")
    if name == "synonyms":
        return row.get("synonyms", [])
    return row.get(name, False if name == "isAdult" else None)


def _edge(edge: Row, media: dict[int, Row]) -> Row:
    known = media.get(edge["id"])
    return {"relationType": edge["relationType"], "node": known or {"id": edge["id"], "type": "MANGA", "title": {}}}
