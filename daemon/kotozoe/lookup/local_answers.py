"""Answers to the questions about a name, from the catalogue on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from kotozoe.identify.verdict.knowledge import (
    TitleRow,
    Want,
    WantEntry,
    WantFacts,
    WantListing,
    WantNear,
    WantPrefix,
    WantSearch,
    WantSeasons,
    WantStated,
    WantTitles,
)
from kotozoe.model import Listing, MediaKey
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.freshness import listing_holds

_NOT_HERE = object()
_MAX_FORESEEN = 8  # media of one name
_MAX_AROUND = 40  # media of their series


class LocalAnswers:
    """Answers wants from the catalogue, as far as what it holds is fresh; to be called in a worker thread."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], float]) -> None:
        self._catalogue = catalogue
        self._clock = clock

    def answers(self, wants: Iterable[Want]) -> dict[Want, object]:
        """Return what the disk says to these wants, and to those that come next; near names are asked for apart."""
        wants = tuple(wants)
        keys = [w.key for w in wants if isinstance(w, WantTitles)]
        found: dict[Want, object] = {}
        if keys:
            named = self._catalogue.titles(keys)
            found.update((WantTitles(k), rows) for k, rows in named.items())
            found.update(self._foreseen(r for rows in named.values() for r in rows))
        ids = [w.anilist_id for w in wants if isinstance(w, WantFacts)]
        if ids:
            found.update((WantFacts(i), f) for i, f in self._catalogue.fresh_facts(ids, self._clock()).items())
        titles = [w.title for w in wants if isinstance(w, WantSearch)]
        if titles:
            found.update((WantSearch(t), f) for t, f in self._catalogue.searches(titles, self._clock()).items())
        for want in wants:
            if want not in found and (answer := self._answer(want)) is not _NOT_HERE:
                found[want] = answer
        return found

    def _answer(self, want: Want) -> object:
        """Return what the disk says to a want that it alone can answer, or _NOT_HERE."""
        match want:
            case WantPrefix(key):
                return self._catalogue.prefixed(key)
            case WantSeasons(anilist_id):
                return self._catalogue.series_rows(anilist_id)
            case WantStated(scheme, value):
                return self._catalogue.stated(scheme, value)
            case WantEntry(media):
                return self._catalogue.entry_of(media)
            case WantListing(entry_id):
                names = self.listing(entry_id)
                return _NOT_HERE if names is None else names
        return _NOT_HERE

    def _foreseen(self, rows: Iterable[TitleRow]) -> dict[Want, object]:
        """Return what will be wanted next of the media so named, as far as the disk has it: it saves rounds."""
        ids = [r.media.anilist_id for r in sorted(rows, key=lambda r: r.quality)]
        media = [i for i in dict.fromkeys(ids) if i is not None][:_MAX_FORESEEN]
        found: dict[Want, object] = {}
        around = dict.fromkeys(media)
        for one, series in self._catalogue.series_of(media).items():
            found[WantSeasons(one)] = series
            around.update((r.anilist_id, None) for r in series if r.season > 0)
            around.update(dict.fromkeys(sorted(self._catalogue.rules().targets(one))))
        ahead = list(around)[:_MAX_AROUND]
        facts = self._catalogue.fresh_facts(ahead, self._clock())
        found.update((WantFacts(i), f) for i, f in facts.items())
        entries = self._catalogue.entries_of([MediaKey("anilist", str(i)) for i in ahead])
        found.update((WantEntry(key), entry) for key, entry in entries.items())
        return found

    def near(self, wants: Collection[WantNear]) -> dict[Want, object]:
        """Return the names spelt nearly so: a walk over all names, made once for many wants."""
        found = self._catalogue.near([w.key for w in wants])
        return {want: found[want.key] for want in wants}

    def listing(self, entry_id: int) -> tuple[str, ...] | None:
        """Return the names of an entry's files, None where they are not known or may be other ones by now."""
        listing = self._catalogue.listing(entry_id)
        holds = listing is not None and listing_holds(listing, self._catalogue.entry(entry_id), self._clock())
        return names_of(listing) if listing is not None and holds else None


def names_of(listing: Listing) -> tuple[str, ...]:
    return tuple(f.name for f in listing.files)
