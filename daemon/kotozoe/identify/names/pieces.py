"""What may be a whole title inside the text that a reading takes for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kotozoe.identify.names.titles import season_words, without_season

_CJK = r"\u3040-\u30ff\u3400-\u9fff々〆ー"
_BRACKETED = re.compile(r"[(（\[【]([^(（\[【)）\]】]*)[)）\]】]")
_QUOTED = re.compile(r"[「『]([^「『」』]{2,})[」』]")
_KANA = re.compile(r"[\u3041-\u30fa]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FIRST_VOLUME = re.compile(r"(?<![a-z])vol(?:ume)?[. ]{0,2}0?1(?!\d)", re.IGNORECASE)  # it counts as the whole does
_DASHES = "-–—~〜～"
_EDGE = " -_.,~–—:;|¦／/·+★&"


@lru_cache(maxsize=512)
def pieces(title_text: str) -> tuple[str, ...]:
    """Return what may be a whole title inside a title text: outside and in parentheses, sides of slashes, one script.

    Each keeps the season that the title text says.
    """
    said = season_words(title_text)
    if not said:
        return tuple(dict.fromkeys(_pieces(title_text)))
    found = (*_pieces(title_text), *_pieces(without_season(title_text)))
    return tuple(dict.fromkeys(p if season_words(p) else f"{p} {said}" for p in found))


def _pieces(title_text: str) -> Iterator[str]:
    for quoted in _QUOTED.findall(title_text)[:2]:
        yield quoted.strip()
    outside = _BRACKETED.sub(" ", _FIRST_VOLUME.sub(" ", title_text))
    if outside.strip() and outside != title_text:
        yield " ".join(outside.split())
        inside = next((m[1] for m in _BRACKETED.finditer(title_text) if m.end() == len(title_text)), "")
        if " " in inside or not inside.isascii():
            yield inside  # a second title; one word may be part of the first
    for side in re.split(r"[／|｜/]", title_text):
        if side != title_text and side.strip():
            yield side.strip()
        yield from _runs(side)


def _token_runs(text: str) -> Iterator[str]:
    """Yield the first run of words in either script, where each has one: "約會大作戰IV Date A Live IV"."""
    runs: list[tuple[bool, list[str]]] = []
    for word in text.split():
        cjk = bool(re.search(f"[{_CJK}]", word))
        if runs and runs[-1][0] is cjk:
            runs[-1][1].append(word)
        else:
            runs.append((cjk, [word]))
    if len(runs) == 2:
        if runs[1][1][0][0] in _DASHES:  # "Title -A Subtitle-"
            return
        titles = (" ".join(words).strip(_EDGE) for _, words in sorted(runs))
        yield from (title for title in titles if len(title) > 1)


def chinese_and_japanese(text: str) -> tuple[str, ...]:
    """Return both titles of "风之歌 冬 風の歌 冬の章": the words without kana, then those from the first with kana."""
    words = text.split()
    at = next((i for i, word in enumerate(words) if _KANA.search(word)), 0)
    sides = ["".join(words[:at]), "".join(words[at:])]
    shared = set(_HAN.findall(sides[0])) & set(_HAN.findall(sides[1]))
    if at and len(shared) > 1 and not re.search("[A-Za-z]", text):
        return (" ".join(words[:at]), " ".join(words[at:]))
    return ()


def _runs(text: str) -> Iterator[str]:
    """Yield the Latin and the CJK run of a text that has one of each, or the Chinese and the Japanese: the same title
    twice.
    """
    yield from chinese_and_japanese(text)
    if not re.search(f"[{_CJK}]", text) or not re.search("[A-Za-z]", text):
        return
    yield from _token_runs(text)
    latin = re.findall(f"(?<![{_DASHES}])[A-Za-z0-9][^{_CJK}]{{2,}}", text)
    if latin:
        yield " ".join(run.strip(_EDGE + "「」『』()（）") for run in latin)
    other = [r for r in re.findall(f"[{_CJK}][{_CJK}\\s・!！?？~〜～:：。、,，0-9]*", text) if len(r.strip()) > 1]
    if len(other) == 1:
        yield other[0].strip()
