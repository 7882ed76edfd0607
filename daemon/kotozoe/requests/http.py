"""The way to the network: one httpx client for all hosts, made at first use, and lower errors translated once."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast
from urllib.parse import SplitResult, urljoin, urlsplit

from kotozoe.errors import Incomplete, Malformed, Refused, Throttled, Unavailable
from kotozoe.printable import printable
from kotozoe.requests.body import ENCODING, Room, read_body
from kotozoe.requests.rate_limit import verdict_on

if TYPE_CHECKING:
    import ssl
    from types import ModuleType

    import httpx

T = TypeVar("T")
MIB = 1024 * 1024
CONNECT = 10.0  # seconds
SILENCE = 35.0  # seconds without a byte; Jimaku itself gives up after 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said; header names in lower case, `url` where it was found in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def html(self) -> bool:
        return "html" in self.headers.get("content-type", "") or looks_like_html(self.body)

    def excerpt(self) -> str:
        return printable(self.body[:800].decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """What to send, and how to read the answer: `read` returns the value or raises a ProviderError.

    `label` stands for it in the log: a path template without anything private. At most `limit` decoded bytes are taken,
    within `seconds` in all. `hops` redirects are followed, and only as `redirects` says.
    """

    method: Literal["GET", "POST"]
    url: str
    read: Callable[[Answer], T]
    label: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    limit: int = MIB  # AniList's facts of fifty media take a quarter of it
    seconds: float = 60.0
    hops: int = 0
    redirects: Literal["same origin", "same scheme"] = "same origin"

    @property
    def key(self) -> tuple[object, ...]:
        """Equal requests have equal keys; one answer serves them all."""
        return (self.method, self.url, self.body, tuple(sorted(self.headers.items())))


def origin_of(url: str) -> str:
    """Return scheme, host and port in one spelling; raise ValueError for what is no http(s) URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) address: {printable(url)}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def host_of(url: str) -> str:
    """Return the host as a person names it, with its port if that is unusual; never the user or password."""
    parts: SplitResult = urlsplit(url)
    return printable(parts.netloc.rpartition("@")[2].lower()) or "unnamed host"


def looks_like_html(body: bytes) -> bool:
    head = body[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head"))


class HttpClient:
    """Sends one request at a time for whoever asks; no retries, no pace. Raises Unavailable and Malformed only."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._room = Room()

    async def send(self, host: str, request: Request[T]) -> Answer:
        """Return the answer whatever its status. A body that is cut or too long is never returned."""
        client = await self.open()
        try:
            async with asyncio.timeout(request.seconds):
                return await self._follow(client, host, request)
        except TimeoutError:
            raise Unavailable(host, f"no whole answer within {request.seconds:.0f} s") from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def open(self) -> httpx.AsyncClient:
        """Make the client; the first request does so too, and then takes a tenth of a second longer."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make)
            return self._client

    def _make(self) -> httpx.AsyncClient:
        """Import httpx and read the certificates: a tenth of a second that the event loop must not feel."""
        # its command line, which it imports where click happens to be installed: 5 MB and 100 ms for nothing
        sys.modules.setdefault("httpx._main", cast("ModuleType", None))
        # both: 100 ms and 10 MB that a run without requests saves
        from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415

        import httpx  # noqa: PLC0415

        for name in ("httpx", "httpcore"):  # they would log whole URLs and headers
            logging.getLogger(name).setLevel(logging.WARNING)
        return httpx.AsyncClient(
            headers={"user-agent": self._user_agent, "accept-encoding": ENCODING},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept, so none is sent
            verify=_trusted(),
            timeout=httpx.Timeout(SILENCE, connect=CONNECT),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=8, keepalive_expiry=30.0),
            follow_redirects=False,
        )

    async def _follow(self, client: httpx.AsyncClient, host: str, request: Request[T]) -> Answer:
        url = request.url
        for _ in range(request.hops + 1):
            answer = await self._once(client, host, request, url)
            location = answer.headers.get("location")
            if not 300 <= answer.status < 400 or answer.status == 304 or location is None:
                return answer
            url = _next_hop(host, request, url, location)
        raise Unavailable(host, f"answered with a redirect to {host_of(url)} (a login page of this network?)")

    async def _once(self, client: httpx.AsyncClient, host: str, request: Request[T], url: str) -> Answer:
        import httpx  # noqa: PLC0415 - see _make

        begun = False
        try:
            async with client.stream(request.method, url, headers=dict(request.headers), content=request.body) as said:
                begun = True
                body = await read_body(host, said, request.limit, self._room)
                headers = {name.lower(): value for name, value in said.headers.items()}
                return Answer(said.status_code, headers, body, url)
        except httpx.TransportError as error:
            if begun:
                raise Incomplete(host, "the connection broke off in mid-answer") from error
            raise Unavailable(host, _unreached(error)) from error
        except (httpx.InvalidURL, ValueError) as error:
            raise Malformed(host, "an address that cannot be asked for", printable(url)) from error


def _trusted() -> ssl.SSLContext:
    """Return the system's certificates; those that came with httpx where it has none.

    Where the system keeps each in a file of its own, only those are read that are needed: 2.5 MB and 30 ms less.
    """
    import ssl  # noqa: PLC0415 - see _make

    import httpx  # noqa: PLC0415

    paths = ssl.get_default_verify_paths()
    if paths.capath and not os.environ.get("SSL_CERT_FILE") and any(Path(paths.capath).glob("*.0")):
        return ssl.create_default_context(capath=paths.capath)
    return ssl.create_default_context() if paths.cafile else httpx.create_ssl_context()


def _unreached(error: httpx.TransportError) -> str:
    import httpx  # noqa: PLC0415 - see _make

    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return "no connection" if isinstance(error, httpx.ConnectError) else "the connection broke off before an answer"


def _next_hop(host: str, request: Request[T], url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        same_origin = origin_of(target) == origin_of(url)
    except ValueError:
        raise Unavailable(host, "answered with a redirect that leads nowhere") from None
    allowed = same_origin or (
        request.redirects == "same scheme" and urlsplit(target).scheme in ("https", urlsplit(url).scheme)
    )
    if not allowed and request.hops:
        raise Unavailable(host, f"answered with a redirect to {host_of(target)}, which is not followed")
    return target


def refuse_bad(host: str, answer: Answer) -> None:
    """Raise by kind what the status alone says; return if the status is fine, or odd (for the endpoint to judge).

    Throttled carries no wait: the headers, which the pace has heard already, say it better.
    """
    kind = verdict_on(answer.status, html=answer.html)
    if kind == "throttled":
        raise Throttled(host, "asked us to slow down", 0.0)
    if kind == "unavailable":
        raise Unavailable(host, f"answered with status {answer.status}")
    if kind == "refused":
        raise Refused(host, f"answered with status {answer.status}: not for us")


def read_json(host: str, answer: Answer) -> Any:
    """Return the JSON of an answer; its shape is for the caller to doubt."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        what = "a web page" if answer.html else "something that is not JSON"
        raise Malformed(host, f"answered with {what}", answer.excerpt()) from None


def odd(host: str, answer: Answer) -> Malformed:
    return Malformed(host, f"answered with status {answer.status}, which nothing here expects", answer.excerpt())
