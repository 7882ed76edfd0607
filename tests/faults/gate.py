"""The network between the daemon and the stand-in servers: delays, cuts, reorders, corrupts, lies, refuses."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.fakes.server import HTML, Answer, Asked, Server

_TRICKLE = 0.02  # seconds between two bytes, real ones
_LONGEST_HELD = 0.1  # seconds that an answer waits to be overtaken
_PHRASES = {200: "OK", 304: "Not Modified", 404: "Not Found"}
_CODED = b'{"error": "rate limit exceeded", "code": 8}'


@dataclass
class Wrong:
    """One thing that goes wrong: `times` answers to paths that match `path`; `amount` from 0 to 1 says how much."""

    kind: str
    path: str = ""
    times: int = 1
    amount: float = 0.5


class Gate:
    """One server's door, until `shut`. `wrong` may be changed at any time; `heal` ends all that is wrong."""

    def __init__(self, server: Server, dice: random.Random, clock: Callable[[], float]) -> None:
        self._server = server
        self._dice = dice
        self._clock = clock
        self.wrong: list[Wrong] = []
        self.met: list[str] = []
        self.cookies: list[str] = []  # that were sent to us
        self.asked = 0
        self._held: list[asyncio.Event] = []
        self._healed = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._listener = await asyncio.start_server(self._converse, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Close the door: whoever knocks finds nobody, whoever is inside is thrown out."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in tuple(self._open):
            writer.transport.abort()

    async def heal(self) -> None:
        self.wrong.clear()
        self._healed.set()
        self._let_go()
        if self._listener is None:
            await self.open()

    async def shut(self) -> None:
        await self.refuse()
        self._healed.set()
        self._let_go()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _let_go(self) -> None:
        for event in self._held:
            event.set()
        self._held.clear()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # `shut` cancels what it then waits for
        finally:
            self._open.discard(writer)
            self._talks.discard(talk)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether another may come."""
        asked = await self._read(reader)
        self.asked += 1
        if "cookie" in asked.headers:
            self.cookies.append(f"{asked.path}: {asked.headers['cookie'][:80]}")
        wrong = self._due(asked)
        if wrong is None:
            for event in self._held[:1]:
                asyncio.get_running_loop().call_later(0.002, event.set)
            writer.write(_head(answer := self._right(asked)) + answer.body)
            await writer.drain()
            return True
        self.met.append(wrong.kind)
        return await _ILLS[wrong.kind](self, wrong, asked, writer)

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length") or 0))
        parts = urlsplit(target)
        return Asked(method, parts.path, parts.query, headers, body, self._clock(), "127.0.0.1")

    def _due(self, asked: Asked) -> Wrong | None:
        for wrong in self.wrong:
            if wrong.times > 0 and re.search(wrong.path, asked.path):
                wrong.times -= 1
                return wrong
        return None

    def _right(self, asked: Asked, *, squeeze: bool | None = None) -> Answer:
        answer = self._server.answer(asked)
        wished = answer.squeeze if squeeze is None else squeeze
        if wished and "gzip" in asked.headers.get("accept-encoding", "") and len(answer.body) >= 32:
            answer.body = gzip.compress(answer.body, 1)
            answer.headers["content-encoding"] = "gzip"
        return answer

    # -- what may go wrong; each returns whether the connection goes on

    async def _delay(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._healed.wait(), wrong.amount * 0.3)
        return await self._whole(writer, self._right(asked))

    async def _reorder(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer, overtaken = self._right(asked), asyncio.Event()
        self._held.append(overtaken)
        with suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), _LONGEST_HELD)
        if overtaken in self._held:
            self._held.remove(overtaken)
        return await self._whole(writer, answer)

    async def _hang(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        await self._healed.wait()
        return False

    async def _drip(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked)
        whole = _head(answer) + answer.body
        step = max(1, len(whole) // 12)
        for at in range(0, len(whole), step):
            writer.write(whole[at : at + step])
            await writer.drain()
            if not self._healed.is_set():
                await asyncio.sleep(wrong.amount * 0.01)
        return True

    async def _trickle(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Send a body as slowly as keeps a connection alive, for good."""
        answer = self._right(asked)
        writer.write(_head(answer))
        for at in range(len(answer.body)):
            writer.write(answer.body[at : at + 1])
            await writer.drain()
            if not self._healed.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._healed.wait(), _TRICKLE)
        return True

    async def _drop(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return False

    async def _reset(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False

    async def _reset_in_body(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked)
        writer.write(_head(answer) + answer.body[: int(wrong.amount * len(answer.body))])
        await writer.drain()
        await asyncio.sleep(0.005)  # else nothing of it arrives
        return await self._reset(wrong, asked, writer)

    async def _cookies(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked)
        answer.headers["set-cookie"] = f"seen={self._dice.randrange(1 << 60)}; path=/; max-age=99999"
        return await self._whole(writer, answer)

    async def _cut_head(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        head = _head(self._right(asked))
        return await self._part(writer, head[: 1 + int(wrong.amount * (len(head) - 5))])

    async def _cut_body(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked)
        return await self._part(writer, _head(answer) + answer.body[: int(wrong.amount * len(answer.body))])

    async def _cut_silently(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """End a body that states no length in its middle: HTTP itself cannot tell."""
        answer = self._right(asked)
        head = _head(answer, length=None)
        return await self._part(writer, head + answer.body[: int(wrong.amount * len(answer.body))])

    async def _short_length(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked, squeeze=False)
        stated = int(wrong.amount * len(answer.body))
        return await self._part(writer, _head(answer, length=stated) + answer.body[:stated])

    async def _long_length(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked)
        return await self._part(writer, _head(answer, length=len(answer.body) + 100) + answer.body)

    async def _half_json(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        answer = self._right(asked, squeeze=False)
        answer.body = answer.body[: int(wrong.amount * len(answer.body))]
        return await self._whole(writer, answer)

    async def _flipped(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Change bytes in a way that somebody can see: in a compressed body, or to what no text holds.

        Anything else nobody could find out, had the connection not its own seal (TLS); so archives only lose an end.
        """
        answer = self._right(asked)
        body = bytearray(answer.body)
        squeezed = "content-encoding" in answer.headers
        if body.startswith(b"PK"):
            del body[-1:]
            answer.body = bytes(body)
            return await self._whole(writer, answer)
        for _ in range(1 + int(wrong.amount * 20)):
            if body:
                at = self._dice.randrange(len(body))
                body[at] = body[at] ^ self._dice.randrange(1, 256) if squeezed else 0
        answer.body = bytes(body)
        return await self._whole(writer, answer)

    async def _garbage(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return await self._part(writer, self._dice.randbytes(1 + int(wrong.amount * 3000)))

    async def _odd_head(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        lines = (
            b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
            b"HTTP/1.1 999999 What\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nx-ratelimit-remaining: \xff\r\nretry-after: nan\r\ncontent-length: 2\r\n\r\n\xff\xff",
        )
        return await self._part(writer, lines[int(wrong.amount * len(lines)) % len(lines)])

    async def _throttled(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        headers = [{}, {"retry-after": "3"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "4.3"}]
        chosen = headers[int(wrong.amount * len(headers)) % len(headers)]
        return await self._whole(writer, Answer(429, _CODED, "application/json", dict(chosen)))

    async def _failing(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        status = (500, 502, 503, 504, 520)[int(wrong.amount * 5) % 5]
        body = b'{"error": "x", "code": 0}' if self._dice.random() < 0.5 else HTML
        kind = "application/json" if body[:1] == b"{" else "text/html"
        return await self._whole(writer, Answer(status, body, kind))

    async def _gate(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return await self._whole(writer, Answer(403, HTML, "text/html; charset=UTF-8"))

    async def _refused(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return await self._whole(writer, Answer(401, b'{"error": "unauthorized", "code": 7}', "application/json"))

    async def _redirect(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return await self._whole(writer, Answer(302, headers={"location": "http://login.example/"}))

    async def _web_page(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return await self._whole(writer, Answer(200, HTML, "text/html"))

    async def _other_shape(self, wrong: Wrong, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        shapes: tuple[object, ...] = (
            None,
            {"data": None},
            [1, "x", None],
            {"errors": [{"message": "x"}]},
            "text",
            1e308,
            [[[]]],
        )
        body = json.dumps(shapes[int(wrong.amount * len(shapes)) % len(shapes)]).encode()
        return await self._whole(writer, Answer(200, body, "application/json"))

    async def _whole(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        writer.write(_head(answer) + answer.body)
        await writer.drain()
        return True

    async def _part(self, writer: asyncio.StreamWriter, contents: bytes) -> bool:
        writer.write(contents)
        await writer.drain()
        return False


_ILLS = {
    "delay": Gate._delay,
    "reorder": Gate._reorder,
    "hang": Gate._hang,
    "drip": Gate._drip,
    "trickle": Gate._trickle,
    "drop": Gate._drop,
    "reset": Gate._reset,
    "reset in body": Gate._reset_in_body,
    "cookies": Gate._cookies,
    "cut head": Gate._cut_head,
    "cut body": Gate._cut_body,
    "cut silently": Gate._cut_silently,
    "short length": Gate._short_length,
    "long length": Gate._long_length,
    "half answer": Gate._half_json,
    "flipped bytes": Gate._flipped,
    "garbage": Gate._garbage,
    "odd head": Gate._odd_head,
    "429": Gate._throttled,
    "5xx": Gate._failing,
    "403 page": Gate._gate,
    "401": Gate._refused,
    "redirect": Gate._redirect,
    "web page": Gate._web_page,
    "other shape": Gate._other_shape,
}
KINDS = tuple(_ILLS)


def _head(answer: Answer, length: int | None = -1) -> bytes:
    """Return the answer's head; `length` to state another one than is true, or none."""
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, 'Odd')}"]
    if answer.content_type:
        lines.append(f"content-type: {answer.content_type}")
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if length is None:
        lines.append("connection: close")
    else:
        lines.append(f"content-length: {len(answer.body) if length < 0 else length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
