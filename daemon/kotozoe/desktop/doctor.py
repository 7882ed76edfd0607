"""What hinders kotozoe on this machine: each check says what it found and, where something is wrong, what mends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kotozoe.desktop import systemd
from kotozoe.desktop.install import share
from kotozoe.desktop.mpv_config_dirs import Home, mpv_homes, read_only, snippet
from kotozoe.errors import KotozoeError, ProviderError, UserError
from kotozoe.player.announcement import read_all, runtime_folder, sandbox_folders
from kotozoe.player.probe import check_folder
from kotozoe.printable import printable
from kotozoe.service.lock import is_held
from kotozoe.service.status import KeyStatus, read_status
from kotozoe.settings.load import load
from kotozoe.settings.places import Paths, prepare
from kotozoe.store.pins import PinStore

_FONTS = "such as fonts-noto-cjk (Debian), google-noto-sans-cjk-fonts (Fedora) or noto-fonts-cjk (Arch)"
_SILENT = (
    "started before the script was installed, with --no-config or without XDG_RUNTIME_DIR: start it anew; "
    "a program that starts mpv with --no-config needs --script=…/kotozoe.lua among its options"
)
_SILENT_LIBMPV = (
    "if it loads mpv's scripts, run kotozoe install and start it anew; an mpv inside another program that loads none "
    "and opens no socket cannot be served: play the file with mpv itself"
)
_OLDEST_MPV = (0, 35)
_FREE_BYTES = 200_000_000
_SKEW_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `fix`: what to do, "" where nothing is wrong; `grave`: kotozoe cannot work like this."""

    name: str
    said: str
    fix: str = ""
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Process:
    """One that plays. `pids`: in all namespaces, of which a sandboxed player tells the innermost; `name` is "mpv", or
    the program that has an mpv inside.
    """

    pid: int
    pids: frozenset[int]
    name: str = "mpv"


@dataclass(frozen=True, slots=True)
class Network:
    """How Jimaku was reached. `trouble`: why it was not; `skew`: seconds that this clock is ahead of its."""

    trouble: ProviderError | None = None
    skew: float | None = None


