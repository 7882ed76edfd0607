"""A small HTTP/1.1 server on a loopback port: keep-alive, a log of what came, and faults on demand."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

HTML = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>cloudflare</body></html>"
FaultKind = Literal["status", "html", "garbage", "cut", "slow", "hang", "drop", "redirect"]


@dataclass
class Fault:
    """A way to answer wrongly: `times` answers (None: until taken away) to paths that match `path`.

    `slow` answers rightly after `seconds` (or with the status `then`); `hang` says nothing for `seconds`, then drops;
    `until` ends both earlier, when it is set: a test that has to do something meanwhile does not race with a clock.
    `cut` sends half of the right answer; `redirect` leads to `location`.
    """

    kind: FaultKind
    status: int = 500
    times: int | None = None
    path: str = ""
    seconds: float = 60.0
    until: threading.Event | None = None
    then: int = 0
    location: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; header names in lower case, `at` on the server's clock."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    address: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    squeeze: bool = True

    @classmethod
    def of(cls, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, "application/json", dict(headers or {}))


class Server:
    """Listens from `start` to `stop`. A subclass answers; `requests`, `statuses` and `fault` are for tests."""

    name = "server"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.fault: Fault | None = None
        self.delay = 0.0  # seconds that each answer takes
        self.requests: list[Asked] = []
        self.statuses: list[int] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Condition()
        self._quit = threading.Event()
        self._listener = _Listener(self)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def start(self) -> None:
        # The listener's own polling interval only bounds how long `stop` takes.
        threading.Thread(target=self._listener.serve_forever, args=(0.01,), name=self.name, daemon=True).start()

    def stop(self) -> None:
        self._quit.set()
        if self.fault and self.fault.until:
            self.fault.until.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()

    def unused(self) -> None:
        """Give the port back, in place of `start`: somebody else brings the questions to `answer`."""
        self._listener.server_close()

    def forget(self) -> None:
        """Empty the log."""
        self.requests.clear()
        self.statuses.clear()

    def wait_for(self, count: int, seconds: float = 60.0) -> None:
        """Return when so many requests have come (from a thread that may wait)."""
        with self._lock:
            assert self._lock.wait_for(lambda: len(self.requests) >= count, seconds)

    def respond(self, asked: Asked) -> Answer | None:
        """Answer with what is at fault taken into account; None drops the connection."""
        if self.delay:
            self._quit.wait(self.delay)
        with self._lock:
            self.requests.append(asked)
            self._lock.notify_all()
            fault = self._due(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = self._faulty(fault, asked) if fault else self.answer(asked)
        finally:
            with self._lock:
                self._at_once -= 1
        self.statuses.append(answer.status if answer else 0)
        return answer

    def _due(self, asked: Asked) -> Fault | None:
        fault = self.fault
        if fault is None or not re.search(fault.path, asked.path):
            return None
        if fault.times is not None:
            if fault.times <= 0:
                return None
            fault.times -= 1
        return fault

    def _faulty(self, fault: Fault, asked: Asked) -> Answer | None:
        if fault.kind in ("slow", "hang"):
            (fault.until or self._quit).wait(fault.seconds)
            if fault.then:
                return Answer(fault.then)
            return self.answer(asked) if fault.kind == "slow" else None
        if fault.kind == "drop":
            return None
        if fault.kind == "redirect":
            return Answer(fault.status, headers={"location": fault.location, **fault.headers})
        if fault.kind == "html":
            return Answer(fault.status, HTML, "text/html; charset=UTF-8", dict(fault.headers))
        if fault.kind == "garbage":
            return Answer(
                200, fault.body or b'{"data": [1, 2, \xff\x00 nonsense', "application/json", dict(fault.headers)
            )
        if fault.kind == "cut":
            whole = self.answer(asked)
            whole.headers["x-cut"] = "1"
            whole.squeeze = False
            return whole
        return Answer(fault.status, fault.body, "application/json", dict(fault.headers))


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, server: Server) -> None:
        self.open: set[socket.socket] = set()

        class Conversation(_Conversation):
            fake = server

        super().__init__(("127.0.0.1", 0), Conversation)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; that is what many tests do."""

    def hang_up(self) -> None:
        """End the conversations that are kept alive, so that their threads do."""
        for connection in tuple(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Conversation(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    fake: Server

    def _converse(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, parts.query, headers, body, self.fake.clock(), self.client_address[0])
        answer = self.fake.respond(asked)
        if answer is None:
            self.close_connection = True
            return
        self._send(answer, headers.get("accept-encoding", ""))

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _converse  # noqa: N815 - http.server looks for these names

    def _send(self, answer: Answer, accepts: str) -> None:
        body, cut = answer.body, answer.headers.pop("x-cut", "")
        if answer.squeeze and "gzip" in accepts and len(body) >= 32 and not answer.content_type.startswith("image/"):
            body = gzip.compress(body, 1)
            answer.headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
            answer.headers.pop("accept-ranges", None)
        self.send_response_only(answer.status)
        if answer.content_type:
            self.send_header("content-type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self.close_connection = True
