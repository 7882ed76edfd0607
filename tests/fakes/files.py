"""A stand-in for the places where the reference lists lie: plain files with ETags."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from tests.fakes.server import Answer, Asked, Server
from tests.fakes.world import World


class FileServer(Server):
    """Serves the world's `/anime-relations.txt`, `/seasons.json` and `/titles.json`; `/moved/…` redirects to them."""

    name = "files"

    def __init__(self, world: World, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self.world = world

    @property
    def relations_url(self) -> str:
        return f"{self.url}/anime-relations.txt"

    @property
    def seasons_url(self) -> str:
        return f"{self.url}/seasons.json"

    @property
    def titles_url(self) -> str:
        """Return "" where the world has no such list: none is wanted then."""
        return f"{self.url}/titles.json" if self.world.titles else ""

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/moved/"):
            return Answer(302, headers={"location": asked.path.removeprefix("/moved")})
        world = self.world
        lists = {"/anime-relations.txt": world.rules, "/seasons.json": world.seasons, "/titles.json": world.titles}
        body = lists.get(asked.path)
        if body is None or asked.method != "GET":
            return Answer(404, b"404: Not Found", "text/plain")
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(304, headers={"etag": etag})
        return Answer(200, body, "text/plain; charset=utf-8", {"etag": etag, "cache-control": "max-age=300"})
