"""Thousands of seeded runs of `tests.faults`, and what came of them by fault and by outcome."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress

from tests.faults.daemon import Zygote, zygote
from tests.faults.plan import plan
from tests.faults.run import Outcome, run

_AT_ONCE = 3
_SAY_EVERY = 100
_MAX_LOG = 30_000


class Tally:
    """What was met and how it ended, of all runs so far."""

    def __init__(self) -> None:
        self.runs = 0
        self.hit: Counter[str] = Counter()  # runs in which a fault struck
        self.broke: Counter[str] = Counter()  # of these, runs with a broken promise
        self.ended: Counter[str] = Counter()
        self.failed: dict[int, Outcome] = {}
        self.promises: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        for name in outcome.met:
            self.hit[name] += 1
            self.broke[name] += not outcome.well
        self.ended += outcome.ended
        if not outcome.well:
            self.failed[outcome.seed] = outcome
            for promise in outcome.broken:
                self.promises[promise.partition(":")[0]].append(outcome.seed)


def soak(runs: int, seed: int, *, verbose: bool) -> int:
    """Run so many seeds from `seed` on; print each that fails and the table; return 1 if one failed."""
    began, tally = time.monotonic(), Tally()
    with zygote() as forks, suppress(KeyboardInterrupt):  # what is known by then is told
        asyncio.run(_all(tally, range(seed, seed + runs), forks, verbose=verbose))
    _print(tally, seed, time.monotonic() - began)
    return 1 if tally.failed else 0


async def _all(tally: Tally, seeds: Iterable[int], forks: Zygote, *, verbose: bool) -> None:
    waiting = iter(seeds)

    async def work() -> None:
        for seed in waiting:
            outcome = await _one(seed, forks)
            tally.add(outcome)
            if not outcome.well:
                _print_failed(outcome, verbose=verbose)
            elif tally.runs % _SAY_EVERY == 0:
                print(f"{tally.runs} runs, {len(tally.failed)} failed", flush=True)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


async def _one(seed: int, forks: Zygote) -> Outcome:
    try:
        return await run(plan(seed, mounted=True), forks)
    except Exception:  # noqa: BLE001 - a mistake of the harness costs its own run only
        return Outcome(seed, broken=["the harness failed: " + traceback.format_exc()])


def _print_failed(outcome: Outcome, *, verbose: bool) -> None:
    print(f"seed {outcome.seed} FAILED, after {', '.join(outcome.met) or 'nothing'}")
    for broken in outcome.broken:
        print(f"  {broken}")
    if verbose:
        print(outcome.log[-_MAX_LOG:])
    print(f"  again: ./dev soak --seed {outcome.seed} --faults 1 --verbose", flush=True)


def _print(tally: Tally, seed: int, seconds: float) -> None:
    print(f"\n{'fault':34} {'runs':>6} {'broke':>6}")
    for name, hit in sorted(tally.hit.items()):
        print(f"{name:34} {hit:6} {tally.broke[name]:6}")
    print(f"\n{'what played through it':34} {'plays':>6}")
    for name, count in tally.ended.most_common():
        print(f"{name:34} {count:6}")
    for promise, seeds in tally.promises.items():
        print(f"\nbroken: {promise}: seeds {', '.join(map(str, seeds[:20]))}")
    print(f"\n{tally.runs} runs from seed {seed} in {seconds:.0f} s: {len(tally.failed)} failed")
