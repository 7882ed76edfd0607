"""A stand-in for a self-hosted amvstrm, in both of its generations."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import quote

from tests.fakes.limits import Window
from tests.fakes.server import Answer, Asked, Server
from tests.fakes.titles import TitleSearch
from tests.fakes.world import Row, World

Generation = Literal["master", "express"]
Upstream = Literal["fine", "throttled", "unreachable"]
GONE = "The requested resource could not be found but may be available in the future."
BUSY = "The user has sent too many requests in a given amount of time."


@dataclass
class _Kept:
    answer: Answer
    until: float


class AmvstrmServer(Server):
    """`generation` master limits everybody together, express each address and caches by URL for 30 minutes.

    `upstream` is how AniList behaves behind it.
    """

    name = "amvstrm"

    def __init__(
        self,
        world: World,
        *,
        generation: Generation = "master",
        limits: bool = True,
        scale: float = 1.0,
        limit: int = 60,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock)
        self.world = world
        self.generation = generation
        self.upstream: Upstream = "fine"
        self.limited = limits
        self.minutes = {
            "master": Window(clock, limit, 60.0 * scale),
            "express": Window(clock, limit, 60.0 * scale, beats=True),
        }
        self._kept: dict[str, _Kept] = {}

    @property
    def minute(self) -> Window:
        return self.minutes[self.generation]

    @cached_property
    def titles(self) -> TitleSearch:
        return TitleSearch(self.world.media)

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/":
            return Answer.of({"code": 200, "message": "welcome"})
        return self._master(asked) if self.generation == "master" else self._express(asked)

    def _master(self, asked: Asked) -> Answer:
        admitted, left, wait = self.minute.admit("all") if self.limited else (True, 80, 60.0)
        headers = {"RateLimit-Limit": str(self.minute.limit), "RateLimit-Remaining": str(left)}
        headers["RateLimit-Reset"] = str(math.ceil(wait))
        if not admitted:
            headers["Retry-After"] = str(max(1, round(self.minute.window)))
            return Answer(429, b"rate-limit reached", "text/plain;charset=utf-8", headers)
        answer = self._route(asked)
        if answer.status in (404, 422):
            self.minute.refund("all")
        else:
            answer.headers |= headers
        return answer

    def _express(self, asked: Asked) -> Answer:
        url, now = f"{asked.path}?{asked.query}", self.clock()
        kept = self._kept.get(url)
        if kept and now < kept.until and asked.headers.get("x-apicache-bypass") != "true":
            old = kept.answer
            replayed = {**old.headers, "apicache-version": "1.8.0", "apicache-store": "memory"}
            return Answer(old.status, old.body, old.content_type, replayed)
        admitted, left, wait = self.minute.admit(asked.address) if self.limited else (True, 180, 60.0)
        headers = {"X-RateLimit-Limit": str(self.minute.limit), "X-RateLimit-Remaining": str(left)}
        headers |= {"X-RateLimit-Reset": str(math.ceil(now + wait)), "x-amv-version": "2.7.0", "x-amv-info": "logged"}
        if not admitted:
            headers["Retry-After"] = str(max(1, round(wait)))
            text = "Too many requests, please wait before sending another request."
            return Answer.of({"code": 429, "message": text}, 429, headers)
        answer = self._route(asked)
        answer.headers |= headers
        if answer.status in (200, 500):
            again = self._cached_form(answer)
            self._kept[url] = _Kept(again, now + 1800)
        return answer

    def _cached_form(self, answer: Answer) -> Answer:
        """The first failure is HTML, what is replayed of it JSON."""
        if answer.status == 500:
            return Answer.of({"code": "ECONNREFUSED", "message": "connect ECONNREFUSED"}, 500, answer.headers)
        return Answer(answer.status, answer.body, answer.content_type, dict(answer.headers))

    def _route(self, asked: Asked) -> Answer:
        if asked.method == "GET" and asked.path == "/api/v2/search":
            return self._search(asked)
        if asked.method == "GET" and asked.path.startswith("/api/v2/info/"):
            return self._info(asked.path.rpartition("/")[2])
        text = "NOT_FOUND" if self.generation == "master" else "Route not found"
        return Answer.of({"code": 404, "message": text}, 404)

    def _unreachable(self) -> Answer:
        if self.generation == "master":
            body = json.dumps({"name": "ConnectionRefused", "message": "Unable to connect.", "cause": {}})
            return Answer(500, body.encode(), "text/plain;charset=utf-8")
        return Answer(500, b"<!DOCTYPE html><pre>Internal Server Error</pre>", "text/html; charset=utf-8")

    def _search(self, asked: Asked) -> Answer:
        if self.upstream == "unreachable":
            return self._unreachable()
        if self.upstream == "throttled":
            bare = {"code": 200, "message": "success"}
            return Answer.of(bare if self.generation == "master" else {"code": 429, "message": BUSY})
        query = asked.parameters.get("q")
        if query is None and self.generation == "master":
            return Answer.of({"code": 500, "message": "Something went wrong"}, 422)
        limit = int(asked.parameters.get("limit") or 50)
        rows = (self.titles.find(query) if query else list(self.world.media.values()))[:limit]
        page = {"total": 5000, "perPage": limit, "currentPage": 1, "lastPage": 100, "hasNextPage": False}
        name = "page" if self.generation == "master" else "pageInfo"
        found = [self._brief(row) for row in rows]
        return Answer.of({"code": 200, "message": "success", name: page, "results": found})

    def _brief(self, row: Row) -> Row:
        brief = {key: row.get(key) for key in ("id", "idMal", "episodes", "season", "seasonYear", "format")}
        brief |= {"status": row.get("status", "FINISHED"), "title": _titles(row), "genres": [], "tags": []}
        brief |= {"bannerImage": None, "coverImage": {}, "nextAiringEpisode": row.get("nextAiringEpisode")}
        return brief if self.generation == "master" else brief | {"type": "ANIME"}

    def _info(self, asked_id: str) -> Answer:
        if self.upstream == "unreachable":
            return self._unreachable()
        if self.upstream == "throttled":
            return Answer.of({"code": 429, "message": BUSY})
        if not asked_id.isdigit():
            return Answer.of({"code": 400, "message": "Bad Request"})
        row = self.world.media.get(int(asked_id))
        if row is None:
            return Answer.of({"code": 404, "message": GONE})
        related = (self.world.media.get(edge["id"]) for edge in row.get("relations", ()))
        whole = {key: row.get(key) for key in ("id", "idMal", "episodes", "season", "format", "duration")}
        whole |= {"code": 200, "message": "success", "id_provider": None, "title": _titles(row), "dub": False}
        whole |= {
            "status": row.get("status", "FINISHED"),
            "year": row.get("seasonYear"),
            "startIn": row.get("startDate"),
        }
        whole |= {"nextair": row.get("nextAiringEpisode"), "siteUrl": f"https://anilist.co/anime/{quote(asked_id)}"}
        whole["relation"] = [self._brief(other) | {"type": "ANIME"} for other in related if other]
        return Answer.of(whole)


def _titles(row: Row) -> Row:
    title = row.get("title", {})
    names = {key: title.get(key) for key in ("romaji", "english", "native")}
    return names | {"userPreferred": names["romaji"]}
