"""Names, each played in a real mpv against stand-ins that serve their whole world: right, wrong, skipped.

    ./dev bench played [DATA]

Forty names, spread over the categories. Right means: the track that mpv itself says is selected is a file of the right
entry, and the daemon took it for the right episode.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.support.part import Bench, Part, Table, alone, say
from benchmarks.support.score import accepted
from benchmarks.support.world import Data, Row
from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

_COUNT = 40
_END = {"selected", "added", "refused", "skipped", "unknown", "ambiguous", "none", "waiting"}
_RESOLVED = re.compile(r"(?: episode ([\d.]+))?(?:-[\d.]+)? \(anilist:(\d+)\)")
_WORDS = ("right", "wrong", "skipped", "no file")


def spread(rows: list[Row], count: int) -> Iterator[Row]:
    """Yield `count` rows, one of each category in turn, evenly from each."""
    by = collections.defaultdict(list)
    for row in rows:
        by[row["why"]].append(row)
    turns = [found[:: max(1, len(found) // 4)] for found in by.values()]
    while count and any(turns):
        for found in turns:
            if found and count:
                count -= 1
                yield found.pop(0)


def judged(row: Row, told: list[dict[str, Any]], title: str, world: World) -> str:
    """Return right, wrong, skipped, or "no file" where the right episode was found and the world has no file of it."""
    pairs = accepted(row)
    said = next((_RESOLVED.search(step["sentence"]) for step in told if step["step"] == "resolved"), None)
    if said is None:
        return "right" if (None, None) in pairs else "skipped"
    media, episode = int(said[2]), float(said[1]) if said[1] else None
    single = {i for i, e in pairs if e in (None, 1)}
    right = (media, episode) in pairs or (media in single and episode in (None, 1))
    if right and not title:
        return "no file"
    shown = title.removesuffix(" (Jimaku)").rstrip("…")  # mpv is told the beginning of a long name
    names = (f.name for e in world.entries.values() if e.row.get("anilist_id") == media for f in e.files)
    return "right" if right and any(name.startswith(shown) for name in names) else "wrong"


def measured(run: Bench) -> Iterator[Table]:
    for data in run.datas:
        sums = _played(run.folder / f"played {data.told}", data)
        rows = ((data.told, *(str(sums[word]) for word in _WORDS)),)
        yield Table(f"Played in a real mpv: {_COUNT} of the {data.told}", ("", *_WORDS), rows)


def _played(folder: Path, data: Data) -> collections.Counter[str]:
    sums: collections.Counter[str] = collections.Counter()
    with serve(data.world) as servers:
        home = Home(folder, servers)
        video = make_video(folder / "video.mkv", seconds=20)
        socket = home.root / "bench.sock"
        with home.daemon(), Mpv(home.runtime, [f"--input-ipc-server={socket}", "--keep-open=yes", "--really-quiet"]):
            player = Ipc(socket)
            for row in spread(data.names, _COUNT):
                told, title = _play(home, player, video, row["path"])
                sums[what := judged(row, told, title, data.world)] += 1
                if what != "right":
                    say(f"{what}: {row['path']} -> {title or 'nothing'} ({[s['sentence'] for s in told][-2:]})")
            player.close()
        say("requests: " + ", ".join(f"{server.name} {len(server.requests)}" for server in servers.all))
    return sums


def _play(home: Home, player: Ipc, video: Path, name: str) -> tuple[list[dict[str, Any]], str]:
    path = home.root / "disk" / re.sub(r"^([A-Za-z]):/", r"\1/", name).lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.hardlink_to(video)
    last = (home.status().get("playbacks") or [{"id": ""}])[-1]["id"]
    player.command("loadfile", str(path))

    def over(told: dict[str, Any]) -> bool:
        newest = (told.get("playbacks") or [{"id": "", "steps": []}])[-1]
        return newest["id"] != last and any(step["step"] in _END for step in newest["steps"])

    told = home.wait(over, seconds=120)["playbacks"][-1]["steps"]
    track = player.selected_subtitle()
    return told, str(track.get("title", "")) if track else ""


PART = Part("played", measured)

if __name__ == "__main__":
    alone(PART, __doc__)
