"""What a pin says about a name: the same numbering carries on, across sequels and seasons, or nothing is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.reading import ParsedNumbers
from kotozoe.identify.verdict.anchor import anchor_of, primary
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.pins import Anchor, Pin
from kotozoe.identify.verdict.series import before, chained_parts, mapped_parts, onward, seasons_of
from kotozoe.model import EpisodeRef, Kind, MediaKey, Verdict
from kotozoe.printable import printable


def pinned(identified: Identified, pins: Collection[Pin], inquiry: Inquiry) -> Verdict | None:
    """Return the verdict that the user's pin leads to; None where no pin speaks about this name.

    With wants noted in `inquiry`, the verdict is not final.
    """
    if not pins or identified.extra or identified.skip:
        return None
    anchor, reading = anchor_of(identified), primary(identified)
    if anchor is None or reading is None:
        return None
    pin = pin_for(anchor, pins)
    if pin is None:
        return _by_title(identified, anchor, reading.parsed, pins, inquiry)
    if not _holds(pin, inquiry):
        return None
    ref = _place(pin, anchor, reading.parsed, inquiry)
    if ref is None:
        return None if pin.anchor != anchor else _beyond(identified, pin, reading.parsed)
    return _verdict(identified, pin, ref, inquiry)


def _by_title(
    identified: Identified, anchor: Anchor, parsed: ParsedNumbers, pins: Collection[Pin], inquiry: Inquiry
) -> Verdict | None:
    """Return what a pin of another group's releases of this title says: the show, but not how this group counts.

    None where something speaks against it: an id on disk, another year, a number that the show has not or that may be
    an earlier season's, two pins that differ.
    """
    pin = pin_of_title(anchor, pins)
    if pin is None or identified.ids or not _holds(pin, inquiry) or _may_be_earlier(pin, parsed, inquiry):
        return None
    show = replace(_of_group(pin, anchor.group), number=parsed.episode, episode=None)
    ref = _place(show, anchor, parsed, inquiry)
    if ref is None or (show.anchor == anchor and ref.media != pin.media) or _is_of_another_year(parsed, ref, inquiry):
        return None
    verdict = _verdict(identified, show, ref, inquiry)
    why = f"You chose {printable(pin.title, 80) or 'it'} for another release of this title."
    trace = (f"pin {pin.row_id} of another group: the show is {pin.media}",)
    return replace(verdict, why=why, confidence=_OF_ANOTHER_GROUP, trace=trace)


def _may_be_earlier(pin: Pin, parsed: ParsedNumbers, inquiry: Inquiry) -> bool:
    """Tell whether the pinned release counts through all seasons, so that a low number may be of the first."""
    media = pin.media.anilist_id
    if media is None or pin.number is None or parsed.episode is None:
        return False
    return not _within(media, pin.number, inquiry) and _within(media, parsed.episode, inquiry)


def _is_of_another_year(parsed: ParsedNumbers, ref: EpisodeRef, inquiry: Inquiry) -> bool:
    media = ref.media.anilist_id
    facts = inquiry.facts(media) if media is not None else None
    return bool(parsed.year and facts is not None and facts.year and abs(parsed.year - facts.year) > 1)


_OF_ANOTHER_GROUP = 0.95


def _holds(pin: Pin, inquiry: Inquiry) -> bool:
    """Say whether a media that is known by its entry's id alone is still what was chosen: ids are used again."""
    if pin.media.scheme != "jimaku" or not pin.title:
        return True
    entry = inquiry.entry_of(pin.media)
    names = entry.names if entry is not None else ()
    return pin.title in names


def pin_for(anchor: Anchor, pins: Iterable[Pin]) -> Pin | None:
    """Return the pin of exactly this series, else the newest of another season of it; specials keep to themselves."""
    alike = [p for p in pins if (p.anchor.key, p.anchor.group) == (anchor.key, anchor.group)]
    for pin in alike:
        if pin.anchor == anchor:
            return pin
    seasons = [p for p in alike if p.anchor.season > 0 and anchor.season > 0 and p.anchor.part == anchor.part is None]
    return seasons[-1] if seasons else None


def pin_of_title(anchor: Anchor, pins: Iterable[Pin]) -> Pin | None:
    """Return the newest pin of this title by other groups, of the same season if there is one; None if they differ."""
    alike = [p for p in pins if p.anchor.key == anchor.key]
    found = pin_for(anchor, [_of_group(p, anchor.group) for p in alike])
    same = [p for p in alike if found is not None and _of_group(p, anchor.group).anchor == found.anchor]
    return same[-1] if len({p.media for p in same}) == 1 else None


def _of_group(pin: Pin, group: str) -> Pin:
    return replace(pin, anchor=replace(pin.anchor, group=group))


