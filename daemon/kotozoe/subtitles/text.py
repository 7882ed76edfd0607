"""Bytes of a text subtitle -> its text, whatever encoding it was saved in.

Strict decoders alone do not tell the legacy encodings apart: EUC-JP is nearly always valid CP932, and GB18030 accepts
almost anything. So every encoding that decodes without an error is judged by how ordinary its characters are.
Files that were pasted together or damaged decode in none: then the encoding that leaves the least unread is taken, and
each line that it cannot read is tried in the others.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from kotozoe.subtitles.unreadable import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ("cp932", "euc_jp", "gb18030", "big5")
_DAMAGED = ("utf-8", *_LEGACY)
_LOST = "\ufffd"
_MAX_LOST = 0.02  # of the characters beyond ASCII
_FEW_LOST = 3  # characters, however short the file
_ESCAPED = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")  # ISO-2022-JP, which is ASCII to every other decoder
_JUDGED = 60_000  # characters beyond ASCII that are looked at
# What a text becomes in memory is a multiple of its length, and each of its lines costs more than the line is long.
LARGEST = 8 * 1024 * 1024  # bytes; an hour of talk is 0.2 MB, fonts inside an ASS are most of a large one
MAX_LINES = 400_000
MAX_CUES = 60_000  # an episode has 300 to 500, karaoke of thousands of syllables a few thousand more
_LARGEST_HELD = 2 * LARGEST  # bytes in memory: Python holds a text with one emoji in four bytes a character
_CUE_MARKS = ("-->", "Dialogue:", "Comment:", "Style:", "fontname:", "\n{", "\r{")
# The most frequent characters of Chinese text, in both scripts; Japanese is known by its kana.
_FREQUENT = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知"
    "這來國個說們為時會過對裡後麼沒於還發當無開見經頭動兩長樣現將點問間與體給嗎吧啊呢什麼誰"
    "第话話集期季"  # of the names in archives
)
_ORDINARY = frozenset("。、，！？「」『』（）・…ー―～〜：；“”‘’《》【】々　")
_HTML = re.compile(rb"^\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<html)", re.IGNORECASE)


# A sequence of its own in these; in CP932 one byte, which noise is full of.
_HALF_WIDTH = {"euc_jp": 2, "utf-8": 2, "gb18030": 2, "cp932": -1}


@dataclass(frozen=True, slots=True)
class _Read:
    """A text, and how ordinary its characters are."""

    score: float
    text: str


def _weight(char: str, encoding: str) -> int:
    """Return how much a character speaks for the encoding that made it."""
    if "\uff61" <= char <= "\uff9f":  # half-width katakana
        return _HALF_WIDTH.get(encoding, -4)
    if "\u3041" <= char <= "\u30fe":
        return 3
    if char in _FREQUENT:
        return 3
    if char in _ORDINARY or "\uff01" <= char <= "\uff5e":
        return 2
    if "\u4e00" <= char <= "\u9fff":
        return 1
    if "\ue000" <= char <= "\uf8ff" or char < "\u00a0" or char == _LOST:
        return -4  # private use, controls, what could not be read
    return -1


def _ordinariness(text: str, encoding: str) -> float:
    """Return the mean weight of the characters beyond ASCII; fewer characters for the same bytes are better."""
    beyond = list(islice((c for c in text if c > "\x7f"), _JUDGED))
    return sum(_weight(c, encoding) for c in beyond) / len(beyond) if beyond else 0.0


def _sixteen_bit(raw: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, by where its zero bytes stand; "" if it is none."""
    head = raw[:4096]
    if len(head) < 4 or len(raw) % 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 8 * (even + 1) or (odd and not even):
        return "utf-16-le"
    if even > 8 * (odd + 1) or (even and not odd):
        return "utf-16-be"
    return ""


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None
    return None if "\0" in text else text


def _legacy(raw: bytes) -> _Read | None:
    """Read in the legacy encoding that makes the most ordinary characters; None if none makes any sense."""
    best: _Read | None = None
    for encoding in _LEGACY:  # two texts at a time, not all
        text = _try(raw, encoding)
        score = 0.0 if text is None else _ordinariness(text, encoding)
        if text is not None and score > (best.score if best else 0.0):
            best = _Read(score, text)
    return best


