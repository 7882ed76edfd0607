"""What goes wrong, met by each kind of work; and a library's fetch that is killed again and again."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.support.invented_library import library, titles, video_name, world
from tests.fakes import Fault, Servers, serve
from tests.fakes.cues import subtitle
from tests.fakes.server import Server
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

LISTING, DOWNLOAD = "/files$", "/download/"
_ERROR = b'{"error": "%s", "code": %d}'
_EPISODES = 3
_SEEN = 12.0  # seconds after which it is noted what the user sees
_END = 45.0  # seconds after the fault is gone in which all must be well


@dataclass(frozen=True)
class Case:
    """A failure of a server: `lasting` ones go away when we say so; `cure` mends what a fault cannot express."""

    name: str
    server: str
    fault: Fault | None
    lasting: bool = False
    break_it: Callable[[Home, Servers], None] = lambda _home, _servers: None
    cure: Callable[[Home, Servers], None] = lambda _home, _servers: None


def _wrong_key(home: Home, servers: Servers) -> None:
    del servers
    home.key_file.write_text("A" * 58)


def _right_key(home: Home, servers: Servers) -> None:
    home.key_file.write_text(servers.jimaku_key)


def _outage(_home: Home, servers: Servers) -> None:
    servers.anilist.mood = "outage"


def _open(_home: Home, servers: Servers) -> None:
    servers.anilist.mood = "open"


def _again(kind: str, path: str, status: int = 500, body: bytes = b"", **headers: str) -> Fault:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(kind, status, 2, path, seconds=1.0, body=body, headers=sent)  # type: ignore[arg-type]


_LIMITS = {"x_ratelimit_limit": "25", "x_ratelimit_remaining": "0", "x_ratelimit_reset_after": "4.3"}
CASES = (
    Case("listing: 429", "jimaku", _again("status", LISTING, 429, _ERROR % (b"rate limit exceeded", 8), **_LIMITS)),
    Case("listing: 500", "jimaku", _again("status", LISTING, 500, _ERROR % (b"No such file", 0))),
    Case("listing: 502, a web page", "jimaku", _again("html", LISTING, 502)),
    Case("listing: 408", "jimaku", _again("status", LISTING, 408)),
    Case("listing: 403, a gate's web page", "jimaku", _again("html", LISTING, 403)),
    Case("listing: 200 with nonsense", "jimaku", replace(_again("garbage", LISTING), times=1)),
    Case("listing: cut", "jimaku", _again("cut", LISTING)),
    Case("listing: connection drops", "jimaku", _again("drop", LISTING)),
    Case("listing: slow", "jimaku", _again("slow", LISTING)),
    Case(
        "listing: a login page's redirect", "jimaku", replace(_again("redirect", LISTING, 302), location="http://x.y/")
    ),
    Case(
        "listing: 404, the entry is gone", "jimaku", Fault("status", 404, None, LISTING, body=_ERROR % (b"x", 6)), True
    ),
    Case("key: 401", "jimaku", None, True, _wrong_key, _right_key),
    Case("file: 404, gone since listed", "jimaku", _again("status", DOWNLOAD, 404)),
    Case("file: 502, a web page", "jimaku", _again("html", DOWNLOAD, 502)),
    Case("file: 200 with a web page", "jimaku", replace(_again("html", DOWNLOAD, 200), times=1)),
    Case("file: cut", "jimaku", _again("cut", DOWNLOAD)),
    Case("file: connection drops", "jimaku", _again("drop", DOWNLOAD)),
    Case("AniList: 429", "anilist", replace(_again("status", "", 429, retry_after="2"), times=1)),
    Case("AniList: 500", "anilist", _again("status", "", 500)),
    Case(
        "AniList: 200 with an error",
        "anilist",
        _again("garbage", "", body=b'{"errors":[{"message":"x","status":500}]}'),
    ),
    Case("AniList: switched off (403)", "anilist", None, True, _outage, _open),
)
WORKS = ("first play", "next episode", "backfill")


@dataclass
class Stage:
    """One home, one set of servers, one show."""

    home: Home
    servers: Servers
    folder: Path
    show: str

    def path(self, episode: int) -> Path:
        return self.folder / video_name(self.show, episode)

    def server(self, case: Case) -> Server:
        return next(server for server in self.servers.all if server.name == case.server)

    def break_it(self, case: Case) -> int:
        """Let it go wrong from now on; return how many requests the server had before."""
        self.server(case).fault = replace(case.fault) if case.fault else None
        case.break_it(self.home, self.servers)
        return len(self.server(case).requests)

    def mend(self, case: Case) -> None:
        self.server(case).fault = None
        case.cure(self.home, self.servers)

    def cache_is_right(self) -> bool:
        """Tell whether every file in the cache is the whole one that its entry has."""
        for file in self.home.root.glob("cache/kotozoe/subtitles/*/[!.]*"):
            name = re.sub(r"\.[0-9a-f]{16}(?=\.\w+$)", "", file.name)
            if file.read_bytes() != subtitle(name):
                return False
        return True


def faults() -> int:
    """Print what each work makes of each failure; return 1 if anything was lost or wrong in the end."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="kotozoe-faults-") as folder:
        video = make_video(Path(folder) / "video.mkv", seconds=120)
        for number, case in enumerate(CASES):
            for work in WORKS:
                told, met, well = _one(Path(folder) / f"{number}-{work[0]}", video, case, work)
                wrong += not well
                print(f"{case.name:34} {work:13} {met:2} asked  {'well' if well else 'WRONG':5}  {told}", flush=True)
    return 1 if wrong else 0


