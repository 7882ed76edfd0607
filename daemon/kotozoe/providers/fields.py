"""Fields of untrusted JSON objects, read tolerantly: what is absent or of the wrong type is None or empty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

LONGEST_TEXT = 500


def whole(row: Mapping[str, Any], key: str) -> int | None:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def text(row: Mapping[str, Any], key: str) -> str:
    """Return the text, cut where no honest one ends, and fit to be written as UTF-8."""
    value = row.get(key)
    return readable(value) if isinstance(value, str) else ""


def readable(value: str) -> str:
    value = value[:LONGEST_TEXT]
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def flag(row: Mapping[str, Any], key: str) -> bool:
    return row.get(key) is True


def inner(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def rows(row: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = row.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def moment(row: Mapping[str, Any], key: str) -> float:
    """Read an RFC 3339 time with up to nine fractional digits as unix seconds; 0 if it is none."""
    value = row.get(key)
    if not isinstance(value, str) or len(value) > 40:
        return 0.0
    try:
        seconds = datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
