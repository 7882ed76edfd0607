"""A fetched list, read into the catalogue: by the daemon in a process of its own, whose memory goes when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path

from kotozoe.errors import Malformed
from kotozoe.lanes import ANSWERS
from kotozoe.lookup import list_reader
from kotozoe.lookup.list_reader import MALFORMED, WHOSE, Kind, keep
from kotozoe.printable import printable
from kotozoe.store.catalogue import Catalogue

log = logging.getLogger(__name__)

_SECONDS = 300.0


async def keep_apart(catalogue: Catalogue, path: Path | None, kind: Kind, content: bytes, etag: str, now: float) -> int:
    """Do as `keep` does in another process; in a thread of this one where that cannot be, or there is no `path`."""
    if path is not None and catalogue.saved:
        try:
            return await _in_process(path, kind, content, etag, now)
        except OSError as trouble:
            log.info("no process for reading the list %r (%s): reading it here", kind, trouble)
    return await ANSWERS.run(keep, catalogue, kind, content, etag, now)


async def _in_process(path: Path, kind: Kind, content: bytes, etag: str, now: float) -> int:
    """Raises OSError if there is no process, or it ended in trouble."""
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-P", "-m", list_reader.__name__, kind, str(path), etag, repr(now))
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(_SECONDS):
            told, complaint = await process.communicate(content)
    except TimeoutError:
        raise OSError(f"not done in {_SECONDS:.0f} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    last = printable(complaint.decode(errors="replace").strip().rpartition("\n")[2], 300)
    if process.returncode == MALFORMED:
        raise Malformed(WHOSE.get(kind, "Jimaku"), last)
    if process.returncode or not told.strip().isdigit():
        raise OSError(last or f"exit code {process.returncode}")
    return int(told)
