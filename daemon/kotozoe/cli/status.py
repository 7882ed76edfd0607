"""`kotozoe status`: what the daemon does now."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict

from kotozoe.cli.call import NOTHING, Call, Commands, print_json, print_line
from kotozoe.cli.progress import duration
from kotozoe.printable import printable
from kotozoe.service.lock import is_held
from kotozoe.service.status import HostStatus, PlaybackStatus, Snapshot, read_status
from kotozoe.settings.places import Paths, places
from kotozoe.store.pins import PinStore

_LOOK_SECONDS = 0.5
_MAX_BEFORE, _MAX_STEPS = 5, 8
_STOPPED = "The daemon is not running: start it with `systemctl --user start kotozoe`, or `kotozoe run`."


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("status", parents=[common], help="say what the daemon does now")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="all of it, as one JSON object")
    shape.add_argument("--watch", action="store_true", help="go on showing it until interrupted")
    return parser


def run(args: argparse.Namespace, _: Call) -> int:
    at = places()
    if args.watch:
        return _watch(at)
    running = is_held(at.lock)
    snapshot = read_status(at.status)
    if args.json:
        pins = [printable(trouble, 500) for trouble in PinStore(at.pins).troubles()]
        print_json({"running": running, **({"pins": pins} if pins else {}), **(asdict(snapshot) if snapshot else {})})
        return 0 if running else NOTHING
    for line in _lines(snapshot, time.time(), running=running):
        print_line(printable(line, 500))
    for trouble in PinStore(at.pins).troubles():
        print_line(printable(f"pins: {trouble}", 500))
    return 0 if running else NOTHING


def _watch(at: Paths) -> int:
    """Show it until interrupted; on what is no terminal, print it anew at each change."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console()
    last: list[str] = []
    with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            told = read_status(at.status)
            lines = [printable(line, 500) for line in _lines(told, time.time(), running=is_held(at.lock), whole=True)]
            if console.is_terminal:
                live.update(Text("\n".join(lines[: console.height]), no_wrap=True, overflow="ellipsis"), refresh=True)
            elif not last or lines[1:] != last[1:]:  # the first tells how long it runs
                print("\n".join([*lines, ""]), flush=True)
            last = lines
            time.sleep(_LOOK_SECONDS)


def _lines(told: Snapshot | None, now: float, *, running: bool, whole: bool = False) -> Iterator[str]:
    if not running:
        yield _STOPPED
    elif told is None:
        yield "The daemon runs, and has told nothing yet."
    else:
        yield from _told(told, now, whole=whole)


def _told(told: Snapshot, now: float, *, whole: bool) -> Iterator[str]:
    """Yield the lines in the order of their weight: a small window holds the first."""
    yield f"kotozoe {told.version} runs (pid {told.pid}, for {duration(now - told.started)})"
    yield from (f"config: {problem}" for problem in told.problems)
    yield f"key: from {told.key.origin}" if told.key.present else f"key: {told.key.trouble or 'none'}"
    current = [playback for playback in told.playbacks if not playback.ended]
    for playback in reversed(current):
        yield from _steps(playback) if whole else _outcome("now", playback)
    busy = {playback.player for playback in current}
    if idle := [f"mpv {player.pid}" for player in told.players if player.pid not in busy]:
        yield f"{', '.join(idle)}: nothing is played"
    elif not told.players:
        yield "no mpv is open, or none that has the script"
    for playback in [p for p in reversed(told.playbacks) if p.ended][:_MAX_BEFORE]:
        yield from _outcome("before", playback)
    for host in told.hosts:
        left = max(0.0, host.wait - (now - told.written))
        yield f"{host.name}{f', for {host.serves}' if host.serves else ''}: {_state_of(host, told, left)}"
    if told.counts:
        yield "known: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told.counts.items())


def _state_of(host: HostStatus, told: Snapshot, left: float) -> str:
    trouble = host.trouble or ("waits for the API key" if host.needs_key and not told.key.present else "fine")
    waits = f", {host.waiting} waiting" if host.waiting else ""
    return f"{trouble} ({host.sent} sent{waits}{f', next in {left:.1f} s' if waits and left > 0 else ''})"


def _outcome(when: str, playback: PlaybackStatus) -> Iterator[str]:
    last = f": {playback.steps[-1].step}, {playback.steps[-1].sentence}" if playback.steps else ""
    yield f"{when:6} {playback.name}{last}"


def _steps(playback: PlaybackStatus) -> Iterator[str]:
    yield f"now    {playback.name}"
    for step in playback.steps[-_MAX_STEPS:]:
        yield f"  {time.strftime('%H:%M:%S', time.localtime(step.at))} {step.step}: {step.sentence}"
