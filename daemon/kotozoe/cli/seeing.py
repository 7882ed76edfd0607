"""status: what the daemon does now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict

from kotozoe.cli.words import NOTHING, print_json, print_line
from kotozoe.decide.printable import printable
from kotozoe.service.lock import is_held
from kotozoe.service.status import Snapshot, read_status
from kotozoe.settings.places import places
from kotozoe.terminal import duration


def status(*, as_json: bool) -> int:
    at = places()
    running = is_held(at.lock)
    snapshot = read_status(at.status)
    if as_json:
        print_json({"running": running, **(asdict(snapshot) if snapshot else {})})
    elif not running:
        print_line("No daemon runs: start it with `systemctl --user start kotozoe`, or `kotozoe run`.")
    elif snapshot is None:
        print_line("The daemon runs, and has told nothing yet.")
    else:
        for line in _status_lines(snapshot, time.time()):
            print_line(printable(line, 500))
    return 0 if running else NOTHING


def _status_lines(told: Snapshot, now: float) -> Iterator[str]:
    yield f"kotozoe {told.version} runs (pid {told.pid}, for {duration(now - told.started)})"
    yield from (f"config: {problem}" for problem in told.problems)
    yield f"key: from {told.key.origin}" if told.key.present else f"key: {told.key.trouble or 'none'}"
    yield "players: " + (", ".join(f"mpv {player.pid}" for player in told.players) or "none")
    for playback in told.playbacks:
        last = f": {playback.steps[-1].step}, {playback.steps[-1].sentence}" if playback.steps else ""
        yield f"{'played' if playback.ended else 'plays '} {playback.name}{last}"
    for host in told.hosts:
        wait = max(0.0, told.written + host.wait - now) if host.waiting else 0.0
        waits = f"{host.waiting} waiting" + (f", next in {wait:.1f} s" if wait > 0 else "")
        yield f"{host.name}: {host.trouble or 'fine'} ({host.sent} sent, {waits})"
    if told.counts:
        yield "known: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told.counts.items())
