"""Run the stand-in servers: `python -m tests.fakes --world DIR [--port-file FILE] [--no-limits]`."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import threading
from pathlib import Path

from tests.fakes import World, serve
from tests.fakes.world import SMALL


def main() -> None:
    """Serve until interrupted; the URLs go to the port file (written whole, then renamed) or to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, default=SMALL, help="folder with media.jsonl and entries.jsonl")
    parser.add_argument("--port-file", type=Path, help="write the URLs here as JSON")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    parser.add_argument("--scale", type=float, default=1.0, help="length of the limiters' minutes, 1.0 = real")
    parser.add_argument("--generation", choices=("master", "express"), default="master", help="which amvstrm")
    parser.add_argument("--count-file", type=Path, help="at the end, write how many requests each server had")
    asked = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    world = World.load(asked.world)
    with serve(world, limits=not asked.no_limits, scale=asked.scale, generation=asked.generation) as servers:
        _ = servers.anilist.titles  # index the titles now rather than in the first answer
        text = json.dumps(servers.urls(), indent=1)
        if asked.port_file:
            _write(asked.port_file, text)
        else:
            print(text, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            stop.wait()
        if asked.count_file:
            counts = {
                server.name: {"requests": len(server.requests), "statuses": server.statuses} for server in servers.all
            }
            _write(asked.count_file, json.dumps(counts))


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    main()
