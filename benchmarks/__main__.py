"""Everything that docs/benchmarks.md says in figures, measured side by side in one run.

    ./dev bench [DATA] [--write] [--only PART …]

DATA is a folder of names and listings with known answers (see `benchmarks/support/world.py`), measured beside the
invented ones. --write puts the tables into docs/benchmarks.md and draws docs/bench.svg.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

from benchmarks import accuracy, choose, latency, opening, scaling
from benchmarks.support import report, resting
from benchmarks.support.part import Part, Table, bench, markdown

PARTS: tuple[Part, ...] = (
    accuracy.PART,
    choose.PART,
    latency.PART,
    opening.PART,
    resting.RATE,
    resting.IDLE,
    scaling.PART,
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[part.name for part in PARTS], metavar="PART")
    asked = parser.parse_args()
    if asked.write and asked.only:
        parser.error("docs/benchmarks.md has all tables or none: --write without --only")
    tables: list[Table] = []
    begun = time.monotonic()
    with bench(asked.data) as run:
        for part in PARTS:
            if asked.only and part.name not in asked.only:
                continue
            print(f"== {part.name}, after {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
            for table in part.run(run):
                tables.append(table)
                print(markdown(table), end="\n\n", flush=True)
        if asked.write and run.peer is None:
            print("nothing is written: jimaku-dl could not be installed, and belongs into the tables", file=sys.stderr)
            return 1
    if asked.write:
        report.write(tables, dt.datetime.now(dt.UTC).date())
    print(f"== done in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
