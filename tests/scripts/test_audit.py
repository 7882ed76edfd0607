"""The locks are as the project asks, and the audit sees what is wrong with them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests import audit
from tests.audit import ALL, ROOT, Lock, asked, differing, misinstalled, parse, unhashed, unlocked, unwanted

HASH = "--hash=sha256:" + "0f" * 32
LOCK = f"a==1.2 ; python_version >= '3' \\\n    {HASH} \\\n    {HASH}\n# via a\nb-c==2 {HASH}\n"


@pytest.mark.parametrize("lock", ALL, ids=lambda lock: lock.name)
def test_each_lock_holds_what_the_project_asks_for_with_hashes_and_no_address(lock: Lock) -> None:
    text = lock.file.read_text("utf-8")
    locked = parse(text)
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert [*unhashed(locked), *unlocked(asked(pyproject, lock), locked)] == []
    assert "://" not in text


def test_the_tests_run_with_what_is_locked_for_running() -> None:
    assert list(differing(*(parse(lock.file.read_text("utf-8")) for lock in ALL[:2]))) == []


def test_a_lock_is_read_by_its_lines() -> None:
    assert [(line.name, str(line.version), line.hashes, line.here) for line in parse(LOCK)] == [
        ("a", "1.2", 2, True),
        ("b-c", "2", 1, True),
    ]


@pytest.mark.parametrize("line", ["a>=1", "a", "a @ https://example.org/a.whl", "-r b.txt", f"a==1 {HASH}0", "a=="])
def test_a_line_of_no_lock_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        parse(line)


def test_each_kind_of_disagreement_is_told() -> None:
    locked = parse(LOCK)
    assert list(unhashed(parse("a==1"))) == ["a is locked without a hash"]
    assert list(
        unlocked([Requirement("A>=1.3"), Requirement("d"), Requirement("e; python_version < '3'")], locked)
    ) == [
        "A>=1.3 is asked for, and locked as 1.2",
        "d is asked for, and locked not at all",
    ]
    assert list(differing(locked, parse(LOCK.replace("==2", "==3")))) == ["b-c 2 is locked, and the tests run with 3"]
    assert list(misinstalled(locked, {"a": Version("1.2"), "d": Version("1"), "pip": Version("9")})) == [
        "b-c is installed not at all, and locked 2",
        "d is installed as 1, and locked not at all",
    ]
    assert list(unwanted(locked, [Requirement("a")], {"a": ["d", "b_c; extra == 'x'"]})) == [
        "b-c is locked, and nothing needs it"
    ]
    assert list(unwanted(locked, [Requirement("a[x]")], {"a": ["d", "b_c; extra == 'x'"]})) == []


def answer(*holes: str) -> str:
    vulns = [{"id": hole, "fix_versions": []} for hole in holes]
    return json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": vulns}]})


@pytest.mark.parametrize(
    ("of_the_canary", "of_the_lock", "code", "said"),
    [
        ("", "", audit.UNASKED, "NOT ASKED: the advisory service cannot be reached"),
        (answer(), answer(), audit.UNASKED, "does not know what everybody knows"),
        (answer("X-1"), "", audit.UNASKED, "NOT ASKED: the advisory service did not answer about requirements/run"),
        (answer("X-1"), answer("X-2", "X-3"), 1, "a 1: X-2, mended in no version"),
        (answer("X-1"), answer(), 0, "0 known holes"),
    ],
)
def test_no_answer_is_not_taken_for_a_good_one(
    of_the_canary: str,
    of_the_lock: str,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(f"""#!/bin/bash
case "$*" in *canary*) echo '{of_the_canary}';; *) echo '{of_the_lock}';; esac
""")
    program.chmod(0o755)
    monkeypatch.setattr(audit, "TOOLS", tmp_path)
    monkeypatch.setattr(audit, "problems", list)
    assert audit.main([]) == code
    assert said in capsys.readouterr().out
