"""A short probe of a socket, before or besides the lasting connection: who owns it, and which mpv answers.

The library of the lasting connection cannot be made to give up, and drops bytes of names that are not UTF-8. So a hung
player is detected here first, and names are read here.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import struct
from collections.abc import Sequence
from pathlib import Path

from kotozoe.errors import PlayerGone, Unanswered, UserError
from kotozoe.printable import printable

ANSWER_SECONDS = 2.0
_BACKLOG_SECONDS = 0.02
_MAX_ANSWER = 1 << 18


async def ask(path: Path, names: Sequence[str]) -> dict[str, object]:
    """Read properties over a connection of its own; what is unavailable is None.

    Texts keep bytes that are not UTF-8 as surrogates. Raises UserError if the socket is not safe to use, PlayerGone if
    no player listens, Unanswered if there is no answer in time.
    """
    _check_place(path)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            with socket.socket(socket.AF_UNIX) as connection:
                await _connect(connection, path)
                return await _read(connection, names)
    except TimeoutError:
        raise Unanswered(f"the player behind {printable(path.name)} does not answer") from None
    except OSError as error:
        raise PlayerGone(f"no player listens at {printable(path.name)} ({error.strerror})") from None


def check_folder(folder: Path, *, ours: bool) -> None:
    """Raise UserError unless nobody else can put a socket of theirs in its place; `ours` must be for us alone."""
    try:
        found = folder.lstat() if ours else folder.stat()
    except OSError as error:
        raise PlayerGone(f"{printable(str(folder))}: {error.strerror}") from None
    shared = found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) if ours else found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    # /tmp belongs to root and is open to all, but its sticky bit keeps others from replacing what is ours
    safe = not shared or (not ours and bool(found.st_mode & stat.S_ISVTX))
    owned = found.st_uid == os.getuid() or (not ours and found.st_uid == 0)
    if not (stat.S_ISDIR(found.st_mode) and owned and safe):
        raise UserError(
            f"The folder {printable(str(folder))} is not safe for mpv's sockets: "
            f"it must be yours and closed to others (chmod {'700' if ours else 'go-w'})."
        )


def _check_place(path: Path) -> None:
    check_folder(path.parent, ours=False)
    try:
        found = path.lstat()
    except OSError as error:
        raise PlayerGone(f"no socket {printable(path.name)} ({error.strerror})") from None
    if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.getuid():
        raise UserError(f"{printable(str(path))} is not a socket of yours; name the one your mpv opens.")


async def _connect(connection: socket.socket, path: Path) -> None:
    connection.setblocking(False)
    while True:
        try:
            # not loop.sock_connect: it takes the EAGAIN of a full backlog for a connection under way
            connection.connect(os.fspath(path))
        except BlockingIOError:
            await asyncio.sleep(_BACKLOG_SECONDS)
        else:
            break
    if _peer_uid(connection) != os.getuid():
        raise UserError(f"{printable(str(path))} belongs to another user: not connecting to it.")


def _peer_uid(connection: socket.socket) -> int:
    if hasattr(socket, "SO_PEERCRED"):
        return int(struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1])
    # macOS: LOCAL_PEERCRED at level 0 fills struct xucred: version, uid, …
    return int(struct.unpack("2I", connection.getsockopt(0, 1, 76)[:8])[1])


async def _read(connection: socket.socket, names: Sequence[str]) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    commands = ({"command": ["get_property", name], "request_id": number} for number, name in enumerate(names, 1))
    await loop.sock_sendall(connection, "".join(f"{json.dumps(command)}\n" for command in commands).encode())
    values: dict[str, object] = {}
    unread = b""
    while len(values) < len(names):
        chunk = await loop.sock_recv(connection, 65536)
        if not chunk or len(unread) > _MAX_ANSWER:
            raise PlayerGone("the player closed the connection" if not chunk else "the player's answer is too long")
        *lines, unread = (unread + chunk).split(b"\n")
        for number, value in filter(None, map(_answer, lines)):
            if 0 < number <= len(names):
                values[names[number - 1]] = value
    return values


def _answer(line: bytes) -> tuple[int, object] | None:
    try:
        message = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    number = message.get("request_id") if isinstance(message, dict) else None
    return (number, message.get("data")) if isinstance(number, int) else None
