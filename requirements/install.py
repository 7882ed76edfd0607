"""Installs locks into the environment whose Python runs this: `PYTHON requirements/install.py LOCK...`.

Exactly the locked files, each with a locked hash, and nothing else is asked of the index: which versions belong
together was decided when the lock was made. An index that holds newer ones by now changes nothing. Afterwards the
environment has to be complete. Exit code 0 only then. Runs on the standard library and any pip.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LOCKS = Path(__file__).parent
# Without --no-deps, pip before 24.0 resolves again even what is all locked, and stops at `name[extra]>=1` as soon as
# the index holds a newer version than the lock.
EXACTLY = ("--no-deps", "--require-hashes")
# A package that has no wheel is built with the tools of the environment: an isolated build would ask for the newest.
WHEELS = ("--only-binary", ":all:")
BUILT = {"man": ("--no-build-isolation",)}


def install(lock: str) -> None:
    """Raise CalledProcessError if a file is missing, has another hash or would have to be built."""
    quiet = ("-qq", "--disable-pip-version-check")
    words = (*quiet, *EXACTLY, *BUILT.get(lock, WHEELS), "--requirement", str(LOCKS / f"{lock}.txt"))
    subprocess.run([sys.executable, "-m", "pip", "install", *words], check=True, stdin=subprocess.DEVNULL)


def complete() -> bool:
    """Tell whether everything installed has what it needs; print what is missing."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, end="", file=sys.stderr)
    return done.returncode == 0


def main(locks: Sequence[str]) -> int:
    for lock in locks:
        try:
            install(lock)
        except subprocess.CalledProcessError as error:
            print(f"requirements/{lock}.txt could not be installed as it is locked", file=sys.stderr)
            return error.returncode
    return 0 if complete() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
