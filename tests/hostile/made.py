"""What an enemy, or a broken disk, may send: texts, JSON, and valid files with a few wrong bytes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
from hypothesis import settings
from hypothesis import strategies as st

from kotozoe.printable import printable

_FEW = 30  # examples of each test, unless a profile was asked for


def given(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try a test with examples: a few in each run of the tests, as many as the profile says when looking for more."""
    profile = settings() if "HYPOTHESIS_PROFILE" in os.environ else settings(max_examples=_FEW)
    return lambda test: profile(hypothesis.given(*strategies)(test))


ODD = (
    *("\x1b[2J\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\r\n", "\0", "\x7f", "\u2028", "\u202e", "\u2066", "\u200b"),
    *("\ud800", "\udcff", "\udfff", "\ufffe", "\U000e0001", "$>", "${path}", "{\\an8}", "%n", "%s", "../", "..\\"),
    *("/", "\\", "C:", "CON", "~", "'", '"', "<b>", "&amp;", "：", "٣", "²", "①", "nan", "inf", "1e999", "9" * 400),
)
characters = st.characters(codec=None) | st.sampled_from("0123456789 -_.[]()SEsevx第話期")
texts = st.lists(st.text(characters, max_size=30) | st.sampled_from(ODD), max_size=6).map("".join)
_brackets_and_numbers = st.text("[](){}【】（）「」SE0123456789 -~._xXvV第話期", max_size=120)
names = st.builds(
    "{}{}{}".format,
    texts | _brackets_and_numbers,
    st.sampled_from(["", " - 03", " S01E02", " 第3話", "(01-24)", " - 99999999999999999999", " - 1.5"]),
    st.sampled_from(["", ".mkv", ".srt", ".ass", ".zip", ".sub", ".idx", ".7z"]),
)
bytes_of_texts = texts.map(lambda text: text.encode("utf-8", "surrogatepass"))

numbers = (
    st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from([10**400, -1, 0, 2**63, 2**53, 1e308, 0.5, True, False])
)
values = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def rows(*fields: str, inner: st.SearchStrategy[object] = values) -> st.SearchStrategy[dict[str, object]]:
    """Objects with the fields that are read, of any type, some of them missing."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(fields, inner))


@st.composite
def documents(draw: st.DrawFn, value: st.SearchStrategy[object] = values) -> bytes:
    """JSON as servers should not write it: NaN, surrogates, a member twice, nested deeply, cut off, or no JSON."""
    text = json.dumps(draw(value), ensure_ascii=draw(st.booleans()))
    how = draw(st.integers(0, 9))
    if how == 0:
        text = text.replace("}", ', "id": 1, "id": "x"}', 1)
    elif how == 1:
        depth = draw(st.sampled_from([10, 1000, 100_000]))
        text = "[" * depth + text + "]" * draw(st.sampled_from([0, depth]))
    elif how == 2:
        text = text[: draw(st.integers(0, len(text)))]
    elif how == 3:
        return draw(st.binary(max_size=200))
    return text.encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn, whole: bytes, most: int = 8) -> bytes:
    """A valid file with some bytes changed, cut out or doubled."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        how = draw(st.integers(0, 4))
        if how == 0:
            raw[at:] = b""
        elif how == 1:
            raw[at:at] = raw[at : at + draw(st.integers(1, 40))]
        elif how == 2:
            raw[at : at + 4] = draw(st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"]))
        else:
            raw[at : at + 1] = draw(st.binary(min_size=1, max_size=2))
    return bytes(raw)


@contextmanager
def soon(seconds: float = 5.0) -> Iterator[None]:
    """Fail if what is done within takes too much of the processor."""
    begun = time.process_time()
    yield
    spent = time.process_time() - begun
    assert spent < seconds, f"{spent:.1f} s"


def shown(text: str, limit: int = 2000) -> bool:
    """Tell whether a text may be shown as it is: one line, visible characters only."""
    return text == printable(text, limit)
