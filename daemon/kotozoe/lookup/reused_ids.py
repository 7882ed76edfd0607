"""Whether an entry id may have been given to another show since the catalogue was read.

Jimaku gives the id of a deleted entry to the next one. The catalogue shows that only a day or a week later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kotozoe.identify.names.identify import without_extension
from kotozoe.identify.names.reading import cut
from kotozoe.identify.names.titles import name_rows, title_keys
from kotozoe.identify.verdict.knowledge import TitleRow
from kotozoe.model import Entry, Facts, Listing, SubtitleFile

_MAX_NAMES = 12  # of a listing that are read
_MIN_KEY = 4  # letters of a key that is taken for a part of another
_WRITTEN = 60.0  # seconds that may lie between a file's date and its entry's

Known = Callable[[Sequence[str]], Mapping[str, Sequence[TitleRow]]]


def looks_given_away(listing: Listing, before: Listing | None, entry: Entry, facts: Facts | None, known: Known) -> bool:
    """Tell whether a listing gives reason to read its entry again: it costs one request, so only for a good one.

    None of the files known before is left; or, where none was known, no name bears a title of the entry's show, and all
    bear another's or are of a time after the catalogue's date for the entry. `known` gives the rows of title
    keys, `facts` are those of the entry's media.
    """
    if not listing.files:
        return False
    if before is not None and before.files:
        return {f.name for f in before.files}.isdisjoint(f.name for f in listing.files)
    own = frozenset(row.key for name in _titles(entry, facts) for row in name_rows(name))
    names: list[set[str]] = []
    for file in _sample(listing.files):
        names.append(_keys(file))
        if any(_alike(key, one) for key in names[-1] for one in own):
            return False
    said = sorted(set[str]().union(*names))
    rows = known(said)
    if any(row.media == entry.media for key in said for row in rows.get(key, ())):
        return False
    foreign = all(any(row.source == "catalogue" for key in keys for row in rows.get(key, ())) for keys in names)
    return foreign or all(file.last_modified > entry.last_modified + _WRITTEN for file in listing.files)


def _sample(files: Sequence[SubtitleFile]) -> Sequence[SubtitleFile]:
    return files[:: -(-len(files) // _MAX_NAMES)]


def _keys(file: SubtitleFile) -> set[str]:
    return {key.key for reading in cut(without_extension(file.name)) for key in title_keys(reading.title_text)}


def _titles(entry: Entry, facts: Facts | None) -> tuple[str, ...]:
    more = (*facts.titles, *facts.synonyms) if facts is not None else ()
    return (*entry.names, *filter(None, more))


def _alike(key: str, title: str) -> bool:
    """Tell whether one is a part of the other: the parts of a series share most of their titles."""
    short, long = sorted((key, title), key=len)
    return short == long or (len(short) >= _MIN_KEY and short in long)
