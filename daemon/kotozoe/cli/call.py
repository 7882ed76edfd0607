"""What every command is run with, its exit codes, and how it reads and prints."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from kotozoe.errors import UserError
from kotozoe.service.log import Masks

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # the type has no public name

NOTHING, MISTAKE, TROUBLE, INTERRUPTED, UNREAD = 1, 2, 3, 130, 141

_READ_BYTES = 1 << 16
_MAX_LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """What a command is run with, beside its own arguments."""

    config: Path
    masks: Masks


def file_name(text: str) -> str:
    """Check an argument that names a file: an empty one would mean the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty name: give a file or a folder")
    return text


def stdin_lines() -> Iterator[list[str]]:
    """Yield the lines of standard input as they come, each time all that have arrived, without empty ones."""
    source = sys.stdin.fileno()
    rest = b""
    while block := os.read(source, _READ_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > _MAX_LINE_BYTES:
            raise UserError("A line of standard input is longer than 1 MB: write one path or request on each line")
        if found := [line.decode("utf-8", "surrogateescape") for line in lines if line]:
            yield found
    if rest:
        yield [rest.decode("utf-8", "surrogateescape")]


def print_line(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding))


def print_json(record: dict[str, Any]) -> None:
    """Print one line of JSON, in ASCII where a name is not valid Unicode: it reads back as the same path."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(record)
    print(line)
