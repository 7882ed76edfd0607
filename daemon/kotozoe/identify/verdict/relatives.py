"""What a title says beyond the name that it met may be the name of another media of the same family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kotozoe.identify.verdict.films import related, says_film
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch
from kotozoe.identify.verdict.unread import asked, explains, foreign, unread
from kotozoe.model import MediaKey

_MAX_ANCHORS = 4  # media whose families are looked at for one name


def kin_hits(hits: Iterable[TitleMatch], inquiry: Inquiry) -> tuple[TitleMatch, ...]:
    """Return hits for media of the families of those met whose names bear what those leave unread."""
    found: dict[tuple[object, ...], TitleMatch] = {}
    anchors: dict[int, None] = {}
    hits = tuple(hits)
    read = {h.reading.title_text for h in hits if h.agreement <= MatchQuality.CUT and _explained(h, inquiry)}
    for hit in hits:
        media = hit.media.anilist_id
        if media is None or hit.reading.title_text in read or (media not in anchors and len(anchors) >= _MAX_ANCHORS):
            continue
        anchors[media] = None
        for kin in _kin(hit, media, inquiry):
            found.setdefault((kin.reading, kin.media), kin)
    return tuple(found.values())


def _explained(hit: TitleMatch, inquiry: Inquiry) -> bool:
    """Say whether the media that was met bears all words of the title, so that no relative is needed for them."""
    names = (*inquiry.names(hit.media.anilist_id or 0), hit.text)
    return not unread(hit.reading.title_text, names) and not foreign(hit.reading.title_text, names)


def _kin(hit: TitleMatch, media: int, inquiry: Inquiry) -> Iterator[TitleMatch]:
    names = (*inquiry.names(media), hit.text)
    rest = unread(hit.reading.title_text, names) or foreign(hit.reading.title_text, names)
    if not rest:
        if hit.agreement is MatchQuality.PART and (name := _name_of_all(hit, inquiry.names(media))):
            yield _hit(hit, media, name)
        return
    for other in related(inquiry, media):
        facts = inquiry.facts(other)
        if facts is None or not explains(rest, names := inquiry.names(other)):
            continue
        if _bears_a_part(hit, rest, names):
            continue
        film = hit.reading.parsed.movie and not any(map(says_film, names)) and facts.format != "MOVIE"
        if not film:
            yield _hit(hit, other, next(n for n in names if explains(rest, (n,))))


def _bears_a_part(hit: TitleMatch, rest: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Say whether a relative bears some words of what was met and lacks others: it is another part, not that one."""
    met = set(asked(hit.reading.title_text)) - {*rest}
    lacking = met & {*unread(hit.reading.title_text, names)}
    return bool(lacking) and lacking != met


def _name_of_all(hit: TitleMatch, names: Iterable[str]) -> str:
    """Return the first name that explains every word of the title, or ""."""
    words = asked(hit.reading.title_text)
    return next((name for name in names if explains(words, (name,))), "")


def _hit(hit: TitleMatch, media: int, text: str) -> TitleMatch:
    return TitleMatch(
        hit.reading,
        MediaKey("anilist", str(media)),
        MatchQuality.KIN,
        hit.length,
        hit.season,
        hit.part,
        own=hit.own or (hit.season in (None, 0, 1) and hit.part in (None, 1)),
        same_text=False,
        as_part=False,
        text=text,
        source="facts",
        base=hit.text,
    )
