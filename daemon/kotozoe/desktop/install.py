"""Puts script, its options and the user unit in place, and takes them away again; what the user changed is left alone.

A manifest tells what was written, by checksum: that is ours to replace or remove for as long as nobody changed it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import kotozoe
from kotozoe.desktop.mpv_config_dirs import Home, config_folder, packaged_unit, read_only
from kotozoe.errors import StorageError, UserError
from kotozoe.printable import printable

Action = Literal["write", "replace", "keep", "remove", "leave"]

_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one file. `leave`: the user changed it; `diff` shows how ours differs from it."""

    action: Action
    path: Path
    content: bytes = b""
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was installed: checksum by file, and the folders that had to be made for it, outermost first."""

    files: Mapping[str, str] = field(default_factory=dict)
    folders: Sequence[str] = ()


def share() -> Path:
    """Return where the files to install lie: in the package, or in the checkout that runs."""
    package = Path(kotozoe.__file__).parent
    return package / "share" if (package / "share").is_dir() else package.parents[1]


def program(argv: Sequence[str] = sys.argv, executable: str = sys.executable, cache: Path | None = None) -> list[str]:
    """Return the words that start this very kotozoe again. Raises UserError if it will be gone by then."""
    typed = Path(argv[0]).absolute()
    beside = Path(executable).with_name("kotozoe")
    found = next((path for path in (typed, beside) if path.name == "kotozoe" and os.access(path, os.X_OK)), None)
    cache = cache or Path.home() / ".cache"
    if cache in Path(executable).parents or (cache / "uv") in Path(executable).resolve().parents:
        raise UserError(
            "This kotozoe runs from a throw-away place: install it first, by `pipx install` or `uv tool install`"
        )
    return [str(found)] if found and found.is_file() else [executable, "-m", "kotozoe"]


def quoted(words: Sequence[str]) -> str:
    """Return words as systemd reads them in ExecStart."""

    def word(text: str) -> str:
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
        return f'"{text}"' if any(c in text for c in " \t'\"\\;") else text

    return " ".join(map(word, words))


def wanted(homes: Sequence[Home], words: Sequence[str], environ: Mapping[str, str], home: Path) -> dict[Path, bytes]:
    """Return every file that belongs in place, with its content."""
    source = share()
    files: dict[Path, bytes] = {}
    for place in homes:
        if place.folder and not place.packaged and not read_only(place.folder / "scripts"):
            files[place.folder / "scripts" / "kotozoe.lua"] = (source / "mpv-scripts" / "kotozoe.lua").read_bytes()
            files[place.folder / "script-opts" / "kotozoe.conf"] = (
                source / "mpv-scripts" / "kotozoe.conf"
            ).read_bytes()
    units = config_folder(environ, home) / "systemd" / "user"
    if sys.platform == "linux" and packaged_unit() is None and not read_only(units):
        text = (source / "systemd" / "kotozoe.service").read_text("utf-8")
        files[units / "kotozoe.service"] = text.replace("%h/.local/bin/kotozoe", quoted(words)).encode()
    return files


def plan(files: Mapping[Path, bytes], manifest: Manifest) -> list[Step]:
    """Return what installing these files would do; what was installed once and is wanted no more goes."""
    steps = []
    for path, content in files.items():
        present = _read(path)
        if present is None:
            steps.append(Step("write", path, content))
        elif present == content:
            steps.append(Step("keep", path, content))
        elif _sum(present) == manifest.files.get(str(path)):
            steps.append(Step("replace", path, content))
        else:
            steps.append(Step("leave", path, content, _diff(path, present, content)))
    gone = Manifest({path: known for path, known in manifest.files.items() if Path(path) not in files})
    return steps + plan_removal(gone)


def plan_removal(manifest: Manifest) -> list[Step]:
    """Return what uninstalling would do."""
    steps = []
    for name, known in manifest.files.items():
        present = _read(Path(name))
        if present is not None:
            steps.append(Step("remove" if _sum(present) == known else "leave", Path(name)))
    return steps


def carry_out(steps: Sequence[Step], manifest: Manifest, file: Path) -> None:
    """Do it, and keep the manifest in `file`. Raises StorageError; what was done until then is kept, too."""
    files, folders = dict(manifest.files), list(manifest.folders)
    try:
        for step in steps:
            if step.action in {"write", "replace"}:
                folders += [name for name in _made(step.path.parent) if name not in folders]
                _write(step.path, step.content)
                files[str(step.path)] = _sum(step.content)
            elif step.action == "keep":
                files[str(step.path)] = _sum(step.content)
            elif step.action == "remove":
                step.path.unlink(missing_ok=True)
                files.pop(str(step.path), None)
    except OSError as error:
        raise StorageError(
            f"{printable(str(error.filename))} cannot be written ({error.strerror}): mend its permissions, then again"
        ) from None
    finally:
        _keep(Manifest(files, folders), file)


def forget(manifest: Manifest, file: Path) -> None:
    """Remove the folders that were made, if nothing is in them now, and the manifest."""
    for name in sorted(manifest.folders, key=len, reverse=True):
        try:
            Path(name).rmdir()
        except OSError:
            continue  # not empty: somebody else uses it by now
    file.unlink(missing_ok=True)


def read_manifest(file: Path) -> Manifest:
    """Return what was installed; nothing if it is damaged: then all files count as the user's."""
    try:
        told = json.loads(file.read_bytes()[:_MAX_BYTES])
        return Manifest({str(k): str(v) for k, v in told["files"].items()}, [str(name) for name in told["folders"]])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def _keep(manifest: Manifest, file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {"version": kotozoe.__version__, "files": dict(manifest.files), "folders": list(manifest.folders)}
    _write(file, json.dumps(told, indent=1).encode())


def _made(folder: Path) -> Iterator[str]:
    """Make a folder and yield those that were missing, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    yield from map(str, reversed(missing))


def _write(path: Path, content: bytes) -> None:
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.kotozoe-tmp")
    fresh.write_bytes(content)
    fresh.replace(target)


def _read(path: Path) -> bytes | None:
    """Return the content, None if there is no file; what cannot be read is not ours."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return b"\0"


def _sum(content: bytes) -> str:
    import hashlib  # noqa: PLC0415 - likewise

    return hashlib.sha256(content).hexdigest()


def _diff(path: Path, present: bytes, content: bytes) -> str:
    import difflib  # noqa: PLC0415 - for this command alone

    before, after = (text.decode("utf-8", "replace").splitlines(keepends=True) for text in (present, content))
    return "".join(difflib.unified_diff(before, after, str(path), f"{path.name} of {kotozoe.__version__}", n=1))
