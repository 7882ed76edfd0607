"""The recipes in packaging/ agree with the project: dependencies, locked files, version, and what they rewrite."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import kotozoe

ROOT = Path(__file__).parents[2]
NIX = (ROOT / "packaging" / "nix" / "package.nix").read_text("utf-8")
PKGBUILD = (ROOT / "packaging" / "aur" / "PKGBUILD").read_text("utf-8")
LOCK = (ROOT / "requirements" / "run.txt").read_text("utf-8")


def test_the_nix_recipe_has_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}  # type: ignore[index]
    listed = NIX.partition("dependencies =")[2].partition(";\n")[0].partition("]\n    ++ [")
    given = {word for part in (listed[0], listed[2]) for word in re.findall(r"^\s+([\w-]+)$", part, re.MULTILINE)}
    renamed = {"webrtcvad-wheels": "webrtcvad"}  # the same module, built by nixpkgs
    assert given == {renamed.get(name, name) for name in asked}


def test_what_nix_takes_from_pypi_is_what_is_locked() -> None:
    wheels = re.findall(r'pname = "([\w-]+)";\s+version = "([\d.]+)";\s+hash = "(\w+)"', NIX)
    assert wheels
    for name, version, digest in wheels:
        assert re.search(rf"^{name.replace('_', '-')}=={re.escape(version)}\b", LOCK, re.MULTILINE)
        assert f"--hash=sha256:{digest}" in LOCK


def test_the_debian_package_has_the_pages_that_readme_leads_to() -> None:
    build = (ROOT / "packaging" / "debian" / "build.sh").read_text("utf-8")
    shipped = " ".join(re.findall(r"^cp (.*) \S+$", build, re.MULTILINE)).split()
    readme = (ROOT / "README.md").read_text("utf-8")
    led_to = {link for link in re.findall(r"\]\(([^)#:]+)[)#]", readme) if link != "LICENSE"}  # there as "copyright"
    files = {str(path.relative_to(ROOT)) for pattern in shipped if "$" not in pattern for path in ROOT.glob(pattern)}
    assert led_to - files == {"CHANGELOG.md"}  # there as "changelog.gz"


def test_the_version_is_the_programs() -> None:
    assert f"pkgver={kotozoe.__version__}\n" in PKGBUILD


def test_the_program_that_recipes_rewrite_is_in_the_unit() -> None:
    unit = (ROOT / "systemd" / "kotozoe.service").read_text("utf-8")
    layout = (ROOT / "packaging" / "layout.sh").read_text("utf-8")
    for recipe in (layout, NIX):
        (program,) = set(re.findall(r"%h/[\w./-]+", recipe))
        assert f"ExecStart={program} run\n" in unit
