"""What is known locally of a media that helps to choose among the files of its entry."""

from __future__ import annotations

from collections.abc import Collection

from kotozoe.identify.names.titles import Quality
from kotozoe.model import MediaKey
from kotozoe.subtitles.ports import KnownMedia
from kotozoe.subtitles.ranking.choose import Background, background_of, series_of
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
    series = {MediaKey("anilist", str(i)) for i in (*ids, *(row.anilist_id for row in rows))} - {media}
    return background_of(anilist_id, facts, catalogue.rules(), rows, elsewhere(catalogue, media, series))


def elsewhere(catalogue: KnownMedia, media: MediaKey, series: Collection[MediaKey]) -> Elsewhere:
    """Return what tells which titles are those of other media: whole names, and none of `media`.

    Synonyms are no titles: one show's everyday word is another's.
    """

    def other_titles(keys: frozenset[str]) -> OtherTitles:
        foreign, related = set(), set()
        for key, rows in (catalogue.titles(sorted(keys)) if keys else {}).items():
            named = {r.media for r in rows if r.quality is Quality.FULL and r.source != "synonym"}
            known = {r.media for r in rows if r.quality <= Quality.BARE}
            if media in known or not named:
                continue
            if known.isdisjoint(series):
                foreign.add(key)
            elif named & set(series):
                related.add(key)
        return OtherTitles(frozenset(foreign), frozenset(related))

    return other_titles
