"""COMPOSITION ROOT: builds everything from the settings, for the daemon and for the commands.

What is asked for here is imported then: the daemon, which waits all day, carries nothing of the commands.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kotozoe.app.commands import Explanation, choose_lines, explain, identify_chunks
    from kotozoe.app.fetch import clean, fetch
    from kotozoe.app.online_checks import network, verify_key
    from kotozoe.app.running import run
    from kotozoe.app.sync import sync

__all__ = [
    "Explanation",
    "choose_lines",
    "clean",
    "explain",
    "fetch",
    "identify_chunks",
    "network",
    "run",
    "sync",
    "verify_key",
]

_ROOMS = {"run": "running", "clean": "fetch", "fetch": "fetch", "sync": "sync", "verify_key": "desk", "network": "desk"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    found = getattr(importlib.import_module(f"kotozoe.app.{_ROOMS.get(name, 'commands')}"), name)
    globals()[name] = found  # or the room `fetch` would stand where the function does
    return found
