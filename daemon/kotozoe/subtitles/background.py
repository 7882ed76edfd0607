"""What is known locally of a media that helps to choose among the files of its entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kotozoe.identify.names.titles import Quality, name_rows
from kotozoe.model import Facts, MediaKey
from kotozoe.subtitles.ports import KnownMedia
from kotozoe.subtitles.ranking.choose import Background, background_of, series_of
from kotozoe.subtitles.ranking.siblings import MAX_CHAIN
from kotozoe.subtitles.ranking.target import Elsewhere, OtherTitles


def background(catalogue: KnownMedia, media: MediaKey) -> Background:
    """Gather what the catalogue knows of a media; nothing is asked for."""
    anilist_id = media.anilist_id
    if anilist_id is None:
        return Background(elsewhere=elsewhere(catalogue, media, ()))
    facts = catalogue.facts((anilist_id,))
    facts |= catalogue.facts(sorted(series_of(anilist_id, facts) - {anilist_id}))
    ids = series_of(anilist_id, facts)
    facts |= catalogue.facts(sorted(ids - set(facts)))
    rows = catalogue.series_rows(anilist_id)
    facts |= catalogue.facts(sorted({row.anilist_id for row in rows} - set(facts)))
    facts |= _prequels(catalogue, facts)
    series = {MediaKey("anilist", str(i)) for i in (*ids, *(row.anilist_id for row in rows))} - {media}
    return background_of(
        anilist_id, facts, catalogue.rules(), rows, elsewhere(catalogue, media, series, facts.values())
    )


def _prequels(catalogue: KnownMedia, facts: Mapping[int, Facts]) -> dict[int, Facts]:
    """Return the prequels of these media, and theirs, as far as they are known."""
    found: dict[int, Facts] = {}
    latest = facts
    for _ in range(MAX_CHAIN):
        ids = {r.anilist_id for f in latest.values() for r in f.relations if r.kind == "PREQUEL"} - {*facts, *found}
        latest = catalogue.facts(sorted(ids)) if ids else {}
        if not latest:
            break
        found |= latest
    return found


def elsewhere(
    catalogue: KnownMedia, media: MediaKey, series: Collection[MediaKey], facts: Iterable[Facts] = ()
) -> Elsewhere:
    """Return what tells which titles are those of other media: whole names, and none of `media`.

    Synonyms are no titles: one show's everyday word is another's. `facts` are those of the media and of its series.
    """
    titles, names = _names(facts)

    def other_titles(keys: frozenset[str]) -> OtherTitles:
        foreign, related = set(), set()
        rows_of = catalogue.titles(sorted(keys)) if keys else {}
        for key in keys:
            rows = rows_of.get(key, ())
            named = {r.media for r in rows if r.quality is Quality.FULL} | titles.get(key, set())
            known = {r.media for r in rows if r.quality <= Quality.BARE} | names.get(key, set())
            if media in known or not named:
                continue
            if known.isdisjoint(series):
                foreign.add(key)
            elif named & set(series):
                related.add(key)
        return OtherTitles(frozenset(foreign), frozenset(related))

    return other_titles


def _names(facts: Iterable[Facts]) -> tuple[dict[str, set[MediaKey]], dict[str, set[MediaKey]]]:
    """Return which media bear a key as a whole title, and which as a name of any kind."""
    titles: dict[str, set[MediaKey]] = {}
    names: dict[str, set[MediaKey]] = {}
    for one in facts:
        media = MediaKey("anilist", str(one.anilist_id))
        for name in (*one.titles, *one.synonyms):
            for row in name_rows(name):
                if row.quality <= Quality.BARE:
                    names.setdefault(row.key, set()).add(media)
                if row.quality is Quality.FULL and name in one.titles:
                    titles.setdefault(row.key, set()).add(media)
    return titles, names
