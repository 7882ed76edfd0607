"""The API key, from the first source that has one: environment, command, file, config."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from kotozoe.model import Secret
from kotozoe.printable import printable
from kotozoe.settings.checks import is_loopback
from kotozoe.settings.places import KEY_FILE, SEALED_FILE
from kotozoe.settings.schema import JimakuSettings

VARIABLE = "KOTOZOE_JIMAKU_API_KEY"
CREDENTIAL = "jimaku-api-key"
NO_KEY = (
    "There is no Jimaku API key: sign in at https://jimaku.cc, make one on the account page (/account), "
    "and run `kotozoe login`"
)

_COMMAND_SECONDS = 10.0
_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Key:
    """The key and a description of its source; without a key, `trouble` says what to do. `advice` is a warning only."""

    secret: Secret | None
    origin: str = ""
    trouble: str = ""
    advice: str = ""


async def find_key(
    jimaku: JimakuSettings, environ: Mapping[str, str] = os.environ, command_seconds: float = _COMMAND_SECONDS
) -> Key:
    """Return the key of the first source that is set; one that is set and fails is reported, not skipped."""
    found = await _first(jimaku, environ, command_seconds)
    if found.secret and (said := _in_the_open(jimaku.url)):
        return replace(found, advice=" ".join(filter(None, (found.advice, said))))
    return found


def key_of(text: str, origin: str) -> Key:
    """Check that `text` can be a key, without showing it; only line ends around it are removed."""
    return _checked(text, origin)


async def _first(jimaku: JimakuSettings, environ: Mapping[str, str], command_seconds: float) -> Key:
    if (given := environ.get(VARIABLE, "")).strip():
        return _checked(given, f"the environment variable {VARIABLE}")
    if jimaku.api_key_command:
        return await _from_command(jimaku.api_key_command, command_seconds)
    if file := _file(jimaku, environ):
        return await (_unsealed(file) if file.name == SEALED_FILE else asyncio.to_thread(_from_file, file))
    if jimaku.api_key:
        return _checked(jimaku.api_key.reveal(), "the config's [jimaku] api_key")
    return Key(None, trouble=NO_KEY)


def _file(jimaku: JimakuSettings, environ: Mapping[str, str]) -> Path | None:
    """Return the file named in the config, else systemd's credential, else the one that login wrote."""
    file = Path(jimaku.api_key_file) if jimaku.api_key_file else None
    if file and file.name != KEY_FILE:
        return file
    folder = environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder, CREDENTIAL) if folder else None
    sealed = file.with_name(SEALED_FILE) if file else None
    return next((place for place in (credential, sealed, file) if place and place.exists()), None)


def _in_the_open(url: str) -> str:
    """Return a warning if the key crosses a network unencrypted; the config allows private networks only."""
    split = urlsplit(url)
    if split.scheme == "https" or is_loopback(split.hostname or ""):
        return ""
    return f"The API key goes to {printable(split.netloc)} unencrypted: whoever is in that network can read it"


def _checked(text: str, origin: str, advice: str = "") -> Key:
    key = text.strip("\r\n")
    wrong = ""
    if not key:
        wrong = "is empty: put the key there"
    elif key.lower().startswith("bearer "):
        wrong = 'begins with "Bearer": remove the word, Jimaku wants the key alone'
    elif re.search(r"[\"'“”‘’]", key):
        wrong = "holds quotes: remove them"
    elif re.search(r"\s", key):
        wrong = "holds blanks or more than one line: leave only the key"
    elif not re.fullmatch(r"[\x21-\x7e]+", key):
        wrong = "holds characters that are not plain ASCII: copy it again from the account page"
    if wrong:
        return Key(None, origin, f"The Jimaku API key from {origin} {wrong}")
    return Key(Secret(key), origin, advice=advice)


def _from_file(file: Path) -> Key:
    shown = f"the file {printable(str(file))}"
    try:
        # never waits on a pipe, never follows a device
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if not stat.S_ISREG(mode):
                return Key(None, shown, f"The Jimaku API key cannot be read from {shown}: it is no plain file")
            content = opened.read(_MAX_BYTES)
    except FileNotFoundError:
        return Key(None, shown, f"The Jimaku API key is not there: {shown} does not exist; put the key in it")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name holds a NUL"
        return Key(None, shown, f"The Jimaku API key cannot be read from {shown}: {reason}")
    open_to_others = mode & (stat.S_IRGRP | stat.S_IROTH) and file.name != CREDENTIAL
    advice = f"Other users can read {shown}: run chmod 600 on it" if open_to_others else ""
    return _checked(content.decode("utf-8-sig", "replace"), shown, advice)


async def _from_command(words: tuple[str, ...], seconds: float) -> Key:
    shown = f"the command {printable(words[0], 60)}"  # its arguments may be secrets
    try:
        running = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name or an argument is not valid"
        return Key(None, shown, f"{_begin(shown)} that gives the Jimaku API key cannot be run: {reason}")
    try:
        async with asyncio.timeout(seconds):
            line, code = await _first_line(running)
    except TimeoutError:
        return Key(
            None, shown, f"{_begin(shown)} gave no Jimaku API key within {seconds:g} s: run it by hand to see why"
        )
    finally:
        await _end(running)
    if code:
        return Key(None, shown, f"{_begin(shown)} that gives the Jimaku API key failed (exit {code}): run it by hand")
    return _checked(line.decode("utf-8", "replace"), shown)


async def _unsealed(file: Path) -> Key:
    """Have systemd decrypt what `kotozoe login --encrypted` had it encrypt."""
    shown = printable(str(file))
    words = ("systemd-creds", "decrypt", "--user", f"--name={CREDENTIAL}", str(file), "-")
    found = await _from_command(words, _COMMAND_SECONDS)
    if found.secret is None:
        reason = "systemd-creds cannot decrypt it, for this user on this machine: run kotozoe login"
        return Key(None, shown, f"The Jimaku API key in {shown} is of no use: {reason}")
    return replace(found, origin=f"{shown}, encrypted by systemd")


async def _first_line(running: asyncio.subprocess.Process) -> tuple[bytes, int]:
    assert running.stdout is not None  # noqa: S101 - a pipe was asked for
    line = b""
    while b"\n" not in line and len(line) < _MAX_BYTES and (more := await running.stdout.read(_MAX_BYTES)):
        line += more
    while await running.stdout.read(1 << 16):
        pass
    return line.partition(b"\n")[0], await running.wait()


async def _end(running: asyncio.subprocess.Process) -> None:
    """Leave nothing of it behind, children included."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    await running.wait()


def _begin(text: str) -> str:
    return text[0].upper() + text[1:]
