"""The line of each section and key of a TOML text, for messages: tomllib does not report it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]

_PIECE = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<word>[^\s\[\]{}=.,#\"']+)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<space>[^\S\n]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every section and key of a valid TOML text; the first of several."""
    found: dict[Path, int] = {}
    section: Path = ()
    for line, statement in _statements(text):
        names, is_section = _names(statement)
        if is_section:
            section = names
        for end in range(1, len(names) + 1):
            found.setdefault((() if is_section else section) + names[:end], line)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of `path`, or of the innermost part around it that has one."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each statement's line and its pieces, without comments and blanks; brackets carry it over line ends."""
    line, begun, depth = 1, 1, 0
    pieces: list[str] = []
    for match in _PIECE.finditer(text.replace("\r\n", "\n")):
        piece, kind = match[0], match.lastgroup
        if piece == "\n" and depth <= 0:
            if pieces:
                yield begun, pieces
            pieces = []
        elif kind in {"text", "word"} or (kind == "sign" and piece != "\n"):
            begun = begun if pieces else line
            pieces.append(piece)
            depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")
    if pieces:
        yield begun, pieces


def _names(statement: list[str]) -> tuple[Path, bool]:
    """Return the names at the head of a statement, and whether it opens a section."""
    is_section = statement[0] == "["
    names = []
    for piece in statement:
        if piece == "=" or (is_section and piece == "]"):
            break
        if piece not in {"[", "."}:
            names.append(_name(piece))
    return tuple(names), is_section


def _name(piece: str) -> str:
    return next(iter(tomllib.loads(f"{piece} = 0"))) if piece[0] in "\"'" else piece
