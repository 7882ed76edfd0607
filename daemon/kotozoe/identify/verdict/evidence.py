"""Classes of evidence and how often each was right when measured over names with known answers."""

from __future__ import annotations

from kotozoe.identify.verdict.counting_method import CountingMethod
from kotozoe.identify.verdict.matching import MatchQuality

BAR = 0.8  # a class that is right less often does not answer
UNREAD = 0.6  # words of the title are explained by no name of the media

# Measured by `./dev bench accuracy FOLDER --only classes --names …` on names that the classes were not made with, as
# (right + 1) / (all + 2), rounded, and never more than 0.99. FILM and SPECIAL: on names that rules were partly made
# with.
_BY_TITLE = {
    MatchQuality.STATED: 0.99,  # by `--only stated`
    MatchQuality.WHOLE: 0.99,
    MatchQuality.BARE: 0.98,
    MatchQuality.SIDE: 0.95,
    MatchQuality.KIN: 0.92,
    MatchQuality.CUT: 0.99,
    MatchQuality.PREFIX: 0.93,
    MatchQuality.NEAR: 0.88,
    MatchQuality.PART: 0.4,  # one name only leads there: it does not answer
}
_BY_WAY = {
    CountingMethod.AGREED: 0.86,
    CountingMethod.RULE: 0.98,
    CountingMethod.DIRECT: 0.99,
    CountingMethod.MAPPED: 0.99,
    CountingMethod.LISTED: 0.98,  # on composed Japanese names
    CountingMethod.SINGLE: 0.96,
    CountingMethod.CHAIN: 0.97,
    CountingMethod.BACK: 0.97,
    CountingMethod.NTH: 0.88,
    CountingMethod.FILM: 0.86,  # few names lead there: it was right in all of 5
    CountingMethod.SPECIAL: 0.88,  # on names of libraries composed with other titles
    CountingMethod.OPEN: 0.98,
    CountingMethod.UNBOUNDED: 0.7,  # one name only leads there: it does not answer
}

TITLE_WORDS = {
    MatchQuality.STATED: "the disk states its id",
    MatchQuality.WHOLE: "the title is its name",
    MatchQuality.BARE: "the title is its name but for an addition",
    MatchQuality.SIDE: "the title is part of its name",
    MatchQuality.KIN: "the title begins as its series does and goes on as it is called",
    MatchQuality.CUT: "part of the title is its name",
    MatchQuality.PREFIX: "its name begins with the title",
    MatchQuality.NEAR: "its name is spelt nearly so",
    MatchQuality.PART: "a part of the title is a part of its name",
}
WAY_WORDS = {
    CountingMethod.AGREED: "both numbers lead there",
    CountingMethod.RULE: "a relation rule leads there",
    CountingMethod.DIRECT: "it has such an episode",
    CountingMethod.MAPPED: "the season map leads there",
    CountingMethod.LISTED: "its entry offers that number",
    CountingMethod.SINGLE: "it has one part only",
    CountingMethod.CHAIN: "counted on along the sequels",
    CountingMethod.BACK: "counted from the start of the series",
    CountingMethod.NTH: "it is that season of the series",
    CountingMethod.FILM: "it is that film of the series",
    CountingMethod.SPECIAL: "it is the only special that fits",
    CountingMethod.OPEN: "nothing is known to end or to follow it",
    CountingMethod.UNBOUNDED: "nothing known bounds its number of episodes",
}


def confidence(agreement: MatchQuality, way: CountingMethod) -> float:
    """Return the share right, 0 to 1, of answers that came about so."""
    if way is CountingMethod.OPEN and agreement > MatchQuality.BARE:  # neither the name nor the number is bounded
        way = CountingMethod.UNBOUNDED
    return min(_BY_TITLE[agreement], _BY_WAY[way])
