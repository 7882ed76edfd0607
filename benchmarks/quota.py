"""How the quotas are spent: rates in real time and on a virtual clock, requests by host, faults, and being killed.

    python -m benchmarks.quota requests [--entries N] [--episodes N]   requests by host: a series, a library
    python -m benchmarks.quota virtual [--requests N]                  the rate on a clock that jumps over every wait
    python -m benchmarks.quota rate [--requests N]                     the rate in real time (20 minutes for 500)
    python -m benchmarks.quota faults                                  each failure, met by each kind of work
    python -m benchmarks.quota kills [--rounds N]                      a library's fetch, killed again and again

All of it against stand-ins on this machine, which limit as the real services do.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.support.quota_faults import faults, kills
from benchmarks.support.quota_rate import rate, virtual
from benchmarks.support.quota_requests import requests


def main() -> int:
    """Measure what is asked for; exit 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    named = commands.add_parser("requests")
    named.add_argument("--entries", type=int, default=1000)
    named.add_argument("--episodes", type=int, default=10)
    for name in ("virtual", "rate"):
        commands.add_parser(name).add_argument("--requests", type=int, default=500)
    commands.add_parser("faults")
    commands.add_parser("kills").add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    if asked.command == "requests":
        return requests(asked.entries, asked.episodes)
    if asked.command == "faults":
        return faults()
    if asked.command == "kills":
        return kills(asked.rounds)
    return (virtual if asked.command == "virtual" else rate)(asked.requests)


if __name__ == "__main__":
    sys.exit(main())
