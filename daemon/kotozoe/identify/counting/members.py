"""A large JSON object, member by member, so that never more than one member of it is held as values."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

_PIECE = 1 << 17  # bytes read on with; doubled for a member that is longer
_SPACE = " \t\n\r"


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


_DECODER = json.JSONDecoder()


def _value(window: _Window) -> object:
    """Read one value; it is whole only where something follows it."""
    while True:
        window.mark()
        try:
            value, end = _DECODER.raw_decode(window.text, window.at)
        except RecursionError:
            raise ValueError("a value is nested too deeply") from None
        except ValueError:
            if not window.more:
                raise
        else:
            if end < len(window.text) or not window.more:
                window.at = end
                return value
        window.read_on()


def _step(window: _Window, wanted: str) -> str:
    """Pass over the next mark, which must be one of `wanted`."""
    found = window.mark()
    if not found or found not in wanted:
        raise ValueError(f"{found or 'the end'!r} stands where one of {wanted} should")
    window.at += 1
    return found


def members(content: bytes) -> Iterator[tuple[str, object]]:
    """Yield the names and values of a JSON object in order. Raises ValueError where it is none or is broken."""
    window = _Window(memoryview(content))
    _step(window, "{")
    if window.mark() == "}":
        return
    while True:
        name = _value(window)
        if not isinstance(name, str):
            raise ValueError("a member's name is no text")  # noqa: TRY004 - what was read, not a type error
        _step(window, ":")
        yield name, _value(window)
        if _step(window, ",}") == "}":
            return
