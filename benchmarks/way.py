"""From file-loaded to the selected track: milliseconds and requests, in a real mpv against stand-ins on this machine.

    python -m benchmarks.way WORLD [--runs N]

WORLD is a folder with media.jsonl, entries.jsonl, anime-relations.txt and seasons.json. The floor, measured in the same
run, is what the same number of bare HTTP requests and one bare `sub-add` take.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.fakes import Servers, World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

GROUP = "[SubsPlease]"


@dataclass
class Row:
    """One kind of play: its times in milliseconds, and the requests that it made to each host."""

    name: str
    times: list[float] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


class Stage:
    """One home, one daemon at a time, one mpv that plays one file after the other."""

    def __init__(self, root: Path, servers: Servers, video: Path) -> None:
        self.home = Home(root, servers)
        self.servers = servers
        self._video = video

    def file(self, name: str) -> Path:
        path = self.home.root / "Anime" / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.hardlink_to(self._video)
        return path

    @contextmanager
    def mpv(self) -> Iterator[Ipc]:
        socket = self.home.root / "bench.sock"
        with Mpv(self.home.runtime, [f"--input-ipc-server={socket}", "--keep-open=yes"]):
            player = Ipc(socket, patience=120.0)
            yield player
            player.close()
        socket.unlink(missing_ok=True)

    def play(self, player: Ipc, name: str, row: Row) -> None:
        """Play a file and note how long the subtitle took."""
        before = {server.name: len(server.requests) for server in self.servers.all}
        row.times.append(_from_loaded_to_selected(player, self.file(name)))
        spent = {s.name: len(s.requests) - before[s.name] for s in self.servers.all}
        row.requests.append(", ".join(f"{name} {count}" for name, count in spent.items() if count) or "none")


def _from_loaded_to_selected(player: Ipc, path: Path) -> float:
    player.events.clear()
    player.command("loadfile", str(path))
    player.wait_event("file-loaded")
    loaded = time.monotonic()
    player.wait_selected("(Jimaku)")
    return (time.monotonic() - loaded) * 1000


def _floor(servers: Servers, player: Ipc, subtitle: Path, requests: int) -> float:
    """Return what bare requests and a bare sub-add take, in milliseconds."""
    with httpx.Client() as client:
        client.get(servers.jimaku.url + "/api/entries/1", headers={"authorization": servers.jimaku_key})
        began = time.monotonic()
        for _ in range(requests):
            client.get(servers.jimaku.url + "/api/entries/1", headers={"authorization": servers.jimaku_key})
        player.command("sub-add", str(subtitle), "select")
        return (time.monotonic() - began) * 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    names = ("first episode ever", "first of another show", "next episode", "same episode again", "after a restart")
    rows = {name: Row(name) for name in names}
    floors: list[float] = []
    with tempfile.TemporaryDirectory(prefix="kotozoe-way-") as folder:
        video = make_video(Path(folder) / "video.mkv", seconds=60)
        world = World.load(asked.world)
        for run in range(asked.runs):
            with serve(world) as servers:
                stage = Stage(Path(folder) / f"home-{run}", servers, video)
                floors.append(_one_run(stage, rows, Path(folder)))
    print(f"{'':24} {'median ms':>10} {'max ms':>8}  requests")
    for row in rows.values():
        print(f"{row.name:24} {statistics.median(row.times):10.0f} {max(row.times):8.0f}  {row.requests[-1]}")
    print(f"{'floor (3 requests, add)':24} {statistics.median(floors):10.0f} {max(floors):8.0f}")


def _one_run(stage: Stage, rows: dict[str, Row], folder: Path) -> float:
    subtitle = folder / "floor.srt"
    subtitle.write_text("1\n00:00:01,000 --> 00:00:02,000\nはい\n", "utf-8")
    with stage.mpv() as player:
        with stage.home.daemon():
            # nothing waits for the catalogue: the daemon has only just begun to read it
            stage.play(player, f"{GROUP} Sousou no Frieren - 03 (1080p) [00000000].mkv", rows["first episode ever"])
            stage.play(player, f"{GROUP} Dungeon Meshi - 05 (1080p) [00000000].mkv", rows["first of another show"])
            for number in (6, 7):
                stage.play(player, f"{GROUP} Dungeon Meshi - {number:02} (1080p) [00000000].mkv", rows["next episode"])
            for number in (6, 7):
                name = f"{GROUP} Dungeon Meshi - {number:02} (1080p) [00000000].mkv"
                stage.play(player, name, rows["same episode again"])
        player.command("stop")
        with stage.home.daemon():
            stage.home.wait(lambda told: bool(told.get("players")))
            stage.play(player, f"{GROUP} Dungeon Meshi - 06 (1080p) [00000000].mkv", rows["after a restart"])
        return _floor(stage.servers, player, subtitle, requests=3)


if __name__ == "__main__":
    main()
