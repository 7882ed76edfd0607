"""What the daemon costs while nothing happens, and how near to the permitted rate a library is fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from benchmarks.idle import Sample, sample
from benchmarks.latency import CATALOGUE
from benchmarks.support.invented_world import made, seasons, video_of
from benchmarks.support.part import Bench, Part, Table, say, times
from benchmarks.support.quota_rate import AMVSTRM, ANILIST, JIMAKU, on_virtual_clock
from benchmarks.support.stage import Stage, as_service, bare_process
from tests.fakes import serve
from tests.fakes.far import FAR, fetch_far
from tests.live.mpv import make_video

_SECONDS = 60.0
_REQUESTS = 200
_TRAVELS = (0.1, 0.5, 1.0, 2.0)  # seconds


def _watched(pid: int) -> tuple[Sample, Sample]:
    first = sample(pid)
    time.sleep(_SECONDS)
    return first, sample(pid)


def idle(run: Bench) -> Iterator[Table]:
    found: dict[str, tuple[Sample, Sample]] = {}
    data = made(CATALOGUE, 500, with_files=30)
    say("a bare asyncio process")
    with bare_process() as pid:
        found["a bare asyncio process"] = _watched(pid)
    with serve(data.world, limits=False) as servers, as_service():
        stage = Stage(run.folder / "idle", servers, make_video(run.folder / "idle.mkv", seconds=60))
        say("the daemon, after it has read the whole catalogue itself")
        with stage.home.daemon() as daemon:
            stage.home.wait(lambda _: "catalogue (other)" in stage.home.log())
            time.sleep(10)  # until it has settled
            found["the daemon, after reading the catalogue"] = _watched(daemon.pid)
        say("begun anew, without a player")
        with stage.home.daemon() as daemon:
            time.sleep(5)
            found["the daemon, begun anew, no player"] = _watched(daemon.pid)
        say("with a player that plays nothing")
        with stage.home.daemon() as daemon, stage.mpv() as player:
            stage.home.wait(lambda told: bool(told.get("players")))
            time.sleep(5)  # until it has settled
            found["the daemon, a player, nothing played"] = _watched(daemon.pid)
            say("after a first match")
            stage.play(player, video_of(seasons(data, 10)[0], 2))
            player.command("set_property", "pause", True)
            time.sleep(10)
            found["after a first match, paused"] = _watched(daemon.pid)
    unit = found["a bare asyncio process"][1].rss_mb
    rows = tuple(_row(label, *samples, unit) for label, samples in found.items())
    head = ("", "memory", "of a core", "wake-ups a minute")
    yield Table("While nothing happens", head, rows, "A catalogue of 6,600 entries is known.")


def _row(label: str, first: Sample, last: Sample, unit: float) -> tuple[str, ...]:
    spent = last.at - first.at
    core, wakes = (last.cpu_seconds - first.cpu_seconds) / spent, (last.wakes - first.wakes) / spent * 60
    return label, times(last.rss_mb, unit), f"{core:.2%}", f"{wakes:.0f}"


def rate(_: Bench) -> Iterator[Table]:
    rows = []
    for service in (JIMAKU, ANILIST, AMVSTRM[0]):
        say(f"{service.name}: {_REQUESTS} requests of a library")
        row = asyncio.run(on_virtual_clock(service, _REQUESTS))
        rows.append((service.name, f"{row.share:.1f}%", str(row.refused)))
    head = ("", "of the permitted rate", "refused")
    note = f"{_REQUESTS} requests after the first burst, on a clock that jumps over every wait."
    yield Table("How fast a library is fetched", head, tuple(rows), note)
    yield _far()


def _far() -> Table:
    rows = []
    for service in FAR:
        say(f"{service.name}, far away")
        found = [fetch_far(service, _REQUESTS, travel) for travel in _TRAVELS]
        shares = (f"{share:.1%}" for share, _ in found)
        rows.append((service.name, *shares, str(sum(refused for _, refused in found))))
    head = ("each way takes", *(f"{travel} s" for travel in _TRAVELS), "refused")
    return Table("How fast from a server far away", head, tuple(rows), "Of the permitted rate, on such a clock.")


IDLE, RATE = Part("idle", idle), Part("rate", rate)