def _place(pin: Pin, anchor: Anchor, parsed: ParsedNumbers, inquiry: Inquiry) -> EpisodeRef | None:
    media = pin.media.anilist_id
    if parsed.episode is None:
        return _whole(pin, inquiry) if pin.anchor == anchor else None
    if media is None:
        return _unchained(pin, parsed, parsed.episode) if pin.anchor == anchor else None
    inquiry.facts(media)
    if pin.anchor == anchor:
        found = _same_season(pin, media, parsed.episode, inquiry)
    else:
        found = _other_season(pin, media, anchor, parsed.episode, inquiry)
    if found is None:
        return None
    end = None if parsed.episode_end is None else found[1] + parsed.episode_end - parsed.episode
    return EpisodeRef(MediaKey("anilist", str(found[0])), found[1], end)


def _whole(pin: Pin, inquiry: Inquiry) -> EpisodeRef:
    media = pin.media.anilist_id
    single = media is None or inquiry.count(media) in (None, 1)
    return EpisodeRef(pin.media, pin.episode if pin.episode is not None else 1 if single else None)


def _unchained(pin: Pin, parsed: ParsedNumbers, number: float) -> EpisodeRef | None:
    offset = 0.0 if pin.episode is None or pin.number is None else pin.episode - pin.number
    end = None if parsed.episode_end is None else parsed.episode_end + offset
    return EpisodeRef(pin.media, number + offset, end) if number + offset >= 0 else None


def _parts(media: int, inquiry: Inquiry) -> tuple[int, ...]:
    return mapped_parts(inquiry, media) or chained_parts(inquiry, media)


def _within(media: int, episode: float, inquiry: Inquiry) -> bool:
    count = inquiry.count(media)
    return episode >= 0 and (count is None or episode < count + 1)


def _same_season(pin: Pin, media: int, number: float, inquiry: Inquiry) -> tuple[int, float] | None:
    """Count on from what the user said; past either end of the media, along the parts of its series."""
    episode = number + _offset(pin, media, inquiry)
    if _within(media, episode, inquiry) and (episode >= 1 or number < 1):
        return media, episode
    parts = _parts(media, inquiry)
    earlier = before(inquiry, parts, media)
    if earlier is None:
        return onward(inquiry, parts, media, episode) if episode >= 1 else None
    return onward(inquiry, parts, parts[0], earlier + episode) if earlier + episode >= 1 else None


def _offset(pin: Pin, media: int, inquiry: Inquiry) -> float:
    """Return what to add to a claimed number; where the user named the show only, the pin's own number tells."""
    if pin.number is None:
        return 0.0
    if pin.episode is not None:
        return pin.episode - pin.number
    if _within(media, pin.number, inquiry):
        return 0.0
    earlier = before(inquiry, _parts(media, inquiry), media)
    return -earlier if earlier and _within(media, pin.number - earlier, inquiry) else 0.0


def _other_season(pin: Pin, media: int, anchor: Anchor, number: float, inquiry: Inquiry) -> tuple[int, float] | None:
    """Go to the season that is as far away as the names say; None if the pin does not tell how it counts."""
    by_map = bool(mapped_parts(inquiry, media))
    parts = _parts(media, inquiry)
    groups = seasons_of(inquiry, parts, by_map)
    place = next(i for i, group in enumerate(groups) if media in group)
    if pin.episode is not None and pin.number is not None:
        earlier = before(inquiry, parts, media) or 0
        own = before(inquiry, groups[place], media) or 0
        if earlier and earlier + pin.episode == pin.number:
            return onward(inquiry, parts, parts[0], number)
        if own + pin.episode != pin.number:
            return None
    target = place + anchor.season - pin.anchor.season
    return onward(inquiry, groups[target], groups[target][0], number) if 0 <= target < len(groups) else None


def _beyond(identified: Identified, pin: Pin, parsed: ParsedNumbers) -> Verdict:
    number = f"a number {parsed.episode:g}" if parsed.episode is not None else "what this name says"
    why = f"You chose {printable(pin.title, 80) or pin.media} for releases of this name, which has not {number}."
    return Verdict("unknown", why, release=identified.release, trace=(f"pin {pin.row_id} leads nowhere",))


def _verdict(identified: Identified, pin: Pin, ref: EpisodeRef, inquiry: Inquiry) -> Verdict:
    entry = inquiry.entry_of(ref.media)
    media = ref.media.anilist_id
    facts = inquiry.facts(media) if media is not None else None
    title = facts.titles[0] if facts is not None and facts.titles else entry.name if entry is not None else pin.title
    entry_id = entry.entry_id if entry is not None else None  # not the pin's: another server, or day, gives others
    kind: Kind = "movie" if entry is not None and entry.movie else "tv"
    if media is not None and inquiry.special_like(media):
        kind = "special"
    return Verdict(
        "resolved",
        f"You chose {printable(pin.title, 80) or 'it'} for releases that name it so.",
        ref,
        entry_id,
        title,
        kind,
        1.0,
        identified.release,
        (f"pin {pin.row_id}: number {pin.number}, episode {pin.episode} of {pin.media}",),
        episode_said=pin.number is not None and pin.episode not in (None, pin.number),
    )
