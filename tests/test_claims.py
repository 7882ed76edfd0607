"""docs/claims.md: each claim names a test or a command that exists, and no section of a page is overlooked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.test_docs import PAGES, missing_files, prose, unknown_commands
from tests.test_security import functions_of

ROOT = Path(__file__).parents[1]
CLAIMS = ROOT / "docs" / "claims.md"
NAMED = re.compile(r"`(tests/[\w/]+\.(?:py|lua))::([^`]+)`")
COMMAND = re.compile(r"`\./dev [a-z]+[^`]*`")


def rows(text: str) -> list[tuple[str, str, str]]:
    """Return section, claim and proof of each row; a row without a section belongs to that of the row above."""
    found, section = [], ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3 or cells[0] == "section" or set(cells[0]) == {"-"}:
            continue
        section = cells[0] or section
        found.append((section, cells[1], cells[2]))
    return found


def by_page() -> dict[str, list[tuple[str, str, str]]]:
    parts = re.split(r"^## (.*)$", CLAIMS.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {page: rows(text) for page, text in zip(parts[::2], parts[1::2], strict=True)}


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^#+ (.*)$", prose(page.read_text("utf-8")), re.MULTILINE))


@cache
def names_in(path: Path) -> set[str]:
    """Return the names of a file's tests; those in Lua are sentences, with "…" for what a loop puts in."""
    if path.suffix == ".lua":
        titles = re.findall(r"test\(('(?:[^'\\]|\\.)*'(?: \.\. \w+(?: \.\. '[^']*')?)?)", path.read_text("utf-8"))
        return {re.sub(r"' \.\. \w+(?: \.\. '|$)", "…", title).strip("'").replace("\\'", "'") for title in titles}
    return functions_of(path)


def faults(proof: str) -> list[str]:
    """Return what is wrong with the cell that shows a claim."""
    tests = NAMED.findall(proof)
    missing = [f"no {path}::{name}" for path, name in tests if name not in names_in(ROOT / path)]
    if not (tests or COMMAND.search(proof) or proof.startswith("not tried: ")):
        missing.append(f"nothing shows it: {proof!r}")
    return [*missing, *unknown_commands(proof), *missing_files(proof)]


@pytest.mark.parametrize("page", by_page())
def test_each_claim_is_shown_by_what_exists(page: str) -> None:
    assert [(claim, found) for _, claim, proof in by_page()[page] if (found := faults(proof))] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != CLAIMS], ids=lambda page: page.name)
def test_each_section_of_a_page_is_in_the_list(page: Path) -> None:
    assert {section for section, *_ in by_page()[str(page.relative_to(ROOT))]} == headings(page)


def test_what_shows_nothing_is_seen() -> None:
    assert faults("by looking at it")
    assert faults("`tests/test_claims.py::test_nothing`")
    assert faults("`tests/lua/test_kotozoe.lua::nothing`")
    assert faults("`./dev bench nothing`")
    assert not faults("`tests/test_claims.py::test_what_shows_nothing_is_seen`, `./dev demo`")