def examine(at: Paths, ask: Callable[[], Network], environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield the findings, each as soon as it is made. `ask` reaches the network."""
    yield _mpv()
    yield from (_home(home) for home in mpv_homes(environ))
    yield _runtime(runtime_folder(environ))
    yield _folders(at)
    try:
        load(at.config)
    except UserError as error:
        yield Finding("config", error.text, "\n".join(error.problems) or "correct it")
        return
    yield Finding("config", "fine" if at.config.exists() else "none: the defaults are in force")
    yield from _pins(at)
    found = ask()
    yield from _daemon(at, found)
    yield from _players(at, runtime_folder(environ))
    yield from _network(found)
    yield _font()


def _pins(at: Paths) -> Iterator[Finding]:
    for trouble in PinStore(at.pins).troubles():
        yield Finding("pins", printable(trouble, 300), f"look at {printable(str(at.pins))}", grave=False)


def _mpv() -> Finding:
    found = shutil.which("mpv")
    if found is None:
        return Finding("mpv", "it is not on the PATH", "install it, 0.35 or newer", grave=False)
    try:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        told = ""
    version = re.search(r"mpv v?(\d+)\.(\d+)[\d.]*", told)
    if version is None:
        return Finding(
            "mpv", f"{printable(told[:60]) or 'it'} tells no version", "see that it is 0.35 or newer", grave=False
        )
    shown = version[0].removeprefix("mpv ")
    if (int(version[1]), int(version[2])) < _OLDEST_MPV:
        return Finding("mpv", f"{shown} is too old", "install 0.35 or newer")
    return Finding("mpv", shown)


def _home(home: Home) -> Finding:
    name = f"script in {home.name}" if home.folder else home.name
    if not home.served or home.folder is None:
        said, fix = (f"is served: {home.said}", "") if home.served else ("is not served", home.said)
        return Finding(name, said, fix, grave=False)
    script = home.folder / "scripts" / "kotozoe.lua"
    try:
        same = script.read_bytes() == (share() / "mpv-scripts" / "kotozoe.lua").read_bytes()
    except OSError:
        hindered = read_only(script.parent)
        fix = (
            f"{hindered}; with home-manager add:\n{snippet(share(), 'kotozoe')}" if hindered else "run kotozoe install"
        )
        return Finding(name, f"{printable(str(script))} is not there", fix)
    if not same:
        return Finding(
            name, "is of another version, or changed", "run kotozoe install, which shows the difference", grave=False
        )
    return Finding(name, "installed" + (f"; {home.said}" if "override" in home.said else ""))


def _runtime(folder: Path | None) -> Finding:
    if folder is None:
        fix = "log in through a session that sets XDG_RUNTIME_DIR, or set it to a folder of yours (chmod 700)"
        return Finding("sockets", "there is no XDG_RUNTIME_DIR", fix)
    try:
        if folder.exists():
            check_folder(folder, ours=True)
    except KotozoeError as error:
        return Finding("sockets", str(error), f"rm -r {printable(str(folder))}, it is made anew")
    return Finding("sockets", f"below {printable(str(folder))}")


def _folders(at: Paths) -> Finding:
    try:
        prepare(at)
    except KotozoeError as error:
        return Finding("folders", str(error), "as it says")
    for folder in (at.cache, at.state, at.data):
        if not os.access(folder, os.W_OK | os.X_OK):
            shown = printable(str(folder))
            return Finding("folders", f"{shown} is not yours to write to", f"chown -R {os.getuid()} {shown}")
        free = shutil.disk_usage(folder).free
        if free < _FREE_BYTES:
            return Finding(
                "folders", f"{free // 10**6} MB are left on the disk of {printable(str(folder))}", "make room"
            )
    return Finding("folders", "writable")


def _daemon(at: Paths, found: Network) -> Iterator[Finding]:
    there = systemd.is_there()
    start = "systemctl --user enable --now kotozoe" if there else "have your desktop's autostart run `kotozoe run`"
    if is_held(at.lock):
        yield Finding("daemon", "runs")
    else:
        yield Finding("daemon", "is not running", start)
    if there and not systemd.is_enabled():
        yield Finding("service", "is not started with your session", start, grave=False)
    told = read_status(at.status)
    if told and is_held(at.lock):
        yield _key(told.key, accepted=found.trouble is None)
        for host in told.hosts:
            if host.trouble and not (host.refused and found.trouble is None):  # what was just tried is newer
                name = f"{host.name}, for {host.serves}" if host.serves else host.name
                fix = "run kotozoe login" if host.refused else "it goes on by itself"
                yield Finding(name, host.trouble, fix, grave=host.refused)


def _key(key: KeyStatus, *, accepted: bool) -> Finding:
    """Tell of the daemon's key. `accepted`: the one that is set up here was tried just now, and is good."""
    if key.present:
        return Finding("key", f"from {key.origin}")
    if accepted:
        fix = "a few seconds after kotozoe login it has; else: systemctl --user restart kotozoe"
        return Finding("key", "the daemon has not taken it up yet", fix, grave=False)
    return Finding("key", key.trouble or "none", "run kotozoe login")


def _font() -> Finding:
    """Look for a font that has Japanese letters: without one all of a subtitle is boxes."""
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=ja", "family"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return Finding("font", "cannot look for a Japanese one: there is no fc-list")
    fonts = sorted(line.partition(",")[0] for line in listed.splitlines() if line.strip())
    if fonts:
        return Finding("font", f"{printable(fonts[0], 60)} has Japanese letters")
    return Finding("font", "none has Japanese letters: subtitles are boxes", f"install one, {_FONTS}", grave=False)


def _players(at: Paths, folder: Path | None) -> Iterator[Finding]:
    running = list(_processes())
    folders = (*([folder] if folder else ()), *sandbox_folders(folder, Path.home()))
    announced = {found.pid for place in folders for found in read_all(place).values()}
    told = read_status(at.status) if is_held(at.lock) else None
    seen = {player.pid for player in told.players} if told else set()
    for name in dict.fromkeys(process.name for process in running):
        silent = [p.pid for p in running if p.name == name and not p.pids & (announced | seen)]
        if silent:
            said = f"{printable(name, 40)} {', '.join(map(str, sorted(silent)))} did not announce itself"
            yield Finding("players", said, _SILENT if name == "mpv" else _SILENT_LIBMPV, grave=False)
    if told and (missed := sorted(p.pid for p in running if p.pids & announced and not p.pids & seen)):
        yield Finding(
            "players",
            f"mpv {', '.join(map(str, missed))} is announced but not followed",
            "see the log: journalctl --user -u kotozoe",
        )
    if told and told.players:
        yield Finding("players", f"{len(told.players)} followed")


def _processes() -> Iterator[Process]:
    """Yield this user's mpv processes, and programs that have an mpv inside; Linux only."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid != os.getuid():
                continue
            name = (process / "comm").read_text().strip()
            if name != "mpv" and "/libmpv.so" not in (process / "maps").read_text("utf-8", "replace"):
                continue
            inner = re.search(r"^NSpid:(.*)$", (process / "status").read_text(), re.MULTILINE)
            pids = map(int, inner[1].split() if inner else [process.name])
            yield Process(int(process.name), frozenset(pids), name)
        except OSError:
            continue


def _network(network: Network) -> Iterator[Finding]:
    trouble = network.trouble
    if trouble is None:
        yield Finding("Jimaku", "answers, and accepts the key")
    else:
        yield Finding(
            "Jimaku",
            str(trouble),
            "run kotozoe login" if "key" in trouble.reason else "look at your connection, then again",
        )
    if network.skew is not None and abs(network.skew) > _SKEW_SECONDS:
        way = "ahead" if network.skew > 0 else "behind"
        yield Finding(
            "clock", f"it is {abs(network.skew):.0f} s {way}", "set it: timedatectl set-ntp true", grave=False
        )
    elif network.skew is not None:
        yield Finding("clock", "right")
