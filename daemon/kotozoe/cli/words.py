"""What all commands share: exit codes, what they need of the app, how they read and print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kotozoe.errors import UserError
from kotozoe.model import Secret, Verdict
from kotozoe.service import log

if TYPE_CHECKING:
    from kotozoe.app.library_fetch import Order
    from kotozoe.app.sync import Synced
    from kotozoe.cli.progress import Teller
    from kotozoe.desktop.doctor import Network
    from kotozoe.subtitles.cache import Cleaned

NOTHING, MISTAKE, TROUBLE, INTERRUPTED, UNREAD = 1, 2, 3, 130, 141

_READ_BYTES = 1 << 16
_LONGEST_LINE = 1 << 20


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
    def sync(self, config: Path, video: str, subtitle: str, *, dry_run: bool, by_sound: bool) -> Synced: ...
    def verify_key(self, config: Path, key: Secret) -> None: ...
    def network(self, config: Path) -> Network: ...


@dataclass(frozen=True, slots=True)
class Call:
    """What a command is run with, beside its own arguments. `app` imports the heavy libraries, so it comes last."""

    config: Path
    app: Callable[[], App]
    masks: log.Masks


def stdin_lines() -> Iterator[list[str]]:
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


def print_line(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding))


def print_json(record: dict[str, Any]) -> None:
    """Print one line of JSON, ASCII where a name is not valid Unicode: it reads back as the same path."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(record)
    print(line)
