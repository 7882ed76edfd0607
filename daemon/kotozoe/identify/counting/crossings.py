"""The season map of anibridge-mappings (version 3): which episodes of one service are which of another.

`{"anilist:200": {"tvdb_show:5:s2": {"1-12": "13-24"}}}`: from a descriptor `provider:id[:scope]` to others, each with
source range -> target range, or null where the stretch is expressly not mapped. Every pair may stand in both
directions. A target may list several ranges, and a ratio `|n` where one number stands for several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DESCRIPTOR = re.compile(r"^([a-z_]{1,20}):(?:tt)?(\d{1,10})(?::([A-Za-z0-9]{1,8}))?$")
_RANGE = re.compile(r"^(\d{1,5})(-)?(\d{1,5})?$")
_SEASON = re.compile(r"^s(\d{1,3})$")
_MAX_STRETCHES = 60  # of one media in one season
_SCHEMES = {
    "anidb": "anidb",
    "mal": "mal",
    "tvdb_show": "tvdb",
    "tmdb_show": "tmdb-tv",
    "tmdb_movie": "tmdb-movie",
    "imdb_show": "imdb",
    "imdb_movie": "imdb",
}
_SINGLE = ("tmdb_movie", "imdb_movie")
_OURS = "anilist:"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Episodes `begin` to `end` (None: open) of the other service's are the media's own from `first` on."""

    begin: int
    end: int | None
    first: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """One media as another service knows it; `forward`: told from AniList's side."""

    anilist_id: int
    scheme: str
    value: str
    season: int | None
    stretches: tuple[Stretch, ...]
    forward: bool


@dataclass(frozen=True, slots=True)
class _Descriptor:
    provider: str
    value: str
    scope: str


def _descriptor(text: str) -> _Descriptor | None:
    found = _DESCRIPTOR.match(text)
    if not found:
        return None
    value = text.split(":")[1] if found[1].startswith("imdb") else found[2]
    return _Descriptor(found[1], value, found[3] or "")


def _range(text: str) -> tuple[int, int | None] | None:
    found = _RANGE.match(text.strip())
    if not found or (found[3] and not found[2]):
        return None
    begin = int(found[1])
    end = int(found[3]) if found[3] else (None if found[2] else begin)
    return None if end is not None and end < begin else (begin, end)


def _stretches(ranges: dict[str, object], forward: bool) -> Iterator[Stretch]:
    """Read source range -> target ranges; stretches with a ratio are no simple arithmetic and are passed over."""
    for source, target in ranges.items():
        left = _range(source)
        if left is None or not isinstance(target, str) or "|" in target:
            continue
        at: int | None = left[0]
        for piece in target.split(",")[:_MAX_STRETCHES]:
            right = _range(piece)
            if right is None or at is None:
                break
            begin, end = right
            length = None if end is None else end - begin + 1
            last = left[1] if length is None else at + length - 1
            yield Stretch(begin, end, at) if forward else Stretch(at, last, begin)
            at = None if length is None else at + length


def crossings(name: str, targets: dict[str, object]) -> Iterator[Crossing]:
    """Read one member of the map: everything it says of AniList's media, from whichever side."""
    forward = name.startswith(_OURS)
    met = targets if forward else [t for t in targets if t.startswith(_OURS)]
    source = _descriptor(name) if met else None
    for text in met:
        target, ranges = _descriptor(text), targets[text]
        if source is None or target is None or not isinstance(ranges, dict):
            continue
        ours, other = (source, target) if forward else (target, source)
        if other.provider in _SCHEMES:
            yield from _crossing(int(ours.value), other, ranges, forward)


def _crossing(anilist_id: int, other: _Descriptor, ranges: dict[str, object], forward: bool) -> Iterator[Crossing]:
    """Give what is mapped: of AniDB the regular episodes only, of films only what is one film."""
    season = _SEASON.match(other.scope)
    stretches = tuple(_joined(_stretches(ranges, forward)))
    single = all(s.begin == 1 and s.end in (1, None) for s in stretches)
    if (
        not any(isinstance(target, str) for target in ranges.values())
        or (other.provider == "anidb" and other.scope != "R")
        or (other.provider in _SINGLE and not (stretches and single))
    ):
        return
    number = int(season[1]) if season else None
    yield Crossing(anilist_id, _SCHEMES[other.provider], other.value, number, stretches, forward)


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join stretches that go on without a gap on both sides."""
    held: Stretch | None = None
    for stretch in sorted(stretches, key=lambda s: (s.begin, s.first)):
        if held is not None and _goes_on(held, stretch):
            held = Stretch(held.begin, stretch.end, held.first)
            continue
        if held is not None:
            yield held
        held = stretch
    if held is not None:
        yield held


def _goes_on(held: Stretch, after: Stretch) -> bool:
    step = after.begin - held.begin
    return held.end is not None and after.begin == held.end + 1 and after.first == held.first + step
