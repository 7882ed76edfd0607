"""From file-loaded to the selected track, and requests for an episode: beside jimaku-dl, and beside the floor.

    ./dev bench latency

A real mpv against stand-ins on this machine, with a catalogue of 6,600 entries. The floor is what the same requests
take when bare httpx sends them one after the other, with one bare `sub-add`.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.support.invented_world import made, seasons, video_of
from benchmarks.support.part import Bench, Part, Table, alone, say, times
from benchmarks.support.peer import Peer
from benchmarks.support.stage import Played, Request, Stage, asked_while
from tests.fakes import Servers, serve
from tests.live.mpv import make_video

CATALOGUE = 3700  # shows, which make 6,600 entries, as the real catalogue has
_SERVED = 60
_ROUNDS = 5
_SEASON = 10
_NOTHING, _NEW, _KNOWN = "a daemon begun just now, nothing known", "a new show", "an episode of a known show"
_AHEAD = "the next one, made ready"
_NOTE = (
    "From mpv's `file-loaded` to the selected track; for jimaku-dl from its command to the file on disk, mpv not yet "
    "started (*its work*: without Python's start and imports). Floor: the same requests, bare, and one bare `sub-add`. "
    "The stand-ins answer at once: real servers add their own time to all of them alike. A daemon begun just now reads "
    "the whole catalogue first."
)
_WHERE = ("Jimaku's API", "AniList", "files")


@dataclass(frozen=True, slots=True)
class Play:
    """One play: its seconds, those of its floor, and how many requests it made."""

    seconds: float
    floor: float
    requests: int


def measured(run: Bench) -> Iterator[Table]:
    data = made(CATALOGUE, 500, with_files=_SERVED)
    video = make_video(run.folder / "way.mkv", seconds=60)
    found: dict[str, list[Play]] = defaultdict(list)
    season: dict[str, tuple[Request, ...]] = {}
    titles = seasons(data, _SEASON)
    with serve(data.world, limits=False) as servers:
        _ = servers.anilist.titles  # made now rather than in the first answer
        for number in range(_ROUNDS):
            say(f"plays, round {number + 1} of {_ROUNDS}")
            _one_round(Stage(run.folder / f"way-{number}", servers, video), titles[3 * number :], found)
        say("a season, watched in order")
        season["kotozoe"] = _season(Stage(run.folder / "season", servers, video), titles[-1])
        if run.peer:
            season["jimaku-dl"] = _peer(run.peer, Stage(run.folder / "peer-way", servers, video), titles[-2], found)
    bare = statistics.median(play.floor for play in found[_AHEAD])
    head = ("", "requests before it", "beside its floor", "beside a bare `sub-add`")
    rows = tuple(_row(kind, plays, bare) for kind, plays in found.items())
    yield Table("How long until the subtitle is there?", head, rows, _NOTE)
    title = f"Requests for a season of {_SEASON} episodes of a new show, watched in order"
    sums = tuple(_sums(label, asked, servers) for label, asked in season.items())
    yield Table(title, ("", *_WHERE, "an episode"), sums)


def _one_round(stage: Stage, titles: Sequence[str], found: dict[str, list[Play]]) -> None:
    played: dict[str, Played] = {}
    with stage.mpv() as player:
        with stage.home.daemon():
            # nothing waits for the catalogue: the daemon has only just begun to read it
            played[_NOTHING] = stage.play(player, video_of(titles[0], 3))
            played[_NEW] = stage.play(player, video_of(titles[1], 2))
            played[_KNOWN] = stage.play(player, video_of(titles[1], 6))
            stage.file(video_of(titles[2], 2))
            stage.play(player, video_of(titles[2], 1))
            stage.wait_until_the_next_is_ready(video_of(titles[2], 1))
            played[_AHEAD] = stage.play(player, video_of(titles[2], 2))
        for kind, one in played.items():  # the daemon has ended: nothing else goes on beside the floor
            found[kind].append(Play(one.seconds, stage.floor(player, one.asked), len(one.asked)))


def _season(stage: Stage, title: str) -> tuple[Request, ...]:
    """Watch a season in order, with its files in one folder, once the catalogue is there."""
    names = [video_of(title, episode) for episode in range(1, _SEASON + 1)]
    for name in names:
        stage.file(name)

    def watch() -> None:
        for name in names:
            stage.play(player, name)
            if name != names[-1]:
                stage.wait_until_the_next_is_ready(name)

    with stage.home.daemon(), stage.mpv() as player:
        stage.home.wait(lambda _: "catalogue (other)" in stage.home.log())
        return asked_while(stage.servers, watch)


def _peer(peer: Peer, stage: Stage, title: str, found: dict[str, list[Play]]) -> tuple[Request, ...]:
    """Fetch a season by its command, episode after episode, in one folder, where it keeps the show's id."""
    spent: list[Request] = []
    with stage.mpv() as player:
        player.command("loadfile", str(stage.file(video_of(title, 1))))  # no subtitle is added to nothing
        player.wait_event("file-loaded")
        for episode in range(1, _SEASON + 1):
            say(f"jimaku-dl, episode {episode} of {_SEASON}")
            took: list[float] = []
            asked = asked_while(stage.servers, partial(_command, peer, stage, video_of(title, episode), took))
            floor = stage.floor(player, asked)
            kind = f"jimaku-dl: {_NEW if episode == 1 else _KNOWN}"
            found[kind].append(Play(took[0], floor, len(asked)))
            found[f"{kind}, *its work*"].append(Play(took[1], floor, len(asked)))
            spent += asked
    return tuple(spent)


def _command(peer: Peer, stage: Stage, name: str, took: list[float]) -> None:
    took += peer.command(stage.servers, stage.file(name))


def _row(kind: str, plays: Sequence[Play], bare: float) -> tuple[str, ...]:
    seconds = statistics.median(play.seconds for play in plays)
    floor = statistics.median(play.floor for play in plays)
    asked = statistics.median(play.requests for play in plays)
    return kind, f"{asked:.0f}", times(seconds, floor), times(seconds, bare)


def _sums(label: str, asked: Sequence[Request], servers: Servers) -> tuple[str, ...]:
    def where(request: Request) -> str:
        url, one = request
        if url == servers.anilist.url:
            return "AniList"
        return "files" if one.path.startswith("/entry/") else "Jimaku's API"

    sums = Counter(where(request) for request in asked)
    return label, *(str(sums[name]) for name in _WHERE), f"{len(asked) / _SEASON:.1f}"


PART = Part("latency", measured)

if __name__ == "__main__":
    alone(PART, __doc__)
