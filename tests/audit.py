"""Whether what is installed is what is locked, the lock is what the project asks for, and none of it has known holes.

Exit codes: 0 all of that is so; 1 something is not; 4 what is here is in order, but whether it has known holes could
not be asked. `--lock` makes the lock anew, with the newest versions that the project allows.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
TOOLS = ROOT / ".venv" / "audit" / "bin"  # made by ./dev, from a lock of its own
UNASKED = 4
_OURS = frozenset({"kotozoe", "pip"})  # what no lock holds, and every virtual environment does
# Known to have holes for many years: an advisory service that does not say so says nothing of the others either.
_CANARY = "jinja2==2.4.1"
_ADVISORIES = ("--vulnerability-service", "osv", "--disable-pip", "--format", "json", "--progress-spinner", "off")
_COMPILE = ("--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet", "--no-header", "--no-annotate")
_NO_ADDRESS = ("--no-emit-index-url", "--no-emit-find-links")
_HEADER = "# Locked with the hash of every file by `./dev audit --lock`, from what pyproject.toml asks for.\n"


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of a lock: `requirement` is exactly one version, perhaps with a marker."""

    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> Version:
        return Version(next(iter(self.requirement.specifier)).version)

    @property
    def here(self) -> bool:
        return applies(self.requirement)


@dataclass(frozen=True, slots=True)
class Lock:
    """A file of `requirements/`, and of what it is made."""

    name: str
    groups: tuple[str, ...] = ()
    project: bool = True
    universal: bool = True
    arguments: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        return LOCKS / f"{self.name}.txt"


ALL = (
    Lock("run"),
    Lock("dev", ("dev",)),
    Lock("man", ("man",), project=False),
    Lock("audit", ("audit",), project=False),
    Lock("peer", ("peer",), project=False),
    # the oldest that is allowed, on the oldest Python
    Lock("lowest", ("dev",), universal=False, arguments=("--resolution", "lowest-direct")),
)


def applies(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    """Tell whether a requirement is one on this Python and system, wanted with these extras."""
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ("", *extras))


