"""A parser of arguments that says what is wrong in a sentence, and what may have been meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from kotozoe.printable import printable

_MISSING = "the following arguments are required: "


class Parser(argparse.ArgumentParser):
    """Its subparsers are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2. The usage is shown where something is missing."""
        if message.startswith(_MISSING):
            self.print_usage(sys.stderr)
            message = self._missing(message.removeprefix(_MISSING))
        self.exit(2, f"{self.prog}: {printable(message, 500)}\n`{self.prog} --help` has more.\n")

    def refuse(self, rest: Sequence[str]) -> NoReturn:
        """End because of words that no argument takes."""
        word = rest[0]
        known = [option for action in self._actions for option in action.option_strings]
        if word.startswith("-"):
            self.error(f"there is no option {word.partition('=')[0]}{meant(word.partition('=')[0], known)}")
        self.error(f'"{word}" is one argument too many')

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        what = str(action.metavar or action.dest).lower()
        hint = meant(str(value), choices) or f"; there are {', '.join(choices)}"
        raise argparse.ArgumentError(None, f'there is no {what} "{value}"{hint}')

    def _missing(self, names: str) -> str:
        choices = next((action.choices for action in self._actions if names in (action.metavar, action.dest)), None)
        return f"{names} is missing" + (f": one of {', '.join(map(str, choices))}" if choices else "")


def meant(word: str, known: Iterable[str]) -> str:
    """Return a question to follow a complaint: which of the known words is nearest; empty if none is near."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]}?" if near else ""
