"""The README's pictures, and the proof behind them: keys sent to a real window of mpv, and what mpv then shows.

    python -m tests.screenshots [FOLDER]

Everything is on this machine: a screen that nobody sees (Xvfb), the real daemon, stand-ins for Jimaku and AniList.
Needs Xvfb, xdotool, ImageMagick and a Japanese font. Exit code 0 only if every step ended as it should.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import SCRIPT

SPOKEN = "[Hayate] Kaze no Renshuu - 13 (1080p).mkv"
FOURTH = "[Hayate] Kaze no Renshuu - 04 (1080p).mkv"
FIFTH = "[Hayate] Kaze no Renshuu - 05 (1080p).mkv"
PICTURES = Path(__file__).parents[1] / "docs"
SIZE = (960, 540)
BLINK = 0.6  # seconds after which a person would look again


class Stage:
    """A window of mpv on a screen of its own."""

    def __init__(self, display: str, memory: Path, player: Ipc, window: str, folder: Path) -> None:
        self.display = {**os.environ, "DISPLAY": display}
        self.memory = memory
        self.player = player
        self.window = window
        self.folder = folder

    def send(self, *keys: str) -> None:
        """Send keys to the window."""
        self._run("xdotool", "key", "--window", self.window, "--delay", "30", *keys)

    def press(self, *keys: str) -> None:
        """Send keys, and look, as a person would."""
        self.send(*keys)
        time.sleep(BLINK)

    def write(self, text: str) -> None:
        self.press(*("space" if letter == " " else letter for letter in text))

    def pick(self, words: str) -> None:
        self.write(words)
        self.press("Return")

    def shoot(self, name: str) -> Path:
        path = self.folder / name
        self._run("import", "-window", self.window, "+dither", "-colors", "48", "-strip", str(path))
        return path

    def pixels(self) -> bytes:
        """Return what the screen shows, as it is in its memory."""
        return self.memory.read_bytes()

    def _run(self, *words: str) -> None:
        subprocess.run(words, env=self.display, check=True, capture_output=True)


def main(folder: Path) -> int:
    """Take the pictures into `folder`, and tell what happened."""
    folder.mkdir(parents=True, exist_ok=True)
    with stage(folder, (SPOKEN, FOURTH, FIFTH)) as at:
        print(at.player.get("mpv-version"))
        return _tell(at)


@contextmanager
def stage(folder: Path, names: Sequence[str]) -> Iterator[Stage]:
    """Set everything up: a daemon, its servers, a screen, and mpv playing videos of these names."""
    with (
        tempfile.TemporaryDirectory(prefix="kotozoe-pictures-") as place,
        serve(World.small()) as servers,
        _screen(Path(place)) as (display, memory),
    ):
        home = Home(Path(place) / "home", servers)
        videos = [_video(home.root / "anime" / name) for name in names]
        with home.daemon(), _mpv(home, display, videos) as player:
            yield Stage(display, memory, player, _window(display), folder)


def _tell(at: Stage) -> int:
    player = at.player
    _saw("played", player.wait_selected("Renshuu - 13"))
    player.command("seek", 2.5, "absolute+exact")
    player.command("set_property", "pause", True)
    time.sleep(4)  # until the line of what was loaded has gone
    at.shoot("subtitle.png")
    at.press("greater")
    _saw("next in the playlist", player.wait_selected("Renshuu - 04"))
    player.command("seek", 2.5, "absolute+exact")
    time.sleep(4)
    at.press("k")
    at.shoot("menu.png")
    at.pick("netflix")
    _saw("menu, another candidate", player.wait_selected("Netflix"))
    time.sleep(4)
    at.press("k")
    at.pick("wrong show")
    at.shoot("shows.png")
    at.pick("search by")
    at.write("suiheisen")
    at.press("Return")
    at.pick("tsuki")
    _saw("menu, wrong show, search, pick", player.wait_selected("月と水平線.S01E04"))
    at.press("greater")
    _saw("next in the playlist", player.wait_selected("月と水平線.S01E05"))
    return 0


def _saw(after: str, track: dict[str, object]) -> None:
    print(f"  {after:32} → {track['title']}")


def _video(path: Path) -> Path:
    """Make a quiet evening sky, without a sound."""
    path.parent.mkdir(exist_ok=True)
    colours = "r='14+70*Y/H':g='18+46*Y/H':b='42+52*Y/H'"
    sky = f"color=size={SIZE[0]}x{SIZE[1]}:rate=2:duration=0.5,format=gbrp,geq={colours},loop=80:1"
    make = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", sky, "-c:v", "mpeg4", "-q:v", "1", str(path)]
    subprocess.run(make, check=True)
    return path


@contextmanager
def _screen(folder: Path) -> Iterator[tuple[str, Path]]:
    """Run a screen; yield its name and the file that is its memory."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir", str(folder)],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}", folder / "Xvfb_screen0"
    finally:
        screen.terminate()
        screen.wait()


@contextmanager
def _mpv(home: Home, display: str, videos: list[Path]) -> Iterator[Ipc]:
    bindings, socket = home.root / "input.conf", home.root / "mpv.sock"
    bindings.write_text("k script-binding kotozoe/open-menu\n")
    look = ["--vo=x11", "--ao=null", "--osc=no", "--geometry=960x540+0+0", "--no-border", "--sub-font=Noto Sans CJK JP"]
    mpv = subprocess.Popen(
        ["mpv", "--no-config", *look, "--osd-font=Noto Sans CJK JP", "--no-terminal", "--keep-open=yes",
         f"--input-conf={bindings}", f"--script={SCRIPT}", f"--input-ipc-server={socket}", *videos],
        env={**home.environ, "DISPLAY": display},
    )  # fmt: skip
    player = Ipc(socket)
    try:
        yield player
    finally:
        player.close()
        mpv.terminate()
        mpv.wait()


def _window(display: str) -> str:
    environ = {**os.environ, "DISPLAY": display}
    found = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--class", "mpv"],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
