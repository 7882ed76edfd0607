"""Words and exit codes.

0 it is done; 1 nothing could be resolved, or no daemon runs; 2 the command or the config has a mistake; 3 trouble that
no other command would mend; 130 interrupted; 141 nobody reads what we print any more.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import kotozoe
from kotozoe.backfill import Order
from kotozoe.decide.printable import printable
from kotozoe.errors import KotozoeError, UserError
from kotozoe.model import Verdict
from kotozoe.service import log
from kotozoe.service.lock import is_held
from kotozoe.service.status import Snapshot, read_status
from kotozoe.settings.load import config_path
from kotozoe.settings.places import places
from kotozoe.terminal import Teller, duration, live_display

if TYPE_CHECKING:
    from kotozoe.backfill import Result
    from kotozoe.store.shelf import Cleaned

_log = logging.getLogger(__name__)

_NOTHING, _MISTAKE, _TROUBLE, _INTERRUPTED, _UNREAD = 1, 2, 3, 130, 141
_READ_BYTES = 1 << 16
_LONGEST_LINE = 1 << 20
_EXIT_CODES = "exit codes: 0 done; 1 nothing resolved, or no daemon runs; 2 mistake in command or config; 3 trouble"


class Explanation(Protocol):
    @property
    def verdict(self) -> Verdict: ...
    @property
    def lines(self) -> Sequence[str]: ...


class App(Protocol):
    """What the commands need of `kotozoe.app`; all of it may raise KotozoeError."""

    def run(self, config: Path, masks: log.Masks) -> int: ...
    def identify_chunks(self, config: Path, chunks: Iterator[Sequence[str]]) -> Iterator[list[Verdict]]: ...
    def explain(self, config: Path, path: str) -> Explanation: ...
    def choose_lines(self, config: Path, requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]: ...
    def fetch(self, config: Path, order: Order, watcher: Teller) -> None: ...
    def clean(self, config: Path, unused_for: float) -> Cleaned: ...


def main(argv: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run one command and return its exit code; no traceback leaves it unless `--debug` asks for one."""
    args = _parser().parse_args(argv)
    debug = getattr(args, "debug", False)
    quiet = logging.INFO if args.command == "run" else logging.ERROR
    masks = log.begin(logging.DEBUG if debug else quiet)
    try:
        code = _command(args, app, masks)
        sys.stdout.flush()
    except KotozoeError as error:
        _complain(error)
        return _MISTAKE if isinstance(error, UserError) else _TROUBLE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # or the interpreter would complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD
    except Exception as error:  # noqa: BLE001 - the border to the person: whatever it is, it becomes a sentence
        _log.debug("unexpected", exc_info=True)
        hint = "" if debug else "; run it with --debug for details, and please report it"
        print(f"kotozoe: something unexpected went wrong ({type(error).__name__}){hint}", file=sys.stderr)
        return _TROUBLE
    return code


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="the config file (else KOTOZOE_CONFIG, else the usual place)")
    common.add_argument("--debug", action="store_true", help="tell every detail on standard error")
    parser = argparse.ArgumentParser(
        "kotozoe", description="The right Japanese subtitle from Jimaku, in mpv.", epilog=_EXIT_CODES, parents=[common]
    )
    parser.add_argument("--version", action="version", version=f"kotozoe {kotozoe.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("run", parents=[common], help="watch mpv and load subtitles, until stopped")
    identify = commands.add_parser("identify", parents=[common], help="say which episode a video file is")
    identify.add_argument("--json", action="store_true", help="one JSON object a line, in the order of the paths")
    identify.add_argument("paths", nargs="+", metavar="PATH", help="a video file; - reads paths from standard input")
    explain = commands.add_parser("explain", parents=[common], help="tell how the answer for one file comes about")
    explain.add_argument("path", metavar="PATH")
    status = commands.add_parser("status", parents=[common], help="say what the daemon does now")
    status.add_argument("--json", action="store_true")
    choose = commands.add_parser("choose", parents=[common], help="rank given subtitle files for given episodes")
    choose.add_argument("--json", action="store_true", required=True, help="requests and answers are JSON, one a line")
    choose.add_argument("source", choices=["-"], metavar="-", help="requests come from standard input")
    fetch = commands.add_parser("fetch", parents=[common], help="fetch the subtitles of files and whole folders")
    fetch.add_argument("--sidecar", action="store_true", help="put them beside the videos; never replaces anything")
    fetch.add_argument("--dry-run", action="store_true", help="say what would be asked for; fetch nothing")
    fetch.add_argument("--json", action="store_true", help="one JSON object a line, one for each video")
    fetch.add_argument("paths", nargs="+", metavar="PATH", help="a video file or a folder")
    clean = commands.add_parser("clean", parents=[common], help="remove subtitle files that no player shows")
    clean.add_argument("--unused", type=_days, default=0.0, metavar="DAYS", help="only those unused for so many days")
    return parser


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days < 100_000:
        raise ValueError(text)
    return days


def _command(args: argparse.Namespace, app: App | None, masks: log.Masks) -> int:
    named = getattr(args, "config", None)
    config = config_path(named)
    if named and not config.exists():
        raise UserError(f"There is no config {printable(str(config))}: check the name, or leave --config out")
    if args.command == "status":
        return _status(as_json=args.json)
    app = app or _app()
    if args.command == "run":
        return app.run(config, masks)
    if args.command == "identify":
        return _identify(app, config, args.paths, as_json=args.json)
    if args.command == "explain":
        return _explain(app, config, args.path)
    if args.command == "fetch":
        return _fetch(app, config, Order(args.paths, args.sidecar, args.dry_run), as_json=args.json)
    if args.command == "clean":
        return _clean(app, config, args.unused)
    return _choose(app, config)


def _app() -> App:
    from kotozoe import app  # noqa: PLC0415 - it brings the heavy libraries; `status` and `--help` go without

    return app


def _complain(error: KotozoeError) -> None:
    print(f"kotozoe: {error}", file=sys.stderr)
    for problem in error.problems if isinstance(error, UserError) else ():
        print(f"  {problem}", file=sys.stderr)


def _identify(app: App, config: Path, paths: Sequence[str], *, as_json: bool) -> int:
    if "-" in paths and len(paths) > 1:
        raise UserError('"-" reads all paths from standard input: give it alone, or write ./- for a file of that name')
    chunks = _stdin_lines() if paths == ["-"] else iter([list(paths)])
    asked: deque[Sequence[str]] = deque()

    def remembered() -> Iterator[Sequence[str]]:
        for chunk in chunks:
            asked.append(chunk)
            yield chunk

    count = resolved = 0
    for verdicts in app.identify_chunks(config, remembered()):
        for path, verdict in zip(asked.popleft(), verdicts, strict=True):
            count += 1
            resolved += verdict.status == "resolved"
            if as_json:
                _print_json(verdict_record(path, verdict))
            else:
                _print(f"{printable(os.path.basename(path))}\n  {_sentence(verdict)}")  # noqa: PTH119 - may be no path
        sys.stdout.flush()
    return 0 if resolved or not count else _NOTHING


def verdict_record(path: str, verdict: Verdict) -> dict[str, object]:
    """Return what `identify --json` says of one path; these keys are a promise."""
    ref = verdict.ref if verdict.status == "resolved" else None
    whole = 1.0 if ref and ref.episode is None else None
    return {
        "path": path,
        "status": verdict.status,
        "anilist_id": ref.media.anilist_id if ref else None,
        "tmdb_id": ref.media.tmdb_id if ref else None,
        "entry_id": verdict.entry_id if ref else None,
        "episode": _number(whole or ref.episode) if ref else None,
        "episode_end": _number(ref.episode_end) if ref else None,
        "title": verdict.title if ref else None,
        "kind": verdict.kind if ref else None,
        "confidence": round(verdict.confidence, 3),
        "why": verdict.why,
    }


def _number(episode: float | None) -> float | None:
    return int(episode) if episode is not None and episode == int(episode) else episode


def _sentence(verdict: Verdict) -> str:
    record = verdict_record("", verdict)
    if verdict.ref is None or verdict.status != "resolved":
        return f"{verdict.status}: {printable(verdict.why)}"
    part = "" if verdict.kind == "movie" else f", episode {record['episode']}"
    end = f"-{record['episode_end']}" if record["episode_end"] is not None else ""
    return f"{printable(verdict.title)}{part}{end} ({verdict.ref.media}): {printable(verdict.why)}"


def _explain(app: App, config: Path, path: str) -> int:
    explanation = app.explain(config, path)
    for line in explanation.lines:
        _print(printable(line, 500))
    return 0 if explanation.verdict.status == "resolved" else _NOTHING


def _fetch(app: App, config: Path, order: Order, *, as_json: bool) -> int:
    teller = Teller(result_record, as_json=as_json, display=live_display())
    whole = False
    try:
        app.fetch(config, order, teller)
        whole = True
    finally:
        teller.close(whole=whole)
    got = sum(count for outcome, count in teller.outcomes.items() if outcome != "left out")
    return 0 if got or not teller.outcomes else _NOTHING


def result_record(result: Result) -> dict[str, object]:
    """Return what `fetch --json` says of one video; these keys are a promise."""
    told = verdict_record(result.path, result.verdict or Verdict("skipped", result.why))
    return {**told, "outcome": result.outcome, "file": result.file or None, "why": result.why}


def _clean(app: App, config: Path, days: float) -> int:
    cleaned = app.clean(config, days * 86_400)
    _print(f"{cleaned.files} files removed, {_megabytes(cleaned.size)}; {_megabytes(cleaned.left)} are left")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _choose(app: App, config: Path) -> int:
    for answer in app.choose_lines(config, _requests()):
        _print_json(answer)
        sys.stdout.flush()
    return 0


def _requests() -> Iterator[dict[str, Any]]:
    lines = (line for chunk in _stdin_lines() for line in chunk)
    for number, line in enumerate(lines, start=1):
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            raise UserError(f"Request {number} is no JSON object: write one object on each line")
        yield request


def _stdin_lines() -> Iterator[list[str]]:
    """Yield the lines of standard input as they come, each time all that are there; empty ones are passed over."""
    source = sys.stdin.fileno()
    rest = b""
    while block := os.read(source, _READ_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise UserError("A line of standard input is longer than 1 MB: write one path or request on each line")
        if found := [line.decode("utf-8", "surrogateescape") for line in lines if line]:
            yield found
    if rest:
        yield [rest.decode("utf-8", "surrogateescape")]


def _status(*, as_json: bool) -> int:
    at = places()
    running = is_held(at.lock)
    snapshot = read_status(at.status)
    if as_json:
        _print_json({"running": running, **(asdict(snapshot) if snapshot else {})})
    elif not running:
        _print("No daemon runs: start it with `systemctl --user start kotozoe`, or `kotozoe run`.")
    elif snapshot is None:
        _print("The daemon runs, and has told nothing yet.")
    else:
        for line in _status_lines(snapshot, time.time()):
            _print(printable(line, 500))
    return 0 if running else _NOTHING


def _status_lines(told: Snapshot, now: float) -> Iterator[str]:
    yield f"kotozoe {told.version} runs (pid {told.pid}, for {duration(now - told.started)})"
    yield from (f"config: {problem}" for problem in told.problems)
    yield f"key: from {told.key.origin}" if told.key.present else f"key: {told.key.trouble or 'none'}"
    yield "players: " + (", ".join(f"mpv {player.pid}" for player in told.players) or "none")
    for playback in told.playbacks:
        last = f": {playback.steps[-1].step}, {playback.steps[-1].sentence}" if playback.steps else ""
        yield f"{'played' if playback.ended else 'plays '} {playback.name}{last}"
    for host in told.hosts:
        waits = f"{host.waiting} waiting" + (f", next in {host.wait:.1f} s" if host.wait > 0 else "")
        yield f"{host.name}: {host.trouble or 'fine'} ({host.sent} sent, {waits})"
    if told.counts:
        yield "known: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told.counts.items())


def _print(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding))


def _print_json(record: dict[str, Any]) -> None:
    """Print one line of JSON, ASCII where a name is not valid Unicode: it reads back as the same path."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(record)
    print(line)
