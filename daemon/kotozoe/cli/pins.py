"""`kotozoe pins`: what the user said by the menu: listed, taken along, removed. The daemon reads it when it decides."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kotozoe.cli.call import NOTHING, Call, Commands, print_line
from kotozoe.errors import UserError
from kotozoe.identify.verdict.pins import Anchor, Pin, Pins, folder_id
from kotozoe.printable import printable
from kotozoe.safe_files import bounded
from kotozoe.settings.places import places, prepare
from kotozoe.store.pins import PinStore
from kotozoe.store.pins_text import MAX_BYTES, PinsText, format_pins, read_pins


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = commands.add_parser("pins", help="list, export, import or remove the corrections made in the menu")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", parents=[common], help="what is pinned, rejected and left alone")
    actions.add_parser("export", parents=[common], help="print all of it as JSON")
    take = actions.add_parser(
        "import", parents=[common], help="add what another export holds; it wins over what is here"
    )
    take.add_argument("file", metavar="FILE", help="- reads standard input")
    remove = actions.add_parser("remove", parents=[common], help="forget some of it")
    remove.add_argument("ids", nargs="+", metavar="ID", help="as kotozoe pins list names it")
    return parser


def run(args: argparse.Namespace, _: Call) -> int:
    """Do one of the actions; return the exit code. Raises UserError, StorageError."""
    at = places()
    prepare(at)
    store = PinStore(at.pins)
    match args.action:
        case "export":
            sys.stdout.write(format_pins(store.read()))
        case "import":
            return _take(store, args.file)
        case "remove":
            return _remove(store, args.ids)
        case _:
            lines = list(_lines(store.read()))
            for line in lines or ["No corrections yet: the menu in mpv makes them"]:
                print_line(line)
            for trouble in store.troubles():
                print_line(f"! {printable(trouble, 300)}")
    return 0


def _lines(told: Pins) -> Iterator[str]:
    for pin in told.pins:
        yield f"{pin.row_id}  {_name(pin)}  →  {_meaning(pin)}  ({time.strftime('%Y-%m-%d', time.localtime(pin.made))})"
    for rejection in told.rejections:
        yield f"{rejection.row_id}  rejected  {printable(rejection.file, 100)}  for  {printable(rejection.video, 100)}"
    for pick in told.picks:
        yield f"{pick.row_id}  picked  {printable(pick.file, 100)}  for  {printable(pick.video, 100)}"
    for folder in told.folders:
        yield f"{folder_id(folder)}  never  {printable(folder)}"


def _name(pin: Pin) -> str:
    anchor: Anchor = pin.anchor
    group = f"[{printable(anchor.group, 40)}] " if anchor.group else ""
    number = "" if pin.number is None else f" - {pin.number:g}"
    return f"{group}{printable(pin.name, 80) or anchor.key}{number}"


def _meaning(pin: Pin) -> str:
    episode = "" if pin.episode is None else f" episode {pin.episode:g}"
    if pin.episode is None and pin.number is not None:
        episode = ", episodes as numbered"
    return f"{printable(pin.title, 80)}{episode} ({pin.media})"


def _take(store: PinStore, file: str) -> int:
    found = read_pins(_text(file))
    if found.damaged or found.newer:
        why = "; ".join(found.troubles) or "a newer version of kotozoe wrote it"
        raise UserError(f"{printable(file)} was not imported: {why}. It must come from kotozoe pins export")
    store.change(lambda told: told.merged(found.pins))
    _print_imported(found)
    return 0


def _print_imported(found: PinsText) -> None:
    pins = found.pins
    counts = len(pins.pins), len(pins.rejections), len(pins.picks), len(pins.folders)
    print_line("{} pins, {} rejections, {} picked files and {} folders imported".format(*counts))
    for trouble in found.troubles:
        print_line(f"! {printable(trouble, 300)} (left out)")


def _text(file: str) -> str:
    try:
        # one byte more than may be: what is too long is seen by who parses it
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if file == "-" else bounded(Path(file).expanduser(), MAX_BYTES)
        return raw.decode("utf-8")
    except OSError as trouble:
        raise UserError(
            f"{printable(file)} cannot be read ({trouble.strerror}): name a file of kotozoe pins export"
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{printable(file)} was not imported: it is not text") from None


def _remove(store: PinStore, ids: list[str]) -> int:
    before = store.read()
    after = store.change(lambda told: told.removed(ids))
    gone = len(before) - len(after)
    print_line(f"{gone} removed" if gone else "There is nothing of that ID: kotozoe pins list names them")
    return 0 if gone else NOTHING
