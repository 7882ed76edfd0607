"""What grows with the library, the catalogue and the number of players: memory and time.

    ./dev bench scaling

Memory is told in that of a bare asyncio process, times beside the smallest of each table, in the same run. Linux only.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from guessit import guessit

from benchmarks.idle import sample
from benchmarks.latency import CATALOGUE
from benchmarks.support.invented_world import made, seasons, video_of
from benchmarks.support.part import Bench, Part, Table, alone, say, times
from benchmarks.support.stage import Stage, as_service, bare_process
from tests.fakes import serve
from tests.live.ipc import Ipc
from tests.live.mpv import make_video

_LIBRARIES = (100, 1_000, 10_000)
_FACTORS = (1, 10)
_PLAYERS = (1, 10, 50)
_EPISODES = 10
_PLAYS = 5
_LEAST = 10  # plays for a median
_TURNS = 3
# Seconds that keep the daemon's own pace out of the times: AniList's is one request in two seconds, that of files one a
# second, after short bursts.
_BETWEEN_SHOWS, _BETWEEN_FILES = 2.2, 1.1
_MEMORY = "Memory is counted in bare asyncio processes."


def measured(run: Bench) -> Iterator[Table]:
    with bare_process() as pid:
        unit = sample(pid).rss_mb
    video = make_video(run.folder / "scaling.mkv", seconds=60)
    yield _libraries(unit)
    with as_service():
        catalogues, players = _catalogues(run.folder, video, unit), _players(run.folder, video, unit)
    yield catalogues
    yield players


def _libraries(unit: float) -> Table:
    rows = []
    for count in _LIBRARIES:
        say(f"a library of {count:,} names")
        command = [sys.executable, "-m", "benchmarks.support.library_run", str(CATALOGUE), str(count)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        guessed = _guessit_call()
        first, second = (f"{found[turn] / guessed:.3f}" for turn in ("first", "second"))
        rows.append((f"{count:,} names", first, second, times(found["peak"], unit), times(found["after"], unit)))
    head = ("", "a new name", "a known name", "memory for it, at most", "afterwards")
    note = f"Processor time for one name, beside one call of guessit; a catalogue of 6,600 entries. {_MEMORY}"
    return Table("As the library grows", head, tuple(rows), note)


def _guessit_call() -> float:
    """Return the processor seconds of one call."""
    names = [video_of(f"Kaze no Renshuu {number}", number) for number in range(100)]
    guessit(names[0])
    began = time.process_time()
    for name in names:
        guessit(name)
    return (time.process_time() - began) / len(names)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    entries: int
    reading: float  # seconds from the daemon's start
    resting: float  # MB
    played: float  # MB
    play: float  # seconds


def _catalogues(folder: Path, video: Path, unit: float) -> Table:
    found = [_catalogue(folder, video, factor) for factor in _FACTORS]
    least = found[0]
    rows = tuple(
        (
            f"{one.entries:,} entries",
            times(one.reading, least.reading),
            times(one.resting, unit),
            times(one.played, unit),
            times(one.play, least.play),
        )
        for one in found
    )
    head = ("", "reading it", "memory, nothing played", f"after {_PLAYS} plays", "until the subtitle of a new show")
    return Table("As the catalogue grows", head, rows, f"Times beside the smaller catalogue. {_MEMORY}")


def _catalogue(folder: Path, video: Path, factor: int) -> _Catalogue:
    say(f"a catalogue of {factor} times the size")
    data = made(CATALOGUE * factor, 500, with_files=30)
    with serve(data.world, limits=False) as servers, ExitStack() as open_ones:
        _ = servers.anilist.titles
        stage = Stage(folder / f"catalogue-{factor}", servers, video)
        player = open_ones.enter_context(stage.mpv())
        began = time.monotonic()
        with stage.home.daemon():
            stage.home.wait(lambda _: "catalogue (other)" in stage.home.log(), 300)
            reading = time.monotonic() - began
        with stage.home.daemon() as daemon:
            stage.home.wait(lambda told: bool(told.get("players")))
            time.sleep(2)  # until it has settled
            resting = sample(daemon.pid).rss_mb
            plays = []
            for title in seasons(data, _EPISODES)[:_PLAYS]:
                plays.append(stage.play(player, video_of(title, 2)).seconds)
                time.sleep(_BETWEEN_SHOWS)
            played = sample(daemon.pid).rss_mb
    return _Catalogue(len(data.world.entries), reading, resting, played, statistics.median(plays))


@dataclass(frozen=True, slots=True)
class _Crowd:
    players: int
    memory: float  # MB
    one: float  # seconds, one after the other
    at_once: float  # seconds until the last has it, all at the same moment, from the cache, divided by their number


def _players(folder: Path, video: Path, unit: float) -> Table:
    found = [_crowd(folder, video, count) for count in _PLAYERS]
    least = found[0]
    rows = tuple(
        (str(one.players), times(one.memory, unit), times(one.one, least.one), times(one.at_once, least.at_once))
        for one in found
    )
    head = ("players", "memory", "until the subtitle, one after the other", "all at once, from the cache, for each")
    note = f"Episodes of shows that are known. Times beside those of one player. {_MEMORY}"
    return Table("As more players run", head, rows, note)


def _crowd(folder: Path, video: Path, count: int) -> _Crowd:
    say(f"{count} players")
    data = made(CATALOGUE, 500, with_files=30)
    shows = seasons(data, _EPISODES)[: max(_PLAYERS) // (_EPISODES - 2) + 1]
    # episodes far apart, so that none is made ready as the next of another
    names = [video_of(title, number) for number, title in product(range(2, _EPISODES), shows)]
    with serve(data.world, limits=False) as servers, ExitStack() as open_ones:
        _ = servers.anilist.titles
        stage = Stage(folder / f"players-{count}", servers, video)
        daemon = open_ones.enter_context(stage.home.daemon())
        players = [open_ones.enter_context(stage.mpv(number)) for number in range(count)]
        stage.home.wait(lambda told: len(told.get("players", ())) == count)
        for title in shows:
            stage.play(players[0], video_of(title, 1))
        plays = []
        for at in range(max(count, _LEAST)):
            plays.append(stage.play(players[at % count], names[at]).seconds)
            time.sleep(_BETWEEN_FILES)
        turns = [_at_once(stage, players, names[turn:]) / count for turn in range(1, _TURNS + 1)]
        return _Crowd(count, sample(daemon.pid).rss_mb, statistics.median(plays), statistics.median(turns))


def _at_once(stage: Stage, players: Sequence[Ipc], names: Sequence[str]) -> float:
    """Return the seconds until all of them show the subtitles of what they load at the same moment."""
    for player in players:
        player.command("stop")
        player.until("track-list", lambda tracks: not tracks)
    began = time.monotonic()
    for player, name in zip(players, names, strict=False):
        player.command("loadfile", str(stage.file(name)))
    for player in players:
        player.wait_selected("(Jimaku)")
    return time.monotonic() - began


PART = Part("scaling", measured)

if __name__ == "__main__":
    alone(PART, __doc__)
