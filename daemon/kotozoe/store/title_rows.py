"""The rows of the title index: what a key finds, by itself or spelt nearly so."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kotozoe.identify.names.titles import Quality, TitleKey, digits, key_of, tidy
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.store import codec

COLUMNS = "key, season, part, quality, media, text, source, anime"
NEAR_RATIO = 82.0  # below it, names match that merely look alike
_MAX_NEAR = 8


def stable(row: TitleRow) -> tuple[object, ...]:
    return (row.key.quality, str(row.media), row.text, row.source)


def title_row(row: tuple) -> TitleRow:  # type: ignore[type-arg]
    key, season, part, quality, media, text, source, anime = row
    return TitleRow(codec.load_media(media), TitleKey(key, season, part, Quality(quality)), text, source, bool(anime))


def begins(text: str, key: str) -> bool:
    """Say whether the first words of `text` make `key`."""
    words = tidy(text).replace(":", " ").split()
    return any(key_of(" ".join(words[:count])) == key for count in range(1, len(words)))


def near_lengths(keys: Sequence[str]) -> tuple[int, int]:
    """Return between which lengths, in letters, all keys lie that can be near to one of `keys`."""
    spread = (200 - NEAR_RATIO) / NEAR_RATIO  # the ratio is that of the common letters to the mean length
    return math.floor(min(map(len, keys)) / spread), math.ceil(max(map(len, keys)) * spread)


def nearest(key: str, known: Sequence[str]) -> list[tuple[str, float]]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 4 MB that a daemon goes without until a name is misspelt

    numbers = digits(key)
    found = process.extract(key, known, scorer=fuzz.ratio, score_cutoff=NEAR_RATIO, limit=4 * _MAX_NEAR)
    near = [(other, ratio) for other, ratio, _ in found if digits(other) == numbers]
    return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:_MAX_NEAR]
