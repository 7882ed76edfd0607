"""The user's own file: pins, rejections, folders left alone. Written whole or not at all, kept once more beside it."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kotozoe.errors import StorageError, UserError
from kotozoe.identify.verdict.pins import MOST, MOST_TEXT, Anchor, Pin, Pins, Rejection
from kotozoe.model import MediaKey

log = logging.getLogger(__name__)

FORMAT = 1
_MOST_BYTES = 8 << 20
_MOST_PATH = 4096
_MOST_NUMBER = 1 << 40  # seconds since 1970, and more than any episode
_ID = re.compile(r"[0-9]{1,12}")


class PinStore:
    """Reads anew whenever the file has changed, by whomever. Of a damaged file, the copy before it is taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._backup = path.with_suffix(".bak.json")
        self._mark: tuple[int, int, int] | None = None
        self._pins = Pins()

    def read(self) -> Pins:
        """Return what is there now. Raises StorageError if the disk refuses."""
        mark = self._marked()
        if mark is None:
            self._mark, self._pins = None, Pins()
        elif mark != self._mark:
            self._pins = self._load()
            self._mark = self._marked()
        return self._pins

    def change(self, change: Callable[[Pins], Pins]) -> Pins:
        """Replace what is there by what `change` makes of it; nobody comes in between. Raises StorageError."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                before = self.read()
                after = change(before)
                if after != before:
                    self._write(after)
        except OSError as trouble:
            raise StorageError(f"your pins cannot be kept in {self._path}: {trouble.strerror}") from trouble
        return self.read()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _marked(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise StorageError(f"your pins in {self._path} cannot be read: {trouble.strerror}") from trouble
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _load(self) -> Pins:
        try:
            return parse_pins(_read(self._path))
        except UserError as damage:
            aside = self._path.with_suffix(".damaged.json")
            log.warning("the file of your pins is damaged (%s): it is kept as %s", damage, aside.name)
            self._path.replace(aside)
        except OSError as trouble:
            raise StorageError(f"your pins in {self._path} cannot be read: {trouble.strerror}") from trouble
        try:
            found = parse_pins(_read(self._backup))
        except (OSError, UserError):
            return Pins()
        self._write(found)
        return found

    def _write(self, pins: Pins) -> None:
        with suppress(FileNotFoundError):
            _replace(self._backup, self._path.read_bytes())
        _replace(self._path, format_pins(pins).encode("ascii"))


def _read(path: Path) -> str:
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    try:
        return raw.decode("utf-8")  # what is no UTF-8 stands in it as escapes
    except UnicodeDecodeError:
        raise UserError("it is no text") from None


def _replace(path: Path, contents: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".pins-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(contents)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def format_pins(pins: Pins) -> str:
    """Return the pins as the file, and `pins export`, hold them."""
    table = {
        "format": FORMAT,
        "pins": [_pin_table(p) for p in pins.pins],
        "rejections": [
            {"video": r.video, "entry_id": r.entry_id, "file": r.file, "made": r.made, "source": r.source}
            for r in pins.rejections
        ],
        "folders": list(pins.folders),
    }
    return json.dumps(table, indent=1) + "\n"


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


def parse_pins(text: str) -> Pins:
    """Return the pins that a text holds. Raises UserError if it is none of ours, or is damaged anywhere."""
    if len(text) > _MOST_BYTES:
        raise UserError("it is too long to be a file of pins")
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError("it is no JSON") from None
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise UserError("it is no file of pins that this version knows")
    try:
        return Pins(
            tuple(_pin(item) for item in _items(table, "pins")),
            tuple(_rejection(item) for item in _items(table, "rejections")),
            tuple(_text(item, _MOST_PATH) for item in _items(table, "folders")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise UserError(f"it holds something that is no pin ({type(wrong).__name__})") from None


def _items(table: dict[str, Any], name: str) -> list[Any]:
    items = table.get(name, [])
    if not isinstance(items, list) or len(items) > MOST:
        raise ValueError(name)
    return items


def _pin(item: dict[str, Any]) -> Pin:
    anchor = Anchor(_named(item["key"]), _whole(item["season"]), _or_none(item["part"]), _text(item["group"], 100))
    return Pin(
        anchor,
        _media(item["media"]),
        _number(item["number"]),
        _number(item["episode"]),
        _or_none(item["entry_id"]),
        _text(item.get("name", "")),
        _text(item.get("title", "")),
        _number(item.get("made", 0.0)) or 0.0,
    )


def _rejection(item: dict[str, Any]) -> Rejection:
    made = _number(item.get("made", 0.0)) or 0.0
    source = item.get("source", "jimaku")
    if source not in ("jimaku", "folder"):
        raise ValueError("source")
    return Rejection(_named(item["video"]), _whole(item["entry_id"]), _named(item["file"]), made, source)


def _media(value: object) -> MediaKey:
    scheme, _, number = _named(value).partition(":")
    if scheme not in ("anilist", "tmdb", "jimaku") or not number or (scheme != "tmdb" and not _ID.fullmatch(number)):
        raise ValueError("media")
    return MediaKey(scheme, number)  # type: ignore[arg-type]  # looked at above


def _text(value: object, limit: int = MOST_TEXT) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value[:limit]


def _named(value: object) -> str:
    if not (text := _text(value)):
        raise ValueError("empty")
    return text


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 40:
        raise TypeError("number")
    return value


def _or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= _MOST_NUMBER:  # NaN neither
        raise TypeError("number")
    return float(value)
