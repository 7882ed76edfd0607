"""The shipped unit under attack: it is active afterwards, and systemd had nothing to start anew."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.booted.systemd import ask, installed, journal, unit, wait
from tests.fakes import Servers
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video
from tests.live.test_retime import EPISODE, NAME, offer, srt
from tests.live.test_retime import lines as cues

PLAYERS = 50
ANSWERS = (b"null\n", b"5\n", b"[null]\n", b"[{}]\n", b'{"request_id": []}\n', b"x" * 700_000 + b"\n")


def memory(pid: int) -> int:
    """Return the most that a process held so far, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Put a disk without room in the place of a folder."""
    folder.mkdir(parents=True)
    owner = f"uid={os.getuid()},gid={os.getgid()},mode=700"
    mount = ["sudo", "-n", "mount", "-t", "tmpfs", "-o", f"size=16k,{owner}", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of our own needs sudo")
    (folder / "filling").write_bytes(bytes(12 * 1024))
    with suppress(OSError):
        (folder / "more").write_bytes(bytes(12 * 1024))
    try:
        yield
    finally:
        subprocess.run(["sudo", "-n", "umount", "-l", str(folder)], check=True)


@contextmanager
def odd_peers(home: Home) -> Iterator[None]:
    """Announce sockets that answer nonsense, each its own, to whatever they are asked but who they are."""
    folder = home.runtime / "kotozoe"
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        for number, answer in enumerate(ANSWERS):
            alive = stack.enter_context(subprocess.Popen(["sleep", "3600"]))
            stack.callback(alive.kill)
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            path = folder / f"mpv-{alive.pid}-{number:08x}.sock"
            listener.bind(str(path))
            path.chmod(0o600)
            listener.listen()
            threading.Thread(target=_answer, args=(listener, answer, alive.pid), daemon=True).start()
            told = {"pid": alive.pid, "socket": str(path)}
            (folder / f"{number:08x}.json").write_text(json.dumps(told))
        yield


def _answer(listener: socket.socket, answer: bytes, pid: int) -> None:
    with suppress(OSError):
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=_talk, args=(peer, answer, pid), daemon=True).start()


def _talk(peer: socket.socket, answer: bytes, pid: int) -> None:
    with suppress(OSError), peer:
        while asked := peer.recv(4096):
            if b'"pid"' in asked:
                peer.sendall(json.dumps({"request_id": 1, "error": "success", "data": pid}).encode() + b"\n")
            peer.sendall(answer)


def test_fifty_players_a_full_disk_odd_peers_and_a_line_without_end_leave_the_unit_as_it_was(
    home: Home, servers: Servers
) -> None:
    episode = make_video(home.root / EPISODE, seconds=60)
    offer(servers, endless=srt(cues(1)) + "99999\n00:40:00,000 --> 00:40:01,000\n" + "<" * 600_000 + "\n")
    cache, path = home.root / "cache" / "kotozoe", home.root / "test.sock"
    with full_disk(cache), unit("kotozoe-proof", installed(home)) as shown, ExitStack() as stack:
        ask("start", "kotozoe-proof")
        assert shown("ActiveState") == "active", journal()
        pid = int(shown("MainPID"))
        stack.enter_context(odd_peers(home))
        for _ in range(PLAYERS - 1):
            stack.enter_context(Mpv(home.runtime, ["--pause"]))
        home.wait(lambda told: len(told.get("players", ())) >= PLAYERS - 1, 300)
        stack.enter_context(Mpv(home.runtime, [f"--input-ipc-server={path}", "--pause", str(episode)]))
        player = Ipc(path, 120.0)
        home.wait(lambda _: bool({*home.steps(EPISODE)} & {"selected", "waiting", "none"}), 120)
        threads, tasks = len(list(Path(f"/proc/{pid}/task").iterdir())), shown("TasksCurrent")
        print(f"\n{PLAYERS} players: {threads} threads, {tasks} tasks; full disk: {home.steps(EPISODE)}")
        remounted = ["sudo", "-n", "mount", "-o", "remount,size=64m", str(cache)]
        subprocess.run(remounted, check=True)
        player.command("loadfile", str(episode))
        track = player.wait_selected(NAME)
        assert "<<<<" in Path(track["external-filename"]).read_text("utf-8")
        print(f"with room: {home.steps(EPISODE)}; at most {memory(pid)} MB")
        player.close()
        wait(lambda: shown("ActiveState") == "active")
        assert (shown("NRestarts"), shown("Result"), int(shown("MainPID"))) == ("0", "success", pid), journal()
        assert memory(pid) < 200
    assert "Traceback" not in journal()
