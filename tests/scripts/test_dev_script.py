"""`./dev` on machines of several kinds: what it would install, and how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "dev"
TOOLS = ("bash", "env", "dirname", "cut", "tr", "sed", "tail", "mktemp", "rm", "cat", "basename", "timeout", "sleep")
HERE = ("mpv", "ffmpeg", "lua5.2", "luacheck", "systemd-analyze")


class Machine:
    """A PATH of its own with only what is put there; fake commands write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.bin.mkdir()
        self.calls.touch()
        shutil.copy(DEV, folder / "dev")
        (folder / "requirements").mkdir()
        for name in ("pyproject.toml", "requirements/dev.txt", "requirements/audit.txt"):
            (folder / name).touch()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
        # a venv is not made here; the one that is there only writes down how its Python was called
        self.script(
            "python3", f'[ "$1 $2" = "-m venv" ] || exec {sys.executable} "$@"; echo "venv: $*" >> {self.calls}'
        )
        self.user(1000)

    def script(self, name: str, body: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{body}\n")
        (self.bin / name).chmod(0o755)

    def user(self, uid: int) -> None:
        self.script("id", f"echo {uid}")

    def fake(self, name: str, effect: str = "") -> None:
        self.script(name, f'echo "{name} $*" >> {self.calls}\n{effect}')

    def installing(self, manager: str) -> None:
        """Give it a package manager after which everything is there."""
        self.fake(manager, "; ".join(f"cp {self.bin}/id {self.bin}/{name}" for name in HERE))
        (self.bin / "cp").symlink_to(shutil.which("cp") or "/bin/cp")

    def dev(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / "bash"), str(self.bin.parent / "dev"), *words],
            env={"PATH": str(self.bin), "HOME": os.environ.get("HOME", "/"), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.fake("sudo", '"$@"')
    # what comes after the packages is not tried here: a venv that is there already, whose python only says so
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/bash\necho "venv $*" >> {made.calls}\n')
    python.chmod(0o755)
    return made


APT = "mpv ffmpeg lua5.2 lua-check systemd"


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        (
            "apt-get",
            [
                "apt-get update -qq",
                f"apt-get install -y -qq --no-install-recommends {APT}",
            ],
        ),
        ("dnf", ["dnf install -y mpv ffmpeg-free luajit luacheck systemd"]),
        ("pacman", ["pacman -S --needed --noconfirm mpv ffmpeg lua52 luacheck systemd"]),
    ],
)
def test_what_is_missing_is_installed_with_sudo_and_said_first(
    machine: Machine, manager: str, expected: list[str]
) -> None:
    machine.installing(manager)
    done = machine.dev("test")
    calls = [call for call in machine.called() if not call.startswith(("sudo", "venv"))]
    assert calls == expected
    assert all(
        f"sudo {'env DEBIAN_FRONTEND=noninteractive ' if manager == 'apt-get' else ''}{call}" in machine.called()
        for call in expected
    )
    assert "mpv (the player that everything is tried in)" in done.stderr
    assert done.stderr.index("Missing on this machine") < done.stderr.index("+ sudo")


def test_root_needs_no_sudo(machine: Machine) -> None:
    machine.user(0)
    machine.installing("apt-get")
    machine.dev("demo")
    assert not any(call.startswith("sudo") for call in machine.called())
    assert "apt-get install -y -qq --no-install-recommends mpv ffmpeg" in machine.called()


def test_what_is_there_is_not_installed_again(machine: Machine) -> None:
    machine.fake("apt-get")
    for name in ("mpv", "ffmpeg"):
        machine.script(name, "")
    assert machine.dev("demo").returncode == 0
    assert not any(call.startswith("apt-get") for call in machine.called())
    assert "venv -m tests.demo" in machine.called()


def test_the_environment_is_made_from_the_lock_once_and_anew_when_the_lock_changes(machine: Machine) -> None:
    for name in ("mpv", "ffmpeg"):
        machine.script(name, "")
    machine.dev("demo")
    made = ["venv: -m venv --clear .venv", "venv requirements/install.py dev"]
    assert machine.called()[:2] == made
    assert "--no-deps --no-build-isolation --editable ." in machine.called()[2]
    machine.calls.write_text("")
    machine.dev("demo")
    assert machine.called() == ["venv -m tests.demo"]
    machine.calls.write_text("")
    (machine.bin.parent / "requirements" / "dev.txt").write_text("# changed\n")
    machine.dev("demo")
    assert machine.called()[:2] == made


@pytest.mark.parametrize("words", [("--no-install", "test"), ("test", "--no-install")])
def test_no_install_lists_and_stops(machine: Machine, words: tuple[str, ...]) -> None:
    machine.fake("apt-get")
    done = machine.dev(*words)
    assert done.returncode == 3
    assert "luacheck (checks the mpv script)" in done.stderr
    assert machine.called() == []


def test_another_system_gets_the_list(machine: Machine) -> None:
    done = machine.dev("test")
    assert done.returncode == 3
    assert "ffmpeg (makes the short videos)" in done.stderr
    assert "there is no apt-get, dnf or pacman here" in done.stderr


def test_without_sudo_it_says_what_root_should_install(machine: Machine) -> None:
    (machine.bin / "sudo").unlink()
    machine.fake("apt-get")
    done = machine.dev("test")
    assert done.returncode == 3
    assert f"install these as root and run this again: {APT}" in done.stderr
    assert machine.called() == []


def test_a_package_manager_that_fails_is_quoted(machine: Machine) -> None:
    machine.fake("dnf", "echo no such package >&2; exit 5")
    done = machine.dev("demo")
    assert done.returncode == 3
    assert "no such package" in done.stderr
    assert "install the packages yourself" in done.stderr


def test_a_package_manager_that_changes_nothing_is_noticed(machine: Machine) -> None:
    machine.fake("dnf")
    done = machine.dev("demo")
    assert done.returncode == 3
    assert "still missing after installing: mpv ffmpeg" in done.stderr


def test_an_old_python_says_which_is_needed(machine: Machine) -> None:
    machine.script("python3", '[ "$1" = --version ] && echo "Python 3.9.2" && exit; exit 1')
    done = machine.dev("test")
    assert done.returncode == 3
    assert "needs Python 3.11 or newer; Python 3.9.2 is here" in done.stderr


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.script("python3", "exit 1")
    machine.script("python3.12", f'[ "$1" = -c ] && [[ "$2" == *ensurepip* ]] && exit 1; exec {sys.executable} "$@"')
    assert machine.dev("--no-install", "demo").returncode == 3


def test_what_takes_too_long_is_ended_and_fails(machine: Machine) -> None:
    for name in HERE:
        machine.script(name, "")
    python = machine.bin.parent / ".venv" / "bin" / "python"
    python.write_text('#!/bin/bash\n[ "$2" != pytest ] || exec sleep 600\n')
    done = machine.dev("test", DEV_SECONDS="3")
    assert "== pytest: still running after 3 s in all, ended" in done.stderr
    assert "pytest" in done.stderr.splitlines()[-1]
    assert done.returncode != 0


@pytest.mark.parametrize(("words", "code"), [((), 2), (("dance",), 2), (("-h",), 0), (("test", "--help"), 0)])
def test_its_usage(machine: Machine, words: tuple[str, ...], code: int) -> None:
    done = machine.dev(*words)
    assert done.returncode == code
    assert "--help" in done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not here")
def test_shellcheck_is_content() -> None:
    subprocess.run(["shellcheck", str(DEV), str(DEV.parent / ".ci" / "run")], check=True)
