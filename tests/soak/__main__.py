"""`./dev soak [--faults N] [--seed N] [--loads N] [--players N]`: without a word both, as long as they take."""

from __future__ import annotations

import argparse
import sys

from tests.soak import faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--faults", type=int, help="so many seeded runs of faults")
    parser.add_argument("--seed", type=int, default=1, help="the first seed of the faults")
    parser.add_argument("--verbose", action="store_true", help="the daemon's log of each run that fails")
    asked = parser.parse_args()
    return faults.soak(asked.faults or 0, asked.seed, verbose=asked.verbose)


if __name__ == "__main__":
    sys.exit(main())
