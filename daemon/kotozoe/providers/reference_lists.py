"""The two reference lists (relation rules, season map): files on some web server, fetched only when they changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kotozoe.errors import Malformed, Missing
from kotozoe.model import Urgency
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import MIB, Answer, Request, host_of, looks_like_html, odd, refuse_bad
from kotozoe.requests.rate_limit import REFERENCE, hear_plain

LIMIT = 24 * MIB  # decoded; the largest list known has 10


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A list as it lies there now; `etag` is empty if the server gives none."""

    content: bytes
    etag: str


class ReferenceLists:
    """Keeps one host per origin asked."""

    def __init__(self, deps: HostDeps, *, patience: float = math.inf) -> None:
        self._deps = deps
        self._patience = patience
        self._hosts: dict[str, Host] = {}

    @property
    def hosts(self) -> tuple[Host, ...]:
        return tuple(self._hosts.values())

    async def fetch_reference(self, url: str, etag: str | None, urgency: Urgency) -> ReferenceList | None:
        """Return the list, or None if it is still the one with `etag`. Raise Missing if nothing lies there."""
        name = host_of(url)
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = Host(name, self._deps, REFERENCE, hear_plain, parallel=2)
        headers = {"if-none-match": etag} if etag and etag.isascii() and etag.isprintable() else {}
        request: Request[ReferenceList | None] = Request(
            "GET",
            url,
            lambda answer: _read(name, answer),
            "reference list",
            headers=headers,
            limit=LIMIT,
            seconds=300.0,
            hops=3,
            redirects="same scheme",
        )
        return await host.ask(request, urgency, self._patience)

    async def close(self) -> None:
        for host in self.hosts:
            await host.close()


def _read(name: str, answer: Answer) -> ReferenceList | None:
    if answer.status == 304:
        return None
    if answer.status in (404, 410):
        raise Missing(name, "there is no such list")
    refuse_bad(name, answer)
    if answer.status != 200:
        raise odd(name, answer)
    if looks_like_html(answer.body) or not answer.body or answer.body.isspace():
        raise Malformed(name, "answered without the list", answer.excerpt())
    return ReferenceList(answer.body, answer.headers.get("etag", ""))
