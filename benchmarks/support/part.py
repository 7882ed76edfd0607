"""The one shape of everything that is measured: a part takes the bench and yields tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from benchmarks.support import world
from benchmarks.support.invented_world import made
from benchmarks.support.peer import Peer, PeerMissing
from benchmarks.support.world import Data

Shares: TypeAlias = tuple[float, float, float]  # right, wrong, not answered


@dataclass(frozen=True, slots=True)
class Table:
    """Every cell is a ratio or a count. What has `shares` is drawn in the chart, a bar for each."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    shares: tuple[tuple[str, Shares], ...] = ()


@dataclass
class Bench:
    """What all parts of one run share."""

    given: Data | None
    folder: Path

    @property
    def datas(self) -> tuple[Data, ...]:
        """Return what accuracy is measured on: the invented names, and those that were given."""
        return (made(400, 500), *([self.given] if self.given else []))

    @cached_property
    def peer(self) -> Peer | None:
        """Return jimaku-dl, installed for this run alone; None where that is not possible."""
        say("installing jimaku-dl into an environment of its own")
        try:
            return Peer.installed(self.folder / "peer")
        except PeerMissing as missing:
            say(f"left out: {missing}")
            return None


@dataclass(frozen=True, slots=True)
class Part:
    """`run` yields its tables as they are ready."""

    name: str
    run: Callable[[Bench], Iterator[Table]]


def say(text: str) -> None:
    print(f"   {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def bench(given: Path | None) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="kotozoe-bench-") as folder:
        yield Bench(world.read(given) if given else None, Path(folder))


def scored(label: str, shares: Shares) -> tuple[str, ...]:
    return (label, *(f"{share:.1%}" for share in shares))


def times(value: float, unit: float) -> str:
    """Say how many times `unit` it is, with two digits."""
    ratio = value / unit
    return f"{ratio:.0f} ×" if ratio >= 9.5 else f"{ratio:.1f} ×"


def markdown(table: Table) -> str:
    """Return the table with its title and note."""
    head, *rows = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in (table.head, *table.rows))
    line = "|".join(["---", *("---:" for _ in table.head[1:])])
    text = "\n".join([f"**{table.title}**", "", f"| {head} |", f"|{line}|", *(f"| {row} |" for row in rows)])
    return f"{text}\n\n{table.note}" if table.note else text


def alone(part: Part, about: str | None) -> None:
    """Be the command of one part: `./dev bench NAME [DATA]`."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", help="a folder of names and listings with known answers")
    with bench(parser.parse_args().data) as run:
        for table in part.run(run):
            print(markdown(table), end="\n\n", flush=True)
