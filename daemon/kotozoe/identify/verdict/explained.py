"""A decision in sentences: how the name was read, which titles were seen, and why each of them fell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.judge import Hypothesis
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch, order
from kotozoe.printable import printable

NOTHING = "No known title fits this name"

_STEPS = {
    "_stated": "by an id that the disk states",
    "_exact": "by its title",
    "_near": "by a similar title",
    "_search": "by AniList's search",
    "_kin": "by the rest of the title, within the series",
}
_MAX_NAMED = 3
_MAX_READINGS = 4


def read_as(identified: Identified) -> str:
    """Return how the name was read, the best reading first; the same number in another place is no other reading."""
    told = dict.fromkeys(_reading(r) for r in identified.readings if r.parsed.place is not NumberPlace.NONE)
    told = told or dict.fromkeys(_reading(r) for r in identified.readings)
    return f"read as {', or as '.join(list(told)[:_MAX_READINGS])}" if told else "no title could be read in the name"


def step(name: str, hits: tuple[TitleMatch, ...], ranked: tuple[Hypothesis, ...], inquiry: Inquiry) -> str:
    """Return what one step found, in a sentence; empty where it found nothing that is new to a person."""
    if not hits:
        return ""
    if ranked:
        best = ranked[0].spot
        others = f", the best of {len(ranked)} possible episodes" if len(ranked) > 1 else ""
        title = printable(inquiry.told_title(best.anilist_id), 80)
        return f"{_STEPS[name]}: {title} (anilist:{best.anilist_id}) episode {best.episode:g}{others}"
    return f"{_STEPS[name]}: {'; '.join(_fallen(hits, inquiry))}"


def sentences(told: Iterable[str]) -> tuple[str, ...]:
    """Return what was told, each finding once, however many steps came to it."""
    found: dict[str, str] = {}
    for text in filter(None, told):
        found.setdefault(text.partition(": ")[2] or text, f"{text[0].upper()}{text[1:]}.")
    return tuple(found.values())


def why_nothing(hits: Iterable[TitleMatch], inquiry: Inquiry) -> str:
    """Return why none of the titles that were seen serves: first those that the name gives in full."""
    near = [hit for hit in hits if hit.agreement <= MatchQuality.NEAR]
    return next(iter(_fallen(near, inquiry)), NOTHING)


def _reading(reading: Reading) -> str:
    parsed = reading.parsed
    parts = [f'"{printable(reading.title_text, 60)}"']
    parts += [f"of {parsed.year}"] if parsed.year is not None else []
    parts += [f"season {parsed.season}"] if parsed.season is not None else []
    parts += [_number(parsed)] if parsed.episode is not None else ["a film"] if parsed.movie else []
    return ", ".join(parts)


def _number(parsed: ParsedNumbers) -> str:
    end = f"-{parsed.episode_end:g}" if parsed.episode_end is not None else ""
    return f"{'special' if parsed.special else 'episode'} {parsed.episode:g}{end}"


def _fallen(hits: Iterable[TitleMatch], inquiry: Inquiry) -> list[str]:
    """Return, for each media and in order, why it is not the one."""
    reasons: dict[int, str] = {}
    for hit in sorted(hits, key=order):
        media = hit.media.anilist_id
        if media is not None and media not in reasons and hit.anime:
            reasons[media] = _why_not(media, hit.reading.parsed, inquiry)
    more = [f"and {len(reasons) - _MAX_NAMED} more"] if len(reasons) > _MAX_NAMED else []
    return [*list(reasons.values())[:_MAX_NAMED], *more]


def _why_not(media: int, parsed: ParsedNumbers, inquiry: Inquiry) -> str:
    title = printable(inquiry.told_title(media), 80)
    return f"{title} {next(_objections(media, parsed, inquiry))}"


def _objections(media: int, parsed: ParsedNumbers, inquiry: Inquiry) -> Iterator[str]:
    """Yield what speaks against a media, the plainest first; only of what is known already."""
    facts = inquiry.knowledge.facts(media)
    if (minutes := inquiry.misfits.get(media)) is not None:
        yield f"fits the name, but lasts {minutes} minutes, and this video {(inquiry.knowledge.seconds or 0) / 60:.0f}"
    year = (facts.start.year or facts.year) if facts is not None else None
    if parsed.year is not None and year is not None and abs(parsed.year - year) > 1:
        yield f"is of {year}, not of {parsed.year}"
    if parsed.special:
        yield f"has no special {parsed.episode:g}" if parsed.episode is not None else "has no such special"
    count = facts.episodes if facts is not None else None
    if parsed.episode is None or parsed.place is NumberPlace.NONE:
        yield "fits, but the name says no episode" + (f" of its {count}" if count and count > 1 else "")
        return
    if parsed.season is not None and parsed.season > 1:
        yield f"has no season {parsed.season} with an episode {parsed.episode:g}"
    if count and parsed.episode > count:
        yield f"has {count} episode{'s' if count > 1 else ''}, not {parsed.episode:g}"
    if facts is not None and facts.next_episode and parsed.episode >= facts.next_episode:
        yield f"has shown {facts.next_episode - 1} episodes so far, not {parsed.episode:g}"
    yield f"has no episode {parsed.episode:g} that this name could mean"
