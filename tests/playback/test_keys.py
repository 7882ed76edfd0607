"""Which key does what, out of what mpv says of its bindings."""

from __future__ import annotations

import pytest

from kotozoe.playback.keys import CYCLE, MENU, TOGGLE, key_of


def binding(key: str, cmd: str, priority: int = 1) -> dict[str, object]:
    return {"key": key, "cmd": cmd, "priority": priority, "section": "default", "is_weak": False}


def test_the_first_command_that_has_a_key_is_named() -> None:
    bindings = [binding("j", CYCLE), binding("Ctrl+k", MENU), binding("k", f"{MENU} ")]
    assert key_of(bindings, TOGGLE, MENU, CYCLE) == ("k", MENU)
    assert key_of(bindings, TOGGLE) == ("", "")


@pytest.mark.parametrize("mine", [9, 3])
def test_the_binding_in_force_counts(mine: int) -> None:
    bindings = [binding("k", "show-text mine", mine), binding("k", MENU, 3 if mine == 9 else -1)]
    assert key_of(bindings, MENU) == ("", "")


@pytest.mark.parametrize("bindings", [None, 5, [1], [{}], [{"key": "k", "cmd": MENU}], [binding("k" * 50, MENU)]])
def test_what_is_no_binding_is_passed_over(bindings: object) -> None:
    assert key_of(bindings, MENU) == ("", "")
