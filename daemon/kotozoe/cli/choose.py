"""`kotozoe choose`: which of these subtitle files fits this episode?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from kotozoe.cli.call import Call, Commands, print_json, stdin_lines
from kotozoe.errors import UserError


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("choose", parents=[common], help="rank given subtitle files for given episodes")
    parser.add_argument("--json", action="store_true", required=True, help="requests and answers are JSON, one a line")
    parser.add_argument("source", choices=["-"], metavar="-", help="requests come from standard input")
    return parser


def run(_: argparse.Namespace, call: Call) -> int:
    from kotozoe.app.commands import choose_lines

    for answer in choose_lines(call.config, _requests()):
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
