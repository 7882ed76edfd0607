"""Classes of evidence and how often each was right when measured over names with known answers."""

from __future__ import annotations

from kotozoe.decide.hits import Agreement
from kotozoe.decide.places import Way

BAR = 0.8  # a class that is right less often does not answer

_DEFAULT = 0.9
_MEASURED: dict[tuple[Agreement, Way], float] = {}

TITLE_WORDS = {
    Agreement.STATED: "the folder states its id",
    Agreement.WHOLE: "the title is its name",
    Agreement.BARE: "the title is its name but for an addition",
    Agreement.SIDE: "the title is part of its name",
    Agreement.CUT: "part of the title is its name",
    Agreement.PREFIX: "its name begins with the title",
    Agreement.NEAR: "its name is spelt nearly so",
}
WAY_WORDS = {
    Way.AGREED: "both numbers lead there",
    Way.RULE: "a relation rule leads there",
    Way.DIRECT: "it has such an episode",
    Way.MAPPED: "the season map leads there",
    Way.SINGLE: "it has one part only",
    Way.CHAIN: "counted on along the sequels",
    Way.BACK: "counted from the start of the series",
    Way.NTH: "it is that season of the series",
    Way.SPECIAL: "it is the only special that fits",
    Way.OPEN: "how many episodes it has is not known",
}


def confidence(agreement: Agreement, way: Way) -> float:
    """Return the share right, 0 to 1, of answers that came about so."""
    return _MEASURED.get((agreement, way), _DEFAULT)