def _one(root: Path, video: Path, case: Case, work: str) -> tuple[str, int, bool]:
    """Return what the user saw, how often the server was asked meanwhile, and whether all is well in the end."""
    with serve(world(3, _EPISODES)) as servers:
        home = Home(root, servers)
        stage = Stage(home, servers, root / "Anime", titles(3)[1])
        stage.folder.mkdir()
        for episode in range(1, _EPISODES + 1):
            stage.path(episode).hardlink_to(video)
        run = {"first play": _first, "next episode": _next, "backfill": _backfill}[work]
        told, before, well = run(stage, case)
        return told, len(stage.server(case).requests) - before, well and stage.cache_is_right()


def _first(stage: Stage, case: Case) -> tuple[str, int, bool]:
    with stage.home.daemon():
        stage.home.wait(lambda _: "catalogue (other)" in stage.home.log())
        before = stage.break_it(case)
        with Mpv(stage.home.runtime, [f"--input-ipc-server={stage.home.root / 'a.sock'}", str(stage.path(1))]):
            player = Ipc(stage.home.root / "a.sock")
            return _seen_and_mended(stage, case, player, 1, before)


def _next(stage: Stage, case: Case) -> tuple[str, int, bool]:
    """Let it go wrong for what the next episode needs, while it is made ready and when it is played."""
    fault = case.fault
    if fault and fault.path == DOWNLOAD:
        case = replace(case, fault=replace(fault, path=f"{DOWNLOAD}.*02"))
    with stage.home.daemon():
        stage.home.wait(lambda _: "catalogue (other)" in stage.home.log())
        before = stage.break_it(case) if fault and fault.path == DOWNLOAD else -1
        with Mpv(stage.home.runtime, [f"--input-ipc-server={stage.home.root / 'a.sock'}", str(stage.path(1))]):
            player = Ipc(stage.home.root / "a.sock", patience=60.0)
            player.wait_selected("(Jimaku)")
            if before < 0:
                before = stage.break_it(case)
            time.sleep(0.5)
            player.command("loadfile", str(stage.path(2)))
            return _seen_and_mended(stage, case, player, 2, before)


