"""What is known locally of a media that helps to choose among the files of its entry."""

from __future__ import annotations

from collections.abc import Collection

from kotozoe.identify.names.titles import Quality
from kotozoe.model import MediaKey
from kotozoe.subtitles.ports import KnownMedia
from kotozoe.subtitles.ranking.choose import Background, background_of
from kotozoe.subtitles.ranking.target import Elsewhere


def background(catalogue: KnownMedia, media: MediaKey) -> Background:
    """Gather what the catalogue knows of a media; nothing is asked for."""
    anilist_id = media.anilist_id
    if anilist_id is None:
        return Background(elsewhere=elsewhere(catalogue, {media}))
    facts = catalogue.facts((anilist_id,))
    related = [r.anilist_id for f in facts.values() for r in f.relations]
    rows = catalogue.series_rows(anilist_id)
    ours = {media, *(MediaKey("anilist", str(i)) for i in (*related, *(row.anilist_id for row in rows)))}
    return background_of(
        anilist_id, {**catalogue.facts(related), **facts}, catalogue.rules(), rows, elsewhere(catalogue, ours)
    )


def elsewhere(catalogue: KnownMedia, ours: Collection[MediaKey]) -> Elsewhere:
    """Return what tells which titles are other shows': whole names, none of `ours` (the media and its series)."""

    def told(keys: frozenset[str]) -> frozenset[str]:
        found = catalogue.titles(sorted(keys)) if keys else {}
        return frozenset(
            key
            for key, rows in found.items()
            if any(r.quality is Quality.FULL for r in rows)
            and not any(r.media in ours and r.quality <= Quality.BARE for r in rows)
        )

    return told
