"""What `kotozoe fetch` tells: a line a video, how far it is, and in the end what was left out and why."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from kotozoe.cli.verdict_record import verdict_sentence
from kotozoe.printable import printable

if TYPE_CHECKING:
    from kotozoe.app.fetch import Shown
    from kotozoe.app.library_fetch import Progress, Result

Record = dict[str, Any]

_EPISODE = re.compile(r"\bepisode [\d.]+\d|\bepisode \d")
_SAID = {"fetched": "fetched", "present": "already there", "planned": "to fetch", "left out": "left out"}
_MAX_REASONS = 12  # that the summary tells one by one


class Display(Protocol):
    """Shows how far it is."""

    def show(self, shown: Shown) -> None: ...
    def close(self) -> None: ...


class Teller:
    """Prints results as they come (`json`: one object a line), and the summary on `close`."""

    def __init__(self, record: Callable[[Result], Record], *, as_json: bool, display: Display | None) -> None:
        self._record = record
        self._as_json = as_json
        self._display = display
        self._reasons: Counter[str] = Counter()
        self._last: Progress | None = None
        self._seconds = 0.0
        self._unread = False
        self.outcomes: Counter[str] = Counter()

    def result(self, result: Result) -> None:
        self.outcomes[result.outcome] += 1
        if result.outcome == "left out":
            self._reasons[_kind(result)] += 1
        try:
            self._print_result(result)
        except BrokenPipeError:
            self._unread = True
            raise

    def _print_result(self, result: Result) -> None:
        if self._as_json:
            _print(json.dumps(self._record(result)))
        elif result.outcome != "present":
            _print(f"{result.outcome:9} {printable(os.path.basename(result.path))}: {_told(result)}")  # noqa: PTH119

    def shown(self, shown: Shown) -> None:
        self._last, self._seconds = shown.progress, shown.seconds_left
        if self._display:
            self._display.show(shown)

    def close(self, *, whole: bool) -> None:
        """Tell the summary, on standard error if standard output is for machines. `whole`: it came to its end."""
        if self._display:
            self._display.close()
        if self._unread or (not whole and not self.outcomes and self._last is None):
            return  # nobody reads it; or it never began
        out = sys.stderr if self._as_json else sys.stdout
        for line in self._summary(whole=whole):
            print(line, file=out)

    def _summary(self, *, whole: bool) -> list[str]:
        counts = ", ".join(
            f"{self.outcomes[outcome]} {said}" for outcome, said in _SAID.items() if self.outcomes[outcome]
        )
        lines = [counts or "there is no video"]
        if self.outcomes["planned"] and self._last:
            lines.append(
                f"that is {_count(self._last.to_list, 'listing')} and at most {_count(self._last.to_fetch, 'file')} "
                "to ask for: "
                f"{duration(self._seconds)} at the pace that Jimaku allows"
            )
        lines += [
            f"left out, {count}: {printable(reason)}" for reason, count in self._reasons.most_common(_MAX_REASONS)
        ]
        if len(self._reasons) > _MAX_REASONS:
            lines.append(f"left out for {len(self._reasons) - _MAX_REASONS} further reasons")
        if not whole:
            lines.append("not done yet: the same command goes on from here")
        return lines


def _told(result: Result) -> str:
    if result.outcome == "fetched":
        return printable(os.path.basename(result.file))  # noqa: PTH119
    return verdict_sentence(result.verdict) if result.outcome == "planned" and result.verdict else printable(result.why)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _kind(result: Result) -> str:
    """Return the reason without what is different for every video."""
    return _EPISODE.sub("the episode", result.why.partition(";")[0])


def _print(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)


def duration(seconds: float) -> str:
    """Return seconds in the unit that a person would choose."""
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def live_display() -> Display | None:
    """Return a display for a person who looks at standard error; None if nobody does."""
    return _Live() if sys.stderr.isatty() else None


class _Live:
    """A bar that moves, by rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}", markup=False),
            console=Console(stderr=True),
            redirect_stdout=sys.stdout.isatty(),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, told="")
        self._bar.start()

    def show(self, shown: Shown) -> None:
        progress = shown.progress
        left = f"{duration(shown.seconds_left)} left" if progress.stage == "fetching" else ""
        self._bar.update(
            self._task,
            description=progress.stage,
            completed=progress.done,
            total=progress.total or None,
            told="; ".join(filter(None, (left, printable(shown.waits)))),
        )

    def close(self) -> None:
        self._bar.stop()
