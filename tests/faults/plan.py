"""From a seed to what happens in one run: who plays what, and what goes wrong when. Nothing here reaches out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from tests.faults.gate import KINDS
from tests.faults.world import EPISODES, PINNED, PLAIN, SHOWS, Video

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
)
_DISK = ("full", "read-only", "locked", "damaged", "cache emptied")
_DAEMON = ("killed", "restarted", "stopped for a while")
_PATHS = {"jimaku": ("", "/api/", "/files$", "/search", "/download/"), "anilist": ("",), "files": ("", "rel", "sea")}
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
    "shift" (of the pinned show).
    """

    at: float
    act: str
    player: int = 0
    video: Video | None = None


@dataclass(frozen=True)
class Plan:
    """`cold`: the trouble is there before the daemon; `mounted`: its cache is a small disk of its own, if we may."""

    seed: int
    steps: tuple[Step, ...]
    ills: tuple[Ill, ...]
    upcoming: tuple[Video, ...]
    cold: bool = False
    mounted: bool = False


def plan(seed: int, *, mounted: bool = False) -> Plan:
    """Return what happens under this seed; `mounted` allows for what only root can do."""
    dice = random.Random(seed)
    videos = [Video(show, n) for show in PLAIN for n in range(1, EPISODES + 1)]
    videos += [Video(SHOWS[1], n) for n in range(EPISODES + 1, 2 * EPISODES + 1)]
    dice.shuffle(videos)
    ills = tuple(_ill(dice) for _ in range(dice.choice((1, 1, 1, 2, 2, 3))))
    steps = [Step(0.0, "join", 0, videos.pop())]
    for number in range(1, dice.choice((1, 1, 2, 3))):
        steps.append(Step(dice.uniform(0, _SPAN / 2), "join", number, videos.pop()))
    joined = len(steps)
    for _ in range(dice.choice((0, 1, 2, 2, 3, 5))):
        act = dice.choice(("play", "play", "play", "retry", "reject", "toggle", "leave"))
        steps.append(Step(dice.uniform(0, _SPAN), act, dice.randrange(joined), videos.pop()))
    if dice.random() < 0.3:
        at = dice.uniform(0, _SPAN / 2)
        steps.append(Step(at, "play", 0, Video(PINNED, dice.randrange(1, EPISODES))))
        steps.append(Step(at + dice.uniform(0.02, 0.2), "shift", 0))
    small = mounted and dice.random() < 0.1
    return Plan(seed, tuple(sorted(steps, key=lambda s: s.at)), ills, tuple(videos), dice.random() < 0.4, small)


def _ill(dice: random.Random) -> Ill:
    where: Where = dice.choice(("jimaku", "jimaku", "jimaku", "anilist", "files", "player", "player", "disk", "daemon"))
    kind = dice.choice({"player": _PLAYER, "disk": _DISK, "daemon": _DAEMON, "anilist": _ANILIST}.get(where, _HTTP))
    times = dice.choice((1, 1, 2, 3, 8, 1000))
    path = dice.choice(_PATHS.get(where, ("",)))
    return Ill(where, kind, dice.uniform(0, _SPAN * 0.8), dice.random(), times, path)


def staged(name: str) -> Plan:
    """Return a plan by hand, for what a seed hits only now and then."""
    akane = [Video(SHOWS[0], n) for n in range(1, EPISODES + 1)]
    upcoming = tuple(akane[6:] + [Video(SHOWS[1], n) for n in range(1, EPISODES + 1)])
    join, cold = Step(0.0, "join", 0, akane[0]), Step(0.15, "play", 0, Video(PINNED, 3))
    steps, ills = _STAGES[name]
    del cold
    return Plan(0, (join, *steps), ills, upcoming, cold=name == "disk full")


_PIN = (Step(0.1, "play", 0, Video(PINNED, 3)), Step(0.4, "shift", 0))
_STAGES: dict[str, tuple[tuple[Step, ...], tuple[Ill, ...]]] = {
    "nothing": ((), ()),
    "disk full": ((Step(0.3, "play", 0, Video(SHOWS[0], 2)),), (Ill("disk", "full", 0.2, 0.5),)),
    "short file": ((Step(0.3, "play", 0, Video(SHOWS[0], 2)),), (Ill("jimaku", "short length", 0.0, 0.5, 9, "/download/"),)),
    "switch": ((Step(0.3, "play", 0, Video(SHOWS[0], 2)),), (Ill("player", "switched at sub-add", 0.2),)),
    "pin": (_PIN, ()),
    "pin of another": (_PIN, ()),
    "listing fails": ((), (Ill("jimaku", "5xx", 0.0, 0.0, 1, "/files$"),)),
    "listing drops": ((), (Ill("jimaku", "drop", 0.0, 0.0, 1, "/files$"),)),
    "cut": ((), (Ill("player", "broken off", 0.3),)),
    "quit": ((Step(0.3, "leave", 0),), ()),
}
