"""Numbers written in kanji."""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {c: i for i, c in enumerate("零壱弐参")}
_TENS = {"十": 10, "拾": 10, "百": 100}


def kanji_number(text: str) -> int:
    """Return the value of a kanji numeral below 1,000, written with or without 十 and 百."""
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
