"""How the stand-ins find media by a title: every word must be there; what is better known comes first."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from tests.fakes.world import Row

_WORD = re.compile(r"[0-9a-z]+|[^\W_]", re.UNICODE)


def words(text: str) -> list[str]:
    """Cut a title into words; scripts that are written without spaces into pairs of characters."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    found = _WORD.findall(plain)
    pairs = [a + b for a, b in pairwise(found) if len(a) == len(b) == 1 and not (a + b).isascii()]
    return [word for word in found if word.isascii() or not pairs] + pairs


class TitleSearch:
    """An index of words over the titles and synonyms of a world. It does not see later changes of the world."""

    def __init__(self, media: Mapping[int, Row]) -> None:
        self._media = media
        self._names: list[tuple[int, int]] = []  # media id, how many words the name has
        self._index: dict[str, set[int]] = defaultdict(set)
        for media_id, row in media.items():
            for name in _names(row):
                cut = set(words(name))
                for word in cut:
                    self._index[word].add(len(self._names))
                self._names.append((media_id, len(cut)))

    def find(self, query: str) -> list[Row]:
        """Return the media with a name that holds all words of the query; lacking those, three quarters of them."""
        asked = set(words(query))
        if not asked:
            return []
        hits = Counter(name for word in asked for name in self._index.get(word, ()))
        for share in (1.0, 0.75):
            found = {self._names[name][0] for name, count in hits.items() if count >= share * len(asked)}
            if found:
                return sorted((self._media[i] for i in found), key=_renown)
        return []


def _names(row: Row) -> Iterable[str]:
    return {name for name in (*row.get("title", {}).values(), *row.get("synonyms", ())) if name}


def _renown(row: Row) -> tuple[int, int]:
    """Order as by popularity: what has many names and relations is well known; older wins between equals."""
    known = len(row.get("synonyms", ())) + 2 * len(row.get("relations", ()))
    return (-int(row.get("popularity", known)), int(row["id"]))
