"""Reads a whole list into the catalogue. It imports no more than that takes: its start is a good part of its work.

python -P -m kotozoe.lookup.list_reader KIND CATALOGUE ETAG NOW < LIST
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import Literal, TypeAlias

from kotozoe.errors import KotozoeError, Malformed, StorageError
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.title_list import parse_title_list
from kotozoe.providers.entries import read_entries
from kotozoe.store.lists import ListStore

Kind: TypeAlias = Literal["anime", "other", "seasons", "titles"]
WHOSE = {"seasons": "the season map's server", "titles": "the list of titles' server"}
MALFORMED = 65  # exit code; EX_DATAERR


def keep(catalogue: ListStore, kind: Kind, content: bytes, etag: str, now: float) -> int:
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
        raise Malformed(WHOSE[kind], f"not a list of that kind ({trouble})") from None
    return 0


def main(kind: Kind, path: str, etag: str, now: str) -> int:
    """Read the list from standard input and say how many entries it has; a complaint goes to standard error."""
    gc.disable()  # nothing here makes circles, and it ends soon
    if kind == "titles":  # for the others somebody may be waiting
        with contextlib.suppress(OSError):
            os.nice(10)
    catalogue = ListStore(Path(path))
    try:
        count = keep(catalogue, kind, sys.stdin.buffer.read(), etag, float(now))
        if not catalogue.saved:
            raise StorageError(f"{path} cannot be written")
    except KotozoeError as trouble:
        sys.stderr.write(trouble.reason if isinstance(trouble, Malformed) else str(trouble))
        return MALFORMED if isinstance(trouble, Malformed) else 1
    finally:
        catalogue.close()
    sys.stdout.write(str(count))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))  # type: ignore[arg-type]  # of those who call it, each names a kind
