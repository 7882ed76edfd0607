"""identify, explain, choose: what is this file, why, and which subtitle fits."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kotozoe.cli.words import NOTHING, App, Call, print_json, print_line, stdin_lines
from kotozoe.errors import UserError
from kotozoe.model import Verdict
from kotozoe.printable import printable


def answer(args: argparse.Namespace, call: Call) -> int:
    """Run the one of them that was asked for."""
    if args.command == "identify":
        return identify(call.app(), call.config, args.paths, as_json=args.json)
    if args.command == "explain":
        return explain(call.app(), call.config, args.path)
    return choose(call.app(), call.config)


def identify(app: App, config: Path, paths: Sequence[str], *, as_json: bool) -> int:
    if "-" in paths and len(paths) > 1:
        raise UserError('"-" reads all paths from standard input: give it alone, or write ./- for a file of that name')
    chunks = stdin_lines() if paths == ["-"] else iter([list(paths)])
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
                print_json(verdict_record(path, verdict))
            else:
                print_line(f"{printable(os.path.basename(path))}\n  {_sentence(verdict)}")  # noqa: PTH119 - may be no path
        sys.stdout.flush()
    return 0 if resolved or not count else NOTHING


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


def explain(app: App, config: Path, path: str) -> int:
    explanation = app.explain(config, path)
    for line in explanation.lines:
        print_line(printable(line, 500))
    return 0 if explanation.verdict.status == "resolved" else NOTHING


def choose(app: App, config: Path) -> int:
    for answer in app.choose_lines(config, _requests()):
        print_json(answer)
        sys.stdout.flush()
    return 0


def _requests() -> Iterator[dict[str, Any]]:
    lines = (line for chunk in stdin_lines() for line in chunk)
    for number, line in enumerate(lines, start=1):
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            raise UserError(f"Request {number} is no JSON object: write one object on each line")
        yield request
