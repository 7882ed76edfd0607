"""Untrusted text, made fit to be shown to a person."""

from __future__ import annotations

import re
import unicodedata

KEY = re.compile(r"AAAAAAAA[A-Za-z0-9_-]{50}")  # the form of a Jimaku API key
MASK = "[key]"

# Cc control, Cf format (bidi overrides, zero-width), Cs surrogates, Co private use, Cn unassigned, Zl/Zp line breaks
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, limit: int = 200) -> str:
    """Return `text` on one line of at most `limit` characters, without API keys; U+FFFD stands for invisible ones."""
    if "AAAAAAAA" in text:
        text = KEY.sub(MASK, text)
    if text.isprintable() and len(text) <= limit:  # nearly always
        return text
    shown = "".join("\ufffd" if unicodedata.category(c) in _HIDDEN else c for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
