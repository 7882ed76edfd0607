"""The command line with an application behind it that answers from a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kotozoe import cli
from kotozoe.app.library_fetch import Order, Result
from kotozoe.app.sync import Synced
from kotozoe.cli.progress import Teller
from kotozoe.desktop.doctor import Network
from kotozoe.model import Secret, Verdict
from kotozoe.service.log import Masks
from kotozoe.subtitles.cache import Cleaned

UNKNOWN = Verdict("unknown", "no title is near")

# where the commands find what the application does
_FUNCTIONS = {
    "kotozoe.app.running.run": "run",
    "kotozoe.app.commands.identify_chunks": "identify_chunks",
    "kotozoe.app.commands.explain": "explain",
    "kotozoe.app.commands.choose_lines": "choose_lines",
    "kotozoe.app.fetch.fetch": "fetch",
    "kotozoe.app.fetch.clean": "clean",
    "kotozoe.app.sync.sync": "sync",
    "kotozoe.app.online_checks.verify_key": "verify_key",
    "kotozoe.app.online_checks.network": "network",
}


@dataclass
class Explained:
    verdict: Verdict
    lines: Sequence[str]


@dataclass
class TableApp:
    """Answers by the path; raises what it is given to raise."""

    table: dict[str, Verdict] = field(default_factory=dict)
    error: BaseException | None = None
    configs: list[Path] = field(default_factory=list)
    chunks: list[list[str]] = field(default_factory=list)

    def run(self, config: Path, masks: Masks) -> int:
        self._called(config)
        return 0

    def identify_chunks(self, config: Path, chunks: Iterator[Sequence[str]]) -> Iterator[list[Verdict]]:
        self._called(config)
        for chunk in chunks:
            self.chunks.append(list(chunk))
            yield [self.table.get(path, UNKNOWN) for path in chunk]

    def explain(self, config: Path, path: str) -> Explained:
        self._called(config)
        verdict = self.table.get(path, UNKNOWN)
        return Explained(verdict, ("step one\x1b[31m", f"{verdict.status}: {verdict.why}"))

    def choose_lines(self, config: Path, requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        self._called(config)
        for request in requests:
            yield {"chosen": request["files"][0]}

    def fetch(self, config: Path, order: Order, watcher: Teller) -> None:
        self._called(config)
        for path in order.paths:
            watcher.result(Result(path, "planned" if order.plan_only else "fetched", f"{path}.ja.srt"))

    def clean(self, config: Path, unused_for: float) -> Cleaned:
        self._called(config)
        return Cleaned(round(unused_for / 86_400), 0, 0)

    def sync(self, config: Path, video: str, subtitle: str, *, dry_run: bool, by_sound: bool) -> Synced:
        self._called(config)
        raise NotImplementedError

    def verify_key(self, config: Path, key: Secret) -> None:
        self._called(config)

    def network(self, config: Path) -> Network:
        self._called(config)
        return Network()

    def _called(self, config: Path) -> None:
        self.configs.append(config)
        if self.error:
            raise self.error


def main(argv: Sequence[str], app: TableApp | None = None) -> int:
    """Run a command, with `app` instead of the application if one is given."""
    with ExitStack() as patched:
        for place, name in _FUNCTIONS.items() if app is not None else ():
            patched.enter_context(patch(place, getattr(app, name)))
        return cli.main(argv)
