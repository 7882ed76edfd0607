"""Classes of evidence and how often each was right when measured over names with known answers."""

from __future__ import annotations

from kotozoe.identify.verdict.meeting import Agreement
from kotozoe.identify.verdict.places import Way

BAR = 0.8  # a class that is right less often does not answer
UNREAD = 0.6  # words of the title are explained by no name of the media

# Measured by `./dev bench accuracy FOLDER --only classes --names …` on names that the classes were not made with, as
# (right + 1) / (all + 2), rounded, and never more than 0.99.
_BY_TITLE = {
    Agreement.STATED: 0.99,  # by `--only stated`
    Agreement.WHOLE: 0.99,
    Agreement.BARE: 0.98,
    Agreement.SIDE: 0.95,
    Agreement.KIN: 0.92,
    Agreement.CUT: 0.99,
    Agreement.PREFIX: 0.93,
    Agreement.NEAR: 0.88,
    Agreement.PART: 0.4,  # not measured: it does not answer
}
_BY_WAY = {
    Way.AGREED: 0.86,
    Way.RULE: 0.98,
    Way.DIRECT: 0.99,
    Way.MAPPED: 0.99,
    Way.LISTED: 0.98,  # on composed Japanese names
    Way.SINGLE: 0.96,
    Way.CHAIN: 0.97,
    Way.BACK: 0.97,
    Way.NTH: 0.88,
    Way.FILM: 0.8,  # not measured: none of those names leads there
    Way.SPECIAL: 0.8,
    Way.OPEN: 0.98,
    Way.UNBOUNDED: 0.7,  # not measured: it does not answer
}

TITLE_WORDS = {
    Agreement.STATED: "the disk states its id",
    Agreement.WHOLE: "the title is its name",
    Agreement.BARE: "the title is its name but for an addition",
    Agreement.SIDE: "the title is part of its name",
    Agreement.KIN: "the title begins as its series does and goes on as it is called",
    Agreement.CUT: "part of the title is its name",
    Agreement.PREFIX: "its name begins with the title",
    Agreement.NEAR: "its name is spelt nearly so",
    Agreement.PART: "a part of the title is a part of its name",
}
WAY_WORDS = {
    Way.AGREED: "both numbers lead there",
    Way.RULE: "a relation rule leads there",
    Way.DIRECT: "it has such an episode",
    Way.MAPPED: "the season map leads there",
    Way.LISTED: "its entry offers that number",
    Way.SINGLE: "it has one part only",
    Way.CHAIN: "counted on along the sequels",
    Way.BACK: "counted from the start of the series",
    Way.NTH: "it is that season of the series",
    Way.FILM: "it is that film of the series",
    Way.SPECIAL: "it is the only special that fits",
    Way.OPEN: "nothing is known to end or to follow it",
    Way.UNBOUNDED: "nothing known bounds its number of episodes",
}


def confidence(agreement: Agreement, way: Way) -> float:
    """Return the share right, 0 to 1, of answers that came about so."""
    if way is Way.OPEN and agreement > Agreement.BARE:  # neither the name nor the number is bounded
        way = Way.UNBOUNDED
    return min(_BY_TITLE[agreement], _BY_WAY[way])
