"""Names composed from a world of media: templates x known titles x counts, relation rules and the season map."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.model import Facts

Row = dict[str, Any]
_TV = ("TV", "TV_SHORT", "ONA")
_RELATIVE = (
    "[Group] {title} - {n:02d} (1080p) [ABCD1234].mkv",
    "[Group] {title} - {n:02d}v2 [720p].mkv",
    "[Group]_{underscored}_-_{n:02d}_[1080p].mkv",
    "/data/anime/{title}/{n:02d}.mkv",
    "[Group][{title}][{n:02d}][1080p].mkv",
    "{title} 第{n}話.mkv",
    "{dotted}.EP{n:02d}.1080p.WEB-DL.x264-GRP.mkv",
)
_SEASONAL = (
    "{title} - S{s:02d}E{n:02d} - WEBDL-1080p.mkv",
    "/tv/{title} ({year})/Season {s:02d}/{title} ({year}) - S{s:02d}E{n:02d} - WEBDL-1080p.mkv",
    "{dotted}.S{s:02d}E{n:02d}.1080p.WEB-DL.x264-GRP.mkv",
)
_WHOLE = (
    "[Group] {title} (BD 1080p) [ABCD1234].mkv",
    "{dotted}.{year}.1080p.BluRay.x264-GRP.mkv",
    "/data/Movies/{title} ({year})/movie.mkv",
)


def _fields(title: str, year: int | None) -> Row:
    safe = title.replace("/", " ").replace("\0", "")
    dotted = ".".join("".join(c for c in w if c not in "!?:,\"()[]'") for w in safe.split())
    return {"title": safe, "underscored": safe.replace(" ", "_"), "dotted": dotted, "year": year}


def _filled(template: str, fields: Row) -> str | None:
    return None if "{year}" in template and fields["year"] is None else template.format(**fields)


def _row(path: str | None, why: str, anilist_id: int, episode: int) -> Iterator[Row]:
    if path is not None:
        kind = "movie" if why == "composed-whole" else "tv"
        yield {"path": path, "anilist_id": anilist_id, "episode": episode, "kind": kind, "why": why}


def _year(facts: Facts) -> int | None:
    return facts.start.year or facts.year


def _direct(media: Mapping[int, Facts], dice: random.Random) -> Iterator[Row]:
    for facts in media.values():
        title = dice.choice(facts.titles)
        if facts.format in _TV and facts.episodes and facts.episodes > 1:
            fields = _fields(title, _year(facts)) | {"n": dice.randint(1, facts.episodes)}
            yield from _row(_filled(dice.choice(_RELATIVE), fields), "composed-direct", facts.anilist_id, fields["n"])
        elif facts.format == "MOVIE" and facts.episodes == 1:
            yield from _row(
                _filled(dice.choice(_WHOLE), _fields(title, _year(facts))), "composed-whole", facts.anilist_id, 1
            )


def _by_rule(media: Mapping[int, Facts], rules: Rules, dice: random.Random) -> Iterator[Row]:
    for source, its in rules.by_media.items():
        for rule in its:
            number = dice.randint(rule.first, min(rule.last, rule.first + 60))
            found = rules.find(source, number)
            if source in media and found is not None:
                fields = _fields(dice.choice(media[source].titles), _year(media[source])) | {"n": number}
                yield from _row(_filled(dice.choice(_RELATIVE[:4]), fields), "composed-rule", *found)


def _by_season(media: Mapping[int, Facts], rows: tuple[SeasonRow, ...], dice: random.Random) -> Iterator[Row]:
    heads = {r.tvdb_id: r.anilist_id for r in reversed(rows) if r.season == 1 and r.begin == 1}
    for row in rows:
        head, facts = media.get(heads.get(row.tvdb_id, 0)), media.get(row.anilist_id)
        if (
            head is None
            or facts is None
            or row.season < 1
            or facts.format not in _TV
            or head.format not in _TV
            or not facts.episodes
        ):
            continue
        last = facts.episodes if row.end is None else min(facts.episodes, row.end - row.begin + row.first)
        if not row.first or last < row.first:
            continue
        episode = dice.randint(row.first, last)
        fields = _fields(head.titles[0], _year(head)) | {"s": row.season, "n": row.begin + episode - row.first}
        yield from _row(_filled(dice.choice(_SEASONAL), fields), "composed-season", row.anilist_id, episode)


def composed(
    media: Mapping[int, Facts], listed: set[int], rules: Rules, rows: tuple[SeasonRow, ...], count: int
) -> list[Row]:
    """Compose `count` names of media that the catalogue lists; the same ones every time."""
    dice = random.Random(20261122)
    known = {i: f for i, f in media.items() if i in listed and f.titles}
    made = [*_by_rule(known, rules, dice), *_by_season(known, rows, dice)]
    while len(made) < count:
        made.extend(_direct(known, dice))
    dice.shuffle(made)
    return made[:count]
