"""A small server that answers as mpv's IPC does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

# steps of the loop, more than asyncio takes from accepting a connection to calling `serve`: `quit` leaves nobody out
_ACCEPT_STEPS = 10


class FakeMpv:
    """Answers every client from `properties`; `silent` it reads and says nothing. `seen` is all it was told."""

    def __init__(self, path: Path, pid: object = 4242) -> None:
        self.path = path
        self.properties: dict[str, object] = {"pid": pid, "property-list": [], "command-list": []}
        self.silent = False
        self.noise = b""
        self.seen: list[list[object]] = []
        self.listen: Callable[[], Awaitable[None]]
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients[task] = writer
        with suppress(ConnectionError):
            async for line in reader:
                request = json.loads(line)
                self.seen.append(request["command"])
                if not self.silent:
                    writer.write(self.noise + self._line(request) + b"\n")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def quit(self) -> None:
        """End all connections."""
        for writer in self._clients.values():
            writer.close()
        await asyncio.gather(*self._clients)

    def _line(self, request: dict[str, object]) -> bytes:
        return json.dumps(self._answer(request), ensure_ascii=False).encode("utf-8", "surrogateescape")

    def _answer(self, request: dict[str, object]) -> dict[str, object]:
        command = request["command"]
        assert isinstance(command, list)
        answer: dict[str, object] = {"request_id": request["request_id"], "error": "success"}
        if command[0] == "get_property":
            known = command[1] in self.properties
            return {
                **answer,
                "data": self.properties.get(command[1]),
                "error": "success" if known else "property unavailable",
            }
        if command == ["client_name"]:
            return {**answer, "data": self.properties.get("client_name")}
        return answer


@asynccontextmanager
async def fake_mpv(
    path: Path, pid: object = 4242, kind: type[FakeMpv] = FakeMpv, *, listening: bool = True
) -> AsyncIterator[FakeMpv]:
    """Listen at `path`; with `listening` false only once `fake.listen()` was called."""
    fake = kind(path, pid)
    async with await asyncio.start_unix_server(fake.serve, path, start_serving=listening) as server:
        fake.listen = server.start_serving
        try:
            yield fake
        finally:
            server.close()
            for _ in range(_ACCEPT_STEPS):
                await asyncio.sleep(0)
            await fake.quit()
