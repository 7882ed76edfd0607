"""A fetched list, read into the catalogue: by the daemon in a process of its own, whose memory goes when it ends.

python -P -m kotozoe.lookup.kept_lists KIND CATALOGUE ETAG NOW < LIST
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from pathlib import Path
from typing import Literal, TypeAlias

from kotozoe.errors import KotozoeError, Malformed, StorageError
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.title_list import parse_title_list
from kotozoe.lanes import ANSWERS
from kotozoe.printable import printable
from kotozoe.providers.jimaku import read_entries
from kotozoe.store.catalogue import Catalogue

log = logging.getLogger(__name__)

Kind: TypeAlias = Literal["anime", "other", "seasons", "titles"]
_WHOSE = {"seasons": "the season map's server", "titles": "the list of titles' server"}
_MALFORMED = 65  # exit code; EX_DATAERR
_SECONDS = 300.0


def keep(catalogue: Catalogue, kind: Kind, content: bytes, etag: str, now: float) -> int:
    """Make a list the whole of its kind; return how many entries it has. Raises Malformed, StorageError.

    `now`, in unix seconds, is noted as the time at which entries were read.
    """
    if kind in ("anime", "other"):
        entries = tuple(read_entries(content))
        catalogue.replace_entries(entries, kind == "anime", now)
        return len(entries)
    try:
        if kind == "seasons":
            catalogue.keep_seasons(parse_seasons(content), etag)
        else:
            catalogue.keep_titles(parse_title_list(content), etag)
    except (ValueError, RecursionError) as trouble:
        raise Malformed(_WHOSE[kind], f"not a list of that kind ({trouble})") from None
    return 0


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
    words = (sys.executable, "-P", "-m", __name__, kind, str(path), etag, repr(now))
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
    if process.returncode == _MALFORMED:
        raise Malformed(_WHOSE.get(kind, "Jimaku"), last)
    if process.returncode or not told.strip().isdigit():
        raise OSError(last or f"exit code {process.returncode}")
    return int(told)


def main(kind: Kind, path: str, etag: str, now: str) -> int:
    """Read the list from standard input and say how many entries it has; a complaint goes to standard error."""
    gc.disable()  # nothing here makes circles, and it ends soon
    if kind == "titles":  # for the others somebody may be waiting
        with contextlib.suppress(OSError):
            os.nice(10)
    catalogue = Catalogue(Path(path))
    try:
        count = keep(catalogue, kind, sys.stdin.buffer.read(), etag, float(now))
        if not catalogue.saved:
            raise StorageError(f"{path} cannot be written")
    except KotozoeError as trouble:
        sys.stderr.write(trouble.reason if isinstance(trouble, Malformed) else str(trouble))
        return _MALFORMED if isinstance(trouble, Malformed) else 1
    finally:
        catalogue.close()
    sys.stdout.write(str(count))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))  # type: ignore[arg-type]  # of those who call it, each names a kind
