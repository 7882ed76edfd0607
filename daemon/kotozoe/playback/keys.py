"""Which key does what in this mpv: the user's own bindings, other scripts' and ours, as mpv lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MENU = "script-binding kotozoe/open-menu"
TOGGLE = "script-binding kotozoe/toggle"
CYCLE = "cycle sub"

_MAX_BINDINGS = 3000
_MAX_KEY = 12  # characters: what is longer is a mouse button or a sequence that nobody remembers


def key_of(bindings: object, *commands: str) -> tuple[str, str]:
    """Return the key of the first of these commands that has one, and the command; twice "" for none.

    `bindings` is mpv's `input-bindings`: of several bindings of a key, the one of the highest priority is in force.
    """
    in_force: dict[str, tuple[int, str]] = {}
    for key, command, priority in _bindings(bindings):
        if priority >= 0 and priority >= in_force.get(key, (0, ""))[0]:
            in_force[key] = priority, command
    for wanted in commands:
        keys = [key for key, (_, command) in in_force.items() if command == wanted]
        if keys:
            return min(keys, key=lambda key: (len(key), key)), wanted
    return "", ""


def _bindings(bindings: object) -> Iterator[tuple[str, str, int]]:
    items: Sequence[object] = bindings[:_MAX_BINDINGS] if isinstance(bindings, list) else ()
    for item in items:
        if not isinstance(item, dict):
            continue
        key, command, priority = item.get("key"), item.get("cmd"), item.get("priority")
        if isinstance(key, str) and isinstance(command, str) and isinstance(priority, int) and len(key) <= _MAX_KEY:
            yield key, " ".join(command.split()), priority