def _tolerant(raw: bytes) -> _Read | None:
    """Read a damaged or mixed file; None if more than a little of it would be lost, or if it is very large."""
    if len(raw) > _LARGEST_MENDED:
        return None
    lines = raw.split(b"\n")
    judged = [line for line in lines if not line.isascii()][:_JUDGED_LINES]
    scores = {e: sum(_line_score(line, e) for line in judged) for e in _DAMAGED}
    main = max(scores, key=lambda e: scores[e])
    if scores[main] <= 0:
        return None
    text = "\n".join(_line(line, main) for line in lines)
    lost, beyond = text.count(_LOST), sum(1 for c in text if c > "\x7f")
    fine = "\0" not in text and lost <= max(_FEW_LOST, _MAX_LOST * beyond)
    return _Read(_ordinariness(text, main), text) if fine else None


def _line_score(line: bytes, encoding: str) -> float:
    text = _try(line[:_JUDGED_OF_LINE], encoding)
    return -1.0 if text is None else _ordinariness(text, encoding)


_LARGEST_MENDED = 4 * 1024 * 1024
_JUDGED_LINES = 1000
_JUDGED_OF_LINE = 600  # bytes; a character cut there costs one line of many


def _line(line: bytes, main: str) -> str:
    """Return one line of a mixed file: in UTF-8 if it is that, which other encodings hardly look like."""
    if line.isascii():
        return line.decode("ascii")
    for encoding in dict.fromkeys(("utf-8", main, *_LEGACY)):
        text = _try(line, encoding)
        if text is not None and (encoding == main or _ordinariness(text, encoding) > 0):
            return text
    return line.decode(main, "replace")


def _escaped(raw: bytes) -> str | None:
    """Return the text of a file in ISO-2022-JP; None if it is not in that."""
    if not raw.isascii() or not _ESCAPED.search(raw):
        return None
    text = raw.decode("iso2022_jp_ext", "replace")
    return text if text.count(_LOST) <= max(_FEW_LOST, _MAX_LOST * len(text)) else None


def _marked(raw: bytes) -> str | None:
    """Return the text of a file that begins with a byte order mark; None if it has none."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            text = _try(raw[len(mark) :], encoding)
            if text is None and encoding == "utf-8" and (read := _tolerant(raw[len(mark) :])):
                text = read.text
            if text is None:
                raise Unreadable(f"it says that it is {encoding}, and is not")
            return text
    return None


def _unmarked(raw: bytes) -> str:
    if (text := _escaped(raw)) is not None:
        return text
    if (text := _try(raw, "utf-8")) is not None:
        return text
    if b"\0" in raw:
        order = _sixteen_bit(raw)
        text = _try(raw, order) if order else None
        if text is None:
            raise Unreadable("it is binary, not text")
    elif (text := _best(_legacy(raw), _tolerant(raw))) is None:
        raise Unreadable("its text is in no encoding that is known here")
    return text


def _best(strict: _Read | None, tolerant: _Read | None) -> str | None:
    """Return the better of two readings: the strict one unless it is odder, as damaged UTF-8 is in GB18030."""
    if strict is None or (tolerant is not None and tolerant.score > strict.score):
        return tolerant.text if tolerant else None
    return strict.text


def decode(raw: bytes) -> str:
    """Return the text of a subtitle file, without a byte order mark. Raises Unreadable with the reason."""
    if not raw.strip(b"\0 \t\r\n"):
        raise Unreadable("it is empty")
    if len(raw) > LARGEST:
        raise Unreadable(f"it is {len(raw) // 1_000_000} MB long, too much for text")
    if max(raw.count(b"\n"), raw.count(b"\r")) > MAX_LINES:
        raise Unreadable(f"it has more than {MAX_LINES} lines")
    if _HTML.match(raw):
        raise Unreadable("it is a web page, not a subtitle")
    text = _marked(raw)
    text = _unmarked(raw) if text is None else text
    if sys.getsizeof(text) > _LARGEST_HELD:
        raise Unreadable(f"it would take {sys.getsizeof(text) // 1_000_000} MB in memory, too much for text")
    if sum(map(text.count, _CUE_MARKS)) > MAX_CUES:
        raise Unreadable(f"it holds more than {MAX_CUES} subtitles")
    return text


def decode_names(names: Sequence[bytes]) -> list[str]:
    """Return the file names of an old archive, all in one encoding; what cannot be read becomes U+FFFD."""
    whole = b"\n".join(names)
    read = _legacy(whole)
    text = _try(whole, "utf-8") or (read.text if read else None)
    if text is not None and text.count("\n") == len(names) - 1:
        return text.split("\n")
    return [name.decode("utf-8", "replace") for name in names]
