"""Large JSON documents, value by value: never more than one of them is held, and none that is too large."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_VALUE = 1 << 20  # characters; as Python's own values they take up to twenty times that
_PIECE = 1 << 17  # bytes read on with; doubled for a value that is longer
_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class _Window:
    """The text from the present position on, as far as it was decoded."""

    content: memoryview
    text: str = ""
    at: int = 0
    taken: int = 0
    decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8-sig")("replace")
    )

    @property
    def more(self) -> bool:
        return self.taken < len(self.content)

    def read_on(self) -> None:
        if len(self.text) - self.at > MAX_VALUE:
            raise ValueError("a value is too large")
        piece = self.content[self.taken : self.taken + max(_PIECE, len(self.text) - self.at)]
        self.taken += len(piece)
        self.text = self.text[self.at :] + self.decode.decode(piece, not self.more)
        self.at = 0

    def mark(self) -> str:
        """Return the next character that is no space; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.text) or not self.more:
                return self.text[self.at : self.at + 1]
            self.read_on()

    def step(self, expected: str) -> str:
        """Pass over the next mark, which must be one of `expected`."""
        found = self.mark()
        if not found or found not in expected:
            raise ValueError(f"{found or 'the end'!r} stands where one of {expected} should")
        self.at += 1
        return found

    def value(self) -> Any:
        """Read one value; it is whole only where something follows it."""
        while True:
            self.mark()
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                raise ValueError("a value is nested too deeply") from None
            except ValueError:
                if not self.more:
                    raise
            else:
                if end < len(self.text) or not self.more:
                    self.at = end
                    return value
            self.read_on()


def members(content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of an object in order. Raise ValueError where it is none or is broken."""
    window = _Window(memoryview(content))
    return ((name, window.value()) for name in _names(window))


def elements(content: bytes, name: str) -> Iterator[Any]:
    """Yield the elements of the arrays that are the object's members `name`. Raise ValueError as `members` does."""
    window = _Window(memoryview(content))
    for found in _names(window):
        if found == name and window.mark() == "[":
            yield from _array(window)
        else:
            window.value()


def values(content: bytes) -> Iterator[Any]:
    """Yield the elements of an array. Raise ValueError as `members` does."""
    return _array(_Window(memoryview(content)))


def _names(window: _Window) -> Iterator[str]:
    """Yield the name of each member; whoever takes it reads its value."""
    window.step("{")
    if window.mark() == "}":
        return
    while True:
        name = window.value()
        if not isinstance(name, str):
            raise ValueError("a member's name is no text")  # noqa: TRY004 - what was read, not a type error
        window.step(":")
        yield name
        if window.step(",}") == "}":
            return


def _array(window: _Window) -> Iterator[Any]:
    window.step("[")
    if window.mark() == "]":
        window.step("]")
        return
    while True:
        yield window.value()
        if window.step(",]") == "]":
            return
