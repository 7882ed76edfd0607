"""What is looked for in a listing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kotozoe.subtitles.ranking.file_names import NameReading
from kotozoe.subtitles.ranking.tags import Tags


@dataclass(frozen=True, slots=True)
class Start:
    """Where the wanted media begins in another count: its episode 1 is number `offset` + 1 of `season` (None: of the
    whole series). Below 0 where the media began in a season before.
    """

    season: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class OtherTitles:
    """Keys of whole titles: `foreign` those of other shows alone, `series` those of other media of the same series."""

    foreign: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()


Elsewhere: TypeAlias = Callable[[frozenset[str]], OtherTitles]
"""Tells which of these keys of whole titles are not the wanted media's but those of others."""


def nowhere(keys: frozenset[str]) -> OtherTitles:  # noqa: ARG001 - as any of its kind
    return OtherTitles()


@dataclass(frozen=True, slots=True)
class RankingTarget:
    """What is looked for in a listing.

    `season` and `part` are said by the video's or the entry's names; `claimed` is the video's own number and
    `counted_in` the season it says with it (None: it says none). `own` are keys of titles of the media, `others` those
    of other media of its series; `video_keys` those the video's name has; `named` the keys of what a video without a
    number is called. `count`: its episodes, if known. `single`: the media has one part only.
    `special_video`: the video's title says that it is a special, and the entry's names do not. `own_marks` and
    `other_marks`: title keys with the signs that those titles end in. `own_seasons`: seasons that its own titles say.
    `own_numbers`: by which a film of several may be numbered. `minor`: it is itself a mini theatre or the like.
    `wider`: the media is a later season, and the entry is named as the
    series, or its first season, is. `entry`: keys of its names as they stand.
    `titled`: the media's titles are known, not its entry's names alone. `regular`: it is known to be a television show
    of several episodes. `whole_titles`: of a film, keys of its titles that no other media of its series has or goes on
    from. `episode_said`: the user said which episode the video's number is. `borrowed`: the entry is that of another
    media of the series by its name, which has `host_count` episodes. `before`: how many episodes the prequels have
    together: services may count specials among them. `sibling_marks`: titles with their signs of the other shows of the
    series; `sibling_lengths`: with their number of episodes. `own_titles`: keys of the media's titles that are no
    synonyms, and no other media's of the series. `film`: the media is one, or the video's name says so; `film_number`:
    which one of its series, if its names say. `half`: which part of a film in two or three, 1 to 3.
    """

    video: NameReading
    tags: Tags
    episode: float | None
    episode_end: float | None = None
    season: int | None = None
    part: int | None = None
    claimed: float | None = None
    counted_in: int | None = None
    named: frozenset[str] = frozenset()
    video_keys: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    count: int | None = None
    starts: tuple[Start, ...] = ()
    single: bool = False
    special: bool = False
    special_video: bool = False
    own_marks: frozenset[tuple[str, str]] = frozenset()
    other_marks: frozenset[tuple[str, str]] = frozenset()
    own_seasons: frozenset[int] = frozenset()
    own_numbers: frozenset[int] = frozenset({1})
    minor: bool = False
    wider: bool = False
    entry: frozenset[str] = frozenset()
    titled: bool = False
    regular: bool = False
    whole_titles: frozenset[str] = frozenset()
    known_elsewhere: Elsewhere = nowhere
    episode_said: bool = False
    borrowed: bool = False
    host_count: int | None = None
    before: int | None = None
    sibling_marks: frozenset[tuple[str, str]] = frozenset()
    sibling_lengths: frozenset[tuple[str, int]] = frozenset()
    own_titles: frozenset[str] = frozenset()
    film: bool = False
    film_number: int | None = None
    half: int | None = None

    @property
    def block(self) -> int | None:
        """The season the names say, a part counting as one where no season is said."""
        return self.season if self.season is not None or (self.part or 1) == 1 else self.part

    @property
    def ahead(self) -> int:
        """By how much the video's own number runs ahead of the episode within the media; 0 if it does not."""
        if self.claimed is None or self.episode is None:
            return 0
        return max(0, int(self.claimed - self.episode))

    @property
    def unknown(self) -> bool:
        """Say whether nothing is known of the media but what names tell."""
        return not self.titled and self.count is None and not self.starts

    @property
    def unnumbered(self) -> bool:
        """Say whether neither the video's name nor its episode counts anything: a film or a single episode."""
        return self.episode is None or (self.episode == 1 and self.claimed is None)

    @property
    def known_offsets(self) -> frozenset[int]:
        """The distances to the series' count that the rules or the season map give."""
        return frozenset(s.offset for s in self.starts if s.season in (None, 1) and s.offset > 0)

    @property
    def later(self) -> bool:
        """Say whether the media is known not to be the first of its series."""
        said = (self.season or 1) not in (1, 0) or (self.part or 1) > 1
        return said or self.ahead > 0 or any(s.offset > 0 for s in self.starts)

    @property
    def offsets(self) -> tuple[int, ...]:
        """The known distances to the series' count, surest first."""
        ahead = (self.ahead,) if self.ahead else ()
        return tuple(
            dict.fromkeys((*ahead, *(s.offset for s in self.starts if s.season in (None, 1) and s.offset > 0)))
        )
