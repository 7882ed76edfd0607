"""What is said of a decision: how the name was read, and why the titles that were seen do not serve."""

from __future__ import annotations

import pytest

from tests.identify.verdict.test_resolve import World, decided

WORLD = World([(["Kaze no Uta"], "TV", 12, 2016, []), (["Umi Movie 2"], "MOVIE", 1, 2010, [])], [])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("[G] Kaze no Uta - 99.mkv", "Kaze no Uta has 12 episodes, not 99."),
        ("Kaze.no.Uta.S04E03.1080p.mkv", "Kaze no Uta has no season 4 with an episode 3."),
        ("Kaze no Uta (1987) - 03.mkv", "Kaze no Uta is of 2016, not of 1987."),
        ("[G] Kaze no Uta.mkv", "Kaze no Uta fits, but the name says no episode of its 12."),
        ("[G] Kaze no Uta - OVA 9.mkv", "Kaze no Uta has no special 9."),
        ("[G] Zzz - 03.mkv", "No known title fits this name."),
    ],
)
def test_an_unknown_name_has_the_reason_that_is_true(name: str, why: str) -> None:
    verdict, _ = decided(name, WORLD)
    assert (verdict.status, verdict.why) == ("unknown", why)


def test_each_step_is_a_sentence_and_no_finding_is_told_twice() -> None:
    verdict, _ = decided("[G] Kaze no Uta - 99.mkv", WORLD)
    assert verdict.trace == (
        'Read as "Kaze no Uta", episode 99.',
        "By its title: Kaze no Uta has 12 episodes, not 99.",
    )
    verdict, _ = decided("[G] Kaze no Uta - 03.mkv", WORLD)
    assert verdict.trace == ('Read as "Kaze no Uta", episode 3.', "By its title: Kaze no Uta (anilist:1) episode 3.")