def _seen_and_mended(stage: Stage, case: Case, player: Ipc, episode: int, before: int) -> tuple[str, int, bool]:
    """Note what the user sees until it works or for a while; then mend it, and see that it works."""
    began = time.monotonic()
    told = _steps_until(stage, episode, _SEEN)
    if "selected" in told:
        stage.mend(case)
        return f"after {time.monotonic() - began:.1f} s; {told}", before, _shows(player, episode)
    stage.mend(case)
    if case.lasting:
        player.command("script-message", "kotozoe-retry", _playback(stage, episode))
    _steps_until(stage, episode, _END)
    return told, before, _shows(player, episode)


def _playback(stage: Stage, episode: int) -> str:
    name = stage.path(episode).name
    return next((p["id"] for p in stage.home.status()["playbacks"] if p["name"] == name), "")


def _steps_until(stage: Stage, episode: int, seconds: float) -> str:
    """Return the steps told, once ours is selected or so many seconds are over."""
    name = stage.path(episode).name
    until = time.monotonic() + seconds
    while "selected" not in stage.home.steps(name) and time.monotonic() < until:
        time.sleep(0.05)
    steps: list[dict[str, str]] = next((p["steps"] for p in stage.home.status()["playbacks"] if p["name"] == name), [])
    spoken = [step["sentence"] for step in steps if step["step"] in ("waiting", "none", "unknown")]
    return "; ".join([*spoken[:1], *(["selected"] if "selected" in stage.home.steps(name) else [])]) or "nothing yet"


def _shows(player: Ipc, episode: int) -> bool:
    shown = player.selected_subtitle()
    return shown is not None and f"- {episode:02} " in str(shown.get("title"))


def _backfill(stage: Stage, case: Case) -> tuple[str, int, bool]:
    stage.home.command("fetch", "--dry-run", str(stage.home.root / "key"))  # learns the catalogue
    before = stage.break_it(case)
    ran = stage.home.command("fetch", str(stage.folder))
    told = "; ".join(line for line in ran.stdout.splitlines() if line.startswith("left out,") or " fetched" in line)
    stage.mend(case)
    again = stage.home.command("fetch", "--json", str(stage.folder)).stdout
    return told, before, sum(again.count(f'"outcome": "{outcome}"') for outcome in ("fetched", "present")) == _EPISODES


def kills(rounds: int, seed: int = 11) -> int:
    """Kill a library's fetch so many times; return 1 if anything was fetched twice, lost, or is half-written."""
    shows, dice = titles(rounds * 2 + 4), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kotozoe-kills-") as folder, serve(world(len(shows), 2)) as servers:
        home = Home(Path(folder) / "home", servers)
        videos = library(home.root / "Anime", shows, 2)
        command = [sys.executable, "-m", "kotozoe", "fetch", "--sidecar", str(videos)]

        for number in range(rounds):
            asked = len(servers.jimaku.requests)
            fetch = subprocess.Popen(command, env=home.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with suppress(subprocess.TimeoutExpired):
                fetch.wait(dice.uniform(0.3, 6.0))
            fetch.send_signal(signal.SIGKILL)
            fetch.wait()
            print(f"killed {number + 1:2}: {len(servers.jimaku.requests) - asked} requests", flush=True)
        last = home.command("fetch", "--sidecar", str(videos))
        twice = {path: n for path, n in Counter(asked.path for asked in servers.jimaku.requests).items() if n > 1}
        in_flight = sum(n - 1 for path, n in twice.items())
        stage = Stage(home, servers, videos, "")
        sidecars = [file for title in shows for file in (videos / title).glob("*.ja.srt")]
        whole = all(file.read_bytes() == subtitle(file.name) for file in sidecars)
        print(last.stdout.strip().splitlines()[-1], f"({len(sidecars)} beside their videos)")
        print(f"asked for more than once: {in_flight} of {len(servers.jimaku.requests)} requests, {len(twice)} things")
        print(f"all whole: {whole and stage.cache_is_right()}; refused: {servers.jimaku.statuses.count(429)}")
        done = len(sidecars) == 2 * len(shows) and whole and stage.cache_is_right()
        return 0 if done and in_flight <= rounds * 6 else 1
