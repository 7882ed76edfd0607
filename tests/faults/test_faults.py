"""Whatever the world does, some promises hold; and where a build breaks one, that is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import pytest

from tests.faults.broken import BUILDS
from tests.faults.daemon import Zygote, zygote
from tests.faults.plan import STAGES, Plan, plan, staged
from tests.faults.run import PATIENCE, Outcome, run

AT_ONCE = 3
SEEDS = range(1, 25)
IMPATIENT = 3.0  # seconds, real ones, that a broken build gets
WAITING = 8  # broken builds at once: most of their time nothing happens


@pytest.fixture(scope="module")
def forks() -> Iterator[Zygote]:
    with zygote() as running:
        yield running


async def outcomes(
    plans: Iterable[tuple[Plan, str]], forks: Zygote, patience: float = PATIENCE, at_once: int = AT_ONCE
) -> dict[tuple[int, str, str], Outcome]:
    """Run some plans at the same time; by seed, stage and build."""
    found: dict[tuple[int, str, str], Outcome] = {}
    waiting = iter(plans)

    async def work() -> None:
        for acted, broken in waiting:
            outcome = await run(acted, forks, broken=broken, patience=patience)
            found[acted.seed, acted.stage, broken] = outcome

    await asyncio.gather(*(work() for _ in range(at_once)))
    return found


async def test_whatever_goes_wrong_the_promises_hold(forks: Zygote) -> None:
    found = await outcomes(((plan(seed), "") for seed in SEEDS), forks)
    assert {seed: outcome.broken for (seed, _, _), outcome in found.items() if not outcome.well} == {}


async def test_what_was_staged_for_broken_builds_is_no_trouble_for_the_right_one(forks: Zygote) -> None:
    found = await outcomes(((staged(name), "") for name in STAGES), forks)
    assert {stage: outcome.broken for (_, stage, _), outcome in found.items() if not outcome.well} == {}


async def test_every_broken_build_is_caught(forks: Zygote) -> None:
    found = await outcomes(((staged(build.stage), name) for name, build in BUILDS.items()), forks, IMPATIENT, WAITING)
    seen = {broken: {told.partition(":")[0] for told in outcome.broken} for (_, _, broken), outcome in found.items()}
    assert {name for name, build in BUILDS.items() if build.promise not in seen[name]} == set(), seen


def test_a_seed_says_what_happens() -> None:
    assert plan(7) == plan(7)
    assert len({plan(seed).ills for seed in range(50)}) == 50
