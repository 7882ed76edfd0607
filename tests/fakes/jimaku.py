"""A stand-in for Jimaku: documented endpoints, one bucket for all of /api, downloads without limit or key."""

from __future__ import annotations

import mimetypes
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import quote, unquote

from tests.fakes.limits import Gcra
from tests.fakes.server import Answer, Asked, Server
from tests.fakes.world import World, WorldEntry, WorldFile

KEY = "AAAAAAAAAAABkotozoe-stand-in-key_0123456789abcdefghijklmno"
# What the server leaves literal in a file's URL: everything visible but `space " < > [ ] ` # ; % ?`.
LITERAL = "&'+()!,=@{}|\\^~:$*/"


@dataclass(frozen=True)
class _Wrong(Exception):
    status: int
    code: int
    text: str


class JimakuServer(Server):
    """`keys` are the valid ones; `vanished` names files that are listed but gone; file URLs begin with `base`."""

    name = "jimaku"

    def __init__(
        self, world: World, *, limits: bool = True, scale: float = 1.0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(clock)
        self.world = world
        self.keys = {KEY}
        self.vanished: set[str] = set()
        self.base = self.url
        self.bucket = Gcra(clock, window=60.0 * scale) if limits else None

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.rstrip("/") or "/"
        if path.startswith("/api/"):
            return self._api(asked, path)
        if found := re.fullmatch(r"/entry/(\d+)/download/([^/]+)", path):
            return self._download(asked, int(found[1]), unquote(found[2], errors="surrogateescape"))
        return Answer(404)

    def _api(self, asked: Asked, path: str) -> Answer:
        route = re.fullmatch(r"/api/(entries/search|entries/[^/]+/files|entries/[^/]+|openapi\.json|entries)", path)
        if route is None:
            return Answer(404)
        admitted, headers = self.bucket.admit(asked.address) if self.bucket else (True, {})
        if not admitted:
            return Answer.of({"error": "rate limit exceeded", "code": 8}, 429, headers)
        if asked.method != ("POST" if route[1] == "entries" else "GET"):
            return Answer(405, headers=headers | {"allow": "GET,HEAD"})
        try:
            answer = self._endpoint(asked, route[1])
        except _Wrong as wrong:
            answer = Answer.of({"error": wrong.text, "code": wrong.code}, wrong.status)
        answer.headers |= headers
        return answer

    def _endpoint(self, asked: Asked, route: str) -> Answer:
        """Look at the path, then the query, then the key, as the real extractors do."""
        if route == "openapi.json":
            return Answer.of({"openapi": "3.1.0"})
        if route == "entries/search":
            wanted = _Search.read(asked.parameters)
            self._authorize(asked)
            return Answer.of([entry.row for entry in wanted.apply(self.world)])
        if route == "entries":
            self._authorize(asked)
            raise _Wrong(403, 4, "no permissions to do this action")
        entry_id = _integer(route.split("/")[1])
        if "episode" in asked.parameters and not _fits(asked.parameters["episode"], 65535):
            raise _Wrong(400, 1, "Failed to deserialize query string: episode: invalid digit found in string")
        self._authorize(asked)
        entry = self.world.entries.get(entry_id)
        if entry is None:
            raise _Wrong(404, 6, "This entry could not be found")
        return Answer.of(self._listing(entry) if route.endswith("/files") else entry.row)

    def _authorize(self, asked: Asked) -> None:
        if asked.headers.get("authorization") not in self.keys:
            raise _Wrong(401, 7, "unauthorized")

    def _listing(self, entry: WorldEntry) -> list[dict[str, object]]:
        files = sorted(entry.files, key=lambda file: file.name)
        return [
            {
                "url": f"{self.base}/entry/{entry.entry_id}/download/{quote(file.name, safe=LITERAL)}",
                "name": file.name,
                "size": file.size,
                "last_modified": file.last_modified,
            }
            for file in files
        ]

    def _download(self, asked: Asked, entry_id: int, name: str) -> Answer:
        entry = self.world.entries.get(entry_id)
        file = next((file for file in entry.files if file.name == name), None) if entry else None
        if file is None or name in self.vanished:
            return Answer(404)
        if asked.method not in ("GET", "HEAD"):
            return Answer(405, headers={"allow": "GET,HEAD"})
        return _served(asked, file)


def _served(asked: Asked, file: WorldFile) -> Answer:
    modified = _moment(file.last_modified).replace(microsecond=0)
    since = asked.headers.get("if-modified-since")
    if since and parsedate_to_datetime(since) >= modified:
        return Answer(304)
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"last-modified": formatdate(modified.timestamp(), usegmt=True), "accept-ranges": "bytes"}
    headers["access-control-allow-origin"] = "*"
    content = file.content
    ranged = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
    if ranged is None:
        return Answer(200, content, content_type, headers)
    first, last = int(ranged[1]), min(int(ranged[2] or len(content) - 1), len(content) - 1)
    if first > last:
        return Answer(416, headers={"content-range": f"bytes */{len(content)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
    return Answer(206, content[first : last + 1], content_type, headers, squeeze=False)


@dataclass(frozen=True)
class _Search:
    anime: bool
    anilist_id: int | None
    tmdb_id: str
    after: int | None
    before: int | None
    query: str

    @classmethod
    def read(cls, parameters: dict[str, str]) -> _Search:
        """Unknown parameters are ignored, as the real one does: a misspelt query lists everything."""
        anime = parameters.get("anime", "true")
        if anime not in ("true", "false"):
            raise _Wrong(400, 1, "Failed to deserialize query string: anime: provided string was not `true` or `false`")
        numbers = {}
        for name in ("anilist_id", "after", "before"):
            if name in parameters:
                if not re.fullmatch(r"-?\d+" if name != "anilist_id" else r"\d+", parameters[name]):
                    raise _Wrong(400, 1, f"Failed to deserialize query string: {name}: invalid digit found in string")
                numbers[name] = int(parameters[name])
        tmdb_id = parameters.get("tmdb_id", "")
        if tmdb_id and not re.fullmatch(r"(tv|movie):\d+", tmdb_id):
            raise _Wrong(400, 1, "Failed to deserialize query string: tmdb_id: invalid TMDB id")
        return cls(
            anime=anime == "true",
            anilist_id=numbers.get("anilist_id"),
            tmdb_id=tmdb_id,
            after=numbers.get("after"),
            before=numbers.get("before"),
            query=parameters.get("query", ""),
        )

    def apply(self, world: World) -> list[WorldEntry]:
        pool = [entry for entry in world.entries.values() if entry.row["flags"]["anime"] == self.anime]
        pool.sort(key=lambda entry: entry.row["name"].encode())
        if self.anilist_id is not None:
            return [entry for entry in pool if entry.row.get("anilist_id") == self.anilist_id]
        if self.tmdb_id:
            return [entry for entry in pool if entry.row.get("tmdb_id") == self.tmdb_id]
        if self.after is not None:
            pool = [entry for entry in pool if _modified(entry) >= self.after]
        if self.before is not None:
            pool = [entry for entry in pool if _modified(entry) <= self.before]
        if not self.query:
            return pool
        scored = [(max(_fuzzy(self.query, name) for name in _names(entry)), entry) for entry in pool]
        return [entry for score, entry in sorted(scored, key=lambda pair: -pair[0]) if score >= 100]


def _names(entry: WorldEntry) -> list[str]:
    return [entry.row[key] for key in ("name", "english_name", "japanese_name") if entry.row.get(key)]


def _fuzzy(query: str, name: str) -> int:
    """Score a case-insensitive subsequence, read greedily from the left: close to the real score, not equal to it."""
    score, at, run = 0, -1, 0
    for char in query:
        if char.isspace():
            continue
        found = name.lower().find(char.lower(), at + 1)
        if found < 0:
            return -1
        run = run + 1 if at >= 0 and found == at + 1 else 0
        score += 8 * run + (8 if name[found] == char else 0)
        score += 72 if found == 0 or not name[found - 1].isalnum() else 0
        score -= 4 * (found - at - 1) if at >= 0 else 0
        at = found
    return score


def _modified(entry: WorldEntry) -> int:
    return int(_moment(entry.row["last_modified"]).timestamp())


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise _Wrong(400, 1, f"Invalid URL: Cannot parse `{text}` to a `i64`")
    return int(text)


def _fits(text: str, top: int) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= top


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
