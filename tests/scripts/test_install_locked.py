"""A lock is installed as it is, whatever the index holds by then."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
# `direct` asks for `behind` by an extra, which asks for `deep`: each has a newer version than the lock's.
NEEDS = {"direct": ("behind[more]>=1",), "behind": ("deep>=1; extra == 'more'",), "deep": ()}


def wheel(index: Path, name: str, version: str, needs: Iterable[str] = ()) -> str:
    """Make a wheel without a module; return its line in a lock."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: more"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    folder = f"{name}-{version}.dist-info"
    path = index / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{folder}/METADATA", "\n".join(lines) + "\n")
        file.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{folder}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Newcomer:
    """A checkout with a lock of its own, an index that has moved on since, and the environment that ./dev makes."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.index = folder / "index"
        self.requirements = folder / "requirements"
        self.lock = self.requirements / "dev.txt"
        self.python = folder / "venv" / "bin" / "python"
        self.index.mkdir()
        self.requirements.mkdir()
        self.installer(lambda text: text)
        self.lock.write_text("".join(wheel(self.index, name, "1.0", needs) for name, needs in NEEDS.items()))
        for name, needs in NEEDS.items():
            wheel(self.index, name, "2.0", needs)
        shutil.copytree(venv, folder / "venv", symlinks=True)

    def installer(self, change: Callable[[str], str]) -> None:
        text = (ROOT / "requirements" / "install.py").read_text("utf-8")
        (self.requirements / "install.py").write_text(change(text), "utf-8")

    def pip(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "pip", *words)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        given |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        return subprocess.run([self.python, *words], env=given, capture_output=True, text=True, check=False)

    def install(self) -> subprocess.CompletedProcess[str]:
        return self.run(self.requirements / "install.py", "dev")

    def installed(self) -> dict[str, str]:
        lines = self.pip("freeze", "--disable-pip-version-check").stdout.splitlines()
        return dict(re.findall(r"^(direct|behind|deep)==(.*)$", "\n".join(lines), re.MULTILINE))

    @property
    def pip_version(self) -> Version:
        return Version(self.pip("--version").stdout.split()[1])


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pip alone, as Python brings it."""
    folder = tmp_path_factory.mktemp("venv") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def newcomer(tmp_path: Path, venv: Path) -> Newcomer:
    return Newcomer(tmp_path, venv)


def test_an_index_that_moved_on_changes_nothing(newcomer: Newcomer) -> None:
    done = newcomer.install()
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert newcomer.installed() == dict.fromkeys(NEEDS, "1.0")


def test_the_test_sees_the_future_where_pip_resolves_again(newcomer: Newcomer) -> None:
    newcomer.installer(lambda text: text.replace('"--no-deps"', '"--no-input"'))
    done = newcomer.install()
    # pip itself keeps to the lock from 24.0 on; Debian 12 has 23.0.1
    assert (done.returncode == 0) == (newcomer.pip_version >= Version("24.0")), done.stderr
    if done.returncode:
        assert "behind[more]>=1" in done.stderr
        assert newcomer.installed() == {}


def test_without_a_lock_the_future_is_taken(newcomer: Newcomer) -> None:
    assert newcomer.pip("install", "direct").returncode == 0
    assert newcomer.installed() == dict.fromkeys(NEEDS, "2.0")


def test_a_lock_that_lacks_something_is_not_completed_from_the_index(newcomer: Newcomer) -> None:
    wheel(newcomer.index, "other", "1.0")
    newcomer.lock.write_text(newcomer.lock.read_text() + wheel(newcomer.index, "lacking", "1.0", ("other",)))
    done = newcomer.install()
    assert done.returncode == 1
    assert "lacking 1.0 requires other, which is not installed" in done.stderr


@pytest.mark.parametrize("change", [(r"sha256:\w+", "sha256:" + 64 * "0"), ("deep==1.0", "deep==1.5")])
def test_another_file_than_the_locked_one_is_refused(newcomer: Newcomer, change: tuple[str, str]) -> None:
    newcomer.lock.write_text(re.sub(*change, newcomer.lock.read_text()))
    done = newcomer.install()
    assert done.returncode == 1
    assert "requirements/dev.txt could not be installed as it is locked" in done.stderr
    assert newcomer.installed() == {}
