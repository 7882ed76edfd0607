"""The config file's text -> `Settings`, or every problem that it has, each with its line and what to do.

Hand-made instead of a library's: those that check dataclasses stop at the first problem or know no lines, and the
advice in each message would remain to be written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kotozoe.printable import printable
from kotozoe.settings.checks import Wrong
from kotozoe.settings.lines import line_numbers, line_of
from kotozoe.settings.schema import SECTIONS, Settings


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `line` (from 1) and how to mend it, in one sentence."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


_KEY_OF = {key: name for name, section in SECTIONS.items() for key in section.keys if key != "url"}

# What tomllib says -> what to do about it. The first that fits.
_SYNTAX_ADVICE = (
    ("Invalid value", 'a text needs quotes, as in "this"; true and false have none'),
    ("Unclosed array", "close the list with ]"),
    ("Unterminated string", "close the quotes"),
    ("Illegal character", "close the quotes on the same line, or write \\ as \\\\ or in single quotes"),
    ("Unescaped", "write \\ as \\\\, or put the text in single quotes"),
    ("Invalid hex value", "write \\ as \\\\, or put the text in single quotes"),
    ("Expected '='", "write it as key = value"),
    ("Expected ']'", "close the section's name with ]"),
    ("Cannot overwrite", "it is there twice: remove one"),
    ("Cannot declare", "that section is there twice: put its keys under one"),
    ("Invalid statement", "a line is [section], key = value, or # a comment"),
    ("Expected newline", "put each key on its own line, and quote texts that hold blanks or quotes"),
    ("Invalid initial character", "a key is made of letters, digits, - and _"),
)
_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def parse(config: str) -> Settings | tuple[Problem, ...]:
    """Return the settings, or all problems by line. A text that is no TOML has one problem: the first."""
    try:
        table = tomllib.loads(config)
    except tomllib.TOMLDecodeError as error:
        return (_syntax_problem(str(error), config),)
    except RecursionError:
        return (Problem(None, "its lists are nested too deeply: kotozoe's lists hold texts only"),)
    slices: dict[str, Any] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, content in table.items():
        if name not in SECTIONS:
            problems.append(((name,), _unknown_section(name, content)))
        elif not isinstance(content, dict):
            problems.append(((name,), f"{name} is a section: write [{name}] on a line of its own, its keys below it"))
        else:
            slices[name] = _slice(name, content, problems)
    if problems:
        lines = line_numbers(config)
        found = (Problem(line_of(place, lines), sentence) for place, sentence in problems)
        return tuple(sorted(found, key=lambda problem: problem.line or 0))
    return Settings(**slices)


def _slice(section: str, content: Mapping[str, object], problems: list[tuple[tuple[str, ...], str]]) -> object:
    keys = SECTIONS[section].keys
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in keys:
            problems.append(((section, key), _unknown_key(section, key, keys)))
            continue
        try:
            values[key] = keys[key].check(value)
        except Wrong as wrong:
            problems.append(((section, key), f"[{section}] {key} {wrong}"))
    return SECTIONS[section].kind(**values)


def _unknown_section(name: str, content: object) -> str:
    if not isinstance(content, dict) and name in _KEY_OF:
        return f"{name} belongs below [{_KEY_OF[name]}]: move it there"
    what = "section" if isinstance(content, dict) else "key outside of any section"
    return f"unknown {what} {_quoted(name)}: {_nearest(name, SECTIONS)}"


def _unknown_key(section: str, key: str, known: Iterable[str]) -> str:
    if key in _KEY_OF:
        return f"[{section}] has no {key}: it belongs below [{_KEY_OF[key]}]"
    return f"[{section}] has no {_quoted(key)}: {_nearest(key, known)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    names = list(known)
    near = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"


def _quoted(name: str) -> str:
    return f'"{printable(name, 60)}"'


def _syntax_problem(message: str, config: str) -> Problem:
    position = _POSITION.search(message)
    last = config.rstrip().count("\n") + 1
    line = int(position["line"]) if position and position["line"] else last
    said = printable(_POSITION.sub("", message), 120)
    advice = next((advice for start, advice in _SYNTAX_ADVICE if said.startswith(start)), "see https://toml.io")
    return Problem(line, f"this is no valid TOML ({said}): {advice}")