def parse(text: str) -> tuple[Locked, ...]:
    """Read a lock. Raises ValueError at a line that is none of one."""
    whole = re.sub(r"\\\n\s*", "", text)
    lines = (line for line in whole.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return tuple(_locked(line) for line in lines)


def _locked(line: str) -> Locked:
    told, *hashes = re.split(r"\s*--hash=", line)
    requirement = Requirement(told)
    exact = [spec.operator for spec in requirement.specifier] == ["=="]
    if requirement.url or not exact or not all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", h) for h in hashes):
        raise ValueError(f"no line of a lock: {line[:80]}")
    return Locked(requirement, len(hashes))


def asked(pyproject: Mapping[str, Any], lock: Lock) -> list[Requirement]:
    """Return what a lock is made of."""
    project = pyproject["project"]["dependencies"] if lock.project else []
    groups = (pyproject["dependency-groups"][group] for group in lock.groups)
    return [Requirement(text) for text in (*project, *(text for group in groups for text in group))]


def unlocked(wanted: Iterable[Requirement], locked: Sequence[Locked]) -> Iterator[str]:
    """Yield what is asked for and not locked, or in a version that is not asked for."""
    for one in filter(applies, wanted):
        found = [line.version for line in locked if line.here and line.name == canonicalize_name(one.name)]
        if not any(one.specifier.contains(version, prereleases=True) for version in found):
            yield f"{one} is asked for, and locked {'as ' + ', '.join(map(str, found)) if found else 'not at all'}"


def unhashed(locked: Iterable[Locked]) -> Iterator[str]:
    yield from (f"{line.name} is locked without a hash" for line in locked if not line.hashes)


def differing(locked: Iterable[Locked], other: Iterable[Locked]) -> Iterator[str]:
    """Yield what one lock says otherwise than the larger one."""
    larger = {line.name: line.version for line in other if line.here}
    for line in locked:
        if line.here and larger.get(line.name) != line.version:
            yield f"{line.name} {line.version} is locked, and the tests run with {larger.get(line.name, 'none')}"


def misinstalled(locked: Iterable[Locked], installed: Mapping[str, Version]) -> Iterator[str]:
    """Yield where what is installed is not what is locked."""
    versions = {line.name: line.version for line in locked if line.here}
    for name in sorted((versions.keys() | installed.keys()) - _OURS):
        there, wanted = installed.get(name), versions.get(name)
        if there != wanted:
            yield f"{name} is installed {f'as {there}' if there else 'not at all'}, and locked {wanted or 'not at all'}"


def unwanted(locked: Iterable[Locked], wanted: Iterable[Requirement], needs: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield what is locked and nobody asks for: a dependency that died."""
    waiting = [*filter(applies, wanted)]
    reached: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        step = canonicalize_name(one.name), frozenset(one.extras)
        if step not in reached:
            reached.add(step)
            waiting += [r for text in needs.get(step[0], ()) if applies(r := Requirement(text), one.extras)]
    names = {name for name, _ in reached}
    yield from (
        f"{line.name} is locked, and nothing needs it" for line in locked if line.here and line.name not in names
    )


# -- what is here


def problems() -> list[str]:
    """Return all that is wrong with the locks, and with what is installed."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[str] = []
    locked: dict[str, tuple[Locked, ...]] = {}
    for lock in ALL:
        text = lock.file.read_text("utf-8")
        locked[lock.name] = parse(text)
        foreign = ["an address stands in it"] if "://" in text else []
        wrong = (*foreign, *unhashed(locked[lock.name]), *unlocked(asked(pyproject, lock), locked[lock.name]))
        found += [f"requirements/{lock.name}.txt: {one}" for one in wrong]
    there: dict[str, metadata.Distribution] = {canonicalize_name(one.name): one for one in metadata.distributions()}
    versions = {name: Version(one.version) for name, one in there.items()}
    needs = {name: one.requires or [] for name, one in there.items()}
    build = [Requirement(text) for text in pyproject["build-system"]["requires"]]
    found += [
        *differing(locked["run"], locked["dev"]),
        *unlocked(build, (*locked["dev"], *locked["man"])),
        *misinstalled([*locked["dev"], *(line for line in locked["man"] if line.name in versions)], versions),
        *unwanted(locked["dev"], asked(pyproject, ALL[1]), needs),
    ]
    return found


# -- known holes


def known_holes(requirements: Path) -> list[str] | None:
    """Return the known holes of what a lock holds, one a line; None if that could not be asked."""
    words = [str(TOOLS / "pip-audit"), *_ADVISORIES, "--no-deps", "--requirement", str(requirements)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    try:
        told = json.loads(done.stdout)["dependencies"]
        return [
            f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
            for one in told
            for hole in one.get("vulns", ())
        ]
    except (ValueError, KeyError, TypeError):
        print(next(reversed(done.stderr.strip().splitlines()), "pip-audit said nothing"), file=sys.stderr)
        return None


def _ask_for_holes() -> int:
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder, "canary.txt")
        canary.write_text(f"{_CANARY}\n")
        if not known_holes(canary):
            print("audit: NOT ASKED: the advisory service cannot be reached, or does not know what everybody knows")
            return UNASKED
    code = 0
    for lock in ALL[:-1]:
        holes = known_holes(lock.file)
        if holes is None:
            print(f"audit: NOT ASKED: the advisory service did not answer about requirements/{lock.name}.txt")
            return UNASKED
        print(f"audit: requirements/{lock.name}.txt: {len(holes)} known holes", *holes, sep="\n  ")
        code = code or int(bool(holes))
    return code


def _lock_all() -> None:
    for lock in ALL:
        source = [str(ROOT / "pyproject.toml")] if lock.project else []
        groups = [word for group in lock.groups for word in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]
        words = [
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-header",
            "--quiet",
            "--upgrade",
            "--no-annotate",
        ]
        words += ["--no-emit-index-url", "--no-emit-find-links", *(["--universal"] if lock.universal else [])]
        words += lock.arguments
        done = subprocess.run([str(TOOLS / "uv"), "pip", "compile", *words, *source, *groups], stdout=-1, check=True)
        lock.file.write_text(_HEADER + done.stdout.decode())
        print(f"requirements/{lock.name}.txt: {len(parse(lock.file.read_text('utf-8')))} packages")


def main(words: Sequence[str]) -> int:
    if words == ["--lock"]:
        _lock_all()
        return 0
    if words:
        print(__doc__)
        return 2
    found = problems()
    for one in found:
        print(f"audit: {one}")
    if found:
        return 1
    print(f"audit: {len(ALL)} locks, all with hashes, as the project asks; what is installed is what is locked")
    return _ask_for_holes()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
