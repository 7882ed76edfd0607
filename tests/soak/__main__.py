"""`./dev soak [--faults N] [--seed N] [--loads N] [--players N]`: without a word both, 3000 faults and 10000 loads."""

from __future__ import annotations

import argparse
import sys

from tests.soak import faults, loads

_FAULTS, _LOADS, _PLAYERS = 3000, 10_000, 50


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--faults", type=int, help="so many seeded runs of faults")
    parser.add_argument("--seed", type=int, default=1, help="the first seed of the faults")
    parser.add_argument("--loads", type=int, help="so many videos loaded")
    parser.add_argument("--players", type=int, default=_PLAYERS, help="over so many players")
    parser.add_argument("--verbose", action="store_true", help="the daemon's log of each run of faults that fails")
    asked = parser.parse_args()
    both = asked.faults is None and asked.loads is None
    failed = 0
    if both or asked.faults:
        failed |= faults.soak(asked.faults or _FAULTS, asked.seed, verbose=asked.verbose)
    if both or asked.loads:
        failed |= loads.soak(asked.loads or _LOADS, asked.players)
    return failed


if __name__ == "__main__":
    sys.exit(main())
