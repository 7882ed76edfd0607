"""Relation rules: which episode of which media a number past (or before) a media's own counting means.

The format is anime-relations': `- MAL|Kitsu|AniList:EPISODES -> MAL|Kitsu|AniList:EPISODES[!]`. Only AniList's ids
are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_OPEN_END = 65535  # numbers are 16 bit in the format
_LINE = re.compile(
    r"^-[^|]*\|[^|]*\|(?P<source>\d+):(?P<a>\d+)(?:-(?P<b>\d+|\?))?\s*->"
    r"[^|]*\|[^|]*\|(?P<target>\d+|[~?]):(?P<c>\d+)(?:-(?P<d>\d+|\?))?(?P<both>!)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Episodes `first` to `last` of a media are `target`'s from `begin` on; `single`: all of them are `begin`."""

    first: int
    last: int
    target: int
    begin: int
    end: int
    single: bool

    def apply(self, number: int) -> tuple[int, int] | None:
        """Return where `number`, one of the rule's, leads; None if the target ends before."""
        episode = self.begin if self.single else self.begin + number - self.first
        return (self.target, episode) if episode <= self.end else None

    def back(self, episode: int) -> int | None:
        """Return the number that leads to `episode` of the target; the first one where several do."""
        number = self.first if self.single else self.first + episode - self.begin
        return number if self.begin <= episode <= self.end and self.first <= number <= self.last else None


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, by the media that a number was counted in; in file order, never applied twice."""

    by_media: Mapping[int, tuple[Rule, ...]] = field(default_factory=dict)

    def find(self, anilist_id: int, number: float) -> tuple[int, int] | None:
        """Return the media and episode that `number` of `anilist_id` means by rule; None: no rule speaks of it."""
        if number != int(number):
            return None
        for rule in self.by_media.get(anilist_id, ()):
            if rule.first <= number <= rule.last:
                return rule.apply(int(number))
        return None

    def targets(self, anilist_id: int) -> frozenset[int]:
        """Return the media that numbers of `anilist_id` may lead to."""
        return frozenset(r.target for r in self.by_media.get(anilist_id, ()))

    def numbers(self, anilist_id: int, target: int, episode: int) -> tuple[int, ...]:
        """Return the numbers that, counted in `anilist_id`, mean `episode` of `target`."""
        rules = (r for r in self.by_media.get(anilist_id, ()) if r.target == target)
        return tuple(
            n for r in rules if (n := r.back(episode)) is not None and self.find(anilist_id, n) == (target, episode)
        )


def _read(line: str) -> Iterator[tuple[int, Rule]]:
    found = _LINE.match(line)
    if not found:
        return
    source = int(found["source"])
    target = source if found["target"] in "~?" else int(found["target"])
    first = int(found["a"])
    last = _end(found["b"], first)
    begin = int(found["c"])
    rule = Rule(first, last, target, begin, _end(found["d"], begin), single=found["d"] is None)
    yield source, rule
    if found["both"] and target != source:
        yield target, rule


def _end(text: str | None, begin: int) -> int:
    if text is None:
        return begin
    return _OPEN_END if text == "?" else int(text)


def parse_rules(text: str) -> Rules:
    """Read a whole file; what is not a rule is passed over."""
    by_media: dict[int, list[Rule]] = {}
    for line in text.removeprefix("\ufeff").splitlines():
        for source, rule in _read(line.strip()):
            by_media.setdefault(source, []).append(rule)
    return Rules({media: tuple(rules) for media, rules in by_media.items()})
