"""Real names, each played in a real mpv against stand-ins that serve a whole world: right, wrong, skipped.

    python -m benchmarks.played WORLD NAMES.jsonl [--count N]

NAMES.jsonl has one object a line: path, anilist_id (null: must not be matched), episode, accept (further right pairs),
why (its category). The rows are spread over the categories. Right means: the track that mpv itself says is selected is
a file of the right entry, and the daemon took it for the right episode.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

Row: TypeAlias = dict[str, Any]
_END = {"selected", "added", "refused", "skipped", "unknown", "ambiguous", "none", "waiting"}
_RESOLVED = re.compile(r"(?: episode ([\d.]+))?(?:-[\d.]+)? \(anilist:(\d+)\)")


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
    accepted = {(row["anilist_id"], row["episode"]), *((i, e) for i, e in row.get("accept", ()))}
    said = next((_RESOLVED.search(step["sentence"]) for step in told if step["step"] == "resolved"), None)
    if said is None:
        return "right" if row["anilist_id"] is None or (None, None) in accepted else "skipped"
    media, episode = int(said[2]), float(said[1]) if said[1] else None
    names = {f.name for e in world.entries.values() if e.row.get("anilist_id") == media for f in e.files}
    of_entry = title.removesuffix(" (Jimaku)").rstrip("…") in {n[:80].rstrip("…") for n in names} or any(
        n.startswith(title.removesuffix(" (Jimaku)").rstrip("…")) for n in names
    )
    single = {i for i, e in accepted if e in (None, 1)}
    right = (media, episode) in accepted or (media in single and episode in (None, 1))
    if right and not title:
        return "no file"
    return "right" if right and of_entry else "wrong"


def main() -> None:
    """Play them, print each that is not right, then the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("names", type=Path)
    parser.add_argument("--count", type=int, default=40)
    asked = parser.parse_args()
    rows = list(spread([json.loads(line) for line in asked.names.open()], asked.count))
    sums: collections.Counter[str] = collections.Counter()
    world = World.load(asked.world)
    with tempfile.TemporaryDirectory(prefix="kotozoe-played-") as folder, serve(world) as servers:
        home = Home(Path(folder) / "home", servers)
        video = make_video(Path(folder) / "video.mkv", seconds=20)
        socket = home.root / "bench.sock"
        mpv = Mpv(home.runtime, [f"--input-ipc-server={socket}", "--keep-open=yes"])
        with home.daemon(), mpv:
            player = Ipc(socket)
            for row in rows:
                told, title = _play(home, player, video, row["path"])
                verdict = judged(row, told, title, world)
                sums[verdict] += 1
                if verdict != "right":
                    print(f"{verdict}: {row['path']} -> {title or 'nothing'} ({[s['sentence'] for s in told][-2:]})")
            player.close()
        spent = ", ".join(f"{server.name} {len(server.requests)}" for server in servers.all)
    print(
        f"{len(rows)} names played: "
        + ", ".join(f"{word} {sums[word]}" for word in ("right", "wrong", "skipped", "no file"))
    )
    print(f"requests: {spent}")


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


if __name__ == "__main__":
    main()
