"""How the package is kept: rules that neither the linter nor the type checker knows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "daemon" / "kotozoe"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Modules that import parts of this package inside of functions, each with the reason.
LATE_IMPORTS = {
    "cli": "a command imports what it needs: `--help` answers at once, and the daemon carries nothing of the others",
}


def _name(module: Path) -> str:
    return module.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def _nodes(module: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(module.read_text("utf-8")))


def test_no_class_name_is_used_twice() -> None:
    defined = defaultdict(list)
    for module in MODULES:
        for node in _nodes(module):
            if isinstance(node, ast.ClassDef):
                defined[node.name].append(_name(module))
    assert {name: modules for name, modules in defined.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_own_modules_are_imported_at_the_top(module: Path) -> None:
    name = _name(module)
    late = [
        ast.unparse(node)
        for function in _nodes(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if _imports_own(node)
    ]
    assert not late or name.partition(".")[0] in LATE_IMPORTS


def _imports_own(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] == "kotozoe"
    return isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == "kotozoe" for alias in node.names)


def test_the_script_in_mpv_waits_for_no_program_and_does_no_network() -> None:
    script = (PACKAGE.parents[1] / "mpv-scripts" / "kotozoe.lua").read_text("utf-8")
    assert re.findall(r"io\.popen|os\.execute|utils\.subprocess|require\W+socket|https?://", script) == []
    called = re.findall(r"(mp\.command_native(?:_async)?)\(\{\s*(?:name = )?'([\w-]+)'", script)
    assert ("mp.command_native_async", "subprocess") in called
    assert ("mp.command_native", "subprocess") not in called
