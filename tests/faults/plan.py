"""From a seed to what happens in one run: who plays what, and what goes wrong when. Nothing here reaches out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from tests.faults.gate import KINDS
from tests.faults.world import EPISODES, NOBODYS, PINNED, PLAIN, REPLACED, SHOWS, Video

Where = Literal["jimaku", "anilist", "files", "player", "disk", "daemon"]
_HTTP = (*KINDS, "nobody listens")
# AniList says by a 403 that it is switched off, and is left alone for ten minutes then: too long for these runs
_ANILIST = tuple(kind for kind in _HTTP if kind not in {"401", "403 page"})
_PLAYER = (
    "slow answers",
    "noise",
    "doubled events",
    "shuffled answers",
    "cut connection",
    "broken off",
    "hung",
    "killed",
    "socket removed",
    "switched at sub-add",
    "nonsense",
)
_DISK = ("full", "read-only", "locked", "damaged", "cache emptied", "pins cut", "pipes")
_JIMAKU = (*_HTTP, "id used again", "server changed")
_DAEMON = ("killed", "restarted", "stopped for a while")
_KINDS = {"player": _PLAYER, "disk": _DISK, "daemon": _DAEMON, "anilist": _ANILIST, "jimaku": _JIMAKU}
_PATHS = {
    "jimaku": ("", "/api/", "/files$", "/search", "/download/", "/300[1-4]/", "Hayate"),
    "anilist": ("",),
    "files": ("", "rel", "sea"),
}
_SPAN = 0.35  # seconds, real ones, in which things go wrong


@dataclass(frozen=True)
class Ill:
    """Something that goes wrong `at` seconds after the start, `amount` (0 to 1) strong; HTTP: for `times` answers."""

    where: Where
    kind: str
    at: float
    amount: float = 0.5
    times: int = 1
    path: str = ""

    @property
    def name(self) -> str:
        return f"{'http' if self.where in _PATHS else self.where}: {self.kind}"


@dataclass(frozen=True)
class Step:
    """What the user does: "play", "join" (one more player), "leave", or the script's "retry", "reject", "toggle",
    "shift" (of the pinned show). Those that begin with "until" wait for what was to come of it; "must show", too, and
    it must come.
    """

    at: float
    act: str
    player: int = 0
    video: Video | None = None


@dataclass(frozen=True)
class Plan:
    """`cold`: the trouble is there before the daemon; `mounted`: its cache is a small disk of its own, if we may.

    `stage` names a plan that was made by hand.
    """

    seed: int
    steps: tuple[Step, ...]
    ills: tuple[Ill, ...]
    upcoming: tuple[Video, ...]
    cold: bool = False
    mounted: bool = False
    stage: str = ""


def plan(seed: int, *, mounted: bool = False) -> Plan:
    """Return what happens under this seed; `mounted` allows for what only root can do."""
    dice = random.Random(seed)
    videos = [Video(show, n) for show in PLAIN for n in range(1, EPISODES + 1)]
    videos += [Video(SHOWS[1], n) for n in range(EPISODES + 1, 2 * EPISODES + 1)]
    dice.shuffle(videos)
    ills = tuple(_ill(dice) for _ in range(dice.choice((1, 1, 1, 2, 2, 3))))
    steps = [Step(0.0, "join", 0, videos.pop())]
    more = range(1, dice.choice((1, 1, 2, 3)))
    steps += [Step(dice.uniform(0, _SPAN / 2), "join", number, videos.pop()) for number in more]
    joined = len(steps)
    for _ in range(dice.choice((0, 1, 2, 2, 3, 5))):
        act = dice.choice(("play", "play", "play", "retry", "reject", "toggle", "leave"))
        video = Video(NOBODYS, 1) if dice.random() < 0.1 else videos.pop()
        steps.append(Step(dice.uniform(0, _SPAN), act, dice.randrange(joined), video))
    if dice.random() < 0.3:
        at = dice.uniform(0, _SPAN / 2)
        steps.append(Step(at, "play", 0, Video(PINNED, dice.randrange(1, EPISODES))))
        steps.append(Step(at + dice.uniform(0.02, 0.2), "shift", 0))
    if any(ill.kind == "id used again" for ill in ills):
        steps.append(Step(_SPAN, "play", 0, Video(REPLACED, dice.randrange(1, EPISODES))))
    small = mounted and dice.random() < 0.1
    return Plan(seed, tuple(sorted(steps, key=lambda s: s.at)), ills, tuple(videos), dice.random() < 0.4, small)


def _ill(dice: random.Random) -> Ill:
    where: Where = dice.choice(("jimaku", "jimaku", "jimaku", "anilist", "files", "player", "player", "disk", "daemon"))
    kind = dice.choice(_KINDS.get(where, _HTTP))
    times = dice.choice((1, 1, 2, 3, 8, 1000))
    path = dice.choice(_PATHS.get(where, ("",)))
    return Ill(where, kind, dice.uniform(0, _SPAN * 0.8), dice.random(), times, path)


def staged(name: str) -> Plan:
    """Return a plan by hand, for what a seed hits only now and then."""
    steps, ills = STAGES[name]
    upcoming = [Video(SHOWS[0], n) for n in range(7, EPISODES + 1)]
    first = _at(0, "join", Video(SHOWS[0], 1))
    return Plan(0, (first, *steps), ills, tuple(upcoming), cold=name.startswith("listing"), stage=name)


def _at(place: int, act: str, video: Video | None = None) -> Step:
    """Return a step; `place` counts them, as each waits for what it needs."""
    return Step(place / 1000, act, 0, video)


_AGAIN = (_at(1, "until settled"), _at(3, "play", Video(SHOWS[7], 2)), _at(4, "until struck"))
_PIN = (
    _at(1, "play", Video(PINNED, 3)),
    _at(2, "until settled"),
    _at(3, "shift"),
    _at(4, "until pinned"),
)
_ONE_MORE = (*_AGAIN[:2], _at(4, "must show"))
_SECOND_FILE = (_at(1, "until settled"), _at(3, "play", Video(SHOWS[6], 2)), _at(4, "must show"))
_STRUCK = (_at(1, "until struck"),)
STAGES: dict[str, tuple[tuple[Step, ...], tuple[Ill, ...]]] = {
    "nothing": ((_at(1, "until settled"),), ()),
    "disk full": ((*_AGAIN[:2], _at(4, "until told")), (Ill("disk", "full", 0.002, 0.9),)),
    "short file": (_AGAIN, (Ill("jimaku", "short length", 0.002, 0.5, 9, "/download/"),)),
    "switch": (_AGAIN, (Ill("player", "switched at sub-add", 0.002),)),
    "pin": (_PIN, ()),
    "pins cut": (_PIN, (Ill("disk", "pins cut", 0.0005, 0.4),)),
    "listing fails": (_STRUCK, (Ill("jimaku", "5xx", 0.0, 0.0, 1, "/files$"),)),
    "listing drops": (_STRUCK, (Ill("jimaku", "drop", 0.0, 0.0, 1, "/files$"),)),
    "cut": ((_at(1, "until settled"),), (Ill("player", "broken off", 0.002),)),
    "quit": ((_at(1, "until settled"), _at(2, "leave")), ()),
    "path broken": (
        (_at(1, "until struck"), Step(0.002, "join", 1, Video(SHOWS[4], 2)), Step(0.003, "must show", 1)),
        (Ill("jimaku", "5xx", 0.0, 0.0, 1000, "/3001/files$"),),
    ),
    "trickle": (_SECOND_FILE, (Ill("jimaku", "trickle", 0.0, 0.5, 1000, "download/.*Hayate"),)),
    "reset in body": (_SECOND_FILE, (Ill("jimaku", "reset in body", 0.0, 0.5, 1000, "download/.*Hayate"),)),
    "cookies": (_ONE_MORE, (Ill("jimaku", "cookies", 0.0, 0.5, 1000),)),
    "pipes": (_ONE_MORE, (Ill("disk", "pipes", 0.0005),)),
    "nonsense": (_ONE_MORE, (Ill("player", "nonsense", 0.0005),)),
    "id used again": (
        (_at(1, "until settled"), _at(3, "play", Video(REPLACED, 3)), _at(4, "until told")),
        (Ill("jimaku", "id used again", 0.002),),
    ),
    "server changed": (
        (_at(1, "until settled"), _at(3, "play", Video(SHOWS[1], 3)), _at(4, "must show")),
        (Ill("jimaku", "server changed", 0.002),),
    ),
}
