"""Builds sdist and wheel, looks into both, and runs the live tests with the wheel alone, out of sight of the checkout.

The wheel is built from the sdist, which so proves to be whole. First it is tried with nothing but what it asks for;
then the tools of the tests join it. `--lowest`: with the oldest dependencies that are allowed. Further words go to
pytest; without any, all of tests/live is run. The files stay in dist/. Exit code 0 only if all went well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
INSTALL = ROOT / "requirements" / "install.py"
IN_SDIST = (
    *("CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "dev", "pyproject.toml", ".ci/run"),
    *(
        "docs/kotozoe.1",
        "packaging/layout.sh",
        "daemon/kotozoe/__init__.py",
        "mpv-scripts/kotozoe.lua",
        "systemd/kotozoe.service",
    ),
    *(
        "requirements/run.txt",
        "requirements/dev.txt",
        "requirements/install.py",
        "tests/conftest.py",
        "tests/live/test_way.py",
    ),
)
IN_WHEEL = (
    *("kotozoe/__init__.py", "kotozoe/share/mpv-scripts/kotozoe.lua", "kotozoe/share/mpv-scripts/kotozoe.conf"),
    *("kotozoe/share/systemd/kotozoe.service", ".data/data/share/man/man1/kotozoe.1"),
    *(".dist-info/METADATA", ".dist-info/entry_points.txt", ".dist-info/licenses/LICENSE"),
)
_EVERY_MODULE = """
import importlib, pkgutil, kotozoe
for found in pkgutil.walk_packages(kotozoe.__path__, "kotozoe."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(kotozoe.__file__)
"""


def say(text: str) -> None:
    print(f"== {text}", flush=True)


def run(*words: str | Path, cwd: Path = ROOT, environ: Mapping[str, str] = os.environ) -> str:
    """Return what a program printed; end everything if it fails."""
    done = subprocess.run([*map(str, words)], cwd=cwd, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"wheel: {' '.join(map(str, words))[:300]} failed ({done.returncode})\n{done.stdout[-3000:]}")
    return done.stdout


def build() -> tuple[Path, Path]:
    """Return sdist and wheel."""
    say("build")
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", DIST)
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


def lacking(names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return what is wanted and does not stand among the names, which may have more before them."""
    present = tuple(names)
    return [one for one in wanted if not any(name.endswith(one) for name in present)]


def strangers(names: Iterable[str]) -> list[str]:
    """Return what has no business in a wheel."""
    top = ("kotozoe/", "kotozoe-")
    return [name for name in names if not name.startswith(top) or "__pycache__" in name or "/tests/" in name]


def inspect(sdist: Path, wheel: Path) -> None:
    """Look whether all is in them, and whether an index would take the metadata."""
    with tarfile.open(sdist) as source, zipfile.ZipFile(wheel) as packed:
        in_sdist, in_wheel = source.getnames(), packed.namelist()
        told = next(name for name in in_wheel if name.endswith(".dist-info/METADATA"))
        metadata = Metadata.from_email(packed.read(told), validate=True)
    wrong = [f"the sdist lacks {name}" for name in lacking(in_sdist, IN_SDIST)]
    wrong += [f"the wheel lacks {name}" for name in lacking(in_wheel, IN_WHEEL)]
    wrong += [f"the wheel holds {name}" for name in strangers(in_wheel)]
    wrong += [f"the sdist holds {name}" for name in in_sdist if ".venv" in name or "__pycache__" in name]
    if not metadata.description or metadata.description_content_type != "text/markdown":
        wrong.append("the metadata holds no description in Markdown")
    if wrong:
        raise SystemExit("\n".join(f"wheel: {one}" for one in wrong))
    say(f"{sdist.name}: {len(in_sdist)} files; {wheel.name}: {len(in_wheel)} files, {metadata.name} {metadata.version}")


def install(folder: Path, wheel: Path, lock: str) -> Path:
    """Return the Python of a new virtual environment with the wheel and what a lock holds."""
    python = folder / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", folder)
    run(python, INSTALL, lock)
    run(python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "--force-reinstall", wheel)
    run(python, "-m", "pip", "check")
    return python


def alone(python: Path, folder: Path) -> None:
    """Try the program where nothing of the checkout can be seen."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ |= {"HOME": str(folder), "PATH": f"{python.parent}:{environ['PATH']}", "SHELL": "/bin/sh"}
    found = run(python, "-c", _EVERY_MODULE, cwd=folder, environ=environ).strip()
    if not Path(found).is_relative_to(python.parents[1]):
        raise SystemExit(f"wheel: kotozoe was imported from {found}")
    version = run("kotozoe", "--version", cwd=folder, environ=environ).strip()
    steps = run("kotozoe", "install", "--dry-run", cwd=folder, environ=environ)
    for shell in ("bash", "zsh", "fish"):
        if "doctor" not in run("kotozoe", "completion", shell, cwd=folder, environ=environ):
            raise SystemExit(f"wheel: the completions for {shell} know no commands")
    if not (python.parents[1] / "share/man/man1/kotozoe.1").is_file() or "kotozoe.lua" not in steps:
        raise SystemExit("wheel: the man page or the script was not installed")
    say(f"{version} runs alone: every module, completions, man page, install --dry-run")


def live_tests(python: Path, folder: Path, words: Sequence[str]) -> int:
    """Run the tests from a copy beside which there is no package."""
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    environ = {**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}"}
    say(f"pytest {' '.join(words)}")
    done = subprocess.run([python, "-m", "pytest", *words], cwd=folder, env=environ, check=False)
    return done.returncode


def main(words: Sequence[str]) -> int:
    lowest = "--lowest" in words
    tests = [word for word in words if word != "--lowest"] or ["tests/live"]
    sdist, wheel = build()
    inspect(sdist, wheel)
    with tempfile.TemporaryDirectory(prefix="kotozoe-wheel-") as temporary:
        folder = Path(temporary)
        if lowest:
            python = install(folder / "venv", wheel, "lowest")
            alone(python, folder)
        else:
            python = install(folder / "venv", wheel, "run")
            alone(python, folder)
            install(folder / "venv", wheel, "dev")
        return live_tests(python, folder, tests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
