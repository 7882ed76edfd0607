"""The text of a file of pins and back: row by row, so that one mistake of a hand costs one row.

Reading is linear in the length of the text, whatever it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kotozoe.errors import UserError
from kotozoe.identify.verdict.pins import MAX_ROWS, MAX_TEXT, Anchor, Pick, Pin, Pins, Rejection
from kotozoe.model import MediaKey, Source

T = TypeVar("T")

FORMAT = 1
MAX_BYTES = 8 << 20
_MAX_PATH = 4096
_MAX_NUMBER = 1 << 40  # seconds since 1970, and more than any episode
_MAX_TROUBLES = 5  # that are named one by one
_ID = re.compile(r"[0-9]{1,12}")
_STRING = r'"(?:[^"\\\n]|\\[^\n])*"?'
_COMMA = re.compile(rf"{_STRING}|(?P<comma>,)(?=\s*[\]}}])")
_BRACE = re.compile(rf"{_STRING}|[{{}}]")
_FOLDERS = re.compile(r'"folders"\s*:\s*\[')
_FOLDER = re.compile(rf"{_STRING}|\]")
_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class PinsText:
    """What a text holds. `troubles`: a sentence for each row that was left out.

    `damaged`: it is not JSON, or not of this kind, and `pins` is what could be recovered. `newer`: a later version
    wrote it.
    """

    pins: Pins = field(default_factory=Pins)
    troubles: tuple[str, ...] = ()
    damaged: bool = False
    newer: bool = False


def format_pins(pins: Pins) -> str:
    """Return the pins as the file, and `pins export`, hold them."""
    table = {
        "format": FORMAT,
        "pins": [_pin_table(p) for p in pins.pins],
        "rejections": [_file_table(r) for r in pins.rejections],
        "picks": [_file_table(p) | {"picked": True} for p in pins.picks],
        "folders": list(pins.folders),
    }
    return json.dumps(table, indent=1) + "\n"


def parse_pins(text: str) -> Pins:
    """Return the pins of a text without a mistake. Raises UserError."""
    found = read_pins(text)
    if found.damaged or found.newer or found.troubles:
        raise UserError("; ".join(found.troubles) or "a newer version of kotozoe wrote it")
    return found.pins


def read_pins(text: str) -> PinsText:
    """Return all pins of a text that can be read. Trailing commas are no mistake."""
    if len(text) > MAX_BYTES:
        return PinsText(troubles=(f"it is longer than {MAX_BYTES >> 20} MB",), damaged=True)
    try:
        table = _json(text)
    except (ValueError, RecursionError) as wrong:
        where = f" (line {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
        return PinsText(_recovered(text), (f"it is not JSON{where}",), damaged=True)
    if not isinstance(table, dict) or not _is_format(table.get("format")):
        return PinsText(_recovered(text), ("it is not a file of pins",), damaged=True)
    troubles: list[str] = []
    pins = Pins(
        _rows(table, "pins", _pin, troubles),
        _rows(table, "rejections", _rejection, troubles),
        _rows(table, "folders", _folder, troubles),
        _rows(table, "picks", _pick, troubles),
    )
    more = len(troubles) - _MAX_TROUBLES
    told = (*troubles[:_MAX_TROUBLES], *([f"and {more} more"] if more > 0 else []))
    return PinsText(pins, told, newer=table["format"] > FORMAT)


def _is_format(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= FORMAT


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return json.loads(_COMMA.sub(lambda match: "" if match["comma"] else match[0], text))


def _rows(table: dict[str, Any], name: str, load: Callable[[Any], T], troubles: list[str]) -> tuple[T, ...]:
    items = table.get(name, [])
    if not isinstance(items, list):
        troubles.append(f"{name} is not a list")
        return ()
    if len(items) > MAX_ROWS:
        troubles.append(f"{name} has more than {MAX_ROWS} rows: the first ones are left out")
    found = []
    for number, item in enumerate(items[-MAX_ROWS:], max(0, len(items) - MAX_ROWS) + 1):
        try:
            found.append(load(item))
        except ValueError as wrong:
            troubles.append(f"{name}, row {number}: {wrong}")
    return tuple(found)


def _recovered(text: str) -> Pins:
    """Return the rows of a text that is not JSON as a whole."""
    pins, rejections, folders, picks = [], [], [], []
    for row in _objects(text):
        try:
            item = _json(row)
            if "media" in item:
                pins.append(_pin(item))
            elif item.get("picked"):
                picks.append(_pick(item))
            elif "video" in item:
                rejections.append(_rejection(item))
        except (ValueError, RecursionError):
            continue
    for name in _folder_texts(text):
        try:
            folders.append(_folder(json.loads(name)))
        except ValueError:
            continue
    return Pins(
        tuple(pins[-MAX_ROWS:]), tuple(rejections[-MAX_ROWS:]), tuple(folders[-MAX_ROWS:]), tuple(picks[-MAX_ROWS:])
    )


def _objects(text: str) -> Iterator[str]:
    """Yield each innermost {…} of a text."""
    start = None
    for token in _BRACE.finditer(text):
        if token[0] == "{":
            start = token.start()
        elif token[0] == "}" and start is not None:
            yield text[start : token.end()]
            start = None


def _folder_texts(text: str) -> Iterator[str]:
    begins = _FOLDERS.search(text)
    if begins is None:
        return
    for token in _FOLDER.finditer(text, begins.end()):
        if token[0] == "]":
            return
        yield token[0]


def _pin_table(pin: Pin) -> dict[str, object]:
    anchor = pin.anchor
    return {
        "key": anchor.key,
        "season": anchor.season,
        "part": anchor.part,
        "group": anchor.group,
        "media": str(pin.media),
        "number": pin.number,
        "episode": pin.episode,
        "entry_id": pin.entry_id,
        "name": pin.name,
        "title": pin.title,
        "made": pin.made,
    }


def _file_table(choice: Rejection | Pick) -> dict[str, object]:
    return {
        "video": choice.video,
        "entry_id": choice.entry_id,
        "file": choice.file,
        "made": choice.made,
        "source": choice.source,
    }


def _value(item: Any, name: str, check: Callable[[Any], T], default: Any = _REQUIRED) -> T:
    """Return one value of a row. Raises ValueError."""
    if not isinstance(item, dict):
        raise ValueError("it is not {…}")  # noqa: TRY004 - one kind of mistake for all rows
    value = item.get(name, default)
    if value is _REQUIRED:
        raise ValueError(f"{name} is missing")
    try:
        return check(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is not valid") from None


def _pin(item: Any) -> Pin:
    anchor = Anchor(
        _value(item, "key", _named),
        _value(item, "season", _whole),
        _value(item, "part", _or_none),
        _value(item, "group", lambda value: _text(value, 100)),
    )
    return Pin(
        anchor,
        _value(item, "media", _media),
        _value(item, "number", _number),
        _value(item, "episode", _number),
        _value(item, "entry_id", _or_none),
        _value(item, "name", _text, ""),
        _value(item, "title", _text, ""),
        _value(item, "made", _number, 0.0) or 0.0,
    )


def _rejection(item: Any) -> Rejection:
    return Rejection(
        _value(item, "video", _named),
        _value(item, "entry_id", _whole),
        _value(item, "file", _named),
        _value(item, "made", _number, 0.0) or 0.0,
        _value(item, "source", _source, "jimaku"),
    )


def _pick(item: Any) -> Pick:
    rejection = _rejection(item)
    return Pick(rejection.video, rejection.entry_id, rejection.file, rejection.made, rejection.source)


def _folder(value: object) -> str:
    try:
        return _text(value, _MAX_PATH)
    except TypeError:
        raise ValueError("it is not a text") from None


def _source(value: object) -> Source:
    if value == "jimaku" or value == "folder":
        return value
    raise ValueError


def _media(value: object) -> MediaKey:
    scheme, _, number = _named(value).partition(":")
    counted = scheme in ("anilist", "jimaku")
    if not (counted or scheme in ("tmdb", "folder")) or not number or (counted and not _ID.fullmatch(number)):
        raise ValueError
    return MediaKey(scheme, number)  # type: ignore[arg-type]  # looked at above


def _text(value: object, limit: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:limit]


def _named(value: object) -> str:
    if not (text := _text(value)):
        raise ValueError
    return text


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 40:
        raise TypeError
    return value


def _or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= _MAX_NUMBER:  # NaN neither
        raise TypeError
    return float(value)
