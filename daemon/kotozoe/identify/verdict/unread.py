"""What a title text says beyond the name that it met: words left unread are evidence against an answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from kotozoe.identify.names.pieces import chinese_and_japanese
from kotozoe.identify.names.titles import key_of, season_of, season_words, tidy, without_season, without_year
from kotozoe.identify.names.words import MOVIE, SPECIAL

_WORD = re.compile(r"\w+")
_MAX_RUN = 4  # words that one name may join and another write apart
_MAX_SEASONS = 3
_ALIKE = 0.75  # of 1: two spellings of one word
_MAX_WORDS = 40  # of a title text that are looked at
# Words of releases that no title needs to explain, as `key_of` folds them.
_NEUTRAL = frozenset(
    map(
        key_of,
        (
            *(
                "the",
                "a",
                "an",
                "of",
                "no",
                "and",
                "anime",
                "animation",
                "tv",
                "series",
                "ona",
                "version",
                "ver",
                "edition",
            ),
            *(
                "uncut",
                "enhanced",
                "restored",
                "upscaled",
                "remaster",
                "remastered",
                "hd",
                "complete",
                "batch",
                "end",
                "fin",
                "raw",
                "bd",
                "web",
                "dvd",
            ),
            *("vostfr", "vost", "vf", "sub", "subs", "ita", "jpn", "jap", "eng", "english", "japanese"),
            *("episode", "episodes", "ep", "アニメ", "tvアニメ", "新", "終", "再", "字", "デ", "完"),
        ),
    )
)
_PART_WORDS = frozenset(map(key_of, ("arc", "hen", "saga", "chapter", "編", "篇", "章")))
_RELEASE_WORD = re.compile(r"v\d|\d{1,4}|[0-9a-f]{8}")
_FIRST_VOLUME = re.compile(r"(?<![a-z])vol(?:ume)? ?0?1(?!\d)")  # it counts its episodes as the whole does
_BRACKETS = re.compile(r"\[[^\[\]]*\]|【[^【】]*】")  # groups and marks, where something stands outside
_BOTH = {True, False}
_APART = re.compile(r"[/／|｜\[\]()（）【】]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(key for word in _WORD.findall(text) if (key := key_of(word)))


@lru_cache(maxsize=1024)
def asked(title_text: str) -> tuple[str, ...]:
    """Return the words of a title text that a name has to explain: no season, year, kind of work or release word."""
    outside = _BRACKETS.sub(" ", title_text)
    text = without_year(tidy(outside if _WORD.search(outside) else title_text))
    for _ in range(_MAX_SEASONS):  # once for each language in which the title stands
        text = without_season(text)
    text = SPECIAL.sub(" ", MOVIE.sub(" ", _FIRST_VOLUME.sub(" ", text)))
    return tuple(w for w in _words(text) if not neutral(w))[:_MAX_WORDS]


@lru_cache(maxsize=2048)
def _runs(words: tuple[str, ...]) -> frozenset[str]:
    """Return all runs of up to four neighbouring words, joined."""
    size = range(1, _MAX_RUN + 1)
    return frozenset("".join(words[i : i + n]) for n in size for i in range(len(words) - n + 1))


def _covered(words: tuple[str, ...], names: Collection[str]) -> set[int]:
    known: set[str] = set().union(*(_runs(_words(tidy(name))) for name in names))
    return {
        at
        for n in range(1, _MAX_RUN + 1)
        for i in range(len(words) - n + 1)
        if "".join(words[i : i + n]) in known
        for at in range(i, i + n)
    }


def _without_names(word: str, names: Collection[str]) -> str:
    """Return what of a word in a script without spaces stays when the words of the names are taken out."""
    parts = {part for name in names for part in _words(tidy(name)) if len(part) > 1 and _CJK.search(part)}
    for part in sorted(parts, key=lambda p: (-len(p), p)):
        word = word.replace(part, "")
    return "" if word in _NEUTRAL else word


def neutral(word: str) -> bool:
    """Say whether a word, as `key_of` folds it, is one of releases that no title needs to explain."""
    return word in _NEUTRAL or _RELEASE_WORD.fullmatch(word) is not None


def foreign(title_text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the words in another script than the one that was met: the same title once more, or a part of a series.

    What a slash or a bracket sets apart is the former.
    """
    if _APART.search(title_text):
        return ()
    names = tuple(dict.fromkeys(names))
    words = asked(title_text)
    covered = _covered(words, names)
    scripts = {bool(_CJK.search(words[i])) for i in covered}
    return tuple(_left(words, names, covered, _BOTH - scripts))


def unread(title_text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the words of `title_text` that no name explains.

    A text in another script than the one that was met is the same title once more, and explains itself.
    """
    names = tuple(dict.fromkeys(names))
    return min((_unread(title, names) for title in chinese_and_japanese(title_text) or (title_text,)), key=len)


@lru_cache(maxsize=2048)
def _unread(title_text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    words = asked(title_text)
    covered = _covered(words, names)
    scripts = {bool(_CJK.search(words[i])) for i in covered}
    left = tuple(_left(words, names, covered, scripts))
    return () if all(word in _PART_WORDS for word in left) else left


def another_title(own: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the words by which a name's own title is another one than that of the folder it lies in, `names`.

    A single word that they do not have may be what people call it for short. Of other scripts nothing can be told.
    """
    words = asked(own)
    if not words or _CJK.search(own):
        return ()
    names = tuple(dict.fromkeys(names))
    covered = _covered(words, names)
    left = tuple(word for i, word in enumerate(words) if i not in covered)
    from difflib import get_close_matches  # noqa: PLC0415 - few names come here

    known = {word for name in names for word in _words(tidy(name))}
    left = tuple(word for word in left if word not in _PART_WORDS and not get_close_matches(word, known, 1, _ALIKE))
    return () if len(words) == 1 else left


def begins(title_text: str, own: str) -> bool:
    """Say whether a folder's title is only the beginning of the name's own: alone it says nothing."""
    words, longer = asked(title_text), asked(own)
    return len(words) < len(longer) and longer[: len(words)] == words


def another_number(own: str, season: int | None, names: Iterable[str]) -> tuple[str, ...]:
    """Return the number of a name's own title, "Title 3", where its folders do not say it and no name has it."""
    said = season_of(own)
    if said is None or season in (0, said) or season_words(own):
        return ()
    return () if any(season_of(name) == said or str(said) in name for name in names) else (str(said),)


def _left(words: tuple[str, ...], names: Collection[str], covered: set[int], scripts: set[bool]) -> Iterator[str]:
    for i, word in enumerate(words):
        if i in covered:
            continue
        cjk = bool(_CJK.search(word))
        rest = _without_names(word, names) if cjk else word
        if rest and (cjk in scripts or rest != word):
            yield rest


def explains(words: Collection[str], names: Iterable[str]) -> bool:
    """Say whether one name holds all of these words, but for what only says that it is a part ("Arc")."""
    wanted = tuple(w for w in words if w not in _PART_WORDS) or tuple(words)
    return bool(wanted) and any(
        len(_covered(wanted, (name,))) == len(wanted) or not any(_without_names(w, (name,)) for w in wanted)
        for name in names
    )
