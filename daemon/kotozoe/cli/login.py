"""`kotozoe login`: takes the Jimaku API key, tries it and stores it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from kotozoe.cli.call import Call, Commands, print_line
from kotozoe.cli.private_file import write_private
from kotozoe.desktop import systemd
from kotozoe.errors import ProviderError, Refused, UserError
from kotozoe.printable import printable
from kotozoe.settings.key import CREDENTIAL, VARIABLE, key_of
from kotozoe.settings.load import load
from kotozoe.settings.places import KEY_FILE, SEALED_FILE


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("login", parents=[common], help="take the Jimaku API key, try it and store it")
    parser.add_argument("--encrypted", action="store_true", help="have systemd encrypt it, for you on this machine")
    return parser


def run(args: argparse.Namespace, call: Call) -> int:
    """Ask for the key, try it, and put it where the daemon takes it up by itself."""
    from kotozoe.app.online_checks import verify_key

    jimaku = load(call.config).jimaku  # a config with a mistake is said before a key is asked for
    file = Path(jimaku.api_key_file or call.config.parent / KEY_FILE)
    if args.encrypted and file.name != KEY_FILE:
        raise UserError("The config names an api_key_file, which would be read instead: remove that line first")
    found = key_of(pasted(_asked()), "the prompt")
    if found.secret is None:
        raise UserError(found.trouble)
    call.masks.know(found.secret)
    try:
        verify_key(call.config, found.secret)
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
        write_private(file, key + "\n")
        if file.name == KEY_FILE:
            sealed.unlink(missing_ok=True)  # it would be read first
        return file
    write_private(sealed, credential)
    file.unlink(missing_ok=True)
    return sealed


def pasted(text: str) -> str:
    """Return a key without the blanks and quotes that came along when it was copied."""
    return text.strip().strip("\"'`“”‘’").strip()


def _asked() -> str:
    """Return what is typed, unseen; or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    print_line("Make a key at https://jimaku.cc/account and paste it here; it is not shown.")
    try:
        return getpass.getpass("Jimaku API key: ")
    except EOFError:
        return ""
