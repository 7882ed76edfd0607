"""config and login: what kotozoe goes by, and the key."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from kotozoe.cli.words import NOTHING, Call, print_line
from kotozoe.desktop import systemd
from kotozoe.errors import ProviderError, Refused, StorageError, UserError
from kotozoe.printable import printable
from kotozoe.settings.key import CREDENTIAL, VARIABLE, key_of
from kotozoe.settings.load import load
from kotozoe.settings.places import KEY_FILE, SEALED_FILE
from kotozoe.settings.written import commented, shown


def config(args: argparse.Namespace, call: Call) -> int:
    """Run `config init|check|show|path`."""
    if args.action == "path":
        print_line(str(call.config))
    elif args.action == "init":
        return _init(call.config)
    else:
        settings = load(call.config)
        said = "is fine" if call.config.exists() else "does not exist: the defaults are in force"
        print_line(shown(settings).rstrip() if args.action == "show" else f"{printable(str(call.config))} {said}")
    return 0


def _init(file: Path) -> int:
    if os.path.lexists(file):
        print_line(f"{printable(str(file))} is there already, and left as it is")
        return NOTHING
    write_alone(file, commented())
    print_line(f"{printable(str(file))} is written: every key with its default, nothing changed yet")
    return 0


def login(args: argparse.Namespace, call: Call) -> int:
    """Ask for the key, try it, and put it where the daemon takes it up by itself."""
    jimaku = load(call.config).jimaku  # a config with a mistake is said before a key is asked for
    file = Path(jimaku.api_key_file or call.config.parent / KEY_FILE)
    if args.encrypted and file.name != KEY_FILE:
        raise UserError("The config names an api_key_file, which would be read instead: remove that line first")
    found = key_of(_asked(), "the prompt")
    if found.secret is None:
        raise UserError(found.trouble)
    call.masks.know(found.secret)
    try:
        call.app().verify_key(call.config, found.secret)
    except Refused as refused:
        raise UserError(f"{refused}; nothing was stored") from None
    except ProviderError as trouble:
        print_line(f"The key could not be tried ({trouble}); it is stored all the same")
    file = _store(file, found.secret.reveal(), encrypt=args.encrypted)
    print_line(f"The key is in {printable(str(file))}, for you alone; a daemon that runs takes it up by itself")
    if jimaku.api_key_command or os.environ.get(VARIABLE):
        print_line(f"api_key_command in the config and {VARIABLE} come before that file: remove them")
    return 0


def _store(file: Path, key: str, *, encrypt: bool) -> Path:
    """Keep the key in one place, and return which: that of another time goes."""
    sealed = file.with_name(SEALED_FILE)
    credential = systemd.encrypted(key, CREDENTIAL) if encrypt else None
    if encrypt and credential is None:
        print_line("systemd here encrypts nothing for a user (256 and newer do): the key is stored as it is")
    if credential is None:
        write_alone(file, key + "\n")
        if file.name == KEY_FILE:
            sealed.unlink(missing_ok=True)  # it would be read first
        return file
    write_alone(sealed, credential)
    file.unlink(missing_ok=True)
    return sealed


def _asked() -> str:
    """Return what is typed, unseen; or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    print_line("Make a key at https://jimaku.cc/account and paste it here; it is not shown.")
    try:
        return getpass.getpass("Jimaku API key: ")
    except EOFError:
        return ""


def write_alone(file: Path, text: str) -> None:
    """Write a file whole, for this user only; a symlink's target is written. Raises StorageError."""
    target = file.resolve()
    fresh = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        fresh.replace(target)
    except OSError as error:
        raise StorageError(
            f"{printable(str(target))} cannot be written ({error.strerror}): mend its permissions"
        ) from None
