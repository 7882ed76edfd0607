"""Requests by host: for a series that is watched, and for a whole library."""

from __future__ import annotations

import asyncio
import math
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.support.invented_library import library, other_title, titles, video_name, world
from benchmarks.support.quota_backfill import REFERER, USER_AGENT
from benchmarks.support.quota_rate import Jumping
from kotozoe.app.library_fetch import LibraryFetch, Progress, Result
from kotozoe.app.video_library import videos_of
from kotozoe.lookup.catalogue_refresh import Addresses, Refresh
from kotozoe.lookup.finder import Finder
from kotozoe.lookup.listings import Listings
from kotozoe.model import Entry, Secret
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.reference_lists import ReferenceLists
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import HttpClient
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.subtitles.fetcher import SubtitleFetcher
from tests.fakes import Servers, serve
from tests.fakes.server import Asked
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video

_SEASON = 12
_WORLD = 6500  # entries: as many as Jimaku has
_WORTH = 60  # shows of the library whose name only AniList knows


def requests(entries: int, episodes: int) -> int:
    """Print both tables; return 1 if a target is missed."""
    with tempfile.TemporaryDirectory(prefix="kotozoe-quota-") as folder:
        missed = _series(Path(folder) / "series") + asyncio.run(_whole_library(Path(folder) / "lib", entries, episodes))
        _whole_catalogue(Path(folder))
    for target in missed:
        print(f"MISSED: {target}")
    return 1 if missed else 0


def kinds(servers: Servers) -> Counter[str]:
    """Return how often each kind of thing was asked for."""
    found: Counter[str] = Counter()
    for server in servers.all:
        found.update(f"{server.name} {_kind(asked)}" for asked in server.requests)
    return found


def _kind(asked: Asked) -> str:
    if b"search: $a" in asked.body:
        return "search"
    if asked.body:
        return "facts"
    if asked.path.startswith("/entry/"):
        return "download"
    return re.sub(r"\d+", "N", asked.path.rpartition("/")[2]).replace("search", "catalogue").replace("files", "listing")


def _told(spent: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(spent.items())) or "none"


def _series(root: Path) -> list[str]:
    """Watch a season in order, twice, with the real daemon and a real mpv, in real time."""
    show = titles(3)[1]
    missed: list[str] = []
    with serve(world(3, _SEASON)) as servers:
        home = Home(root, servers)
        video = make_video(root / "video.mkv", seconds=30)
        folder = root / "Anime"
        folder.mkdir()
        for episode in range(1, _SEASON + 1):
            (folder / video_name(show, episode)).hardlink_to(video)
        with home.daemon():
            home.wait(lambda _: "catalogue (other)" in home.log())
            print(f"{'a daemon that was never started':34} {_told(kinds(servers))}")
            with Mpv(home.runtime, [f"--input-ipc-server={root / 'bench.sock'}", "--keep-open=yes"]):
                player = Ipc(root / "bench.sock", patience=60.0)
                for turn in ("first time", "again"):
                    rows = [_watch(player, home, servers, folder / video_name(show, n)) for n in range(1, _SEASON + 1)]
                    _print_rows(turn, rows)
                    missed += _too_much(turn, rows)
                player.close()
    return missed


_Watched = tuple[float, Counter[str], Counter[str]]


def _watch(player: Ipc, home: Home, servers: Servers, path: Path) -> _Watched:
    """Return the milliseconds to the subtitle, what was asked until then, and what was asked for the next one."""
    before = kinds(servers)
    player.events.clear()
    player.command("loadfile", str(path))
    player.wait_event("file-loaded")
    began = time.monotonic()
    player.wait_selected(path.stem.partition(" (")[0])
    took, until = (time.monotonic() - began) * 1000, kinds(servers)
    if f"- {_SEASON:02}" not in path.name:
        said = home.log().count("next is ready")
        deadline = time.monotonic() + 10
        while home.log().count("next is ready") <= said and time.monotonic() < deadline and not _ready(home, path):
            time.sleep(0.02)
    return took, until - before, kinds(servers) - until


def _ready(home: Home, path: Path) -> bool:
    """Tell whether the story of this file has come to the next one."""
    return "next is ready" in home.log().rpartition(path.name)[2]


def _print_rows(turn: str, rows: list[_Watched]) -> None:
    (took, spent, ahead), rest = rows[0], rows[1:]
    print(f"{f'a new series, {turn}':34} {_told(spent)}; {took:.0f} ms; ahead: {_told(ahead)}")
    spent_rest, ahead_rest = sum((row[1] for row in rest), Counter()), sum((row[2] for row in rest), Counter())
    times = sorted(row[0] for row in rest)
    told = f"{times[len(times) // 2]:.0f} ms, at most {times[-1]:.0f}"
    print(f"{f'its next {len(rest)}, {turn}':34} {_told(spent_rest)}; {told}; ahead: {_told(ahead_rest)}")


