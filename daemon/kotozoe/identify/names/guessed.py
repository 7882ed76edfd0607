"""guessit as a reader: how it cuts a name where our own readings led to no answer, or to more than one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import MAX_NAME, ParsedNumbers, Reading
from kotozoe.identify.names.recordings import without_dates
from kotozoe.identify.names.titles import key_of, tidy

_MAX_NUMBER = 9999
_FIRST_YEAR = 1950


def with_guessed(identified: Identified) -> Identified:
    """Add guessit's readings to ours; the same object where it has none of its own.

    Some 13 ms, at the first use 160 ms and 12 MB: to be called in a thread, and for names that need it.
    """
    own = [r for r in identified.readings if not r.folder]
    if not own:  # what the name says is no title
        return identified
    known = {_same(r) for r in identified.readings}
    special, movie = any(r.parsed.special for r in own), any(r.parsed.movie for r in own)
    found = dict.fromkeys(_guess(without_dates(identified.name[:MAX_NAME]).replace("¦", " ")))
    halves = {
        r.parsed.episode // 1 for r in identified.readings if r.parsed.episode is not None and r.parsed.episode % 1
    }
    found = {r: None for r in found if r.parsed.episode not in halves}  # it reads 2.5 as 2
    guesses = (replace(r, parsed=replace(r.parsed, special=special, movie=movie)) for r in found)
    new = tuple(r for r in guesses if _same(r) not in known and not _cut_short(r, own))
    return replace(identified, readings=(*identified.readings, *new)) if new else identified


def _cut_short(guess: Reading, own: Iterable[Reading]) -> bool:
    """Say whether a guess leaves out words that follow its title: they may name another show."""
    key = _same(guess)[0]
    zones = (_same(r)[0] for r in own if r.parsed.episode == guess.parsed.episode)
    return any(title_text != key and title_text.startswith(key) for title_text in zones)


def _same(reading: Reading) -> tuple[str, int | None, float | None]:
    return key_of(tidy(reading.title_text)), reading.parsed.season, reading.parsed.episode


def _guess(name: str) -> Iterator[Reading]:
    from guessit import guessit  # noqa: PLC0415 - see with_guessed
    from guessit.api import GuessitException  # noqa: PLC0415

    try:
        found: Mapping[str, object] = guessit(name)
    except GuessitException:  # it gives up on a few odd names
        return
    title, parsed = found.get("title"), _claim(found)
    if not isinstance(title, str) or not re.search(r"[^\W\d_]", title):
        return
    yield Reading(title, parsed)
    more = found.get("alternative_title")
    for other in more if isinstance(more, list) else [more]:
        if isinstance(other, str):
            yield Reading(f"{title} - {other}", parsed)


def _claim(found: Mapping[str, object]) -> ParsedNumbers:
    numbers = _numbers(found.get("episode"))
    season = next((n for n in _numbers(found.get("season")) if n < _FIRST_YEAR), None)  # it takes years for seasons
    year = next(iter(_numbers(found.get("year"))), None)
    place = NumberPlace.NONE if not numbers else NumberPlace.BARE if season is None else NumberPlace.SEASON_EPISODE
    return ParsedNumbers(
        place,
        season if numbers else None,
        float(numbers[0]) if numbers else None,
        float(numbers[-1]) if len(numbers) > 1 and numbers[-1] > numbers[0] else None,
        year=year,
    )


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [n for n in values if isinstance(n, int) and 0 <= n <= _MAX_NUMBER]
