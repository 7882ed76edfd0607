"""`kotozoe identify`: which episode is each of these files?"""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence

from kotozoe.cli.call import NOTHING, Call, Commands, file_name, print_json, print_line, stdin_lines
from kotozoe.cli.verdict_record import verdict_record, verdict_sentence
from kotozoe.errors import UserError
from kotozoe.model import Verdict
from kotozoe.printable import printable


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("identify", parents=[common], help="say which episode a video file is")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, in the order of the paths")
    parser.add_argument(
        "paths", nargs="+", type=file_name, metavar="PATH", help="a video file; - reads paths from standard input"
    )
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    from kotozoe.app.commands import identify_chunks

    paths: Sequence[str] = args.paths
    if "-" in paths and len(paths) > 1:
        raise UserError('"-" reads all paths from standard input: give it alone, or write ./- for a file of that name')
    chunks = stdin_lines() if paths == ["-"] else iter([list(paths)])
    asked: deque[Sequence[str]] = deque()

    def remembered() -> Iterator[Sequence[str]]:
        for chunk in chunks:
            asked.append(chunk)
            yield chunk

    count = resolved = 0
    for verdicts in identify_chunks(call.config, remembered()):
        for path, verdict in zip(asked.popleft(), verdicts, strict=True):
            count += 1
            resolved += verdict.status == "resolved"
            _print(path, verdict, as_json=args.json)
        sys.stdout.flush()
    return 0 if resolved or not count else NOTHING


def _print(path: str, verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        print_json(verdict_record(path, verdict))
    else:
        name = os.path.basename(path)  # noqa: PTH119 - it may be no path at all
        print_line(f"{printable(name)}\n  {verdict_sentence(verdict)}")
