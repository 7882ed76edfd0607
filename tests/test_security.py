"""Each promise of SECURITY.md names the tests that hold it, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def promises() -> list[str]:
    """Return the items below "Promises", each on one line."""
    text = (ROOT / "SECURITY.md").read_text("utf-8").partition("\n## Promises\n")[2].partition("\n## ")[0]
    return [" ".join(item.split()) for item in re.split(r"\n- ", re.sub(r"\n###.*\n", "\n", text))[1:]]


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise[:50])
def test_a_promise_is_held_by_tests_that_exist(promise: str) -> None:
    named = _TEST.findall(promise)
    assert named, "no test is named"
    missing = [f"{path}::{name}" for path, name in named if name not in functions_of(ROOT / path)]
    assert not missing


def test_there_are_promises_and_nothing_named_is_overlooked() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    assert len(promises()) > 15
    assert len(_TEST.findall(" ".join(promises()))) == text.count("::")