def _too_much(turn: str, rows: list[_Watched]) -> list[str]:
    first = {kind: count for kind, count in rows[0][1].items() if kind.startswith("jimaku")}
    wanted = {"jimaku listing": 1, "jimaku download": 1} if turn == "first time" else {}
    missed = [f"{turn}: the first episode asked for {first}"] if first != wanted else []
    for number, (took, spent, _) in enumerate(rows[1:], 2):
        if spent or took > 100:
            missed.append(f"{turn}: episode {number}: {_told(spent)}, {took:.0f} ms")
    return missed


def _whole_catalogue(root: Path) -> None:
    """Keep the whole catalogue once, and again as it comes every week, while somebody looks things up in it."""
    catalogue = Catalogue(root / "weekly.sqlite")
    first = [Entry(n, title, other_title(title), anilist_id=n) for n, title in enumerate(titles(_WORLD), 1)]
    weekly = [replace(entry, last_modified=1.0) if entry.entry_id % 20 == 0 else entry for entry in first]
    for told, entries in (("for the first time", first), ("again, one in 20 changed", weekly)):
        waited, over = [0.0], threading.Event()
        playing = threading.Thread(target=_look_up, args=(catalogue, waited, over))
        playing.start()
        began = time.monotonic()
        catalogue.replace_entries(entries, anime=True, now=0.0)
        took = time.monotonic() - began
        over.set()
        playing.join()
        print(f"{'catalogue ' + told:34} {took * 1000:.0f} ms; a look-up waited {max(waited) * 1000:.0f} ms at most")
    catalogue.close()


def _look_up(catalogue: Catalogue, waited: list[float], over: threading.Event) -> None:
    while not over.is_set():
        began = time.monotonic()
        catalogue.entry(1)
        waited.append(time.monotonic() - began)
        time.sleep(0.002)


@dataclass(frozen=True)
class _Report:
    """Counts what comes of a library."""

    results: Counter[str]
    reasons: Counter[str]
    shown: list[Progress]

    def result(self, result: Result) -> None:
        self.results[result.outcome] += 1
        if result.outcome == "left out":
            self.reasons[result.why] += 1

    def progress(self, progress: Progress) -> None:
        self.shown.append(progress)


async def _whole_library(root: Path, entries: int, episodes: int) -> list[str]:
    """Fetch a library on a clock that jumps over every wait; what the quotas make of it is told as a time."""
    shows = titles(entries)
    unsure = min(_WORTH, entries)
    names = [other_title(title) for title in shows[:unsure]] + shows[unsure:]
    videos = tuple(videos_of([str(library(root / "Anime", names, episodes))]))
    clock = Jumping()
    results: Counter[str] = Counter()
    reasons: Counter[str] = Counter()

    shown: list[Progress] = []
    with serve(world(entries, episodes), clock=clock) as servers:
        wire = HttpClient(USER_AGENT)
        deps = HostDeps(wire, RateLimitStore(None, clock), clock=clock, steady=clock, sleep=clock.sleep)
        jimaku = Jimaku(deps, servers.jimaku.url, lambda: Secret(servers.jimaku_key))
        anilist, references = AniList(deps, servers.anilist.url, REFERER), ReferenceLists(deps)
        catalogue = Catalogue(root / "catalogue.sqlite")
        addresses = Addresses(servers.files.relations_url, servers.files.seasons_url)
        refresh = Refresh(jimaku, references, catalogue, addresses, clock)
        listings = Listings(jimaku, catalogue)
        finder, subtitle_cache = Finder(catalogue, anilist, listings, clock), SubtitleCache(root / "cache")
        fetcher = SubtitleFetcher(listings, jimaku, catalogue, subtitle_cache, clock=clock)
        began = time.monotonic()
        await LibraryFetch(finder, fetcher, refresh, None, _Report(results, reasons, shown)).run(videos)
        took = time.monotonic() - began
        spent = kinds(servers)
        refused = sum(server.statuses.count(429) for server in servers.all)
        quota = next(max(p.to_list * jimaku.host.interval(), p.to_fetch * 1.0) for p in shown if p.stage == "fetching")
        for client in (jimaku, anilist, references, wire):
            await client.close()
        catalogue.close()
    print(f"{f'a library of {entries} x {episodes}':34} {_told(spent)}; 429: {refused}")
    print(f"{'':34} {dict(results)} in {took:.0f} s of work; the quotas make it {quota / 60:.0f} min")
    for reason, count in reasons.most_common(3):
        print(f"{'':34} left out, {count}: {reason}")
    wanted = {"jimaku catalogue": 1, "jimaku listing": entries, "jimaku download": entries * episodes}
    hops = math.ceil((entries - unsure) / 50) + math.ceil(unsure / 50)
    wanted |= {"anilist search": math.ceil(unsure / 30), "anilist facts": hops}
    return [f"library: {spent[kind]} {kind}, at most {most}" for kind, most in wanted.items() if spent[kind] > most]
