"""No pattern is worse than linear in a stranger's text: what is four times as long takes about four times as long."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import kotozoe

Pattern = re.Pattern[Any]  # of text or of bytes

LARGEST = 64 * 1024  # characters; the larger of the two texts
_MEASURABLE = 0.002  # seconds that the smaller text shall take
_FELT = 0.030  # seconds below which growth is noise, at the largest size
_GROWTH = 4 * 2.2  # for four times the text
_RUNS = 3

_ENDLESS = 5.0  # seconds

_COMMON = (" ", "  \t", "\n", " \n", "0", "1 ", "1-1", "x.x ", ".", "a", "A-", "-", " - ", "[", "[(", "(", "{", "<")
_COMMON_KANA = ("ア", "あ", "第")


@dataclass(frozen=True, slots=True)
class Used:
    """A pattern and the ways in which texts are looked through with it: every one where that is not known."""

    pattern: Pattern
    ways: tuple[str, ...] = ("finditer", "match", "fullmatch")


def patterns() -> dict[str, Used]:
    """Return every pattern of the package, by where it is met: held by modules, or written in functions."""
    found: dict[Used, str] = {}
    for info in sorted(pkgutil.walk_packages(kotozoe.__path__, "kotozoe."), key=lambda i: i.name):
        if info.name.endswith("__main__"):
            continue
        module, name = importlib.import_module(info.name), info.name.removeprefix("kotozoe.")
        held = [one for key, value in sorted(vars(module).items()) for one in _within(value, f"{name}.{key}")]
        for where, used in (*((where, Used(pattern)) for where, pattern in held), *_written(module, name)):
            found.setdefault(used, where)
    return {where: used for used, where in found.items()}


def _written(module: ModuleType, name: str) -> Iterator[tuple[str, Used]]:
    """Yield the patterns that stand in calls such as re.search(); each must be made of the module's constants."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _WAYS
        ):
            first, ways = node.args[0], _WAYS[node.func.attr]
            for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                names = {part.id for part in ast.walk(one) if isinstance(part, ast.Name)}
                known = names <= vars(module).keys()
                assert known or not ways, f"{name}:{node.lineno}: a pattern made at run time"
                if known:  # else a module holds what was compiled, and it is met there
                    pattern = re.compile(eval(ast.unparse(one), vars(module)))
                    yield f"{name}:{ast.unparse(one):.40}", Used(pattern, ways) if ways else Used(pattern)


_WAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("search", "sub", "split", "findall", "finditer"), ("finditer",)),
    "match": ("match",),
    "fullmatch": ("fullmatch",),
    "compile": (),
}


def _within(value: object, where: str, depth: int = 0) -> Iterator[tuple[str, Pattern]]:
    """Yield the patterns in a value: in containers, fields, and the package's own classes."""
    if isinstance(value, re.Pattern):
        yield where, value
    elif depth < 4:
        for key, one in _parts(value):
            yield from _within(one, f"{where}{key}", depth + 1)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((f"[{n}]", one) for n, pair in enumerate(value.items()) for one in pair)
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from ((f"[{n}]", one) for n, one in enumerate(value))
    elif isinstance(value, type) and value.__module__.startswith("kotozoe"):
        yield from ((f".{name}", one) for name, one in vars(value).items() if isinstance(one, re.Pattern))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from ((f".{field.name}", getattr(value, field.name, None)) for field in fields(value))


PATTERNS = patterns()


class Sample:
    """Texts that match a pattern, or nearly do, one for each alternative at most; built from its parsed form."""

    def __init__(self, turn: int) -> None:
        self._turn = turn  # which of the alternatives and characters are taken
        self._groups: dict[int, str] = {}

    def of(self, items: Any) -> str:
        return "".join(self._one(op, argument) for op, argument in items)

    def _one(self, op: object, argument: Any) -> str:
        made = _MAKERS.get(op)
        return str(made(self, argument)) if made else ""

    def _repeated(self, argument: Any) -> str:
        least, most, items = argument
        return self.of(items) * max(int(least), min(int(most), 1 + self._turn % 2))

    def _branch(self, argument: Any) -> str:
        return self.of(argument[1][self._turn % len(argument[1])])

    def _group(self, argument: Any) -> str:
        text = self.of(argument[3])
        if argument[0] is not None:
            self._groups[argument[0]] = text
        return text

    def _set(self, argument: Any) -> str:
        if argument[0][0] is kinds.NEGATE:
            return next(c for c in "a0 -あ<[" + chr(0x3042 + self._turn) if not self._holds(argument[1:], c))
        op, value = argument[self._turn % len(argument)]
        if op is kinds.RANGE:
            return chr(value[0])
        return self._one(op, value)

    @staticmethod
    def _holds(members: Any, char: str) -> bool:
        for op, value in members:
            if op is kinds.LITERAL and value == ord(char):
                return True
            if op is kinds.RANGE and value[0] <= ord(char) <= value[1]:
                return True
            if op is kinds.CATEGORY and re.match(_CATEGORIES[value][1], char):
                return True
        return False

    def _category(self, value: Any) -> str:
        return _CATEGORIES[value][0]


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: ("1", r"\d"),
    kinds.CATEGORY_NOT_DIGIT: ("a", r"\D"),
    kinds.CATEGORY_SPACE: (" ", r"\s"),
    kinds.CATEGORY_NOT_SPACE: ("a", r"\S"),
    kinds.CATEGORY_WORD: ("a", r"\w"),
    kinds.CATEGORY_NOT_WORD: (" ", r"\W"),
}


