"""A double click on a video: from mpv's start, and from file-loaded, to the subtitle, with slow servers too.

    ./dev bench opening

Each play is a new mpv; beside it the same mpv with `--sub-file` and without kotozoe. The stand-ins are slower by the
named time. The videos are as long as episodes, since a length speaks against an answer.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks.latency import CATALOGUE
from benchmarks.support.fresh_player import FreshPlayer, Opened
from benchmarks.support.invented_world import made, seasons, video_of
from benchmarks.support.part import Bench, Part, Table, alone, say, times
from benchmarks.support.stage import Request, Stage, as_service, asked_while
from tests.fakes import Servers, serve
from tests.live.mpv import make_video

_ROUNDS = 3
_DELAYS = (0.0, 0.02, 0.1, 0.3)  # seconds by which each answer is late
_SHOWS = 6
_EPISODE_SECONDS = 1420
_HEAD = ("", "requests", *(f"{delay * 1000:.0f} ms" for delay in _DELAYS))
_NOTE = (
    "The columns are the time that each answer of a server takes. Requests until the subtitle is there: to Jimaku's "
    "API, to AniList, for files. Beside the start to the subtitle of the same mpv with `--sub-file`."
)
Plays = dict[str, list[tuple[Opened, tuple[Request, ...]]]]


def measured(run: Bench) -> Iterator[Table]:
    data = made(CATALOGUE, 500, with_files=60)
    titles = seasons(data, 10)
    video = make_video(run.folder / "opening.mkv", seconds=_EPISODE_SECONDS)
    with serve(data.world, limits=False) as servers, as_service():
        _ = servers.anilist.titles  # made now rather than in the first answer
        found = [_plays(run.folder / f"opening-{n}", servers, video, titles, n) for n in range(len(_DELAYS))]
    bare = statistics.median(opened.selected for plays in found for opened, _ in plays.pop(_BARE))
    kinds = tuple(found[0])
    from_start = tuple(
        (
            kind,
            "" if kind == _SIX else _asked(found[0][kind], servers),
            *(times(_median(plays[kind]), bare) for plays in found),
        )
        for kind in kinds
    )
    yield Table("From mpv's start to the subtitle", _HEAD, from_start, _NOTE)
    loaded = tuple((kind, *(f"{1000 * _after_loading(plays[kind]):.0f}" for plays in found)) for kind in kinds)
    head = ("", *_HEAD[2:])
    yield Table("From file-loaded to the subtitle, in ms", head, loaded, "On the machine of this run.")


_BARE = "bare mpv --sub-file"
_NEW, _KNOWN_SHOW, _KNOWN, _NEXT = "a new show", "a known show", "a known episode", "the next one, made ready"
_FIRST, _SIX = "a first start", f"{_SHOWS} new shows at once"


def _plays(root: Path, servers: Servers, video: Path, titles: Sequence[str], number: int) -> Plays:
    found: Plays = defaultdict(list)
    servers.delay(_DELAYS[number])
    for turn in range(_ROUNDS):
        say(f"answers after {_DELAYS[number]} s, round {turn + 1} of {_ROUNDS}")
        _one_round(Stage(root.with_name(f"{root.name}-{turn}"), servers, video), titles[10 * turn :], found)
    servers.delay(0.0)
    return found


def _one_round(stage: Stage, titles: Sequence[str], found: Plays) -> None:
    def play(kind: str, title: str, episode: int) -> None:
        opened: list[Opened] = []
        with ExitStack() as stack:

            def act() -> None:
                player = FreshPlayer(stage.home, stage.file(video_of(title, episode)))
                stack.callback(player.close)
                opened.append(player.opened())

            asked = asked_while(stage.servers, act)
            found[kind].append((opened[0], asked))
            time.sleep(1.0)  # what follows a play is over before the next one

    with stage.home.daemon():
        play(_FIRST, titles[0], 3)
        stage.home.wait(lambda _: "catalogue (other)" in stage.home.log())
        play(_NEW, titles[1], 2)
        play(_KNOWN_SHOW, titles[1], 6)
        play(_KNOWN, titles[1], 6)
        stage.file(video_of(titles[2], 2))
        with ExitStack() as stack:
            first = FreshPlayer(stage.home, stage.file(video_of(titles[2], 1)))
            stack.callback(first.close)
            stage.wait_until_the_next_is_ready(video_of(titles[2], 1))
        play(_NEXT, titles[2], 2)
        found[_SIX].append((_open_six(stage, titles[3:]), ()))
    found[_BARE].append((_open_bare(stage, video_of(titles[1], 6)), ()))


def _open_six(stage: Stage, titles: Sequence[str]) -> Opened:
    """Open new shows one after the other within two seconds; return the slowest."""
    with ThreadPoolExecutor(_SHOWS) as pool, ExitStack() as stack:
        waiting: list[Future[Opened]] = []
        for title in titles[:_SHOWS]:
            player = FreshPlayer(stage.home, stage.file(video_of(title, 1)))
            stack.callback(player.close)
            waiting.append(pool.submit(player.opened))
            time.sleep(2.0 / _SHOWS)
        return max((one.result() for one in waiting), key=lambda opened: opened.selected)


def _open_bare(stage: Stage, name: str) -> Opened:
    subtitle = stage.home.root / "bare.srt"
    subtitle.write_text("1\n00:00:01,000 --> 00:00:02,000\nはい\n", "utf-8")
    player = FreshPlayer(stage.home, f"--sub-file={subtitle}", stage.file(name), with_script=False)
    opened = player.opened()
    player.close()
    return opened


def _median(plays: Sequence[tuple[Opened, tuple[Request, ...]]]) -> float:
    return statistics.median(opened.selected for opened, _ in plays)


def _after_loading(plays: Sequence[tuple[Opened, tuple[Request, ...]]]) -> float:
    return statistics.median(max(0.0, opened.selected - opened.loaded) for opened, _ in plays)


def _asked(plays: Sequence[tuple[Opened, tuple[Request, ...]]], servers: Servers) -> str:
    """Say how many requests of the last play went to Jimaku's API, to AniList and for files."""
    _, asked = plays[-1]
    anilist = sum(url == servers.anilist.url for url, _ in asked)
    files = sum(one.path.startswith("/entry/") for _, one in asked)
    api = sum(url == servers.jimaku.url for url, _ in asked) - files
    return f"{api} + {anilist} + {files}"


PART = Part("opening", measured)

if __name__ == "__main__":
    alone(PART, __doc__)
