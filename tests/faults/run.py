"""One run: a plan acted out on the real daemon, then everything is well again, and what must hold is looked at."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kotozoe.errors import StorageError, UserError
from kotozoe.identify.verdict.pins import Anchor, Pin
from kotozoe.model import MediaKey
from kotozoe.service.status import PlaybackStatus, Snapshot, read_status
from kotozoe.store.pins import PinStore
from kotozoe.store.pins_text import parse_pins
from tests.fakes import KEY
from tests.fakes.anilist import AniListServer
from tests.fakes.files import FileServer
from tests.fakes.jimaku import JimakuServer
from tests.faults import hurry
from tests.faults.daemon import FACTOR, READY, Daemon, Home, Zygote, until
from tests.faults.disk import Disk
from tests.faults.gate import Gate, Wrong
from tests.faults.plan import Ill, Plan, Step
from tests.faults.standin import Nonsense, StandIn, Track
from tests.faults.world import (
    NOBODYS,
    PINNED,
    REPLACED,
    Video,
    everything,
    give_id_away,
    make_world,
    renumbered,
)

PATIENCE = 25.0  # seconds, real ones: hurried more than eight minutes, longer than any back-off
_LOOK = 0.01
_PINNED = "] pinned: "  # in the log, once a pin was made
_ENDS = frozenset({"selected", "added", "none", "unknown", "ambiguous", "skipped", "refused"})
_DIED = "internal error", "Traceback (most recent call last)"


@dataclass
class Outcome:
    """`broken` are the promises that did not hold, each with what was seen; `met` what really went wrong."""

    seed: int
    met: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    log: str = ""

    @property
    def well(self) -> bool:
        return not self.broken

    def breach(self, promise: str, seen: str) -> None:
        if not any(known.startswith(promise) for known in self.broken):
            self.broken.append(f"{promise}: {seen}")


class Run:
    """One plan on one home."""

    def __init__(self, plan: Plan, root: Path, forks: Zygote, *, broken: str = "", patience: float = PATIENCE) -> None:
        self._plan = plan
        self._dice = random.Random(plan.seed + 1)
        self._patience = patience
        origin = time.time()
        clock = hurry.clock(origin, FACTOR)
        world = make_world()
        servers = JimakuServer(world, clock=clock), AniListServer(world, clock=clock), FileServer(world, clock=clock)
        self._jimaku = servers[0]
        self._world = world
        self._other = JimakuServer(renumbered(world), clock=clock)
        self._clock = clock
        for server in (*servers, self._other):
            server.unused()
        self._gates = {server.name: Gate(server, self._dice, clock) for server in servers}
        self._root, self._forks, self._origin, self._broken = root, forks, origin, broken
        self._players: list[StandIn] = []
        self._odd: list[StandIn] = []
        self._upcoming = list(plan.upcoming)
        self._shifted = False
        self._kills = 0
        self._said: set[tuple[str, str]] = set()  # steps told of a video by its name
        self._made: list[Pin] = []
        self._home: Home
        self._daemon: Daemon
        self._disk: Disk
        self.outcome = Outcome(plan.seed)

    async def go(self) -> Outcome:
        began = time.monotonic()
        await self._set_up()
        watching = asyncio.create_task(self._watch())
        try:
            for part in (self._act, self._heal, self._settle, self._play_on, self._look_around):
                if self.outcome.well:
                    await part()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._clear_up()
        self._look_at_disk()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    async def _set_up(self) -> None:
        for gate in self._gates.values():
            await gate.open()
        urls = {"jimaku": self._gates["jimaku"].url, "anilist": self._gates["anilist"].url}
        files = self._gates["files"].url
        urls |= {"relations": f"{files}/anime-relations.txt", "seasons": f"{files}/seasons.json", "titles": ""}
        self._jimaku.base = urls["jimaku"]
        self._urls = urls
        self._home = Home(self._root, urls, KEY)
        self._disk = Disk(self._home, self._dice)
        self._daemon = Daemon(self._home, self._forks, self._origin, self._broken)
        for number in range(3):
            self._make_pin(number)

    def _make_pin(self, number: int) -> None:
        """Make a pin as another command does, at the same time as the daemon."""
        anchor = Anchor(f"another show {number}", 0, None, "")
        pin = Pin(anchor, MediaKey("anilist", str(800000 + number)), 1.0, 1.0, None, "x", "x", 1.0)
        PinStore(self._home.pins).change(lambda pins: pins.pinned(pin))
        self._made.append(pin)

    # -- acting

    async def _act(self) -> None:
        if self._plan.mounted and self._disk.mount(self._dice.random()):
            self.outcome.met["disk: small"] += 1
        self._daemon.begin()
        if not self._plan.cold:
            await self._ready()
        began = time.monotonic()
        happenings: tuple[Step | Ill, ...] = (*self._plan.steps, *self._plan.ills)
        for happening in sorted(happenings, key=lambda h: h.at):
            await asyncio.sleep(max(0.0, began + happening.at - time.monotonic()))
            if isinstance(happening, Step):
                await self._do(happening)
            else:
                await self._harm(happening)
        await asyncio.sleep(self._dice.uniform(0.02, 0.2))

    async def _ready(self) -> None:
        ready = await until(lambda: bool(self._status() or self.outcome.broken) or not self._daemon.runs, READY)
        if not ready:
            self.outcome.breach("daemon died", f"it was not ready in {READY:.0f} s")

    async def _do(self, step: Step) -> None:
        if step.act == "join":
            self._players.append(await self._join(step.video))
            return
        if step.act == "must show":
            players = self._players[step.player :]
            if not await until(lambda: all(map(self._plays, players)), self._patience):
                self.outcome.breach("held up", "; ".join(map(self._seen, players)))
            return
        if step.act.startswith("until "):
            await until(lambda: self._came(step.act), min(PATIENCE, 3 * self._patience))
            return
        player = self._players[step.player % len(self._players)]
        if not player.alive:
            return
        if step.act == "play" and step.video is not None:
            await player.load(step.video)
        elif step.act == "leave":
            await player.quit()
        elif step.act == "shift":
            if player.video is not None and player.video.show is PINNED:
                self._shifted = True
                player.say("shift-episode", "+1")
        else:
            player.say(step.act)

    def _came(self, act: str) -> bool:
        match act:
            case "until settled":
                return all(map(self._settled, self._players))
            case "until struck":
                return any(gate.met for gate in self._gates.values()) or any(p.met for p in self._players)
            case "until pinned":
                return _PINNED in self._home.log()  # the status forgets it with the story, which is told anew
        playback = self._playback(self._players[0])
        return playback is not None and bool(playback.steps) and playback.steps[-1].step in {"waiting", *_ENDS}

    async def _join(self, video: Video | None) -> StandIn:
        player = StandIn(self._home.runtime, self._home.videos, 4_000_000 + self._dice.randrange(90_000), self._dice)
        await player.start()
        if video is not None:
            await player.load(video)
        return player

    async def _harm(self, ill: Ill) -> None:
        if ill.where == "player":
            await self._harm_player(ill)
        elif ill.where == "disk":
            self.outcome.met[ill.name] += 1
            self._harm_disk(ill)
        elif ill.where == "daemon":
            self.outcome.met[ill.name] += 1
            await self._harm_daemon(ill)
        elif ill.kind == "id used again":
            self.outcome.met[ill.name] += 1
            give_id_away(self._world)
        elif ill.kind == "server changed":
            await self._change_server(ill)
        elif ill.kind == "nobody listens":
            self.outcome.met[ill.name] += 1
            await self._gates[ill.where].refuse()
        else:
            self._gates[ill.where].wrong.append(Wrong(ill.kind, ill.path, ill.times, ill.amount))

    async def _change_server(self, ill: Ill) -> None:
        """Let the config name another Jimaku server, whose ids mean something else."""
        if "other" in self._gates:
            return
        self.outcome.met[ill.name] += 1
        gate = self._gates["other"] = Gate(self._other, self._dice, self._clock)
        await gate.open()
        self._other.base = self._urls["jimaku"] = gate.url
        self._home.configure("another server")
        if self._plan.stage:
            await until(lambda: self._home.log().count("new settings applied") > 0, PATIENCE)

    async def _harm_player(self, ill: Ill) -> None:
        if ill.kind == "nonsense":
            self.outcome.met[ill.name] += 1
            odd = Nonsense(self._home.runtime, self._home.videos, 4_100_000 + self._dice.randrange(90_000), self._dice)
            self._odd.append(odd)
            await odd.start()
            return
        alive = [player for player in self._players if player.alive]
        if not alive:
            return
        player = self._dice.choice(alive)
        self._ail(player, ill)
        match ill.kind:
            case "broken off":
                player.break_off()
            case "hung":
                player.hung.clear()
            case "killed":
                await player.die()
            case "socket removed":
                player.socket.unlink(missing_ok=True)
            case _:
                return  # it counts once it struck
        self.outcome.met[ill.name] += 1

    def _ail(self, player: StandIn, ill: Ill) -> None:
        match ill.kind:
            case "slow answers":
                player.ills.slow = ill.amount * 0.02
            case "noise":
                player.ills.noise = ill.amount
            case "doubled events":
                player.ills.twice = ill.amount
            case "shuffled answers":
                player.ills.shuffle = ill.amount
            case "cut connection":
                player.ills.cut_after = int(ill.amount * 25)
            case "switched at sub-add":
                nobodys = bool(self._plan.stage) or self._dice.random() < 0.3
                player.ills.switch_on_add = [Video(NOBODYS, 1) if nobodys else self._upcoming.pop()]

    def _harm_disk(self, ill: Ill) -> None:
        match ill.kind:
            case "full":
                self._disk.fill(self._daemon, ill.amount)
            case "read-only":
                self._disk.make_read_only()
            case "locked":
                self._disk.lock()
            case "damaged":
                self._disk.damage(ill.amount)
            case "cache emptied":
                self._disk.empty_cache()
            case "pins cut":
                self._disk.cut_pins(ill.amount)
            case "pipes":
                self._disk.lay_pipes(video.name for video in self._upcoming)

    async def _harm_daemon(self, ill: Ill) -> None:
        if ill.kind == "stopped for a while":
            self._daemon.signal(signal.SIGSTOP)
            await asyncio.sleep(ill.amount * 0.2)
            self._daemon.signal(signal.SIGCONT)
            return
        self._kills += ill.kind == "killed"
        await (self._daemon.kill() if ill.kind == "killed" else self._daemon.stop())
        self._daemon.begin()
        if self._disk.limit >= 0:
            self._daemon.limit_files(self._disk.limit)

    async def _heal(self) -> None:
        refused = any("401" in gate.met for gate in self._gates.values())
        for name, gate in self._gates.items():
            self.outcome.met.update(f"http: {kind}" for kind in gate.met)
            gate.met.clear()
            await gate.heal()
            del name
        for player in self._players:
            self.outcome.met.update(f"player: {kind}" for kind in set(player.met))
            player.heal()
        self._disk.heal(self._daemon)
        if not self._daemon.runs:
            await self._raise_again()
        await self._ready()
        if refused:
            self._home.configure("the key is right after all")
        with suppress(OSError, Exception):
            self._make_pin(3)

    async def _raise_again(self) -> None:
        """Start a daemon that ended by itself, as its service would; a disk that refuses may be a reason to end."""
        code, excused = (
            self._daemon.exit_code,
            any(ill.where == "disk" for ill in self._plan.ills) or self._plan.mounted,
        )
        if not (excused and code == 3):
            self.outcome.breach("daemon died", f"exit code {code}: {self._home.log()[-600:]}")
        self.outcome.met["daemon: gave up for its disk"] += 1
        self._home.status_file.unlink(missing_ok=True)
        self._daemon.begin()

    # -- what must hold

    async def _watch(self) -> None:
        """Look at the status all the time: it must always be readable, once it was there."""
        file = self._home.status_file
        while True:
            there, status = file.exists(), read_status(file)
            if there and status is None and file.exists():
                self.outcome.breach("no answer in status", "it could not be read")
            for playback in status.playbacks if status is not None else ():
                self._said.update((playback.name, step.step) for step in playback.steps)
            await asyncio.sleep(_LOOK)

    def _status(self) -> Snapshot | None:
        status = read_status(self._home.status_file)
        return status if status is not None and status.pid == self._daemon.pid else None

    def _playback(self, player: StandIn) -> PlaybackStatus | None:
        status = self._status()
        found = [p for p in status.playbacks if p.id == player.playback] if status is not None else []
        return found[-1] if found and player.playback else None

    def _right(self, track: Track | None, video: Video | None) -> bool:
        if track is None or video is None:
            return False
        shifts = (0, 1) if video.show is PINNED and self._shifted else (0,)
        return any(track.text in video.right(shift) for shift in shifts)

    def _settled(self, player: StandIn) -> bool:
        if not player.alive or player.video is None:
            return True
        playback = self._playback(player)
        last = playback.steps[-1].step if playback is not None and playback.steps else ""
        wrong = any(not self._right(track, player.video) for track in player.tracks)
        if player.video.show is REPLACED and last == "waiting":  # for an entry of its own
            return not wrong
        return not wrong and (last in _ENDS or self._right(player.shown, player.video))

    async def _settle(self) -> None:
        """Nothing waits for ever: what plays through the trouble has its subtitle, or its sentence, after it."""
        for player in self._reachable():
            if await until(lambda player=player: self._settled(player), self._patience):  # type: ignore[misc]
                self.outcome.ended["shown" if player.shown else "told why not"] += 1
            elif any(not self._right(track, player.video) for track in player.tracks):
                self._breach_by_track(player)
            else:
                self.outcome.breach("stuck queue", self._seen(player))

    def _reachable(self) -> list[StandIn]:
        return [player for player in self._players if player.alive and player.socket.exists()]

    async def _play_on(self) -> None:
        """After the trouble the next play works, in each player and in a new one."""
        fresh = await self._join(None)
        self._players.append(fresh)
        for player in self._reachable():
            await player.load(self._upcoming.pop())
        for player in self._reachable():
            if not await until(lambda player=player: self._plays(player), self._patience):  # type: ignore[misc]
                self.outcome.breach("next play fails", self._seen(player))

    def _plays(self, player: StandIn) -> bool:
        return self._right(player.shown, player.video) and self._settled(player)

    async def _look_around(self) -> None:
        """Look at queue, status and tracks once all is well."""
        if not await until(self._nothing_waits, self._patience):
            self.outcome.breach("stuck queue", f"hosts: {getattr(self._status(), 'hosts', None)}")
        if not await until(self._status_is_true, self._patience):
            self.outcome.breach("no answer in status", f"it says {self._status()}")
        for player in self._reachable():
            self._breach_by_track(player)

    def _nothing_waits(self) -> bool:
        status = self._status()
        return status is not None and not any(host.waiting for host in status.hosts)

    def _status_is_true(self) -> bool:
        status = self._status()
        if status is None:
            return False
        told = {playback.player for playback in status.playbacks if playback.steps and not playback.ended}
        here = {player.pid for player in self._reachable()}
        return here <= {player.pid for player in status.players} and here <= told

    def _breach_by_track(self, player: StandIn) -> None:
        for track in player.tracks:
            if not self._right(track, player.video):
                kind = "wrong track" if track.text in everything() else "half file"
                self.outcome.breach(kind, f"{track.title} ({len(track.text)} bytes) for {player.video}")

    def _seen(self, player: StandIn) -> str:
        playback = self._playback(player)
        steps = [f"{step.step}: {step.sentence}" for step in playback.steps] if playback is not None else None
        return f"{player.video and player.video.name} as {player.playback!r}: {steps}"

    # -- afterwards

    def close(self) -> None:
        """Give back what outlives an interrupted run."""
        if self._daemon.runs:
            self._daemon.signal(signal.SIGKILL)
        self._disk.close()

    async def _clear_up(self) -> None:
        if self.outcome.broken and self._daemon.runs:
            self._daemon.signal(signal.SIGUSR1)
            await asyncio.sleep(0.1)
        ran, runs = self._daemon.runs, self._daemon.runs and await self._daemon.stop()
        code = self._daemon.exit_code
        if not ran and not self._daemon.ended_by_us:
            self.outcome.breach("daemon died", f"exit code {code}")
        elif ran and not (runs and code == 0):
            self.outcome.breach("daemon died", f"asked to stop, it ended with {code} ({runs})")
            self._daemon.signal(signal.SIGKILL)
        for player in (*self._players, *self._odd):
            await player.die()
        for gate in self._gates.values():
            await gate.shut()
        self.outcome.log = self._home.log()

    def _look_at_disk(self) -> None:
        for gate in self._gates.values():
            if gate.cookies:
                self.outcome.breach("cookie sent", gate.cookies[0])
        self._look_at_cache()
        self._look_at_pins()
        for word in _DIED:
            if word in self.outcome.log:
                at = self.outcome.log.index(word)
                self.outcome.breach("internal error", self.outcome.log[max(0, at - 300) : at + 3000])

    def _look_at_cache(self) -> None:
        for path in self._home.subtitle_cache.glob("*/*"):
            if path.name.startswith("."):
                if not self._kills:
                    self.outcome.breach("half file", f"{path.name} was left behind")
            elif path.read_bytes() not in everything():
                self.outcome.breach("half file", f"{path.name}, {path.stat().st_size} bytes")

    def _look_at_pins(self) -> None:
        try:
            if "disk: pins cut" in self.outcome.met:  # then the copy counts, too
                told = PinStore(self._home.pins).read()
            else:
                told = parse_pins(self._home.pins.read_text("utf-8"))
        except (OSError, UserError, StorageError) as error:
            self.outcome.breach("lost pin", f"the file of pins: {error}")
            return
        for pin in self._made:
            if pin not in told.pins:
                self.outcome.breach("lost pin", f"{pin.anchor.key}, made by a command")
        if _PINNED in self.outcome.log and not any(pin.name == PINNED.name for pin in told.pins):
            self.outcome.breach("lost pin", f"the one made for {PINNED.name}")
        for name, step in self._said:
            if step == "rejected" and not any(name == rejection.video for rejection in told.rejections):
                self.outcome.breach("lost pin", f"the rejection for {name}")


@contextmanager
def home_root() -> Iterator[Path]:
    """Give a short path on a fast disk: sockets lie below it."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="k", dir=memory if memory.is_dir() else None)
    try:
        yield Path(folder) / "h"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def run(plan: Plan, forks: Zygote, *, broken: str = "", patience: float = PATIENCE) -> Outcome:
    with home_root() as root:
        root.mkdir()
        acted = Run(plan, root, forks, broken=broken, patience=patience)
        try:
            return await acted.go()
        finally:
            acted.close()