_MAKERS: dict[object, Callable[[Sample, Any], str]] = {
    kinds.LITERAL: lambda self, value: chr(value),
    kinds.NOT_LITERAL: lambda self, value: "b" if value == ord("a") else "a",
    kinds.ANY: lambda self, value: "a あ-"[self._turn % 4],
    kinds.IN: Sample._set,
    kinds.CATEGORY: Sample._category,
    kinds.BRANCH: Sample._branch,
    kinds.SUBPATTERN: Sample._group,
    kinds.ATOMIC_GROUP: lambda self, value: self.of(value),
    kinds.MAX_REPEAT: Sample._repeated,
    kinds.MIN_REPEAT: Sample._repeated,
    kinds.POSSESSIVE_REPEAT: Sample._repeated,
    kinds.ASSERT: lambda self, value: "",
    kinds.GROUPREF: lambda self, value: self._groups.get(value, ""),
}


def repeated_parts(items: Any) -> Iterator[object]:
    """Yield what a pattern repeats without a bound, however deep."""
    for op, argument in items:
        if op in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            if argument[1] is kinds.MAXREPEAT or argument[1] > 50:
                yield argument[2]
            yield from repeated_parts(argument[2])
        elif op is kinds.SUBPATTERN:
            yield from repeated_parts(argument[3])
        elif op is kinds.ATOMIC_GROUP:
            yield from repeated_parts(argument)
        elif op is kinds.BRANCH:
            for one in argument[1]:
                yield from repeated_parts(one)
        elif op in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from repeated_parts(argument[1])


def shapes(pattern: Pattern) -> list[tuple[str, str, str]]:
    """Return (head, what is repeated, tail) of the texts that are tried."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = list(
        parser.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    )
    whole = [Sample(turn).of(tree) for turn in range(4)]
    parts = [Sample(turn).of(part) for part in repeated_parts(tree) for turn in range(3)]
    heads = [Sample(1).of(tree[:n]) for n in range(1, len(tree))]
    repeats = dict.fromkeys(r for r in (*_COMMON, *_COMMON_KANA, *parts, *whole, *(w[:-1] for w in whole)) if r)
    made = dict.fromkeys(("", repeat, "!") for repeat in repeats)
    made.update(dict.fromkeys((head, repeat, "\0") for head in heads for repeat in dict.fromkeys(parts) if repeat))
    made.update(dict.fromkeys(("", head, "\0") for head in heads if head))
    return list(made)


def text_of(shape: tuple[str, str, str], length: int) -> str:
    head, repeat, tail = shape
    return head + repeat * max(1, (length - len(head) - len(tail)) // len(repeat)) + tail


def seconds(used: Used, text: str, runs: int = _RUNS) -> float:
    """Return the least processor time of looking through a text, in every way that the pattern is used."""
    subject = text if isinstance(used.pattern.pattern, str) else text.encode("utf-8", "replace")
    best = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        for way in used.ways:
            found = getattr(used.pattern, way)(subject)
            deque(found if way == "finditer" else (), maxlen=0)
        best = min(best, time.process_time() - begun)
    return best


def growth(used: Used, shape: tuple[str, str, str]) -> tuple[float, float]:
    """Return how many times longer four times the text takes, and the seconds that the longer one takes."""
    length = LARGEST // 256
    smaller = seconds(used, text_of(shape, length), 1)
    while smaller < _MEASURABLE and length * 4 < LARGEST:
        length *= 4
        smaller = seconds(used, text_of(shape, length), 1)
    larger = seconds(used, text_of(shape, length * 4), 1)
    if larger > _FELT and larger > _GROWTH * smaller:
        smaller, larger = seconds(used, text_of(shape, length)), seconds(used, text_of(shape, length * 4))
    return larger / max(smaller, 1e-9), larger


def worst(used: Used) -> str:
    """Return the first text that a pattern grows too fast on, for a person, or ""."""
    for shape in shapes(used.pattern):
        try:
            with bounded():
                times, longer = growth(used, shape)
        except TimeoutError:
            return f"{shape!r:.100}: no end in {_ENDLESS} s"
        if longer > _FELT and times > _GROWTH:
            return f"{shape!r:.100}: {times:.1f} times as long for 4 times the text, {longer * 1000:.0f} ms"
    return ""


@contextmanager
def bounded() -> Iterator[None]:
    """Raise TimeoutError after some seconds of the processor: what is exponential ends in no test's time."""

    def end(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _ENDLESS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_most_patterns_are_found() -> None:
    assert len(PATTERNS) > 150


@pytest.mark.parametrize("where", PATTERNS)
def test_no_pattern_grows_faster_than_the_text(where: str) -> None:
    assert worst(PATTERNS[where]) == ""


@pytest.mark.parametrize(
    "source", [r"\s+$", r"\{[^}]*\}", r"\w+@x", r" - .*(\d+)$", r"[ぁ-ん]+第", r"(?:\s*\[.*?\])+$", r"^(?:\w+\s?)+$"]
)
def test_a_pattern_that_grows_too_fast_is_caught(source: str) -> None:
    assert worst(Used(re.compile(source))) != ""
