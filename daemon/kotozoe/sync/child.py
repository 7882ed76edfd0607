"""Programs that read the video for us: low in priority, bounded in bytes, time and memory, gone when nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from kotozoe.errors import KotozoeError

_MEMORY = 3 * 1024 * 1024 * 1024  # bytes of address space, of which a program uses a small part
_MOST_OUTPUT = 32 * 1024 * 1024
_LOOK_SECONDS = 0.05
_CALM = (("nice", "-n", "15"), ("ionice", "-c", "3"), ("prlimit", f"--as={_MEMORY}"))


class NotRead(KotozoeError):
    """A program is missing, failed, or would have read more than it may; the message says which."""


def there_is(program: str) -> bool:
    return shutil.which(program) is not None


async def output(words: Sequence[str], *, most_read: int, seconds: float) -> bytes:
    """Return what a program prints. It may read `most_read` bytes and take so many seconds. Raises NotRead."""
    if not there_is(words[0]):
        raise NotRead(f"{words[0]} is not installed")
    calm = [word for prefix in _CALM if there_is(prefix[0]) for word in prefix]
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *calm, *words, stdin=null, stdout=asyncio.subprocess.PIPE, stderr=null
    )
    printed = asyncio.ensure_future(_printed(process, words[0]))
    try:
        async with asyncio.timeout(seconds):
            while not (await asyncio.wait([printed], timeout=_LOOK_SECONDS))[0]:
                if bytes_read(process.pid) > most_read:
                    raise NotRead(f"{words[0]} would read more than {most_read // 1_000_000} MB")
        return printed.result()
    except TimeoutError:
        raise NotRead(f"{words[0]} took longer than {seconds:.0f} s") from None
    finally:
        printed.cancel()
        await _ended(process)


async def _printed(process: asyncio.subprocess.Process, name: str) -> bytes:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    blocks: list[bytes] = []
    size = 0
    while block := await process.stdout.read(1 << 16):
        size += len(block)
        if size > _MOST_OUTPUT:
            raise NotRead(f"{name} printed without end")
        blocks.append(block)
    if await process.wait() != 0:
        raise NotRead(f"{name} could not read it")
    return b"".join(blocks)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def bytes_read(pid: int) -> int:
    """Return how much a process has read so far; 0 where the system does not say."""
    try:
        told = Path(f"/proc/{pid}/io").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("rchar:")), 0)
