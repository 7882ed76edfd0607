"""Programs that read the video for us: low in priority, bounded in bytes, time and memory, gone when nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from pathlib import Path

from kotozoe.errors import KotozoeError

_MEMORY = 256 * 1024 * 1024  # bytes that a program may hold; sound takes a quarter of it
_MAX_OUTPUT = 2 * 1024 * 1024
_LOOK_SECONDS = 0.05
_CALM = (("nice", "-n", "15"), ("ionice", "-c", "3"), ("choom", "-n", "1000", "--"), ("prlimit", f"--data={_MEMORY}"))


class NotRead(KotozoeError):
    """A program is missing, failed, or would have read more than it may; the message says which."""


def there_is(program: str) -> bool:
    return shutil.which(program) is not None


async def output(words: Sequence[str], *, most_read: int, seconds: float, source: Sequence[str] = ()) -> bytes:
    """Return what a program prints; `source` is one whose output it reads. Raises NotRead.

    Who reads the file, the source if there is one, may read `most_read` bytes; all of it may take so many seconds.
    """
    printed = bytearray()

    def take(block: bytes) -> None:
        if len(printed) + len(block) > _MAX_OUTPUT:
            raise NotRead(f"{words[0]} printed without end")
        printed.extend(block)

    await stream(words, take, most_read=most_read, seconds=seconds, source=source)
    return bytes(printed)


async def stream(
    words: Sequence[str],
    take: Callable[[bytes], None],
    *,
    most_read: int,
    seconds: float,
    source: Sequence[str] = (),
) -> None:
    """Hand over what a program prints as it comes; the same bounds. Raises NotRead."""
    programs: list[Process] = []
    inlet: int = asyncio.subprocess.DEVNULL
    try:
        if source:
            inlet, outlet = os.pipe()
            try:
                programs.append(await _started(source, asyncio.subprocess.DEVNULL, outlet))
            finally:
                os.close(outlet)
        programs.append(await _started(words, inlet, asyncio.subprocess.PIPE))
        async with asyncio.timeout(seconds):
            await _within(most_read, programs, words[0], take)
    except TimeoutError:
        raise NotRead(f"{words[0]} took longer than {seconds:.0f} s") from None
    finally:
        if inlet >= 0:
            os.close(inlet)
        for program in programs:
            await ended(program)


async def _started(words: Sequence[str], inlet: int, outlet: int) -> Process:
    if not there_is(words[0]):
        raise NotRead(f"{words[0]} is not installed")
    calm = [word for prefix in _CALM if there_is(prefix[0]) for word in prefix]
    null = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*calm, *words, stdin=inlet, stdout=outlet, stderr=null)


async def _within(most_read: int, programs: Sequence[Process], name: str, take: Callable[[bytes], None]) -> None:
    """Take what the last program prints, while the first reads no more than it may."""
    printed = asyncio.ensure_future(_printed(programs[-1], name, take))
    try:
        while not (await asyncio.wait([printed], timeout=_LOOK_SECONDS))[0]:
            if bytes_read(programs[0].pid) > most_read:
                raise NotRead(f"{name} would read more than {most_read // 1_000_000} MB")
        printed.result()
    finally:
        printed.cancel()
        await asyncio.wait([printed])


async def _printed(process: Process, name: str, take: Callable[[bytes], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    while block := await process.stdout.read(1 << 16):
        take(block)
    if await process.wait() != 0:
        raise NotRead(f"{name} could not read it")


async def ended(process: Process) -> None:
    """Kill it if it runs, and read what is left in its pipe: of a full one that nobody reads, asyncio sees no end."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.communicate()


def bytes_read(pid: int) -> int:
    """Return how much a process has read so far; 0 where the system does not say."""
    try:
        told = Path(f"/proc/{pid}/io").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("rchar:")), 0)
